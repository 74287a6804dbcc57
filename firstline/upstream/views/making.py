"""Making a GitHub app for an inbox: out to GitHub with a manifest, back with a code, out again to install it."""

import json
import secrets
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from firstline.accounts.doors import needs, needs_recent_sign_in, person
from firstline.channels.base import ChannelError
from firstline.channels.github import making
from firstline.inboxes import actions as inboxes
from firstline.inboxes.models import Inbox

SESSION_KEY = "github_app"
INSTALLING = "github_app_of"
SHARED = {"app_id", "app_slug", "private_key", "webhook_secret", "api_url"}


@require_GET
@needs("inboxes.manage")
@needs_recent_sign_in
def app(request: HttpRequest, name: str) -> HttpResponse:
    """How far the inbox's app has come, and the next step: make it, install it, done."""
    found = _inbox(name)
    options = found.open_settings()
    context = {"inbox": found, "place": "settings", "slug": options.get("app_slug", "")}
    if options.get("app_id") and request.GET.get("again") != "1":
        site = making.website(options)
        context |= {"is_installed": bool(options.get("installation_id")), "install_url": _install_url(site, options)}
        return render(request, "upstream/app_made.html", context)
    state = _state(request, found)
    owner = options.get("repository", "").partition("/")[0]
    hook = _hook(found)
    context |= {
        "manifest": json.dumps(_manifest(found, hook)),
        "has_hook": bool(hook),
        "mine": making.form_address(options, organisation="", state=state),
        "organisation": making.form_address(options, organisation=owner, state=state),
        "owner": owner,
        "others": [one for one in Inbox.objects.filter(channel="github").exclude(pk=found.pk) if _has_app(one)],
    }
    page = render(request, "upstream/app_make.html", context)
    page._csp_update = {"form-action": [making.website(options)]}  # type: ignore[attr-defined]  # as csp.decorators do
    return page


@require_GET
@needs("inboxes.manage")
def made(request: HttpRequest) -> HttpResponse:
    """GitHub sends the browser here with a code. The state must be the one that this very session set out with."""
    pending = request.session.pop(SESSION_KEY, {})
    found = Inbox.objects.filter(pk=pending.get("inbox"), channel="github").first()
    state = request.GET.get("state", "")
    if found is None or not secrets.compare_digest(state.encode(), str(pending.get("state", "")).encode()):
        messages.error(request, _("This answer of GitHub belongs to no question of yours. Begin once more."))
        return redirect("inboxes:inboxes")
    try:
        new = making.exchange(request.GET.get("code", ""), found.open_settings())
    except ChannelError as error:
        messages.error(request, error.sentence)
        return redirect("upstream:app", found.name)
    inboxes.change_settings(found, by=person(request), values={**found.open_settings(), **making.changes(new)})
    request.session[INSTALLING] = found.pk
    return redirect("upstream:app", found.name)


@require_GET
@needs("inboxes.manage")
def installed(request: HttpRequest) -> HttpResponse:
    """GitHub sends the browser here after the installation; which inbox it was is this session's to know."""
    found = Inbox.objects.filter(pk=request.session.get(INSTALLING, 0), channel="github").first()
    return redirect("upstream:app", found.name) if found else redirect("inboxes:inboxes")


@require_POST
@needs("inboxes.manage")
@needs_recent_sign_in
def share(request: HttpRequest, name: str) -> HttpResponse:
    """Give the inbox the app of another one: an app has one webhook, whose deliveries go to the repository's inbox."""
    found, other = _inbox(name), _inbox(request.POST.get("of", ""))
    lent = {key: value for key, value in other.open_settings().items() if key in SHARED}
    values = {**found.open_settings(), **lent, "installation_id": ""}
    inboxes.change_settings(found, by=person(request), values=values)
    return redirect("upstream:app", found.name)


@require_POST
@needs("inboxes.manage")
@needs_recent_sign_in
def check(request: HttpRequest, name: str) -> HttpResponse:
    """Ask GitHub whom it takes us for; a token's account and an app's installation are noted on the way."""
    found = _inbox(name)
    options = found.open_settings()
    try:
        said = making.who(options)
        learned = {} if options.get("app_id") else {"account": making.account(options)}
        if options.get("app_id"):
            learned = {"installation_id": making.installation(options)}
    except ChannelError as error:
        messages.error(request, error.sentence)
        return redirect("inboxes:inbox", found.name)
    if any(options.get(key) != value for key, value in learned.items()):
        inboxes.change_settings(found, by=person(request), values={**options, **learned})
    messages.success(request, said)
    return redirect("inboxes:inbox", found.name)


def _state(request: HttpRequest, inbox: Inbox) -> str:
    """What this session sets out with, good for one answer; the page may be opened again before it comes."""
    pending = request.session.get(SESSION_KEY, {})
    if pending.get("inbox") != inbox.pk:
        pending = {"state": secrets.token_urlsafe(32), "inbox": inbox.pk}
        request.session[SESSION_KEY] = pending
    return str(pending["state"])


def _has_app(inbox: Inbox) -> bool:
    return bool(inbox.shown_settings().get("app_id"))


def _manifest(inbox: Inbox, hook: str) -> dict[str, object]:
    return making.manifest(
        name=f"{settings.DESK_NAME} {inbox.name}",
        home=settings.BASE_URL,
        hook=hook,
        back=settings.BASE_URL + reverse("upstream:made"),
        installed=settings.BASE_URL + reverse("upstream:installed"),
    )


def _hook(inbox: Inbox) -> str:
    """The webhook's address, '' while the desk can't be reached from outside."""
    if urlsplit(settings.BASE_URL).scheme != "https":
        return ""
    return settings.BASE_URL + reverse("intake:hook", args=[inbox.name])


def _install_url(site: str, options: dict[str, str]) -> str:
    is_hosted = site == "https://github.com"
    return f"{site}/{'apps' if is_hosted else 'github-apps'}/{options.get('app_slug', '')}/installations/new"


def _inbox(name: str) -> Inbox:
    return get_object_or_404(Inbox, name=name, channel="github")
