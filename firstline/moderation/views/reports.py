"""One of us reports a message."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from firstline.accounts.doors import needs, person
from firstline.conversations.models import SEVERITY, Message, Reason
from firstline.moderation import texts
from firstline.moderation.actions import caring, reporting
from firstline.moderation.actions.moving import Refused
from firstline.moderation.forms import ReportForm, problems


@require_http_methods(["GET", "HEAD", "POST"])
@needs("moderation.view")
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what is not right; from severity 2 on the message is covered at once. Danger goes the care path."""
    user = person(request)
    seen = Message.objects.visible_to(user).filter(author_identity__isnull=False)
    message = get_object_or_404(seen.select_related("conversation", "strand__inbox", "author_identity"), pk=pk)
    form = ReportForm(request.POST or None)
    problem = ""
    if request.method == "POST":
        try:
            if not form.is_valid():
                raise Refused(problems(form))
            if form.cleaned_data["reason"] == Reason.SELF_HARM_RISK:
                caring.ask(message.conversation, message=message, by=user)
                return redirect("conversations:permalink", message.conversation_id)
            case = reporting.report_by_agent(message, by=user, **form.cleaned_data)
        except Refused as refused:
            problem = str(refused)
        else:
            messages.success(request, _("Reported."))
            return redirect("moderation:case", case.pk)
    choices = [(one.value, one.label, texts.rule_of(one), SEVERITY[one]) for one in Reason]
    context = {"message": message, "choices": choices, "problem": problem, "form": form, "place": "moderation"}
    return render(request, "moderation/report.html", context, status=422 if problem else 200)
