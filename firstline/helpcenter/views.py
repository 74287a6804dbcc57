"""The help centre: anybody may read, nobody gets a session (S-39)."""

import hashlib

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date, quote_etag
from django.utils.translation import get_language, get_language_from_request, get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST, require_safe

from firstline.helpcenter import pages, queries, rules, throttle
from firstline.helpcenter.rules import MAX_PASTE, Votes
from firstline.incidents import queries as incidents
from firstline.knowledge import actions
from firstline.knowledge.models import ArticleText, Category, UnhelpfulReason
from firstline.savings import actions as savings

VOTE_COOKIE = "firstline-helped"
VOTE_COOKIE_AGE = 180 * 24 * 3600
SEARCHES_A_MINUTE = 60
PAUSES_A_MINUTE = 240
FEWEST_LETTERS = 2
READINGS_A_MINUTE = 20
VOTES_A_MINUTE = 30
WORDS_LENGTH = 400


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """The front page; with `q`, what answers those words."""
    words = request.GET.get("q", "").strip()[:WORDS_LENGTH]
    if not words:
        return _front(request)
    if throttle.exceeded(request, "search", SEARCHES_A_MINUTE):
        return _slow_down(request)
    found = queries.find(words, _language(request))
    savings.record_search(words, found=bool(found))
    context = {"words": words, "found": found, "helpful": [] if found else queries.helpful(_language(request))}
    return render(request, "helpcenter/results.html", context)


@require_safe
def typing(request: HttpRequest) -> HttpResponse:
    """What the unfinished words in `q` may mean: a list under the search field."""
    words = request.GET.get("q", "").strip()[:WORDS_LENGTH]
    slow = throttle.exceeded(request, "typing", PAUSES_A_MINUTE)
    found = [] if slow or len(words) < FEWEST_LETTERS else queries.while_typing(words, _language(request))
    return render(request, "helpcenter/typing.html", {"found": found})


@require_POST
@csrf_protect
def read(request: HttpRequest) -> HttpResponse:
    """Read a pasted error and say what we think it is; neither the paste nor the answer is kept."""
    paste = request.POST.get("text", "")
    problem = ""
    if not paste.strip():
        problem = _("Paste what your terminal or log says, then we read it.")
    elif len(paste.encode("utf-8", "replace")) > MAX_PASTE:
        problem = _("That is more than 200 kB. The last part, where it fails, is enough.")
    elif throttle.exceeded(request, "read", READINGS_A_MINUTE):
        return _slow_down(request)
    reading = None if problem else queries.read(paste, _language(request))
    if request.headers.get("HX-Request"):
        context = {"reading": reading, "problem": problem}
        return render(request, "helpcenter/front.html#reading", context, status=422 if problem else 200)
    return _front(request, status=422 if problem else 200, reading=reading, problem=problem)


@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """One shelf."""
    category = Category.objects.filter(slug=slug).first()
    texts = queries.on_shelf(category, _language(request)) if category else []
    if not texts:
        return missing(request)
    return render(request, "helpcenter/topic.html", {"category": category, "texts": texts})


@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponseBase:
    """One article; 304 when the reader's copy is still good, 301 from a former address."""
    found = queries.article(slug, _language(request))
    if found is None:
        new = queries.moved_to(slug)
        return redirect("helpcenter:article", new, permanent=True) if new else missing(request)
    text, languages = found
    votes = _votes(request)
    etag = _etag(request, text, votes)
    response = get_conditional_response(request, etag=etag, last_modified=int(text.article.updated_at.timestamp()))
    if response is None or response.status_code != 304:
        response = _article(request, etag, text, languages, votes)
    else:  # its headers replace those that the browser kept, and the kept page knows only its own nonce
        response._csp_exempt = True  # type: ignore[attr-defined]  # django-csp's way to leave a response alone
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(text.article.updated_at.timestamp())
    if not request.user.is_authenticated:
        patch_cache_control(response, private=True, max_age=0, must_revalidate=True)
    return response


