"""The public form. Its pages may stand in frames of the sites that the inbox names, so they set no cookie."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from firstline.ask import actions, queries, rules
from firstline.ask.forms import AskForm
from firstline.channels.web.cases import Case
from firstline.core import clock, tokens
from firstline.helpcenter import queries as helpcenter
from firstline.helpcenter import throttle
from firstline.inboxes.models import Inbox
from firstline.intake.hooks import receipt
from firstline.savings import actions as savings

ASKED_A_MINUTE, OPENED_A_MINUTE, PAUSES_A_MINUTE = 6, 120, 120
FEWEST_WORDS = 3
STAMP = "ask"
SCRIPT = Path(__file__).parent / "static" / "ask" / "embed.js"
View = Callable[..., HttpResponse]


def framed(view: View) -> View:
    """Answers may stand in frames of the sites that the inbox names, and in no others; nobody gets a cookie."""

    @wraps(view)
    def answered(request: HttpRequest, name: str, **kwargs: str) -> HttpResponse:
        inbox = queries.form(name)
        if inbox is None:
            raise Http404
        return in_frames_of(inbox, view(request, inbox, **kwargs))

    return csrf_exempt(answered)


def in_frames_of(inbox: Inbox, response: HttpResponse) -> HttpResponse:
    """The answer, to be shown in frames of the sites that the inbox names as well."""
    sites = rules.origins(str(inbox.settings.get("embed_on", "")))
    response.xframe_options_exempt = bool(sites)
    response._csp_replace = {"frame-ancestors": [SELF, *sites] if sites else [NONE]}  # type: ignore[attr-defined]
    return response


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """To the form; with several, one chooses; with none, to the help centre."""
    forms = queries.forms()
    if not forms:
        return redirect("helpcenter:front")
    if len(forms) == 1:
        return redirect("ask:choose", forms[0].name)
    return render(request, "ask/front.html", {"forms": forms})


@framed
@require_safe
def choose(request: HttpRequest, inbox: Inbox) -> HttpResponse:
    """What is it about?"""
    return render(request, "ask/choose.html", _context(request, inbox, cases=queries.cases(inbox)))


@framed
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, inbox: Inbox, case: str) -> HttpResponse:
    """The form of one kind of question; 422 with sentences when something is missing, 429 for a flood."""
    kind = next((one for one in queries.cases(inbox) if one.name == case), None)
    if kind is None:
        raise Http404
    if request.method != "POST":
        if throttle.exceeded(request, "ask-open", OPENED_A_MINUTE):
            return _slow_down(request, inbox)
        return _page(request, inbox, AskForm(kind), _new_stamp(inbox))
    if throttle.exceeded(request, "ask", ASKED_A_MINUTE):
        return _slow_down(request, inbox)
    return _take(request, inbox, kind)


@framed
@require_POST
def answers(request: HttpRequest, inbox: Inbox, case: str) -> HttpResponse:
    """What may answer the unfinished question in `text`, looked up at every pause of the hand; it is not kept."""
    question, stamp = request.POST.get("text", ""), request.POST.get("stamp", "")
    try:
        _stamped_at(inbox, stamp)
    except tokens.BadToken:
        return render(request, "ask/answers.html", {"found": []})
    if len(question.split()) < FEWEST_WORDS or throttle.exceeded(request, "ask-pause", PAUSES_A_MINUTE):
        return render(request, "ask/answers.html", {"found": []})
    found = helpcenter.answering(question, get_language_from_request(request))
    seen = savings.show(_session(stamp), [one.article_id for one in found])
    return render(request, "ask/answers.html", {"found": [one for one in found if one.article_id in seen]})


@require_safe
@cache_control(public=True, max_age=3600)
def embed_script(request: HttpRequest) -> HttpResponse:
    """The one script that other sites load; the same for all of them, and it says nothing about anybody."""
    response = HttpResponse(SCRIPT.read_text(encoding="utf-8"), content_type="text/javascript; charset=utf-8")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _take(request: HttpRequest, inbox: Inbox, kind: Case) -> HttpResponse:
    form, stamp = AskForm(kind, request.POST, request.FILES), request.POST.get("stamp", "")
    try:
        problem = rules.stamp_problem(clock.now() - _stamped_at(inbox, stamp))
    except tokens.BadToken:
        problem = "late"
    question = form.question(get_language_from_request(request))
    if problem == "late":
        form.add_error(None, _("This page was open for long. Nothing is lost: look it over and send it again."))
        return _page(request, inbox, form, _new_stamp(inbox), status=422)
    if problem == "early":
        form.add_error(None, _("That was very quick. Please press once more."))
    if question is None or problem:
        return _page(request, inbox, form, stamp, status=422)
    try:
        accepted = actions.ask(inbox, question, stamp=stamp, peer=throttle.address(request))
    except actions.TooMany:
        form.add_error(
            None, _("Much was asked from this address within the hour. Please wait a little, or add to your mail.")
        )
        return _page(request, inbox, form, stamp, status=429)
    savings.asked(_session(stamp))
    url = receipt(accepted.item_id)
    return HttpResponseRedirect(f"{url}?framed=1" if _is_framed(request) else url, status=303)


def _stamped_at(inbox: Inbox, stamp: str) -> datetime:
    """When the page of this stamp was made. Raises BadToken for one that is not ours or another form's."""
    inbox_id, seconds, _nonce = tokens.read(STAMP, stamp, 3)
    if inbox_id != inbox.pk:
        raise tokens.BadToken("The stamp of another form.")
    return datetime.fromtimestamp(seconds, UTC)


def _session(stamp: str) -> str:
    """One asking session: who has this page open, without saying who that is."""
    return tokens.digest(stamp)


def _new_stamp(inbox: Inbox) -> str:
    return tokens.make(STAMP, [inbox.pk, int(clock.now().timestamp()), secrets.randbits(48)])


def _is_framed(request: HttpRequest) -> bool:
    return "framed" in request.GET


def _context(request: HttpRequest, inbox: Inbox, **more: Any) -> dict[str, Any]:
    title = inbox.settings.get("title") or _("Ask us")
    framed_by = "?framed=1" if _is_framed(request) else ""
    return {"inbox": inbox, "heading": title, "is_framed": bool(framed_by), "framed": framed_by, **more}


def _page(request: HttpRequest, inbox: Inbox, form: AskForm, stamp: str, *, status: int = 200) -> HttpResponse:
    context = _context(request, inbox, form=form, case=form.case, stamp=stamp, several=len(queries.cases(inbox)) > 1)
    return render(request, "ask/ask.html", context, status=status)


def _slow_down(request: HttpRequest, inbox: Inbox) -> HttpResponse:
    context = _context(request, inbox, back=reverse("ask:choose", args=[inbox.name]))
    return render(request, "ask/slow_down.html", context, status=429)
