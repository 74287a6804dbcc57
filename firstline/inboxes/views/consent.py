"""Allowing the desk into a mailbox by OAuth: out to the provider, and back with a code."""

import secrets

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from firstline.accounts.doors import needs, needs_recent_sign_in, person
from firstline.channels import registry
from firstline.channels.base import ChannelError
from firstline.channels.email import oauth
from firstline.inboxes import actions
from firstline.inboxes.models import Inbox

SESSION_KEY = "inbox_consent"


@require_POST
@needs("inboxes.manage")
@needs_recent_sign_in
def ask(request: HttpRequest, name: str) -> HttpResponse:
    """A page with the way to the provider: a form may not lead off this site (CSP form-action), a link may."""
    inbox = get_object_or_404(Inbox, name=name)
    options = inbox.open_settings()
    if not registry.get(inbox.channel).consents(options):
        raise Http404
    try:
        provider = registry.get(inbox.channel).provider(options)
    except ValueError as error:
        messages.error(request, str(error))
        return redirect("inboxes:inbox", inbox.name)
    state, verifier = secrets.token_urlsafe(32), oauth.new_verifier()
    request.session[SESSION_KEY] = {"state": state, "verifier": verifier, "inbox": inbox.pk}
    user = options.get("imap_user", "") or inbox.address
    link = oauth.authorize_url(provider, redirect=_back(), state=state, verifier=verifier, user=user)
    return render(request, "inboxes/consent.html", {"inbox": inbox, "link": link, "user": user, "place": "settings"})


@require_GET
@needs("inboxes.manage")
def back(request: HttpRequest) -> HttpResponse:
    """The provider sends the browser here with a code. The state must be the one this very session set out with."""
    pending = request.session.pop(SESSION_KEY, {})
    inbox = Inbox.objects.filter(pk=pending.get("inbox")).first()
    state = request.GET.get("state", "")
    if inbox is None or not secrets.compare_digest(state.encode(), str(pending.get("state", "")).encode()):
        messages.error(request, _("This answer of the provider belongs to no question of yours. Connect once more."))
        return redirect("inboxes:inboxes")
    code = request.GET.get("code", "")
    if not code:
        messages.error(request, _("The provider did not give access. Nothing was changed."))
        return redirect("inboxes:inbox", inbox.name)
    try:
        provider = registry.get(inbox.channel).provider(inbox.open_settings())
        tokens = oauth.exchange(provider, code=code, redirect=_back(), verifier=pending["verifier"])
        actions.accept_consent(inbox, tokens, by=person(request))
    except (ChannelError, ValueError) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Connected. The desk reads it now."))
    return redirect("inboxes:inbox", inbox.name)


def _back() -> str:
    return settings.BASE_URL + reverse("inboxes:consent_back")
