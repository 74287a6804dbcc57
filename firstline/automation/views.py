"""Settings › Rules: the list, the builder, the dry run, the switch."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from firstline.accounts.doors import needs, person
from firstline.automation import actions, queries
from firstline.automation.forms import RuleForm
from firstline.automation.models import Rule
from firstline.core import clock


@require_GET
@needs("rules.manage")
def index(request: HttpRequest) -> HttpResponse:
    """Every rule as a sentence, with how often it ran."""
    rows = [(one, queries.sentence(one)) for one in queries.rules_with_counts(clock.now())]
    return render(request, "automation/index.html", {"rows": rows, "place": "settings"})


@require_http_methods(["GET", "POST"])
@needs("rules.manage")
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The builder; what is kept goes out of use until it was tried. 422 with what is wrong."""
    rule = get_object_or_404(Rule.objects.all(), pk=pk) if pk is not None else None
    if request.method == "POST":
        form = RuleForm(request.POST, rule=rule)
        if form.is_valid():
            said = form.cleaned_data
            kept = actions.save_rule(
                rule,
                by=person(request),
                name=said["name"],
                trigger=said["trigger"],
                hours=said["hours"],
                conditions=said["if"],
                acts=said["then"],
            )
            return redirect("automation:rule", kept.pk)
        return render(request, "automation/edit.html", {"form": form, "rule": rule, "place": "settings"}, status=422)
    return render(request, "automation/edit.html", {"form": RuleForm(rule=rule), "rule": rule, "place": "settings"})


@require_GET
@needs("rules.manage")
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A rule, and what it would have done if somebody asked to see that since its last change."""
    rule = get_object_or_404(Rule.objects.all(), pk=pk)
    trial = queries.trial(rule, person(request)) if rule.is_tried else None
    context = {"rule": rule, "sentence": queries.sentence(rule), "trial": trial, "place": "settings"}
    return render(request, "automation/rule.html", context)


@require_POST
@needs("rules.manage")
def attempt(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the rule would have done; nothing is changed but that somebody has seen it."""
    rule = get_object_or_404(Rule.objects.all(), pk=pk)
    actions.note_trial(rule)
    return redirect("automation:rule", rule.pk)


@require_POST
@needs("rules.manage")
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it into use (`on=1`) or out of it."""
    rule = get_object_or_404(Rule.objects.all(), pk=pk)
    on = request.POST.get("on") == "1"
    try:
        actions.switch(rule, on=on, by=person(request))
    except actions.NotTried as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("It is in use from now on.") if on else _("It is out of use."))
    return redirect("automation:rule", rule.pk)


@require_POST
@needs("rules.manage")
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it away."""
    actions.delete_rule(get_object_or_404(Rule.objects.all(), pk=pk), by=person(request))
    messages.success(request, _("The rule is gone; what it did stays."))
    return redirect("automation:index")
