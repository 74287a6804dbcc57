"""Inboxes as their admin sees them: which there are, how each does, and what each is told."""

from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from firstline.accounts.doors import needs, needs_recent_sign_in, person
from firstline.channels import registry
from firstline.inboxes import actions, conditions
from firstline.inboxes.forms import InboxForm
from firstline.inboxes.models import Inbox


@require_GET
@needs("inboxes.manage")
def inboxes(request: HttpRequest) -> HttpResponse:
    """Every inbox with its state, and what can be added."""
    rows = [conditions.condition(inbox) for inbox in conditions.all_inboxes()]
    context = {"rows": rows, "kinds": registry.kinds(), "place": "settings"}
    return render(request, "inboxes/inboxes.html", context)


@require_GET
@needs("inboxes.manage")
def inbox(request: HttpRequest, name: str) -> HttpResponse:
    """One inbox: its state, its test, its DNS, its codes."""
    return render(request, "inboxes/inbox.html", _one(name))


@require_GET
@needs("inboxes.manage")
def state(request: HttpRequest, name: str) -> HttpResponse:
    """The part of the page that changes by itself, for polling."""
    return render(request, "inboxes/inbox.html#state", _one(name))


@require_GET
@needs("inboxes.manage")
def dns(request: HttpRequest, name: str) -> HttpResponse:
    """What DNS says; fetched after the page, for it takes seconds."""
    found = get_object_or_404(Inbox, name=name, channel="email")
    return render(request, "inboxes/dns.html", {"inbox": found, "records": conditions.dns_records(found)})


@require_http_methods(["GET", "POST"])
@needs("inboxes.manage")
@needs_recent_sign_in
def add(request: HttpRequest, channel: str) -> HttpResponse:
    """A new inbox."""
    if channel not in registry.kinds():
        raise Http404
    form = InboxForm(channel, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.values()
        address = values.get("address", "") or registry.get(channel).address(values)
        try:
            made = actions.create_inbox(
                channel=channel,
                name=form.cleaned_data["inbox_name"],
                address=address,
                options=values,
                teams=list(form.cleaned_data["teams"]),
                by=person(request),
            )
        except (actions.SettingsRefused, IntegrityError) as error:
            _blame(form, error)
        else:
            return redirect("inboxes:inbox", made.name)
    return _form(request, form, channel=channel)


@require_http_methods(["GET", "POST"])
@needs("inboxes.manage")
@needs_recent_sign_in
def edit(request: HttpRequest, name: str) -> HttpResponse:
    """What an inbox is told. Secrets are not shown; left empty they stay."""
    found = get_object_or_404(Inbox, name=name)
    form = InboxForm(found.channel, found, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_settings(
                found, by=person(request), values=form.values(), teams=list(form.cleaned_data["teams"])
            )
        except (actions.SettingsRefused, IntegrityError) as error:
            _blame(form, error)
        else:
            messages.success(request, _("Saved. All admins get a letter that says so."))
            return redirect("inboxes:inbox", found.name)
    return _form(request, form, channel=found.channel, inbox=found)


@require_POST
@needs("inboxes.manage")
@needs_recent_sign_in
def switch(request: HttpRequest, name: str) -> HttpResponse:
    """Switch an inbox off, or on again."""
    found = get_object_or_404(Inbox, name=name)
    actions.set_active(found, by=person(request), on=request.POST.get("on") == "1")
    return redirect("inboxes:inbox", found.name)


@require_POST
@needs("inboxes.manage")
def test(request: HttpRequest, name: str) -> HttpResponse:
    """Send the test mail, whose coming back the page then waits for; or ask a network who the desk is there."""
    found = get_object_or_404(Inbox, name=name, is_active=True)
    if found.channel == "email":
        actions.send_test_mail(found)
    elif conditions.condition(found).is_network:
        actions.check_connection(found)
    else:
        raise Http404
    if request.headers.get("HX-Request"):
        return render(request, "inboxes/inbox.html#state", _one(name))
    return redirect("inboxes:inbox", found.name)


def _one(name: str) -> dict[str, object]:
    found = get_object_or_404(Inbox.objects.select_related("mailbox", "grant").prefetch_related("teams"), name=name)
    labels = {
        value: label for one in actions.settings_of(found.channel).values() for value, label in one.choices if value
    }
    here, bill = conditions.condition(found), actions.bill(found)
    return {
        "inbox": found,
        "here": here,
        "bill": bill,
        "charges": [(registry.get(found.channel).charge_name(kind), *rest) for kind, *rest in bill.kinds]
        if bill
        else [],
        "shares_domain": found.channel == "email" and conditions.shares_sign_in_domain(found),
        "panels": import_string(settings.PANELS).get("inbox", []),
        "in_label": labels.get(here.in_via, ""),
        "out_label": labels.get(here.out_via, ""),
        "place": "settings",
    }


def _form(request: HttpRequest, form: InboxForm, *, channel: str, inbox: Inbox | None = None) -> HttpResponse:
    context = {"form": form, "channel": channel, "inbox": inbox, "place": "settings"}
    return render(request, "inboxes/edit.html", context, status=422 if form.errors else 200)


def _blame(form: InboxForm, error: Exception) -> None:
    """Put a refusal beside the field it speaks of."""
    if isinstance(error, actions.SettingsRefused) and error.name in form.fields:
        form.add_error(error.name, str(error))
    elif isinstance(error, IntegrityError):
        form.add_error("address" if "address" in form.fields else None, _("Another inbox has this address already."))
    else:
        form.add_error(None, str(error))
