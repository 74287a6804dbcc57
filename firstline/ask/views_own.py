"""Pages for whoever asked: how far it is, whether an address is theirs, and their own questions behind a link."""

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from firstline.ask import actions, queries, rules
from firstline.ask.models import Purpose
from firstline.ask.views import in_frames_of
from firstline.contacts.models import ContactIdentity
from firstline.core import tokens
from firstline.helpcenter import throttle
from firstline.intake.hooks import RECEIPT

BROWSER, OWN = "firstline-asks", "firstline-own-questions"
LINKS_A_MINUTE = 5


@never_cache
@require_safe
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """How far a question is. The address is the only key, so that no word of the question is on the page."""
    try:
        (item_id,) = tokens.read(RECEIPT, token, 1)
    except tokens.BadToken as bad:
        raise Http404 from bad
    found = queries.progress(item_id)
    if found is None:
        raise Http404
    context = {"state": found.state, "at": found.at, "is_framed": "framed" in request.GET}
    return in_frames_of(found.inbox, render(request, "ask/receipt.html", context))


@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The GET asks, the POST proves the address: a mail scanner's visit changes nothing (S-35)."""
    try:
        if request.method == "POST":
            actions.use_link(token, Purpose.CONFIRM)
        else:
            actions.find_link(token, Purpose.CONFIRM)
    except actions.LinkRefused:
        return render(request, "ask/link_over.html", status=404)
    return render(request, "ask/confirm.html", {"done": request.method == "POST"})


@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """One's own questions; who has not shown yet who they are gives an address and gets a link (S-09)."""
    owner = _owner(request)
    if request.method == "POST" and "leave" in request.POST:
        gone = redirect("ask:mine")
        gone.delete_cookie(OWN)
        return gone
    if owner is not None:
        return render(request, "ask/mine.html", {"owner": owner, "questions": queries.questions(owner)})
    if request.method != "POST":
        return render(request, "ask/who.html")
    if throttle.exceeded(request, "ask-mine", LINKS_A_MINUTE):
        return render(request, "ask/slow_down.html", {"back": request.path}, status=429)
    browser = request.get_signed_cookie(BROWSER, default="", salt=BROWSER) or tokens.random_token()
    actions.send_look_link(request.POST.get("email", "")[:254], browser=browser)
    response = render(request, "ask/who.html", {"sent": True})
    _set(request, response, BROWSER, browser, int(rules.LOOK_WITHIN.total_seconds()))
    return response


@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: HttpRequest, token: str) -> HttpResponse:
    """The link of `mine`: a press opens the questions, in the browser that asked for it and no other."""
    browser = request.get_signed_cookie(BROWSER, default="", salt=BROWSER) or ""
    try:
        if request.method != "POST":
            actions.find_link(token, Purpose.LOOK, browser=browser)
            return render(request, "ask/look.html")
        owner = actions.use_link(token, Purpose.LOOK, browser=browser)
    except actions.LinkRefused:
        return render(request, "ask/link_over.html", status=404)
    response = redirect("ask:mine")
    _set(request, response, OWN, str(owner.pk), int(rules.LOOK_FOR.total_seconds()))
    return response


def _owner(request: HttpRequest) -> ContactIdentity | None:
    """Whose questions this browser may see for the hour."""
    try:
        pk = request.get_signed_cookie(OWN, salt=OWN, max_age=int(rules.LOOK_FOR.total_seconds()))
    except (KeyError, signing.BadSignature):
        return None
    return ContactIdentity.objects.filter(pk=int(pk or 0)).first()


def _set(request: HttpRequest, response: HttpResponse, name: str, value: str, seconds: int) -> None:
    response.set_signed_cookie(
        name, value, salt=name, max_age=seconds, secure=request.is_secure(), httponly=True, samesite="Lax"
    )
