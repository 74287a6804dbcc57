"""The panels beside a conversation: diagnosis and suggested answer."""

import json
import re

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from firstline.accounts.doors import needs, person
from firstline.answers import actions, queries, rules
from firstline.answers.actions import writing
from firstline.answers.models import Citation, DismissReason, DraftMade, Suggestion, SuggestionState
from firstline.conversations import queries as conversations
from firstline.conversations.models import Conversation
from firstline.core import clock, markdown
from firstline.search.queries import articles as search

SHOWN_FACTS = {
    "error_code": gettext_lazy("code"),
    "package": gettext_lazy("package"),
    "command": gettext_lazy("command"),
    "npm": "npm",
    "node": "Node",
    "yarn": "Yarn",
    "pnpm": "pnpm",
    "pip": "pip",
    "python": "Python",
    "os": gettext_lazy("system"),
    "registry": gettext_lazy("registry"),
    "ci": "CI",
    "container": gettext_lazy("container"),
}
MOST_FACTS = 6
MOST_MISSING = 3


@require_GET
@needs("conversations.view")
def diagnosis(request: HttpRequest, pk: int) -> HttpResponse:
    """The diagnosis of the contact's newest message; empty when there is nothing to diagnose."""
    panel = queries.panel(_conversation(request, pk), clock.now())
    found = panel.diagnosis
    if found is None:
        if not panel.is_reading:
            return HttpResponse()
        return render(request, "answers/waiting.html", {"url": reverse("answers:diagnosis", args=[pk])})
    facts = [(label, found.facts[name]) for name, label in SHOWN_FACTS.items() if found.facts.get(name)]
    context = {
        "diagnosis": found,
        "facts": facts[:MOST_FACTS],
        "missing": found.missing[:MOST_MISSING],
        "likeness": queries.likeness(found, clock.now()) if found.is_known else None,
    }
    return render(request, "answers/diagnosis.html", context)


@require_GET
@needs("conversations.view")
def suggestion(request: HttpRequest, pk: int) -> HttpResponse:
    """The suggested answer: as a dock beside the composer, or with `?line=1` as one line above it."""
    return _suggestion(request, _conversation(request, pk), is_line="line" in request.GET)