@require_POST
@csrf_protect
def vote(request: HttpRequest, slug: str) -> HttpResponse:
    """Was it helpful? Counted once a browser; who said it is not kept."""
    found = queries.article(slug, _language(request))
    if found is None:
        return missing(request)
    text, _languages = found
    helped = request.POST.get("answer") == "yes"
    votes = _votes(request)
    if text.article_id not in votes.said:
        if throttle.exceeded(request, "vote", VOTES_A_MINUTE):
            return _slow_down(request)
        actions.record_vote(text.article, helped=helped)
        votes = votes.with_answer(text.article_id, helped=helped)
    response: HttpResponse
    if request.headers.get("HX-Request"):
        context = {"said": votes.said[text.article_id], "slug": slug, "reasons": UnhelpfulReason.choices}
        response = render(request, "helpcenter/article.html#ask", context)
    else:
        response = HttpResponseRedirect(reverse("helpcenter:article", args=[slug]) + "#helped")
    response.set_signed_cookie(
        VOTE_COOKIE,
        votes.written(),
        salt=VOTE_COOKIE,
        max_age=VOTE_COOKIE_AGE,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response


@require_POST
@csrf_protect
def why(request: HttpRequest, slug: str) -> HttpResponse:
    """Why it did not help, in one word of four; counted, who said it is not kept."""
    found = queries.article(slug, _language(request))
    if found is None:
        return missing(request)
    article = found[0].article
    if article.pk in _votes(request).said and not throttle.exceeded(request, "vote", VOTES_A_MINUTE):
        actions.record_reason(article, request.POST.get("why", ""))
    if request.headers.get("HX-Request"):
        return render(request, "helpcenter/article.html#thanks")
    return HttpResponseRedirect(reverse("helpcenter:article", args=[slug]) + "#helped")


def missing(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Nothing stands at this address: a way to search, and to write."""
    context = {"helpful": queries.helpful(_language(request), 4)}
    return render(request, "helpcenter/missing.html", context, status=404)


def _front(request: HttpRequest, *, status: int = 200, **extra: object) -> HttpResponse:
    language = _language(request)
    context = {"count": queries.count(), "shelves": queries.shelves(), "helpful": queries.helpful(language)}
    context |= {"has_form": queries.has_form()}
    return render(request, "helpcenter/front.html", context | extra, status=status)


def _article(request: HttpRequest, etag: str, text: ArticleText, languages: list[str], votes: Votes) -> HttpResponse:
    """The page, written once for all who see the same. Signed-in people, an export, and addresses with anything in
    them that the page's links would repeat get one of their own.
    """

    def write(**more: str) -> HttpResponse:
        return render(request, "helpcenter/article.html", _article_context(text, languages, votes) | more)

    is_export = getattr(request, "is_export", False)
    if request.user.is_authenticated or is_export or not set(request.GET) <= {"lang"}:
        return write()
    return pages.kept(request, etag, lambda: write(csrf_token=pages.TOKEN))


def _article_context(text: ArticleText, languages: list[str], votes: Votes) -> dict[str, object]:
    share = rules.helped_share(text.article.helped, text.article.did_not_help)
    return {
        "text": text,
        "article": text.article,
        "revision": text.published_revision,
        "page": queries.rendered(text),
        "beginning": queries.beginning(text.published_revision.body if text.published_revision else ""),
        "reasons": UnhelpfulReason.choices,
        "languages": [(code, get_language_info(code)["name_local"]) for code in languages],
        "said": votes.said.get(text.article_id),
        "share": share,
        "slug": text.article.slug,
    }


def _slow_down(request: HttpRequest) -> HttpResponse:
    return render(request, "helpcenter/slow_down.html", status=429)


def _language(request: HttpRequest) -> str:
    """Of articles: they may be there in more languages than the page's own words."""
    return (request.GET.get("lang") or get_language_from_request(request))[:12].lower()


def _votes(request: HttpRequest) -> Votes:
    return Votes.read(request.get_signed_cookie(VOTE_COOKIE, default="", salt=VOTE_COOKIE) or "")


def _etag(request: HttpRequest, text: ArticleText, votes: Votes) -> str:
    """Everything that the page shows, hashed."""
    one = text.article
    parts = (
        text.published_revision_id,
        one.updated_at.isoformat(),
        one.category.name if one.category else "",
        rules.helped_share(one.helped, one.did_not_help),
        votes.said.get(one.pk),
        get_language(),
        request.user.is_authenticated,
        incidents.banner_key(),
    )
    return quote_etag(hashlib.sha256(repr(parts).encode()).hexdigest()[:32])