@require_POST
@needs("conversations.reply")
def insert(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a suggestion over. htmx gets it in an event for the composer, a plain form finds it in the draft."""
    found = _visible(request, pk)
    to_edit = request.POST.get("how") == "edit"
    try:
        taken = actions.insert(found, by=person(request), to_edit=to_edit)
    except actions.SuggestionGone as gone:
        return _suggestion(request, found.conversation, is_line="line" in request.POST, refusal=str(gone))
    text = _for_composer(taken)
    if not request.headers.get("HX-Request"):
        actions.add_to_draft(taken.conversation, by=person(request), text=text)
        return redirect("conversations:permalink", taken.conversation_id)
    response = _suggestion(request, taken.conversation, is_line="line" in request.POST)
    response.headers["HX-Trigger"] = _trigger(taken.conversation_id, text, to_edit=to_edit)
    return response


@require_POST
@needs("conversations.reply")
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a draft of the whole reply; it takes three seconds at most."""
    found = _visible(request, pk)
    try:
        text, made = writing.draft(found, by=person(request))
    except actions.SuggestionGone as gone:
        return _suggestion(request, found.conversation, is_line=False, refusal=str(gone))
    return _into_composer(request, found, text, said=_how(made))


@require_POST
@needs("conversations.reply")
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one question for everything that is missing into the composer."""
    conversation = _conversation(request, pk)
    found = queries.panel(conversation, clock.now()).diagnosis
    if found is None or not found.missing:
        raise Http404
    name = rules.first_name(conversation.contact.name)
    text = writing.asking(found, first_name=name)
    if not request.headers.get("HX-Request"):
        actions.add_to_draft(conversation, by=person(request), text=text)
        return redirect("conversations:permalink", pk)
    response = HttpResponse()
    response.headers["HX-Trigger"] = _trigger(pk, text)
    return response


def _into_composer(request: HttpRequest, taken: Suggestion, text: str, *, said: str) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        actions.add_to_draft(taken.conversation, by=person(request), text=text)
        return redirect("conversations:permalink", taken.conversation_id)
    response = _suggestion(request, taken.conversation, is_line=False, refusal=said)
    response.headers["HX-Trigger"] = _trigger(taken.conversation_id, text)
    return response


def _trigger(conversation_id: int, text: str, *, to_edit: bool = True) -> str:
    """The composer's event, at the body: the button may be gone by then, since panels are read anew."""
    detail = {"target": "body", "conversation": conversation_id, "text": text, "edit": to_edit}
    return json.dumps({"firstline:insert": detail})


def _how(made: DraftMade) -> str:
    """How the draft came to be, in a line on the card: the visible mark that a model wrote (S-42)."""
    if made.is_models:
        counts = {"model": made.model, "n": made.prompt_tokens + made.completion_tokens, "struck": made.struck}
        return _("AI draft by %(model)s: %(n)d tokens, %(struck)d sentences without a source struck out.") % counts
    if made.failure:
        return _("Composed from the article. %(why)s") % {"why": made.failure}
    return _("Composed from the article.")


@require_POST
@needs("conversations.reply")
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """Say why a suggestion is not right."""
    found = _visible(request, pk)
    if request.POST.get("reason") not in DismissReason.values:
        return HttpResponseBadRequest("reason")
    actions.dismiss(found, by=person(request), reason=DismissReason(request.POST["reason"]))
    if not request.headers.get("HX-Request"):
        return redirect("conversations:permalink", found.conversation_id)
    return _suggestion(request, found.conversation, is_line="line" in request.POST)


def _suggestion(request: HttpRequest, conversation: Conversation, *, is_line: bool, refusal: str = "") -> HttpResponse:
    panel = queries.panel(conversation, clock.now())
    found = panel.suggestion
    if found and found.state == SuggestionState.NOTHING and rules.is_thanks(found.message.text):
        return HttpResponse()
    citations = list(found.citations.all()) if found else []
    context = {
        "conversation": conversation,
        "panel": panel,
        "suggestion": found,
        "blocks": [_with_mark(one) for one in citations],
        "sources": _sources(citations),
        "is_usable": all(one.article.is_citable for one in citations),
        "reasons": DismissReason.choices,
        "refusal": refusal,
        "speaks": bool(found and found.language) and search.speaks_other_languages(),
        "url": reverse("answers:suggestion", args=[conversation.pk]) + ("?line=1" if is_line else ""),
        "is_line": is_line,
        "articles": queries.published_articles() if panel.is_reading else 0,
    }
    page = render_to_string("answers/line.html" if is_line else "answers/suggestion.html", context, request)
    return HttpResponse(page.strip())  # an empty slot is hidden only when it is really empty


_TAIL = re.compile(r"(?:\s*</(?:p|li|ol|ul)>)*\s*\Z")


def _with_mark(citation: Citation) -> SafeString:
    """HTML of a cited block with its number at the end of its last line."""
    html = markdown.render(citation.quote)
    tail = _TAIL.search(html)
    end = tail.start() if tail else len(html)
    number = citation.number
    mark = format_html(
        '&nbsp;<a class="cite" href="#suggestion-source-{}" aria-label="{}">{}</a>',
        number,
        _("Source %(number)d") % {"number": number},
        number,
    )
    return mark_safe(html[:end]) + mark + mark_safe(html[end:])  # noqa: S308 render() has sanitised it


def _sources(citations: list[Citation]) -> list[Citation]:
    """One citation for each number."""
    return list({one.number: one for one in reversed(citations)}.values())


def _for_composer(suggestion: Suggestion) -> str:
    """The text with the address of the public article at its end."""
    first = suggestion.citations.select_related("article").first()
    if first is None:
        return suggestion.text
    base = settings.BASE_URL.rstrip("/")
    address = base + reverse("helpcenter:article", args=[first.article.slug])
    return rules.with_source(suggestion.text, title=first.title, address=address, base=base)


def _conversation(request: HttpRequest, pk: int) -> Conversation:
    found = conversations.seen(person(request), pk)
    if found is None:
        raise Http404
    return found


def _visible(request: HttpRequest, pk: int) -> Suggestion:
    found = Suggestion.objects.visible_to(person(request)).select_related("conversation")
    return get_object_or_404(found.exclude(state=SuggestionState.NOTHING), pk=pk)
