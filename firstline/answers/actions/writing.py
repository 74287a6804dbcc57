"""A draft of a reply, for a person to read and send: composed from the source's own steps, or, where a language model
is configured and every sentence can be cited, in its words.
"""

import secrets
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.answers import grounding, rules
from firstline.answers.actions.deciding import SuggestionGone, insert
from firstline.answers.models import Diagnosis, DraftMade, Suggestion, Usage
from firstline.evidence import secrets as masking
from firstline.models_ai import llm

LEAST_KEPT = 2
MILLION = 1_000_000


def draft(suggestion: Suggestion, *, by: User) -> tuple[str, DraftMade]:
    """The text of a draft, and how it was made. Takes three seconds at most, whatever the model does.

    The suggestion counts as inserted. Raises SuggestionGone when it may not be used.
    """
    taken = insert(suggestion, by=by, to_edit=True)
    sources = _sources(taken)
    made, kept = _ask(taken, sources) if settings.LLM_URL else (DraftMade(suggestion=taken), [])
    text = _in_its_words(taken, kept) if len(kept) >= LEAST_KEPT else composed(taken)
    made.is_models = len(kept) >= LEAST_KEPT
    with transaction.atomic():
        made.save()
        Usage.objects.filter(suggestion=taken).update(inserted=text)
    return text, made


def composed(suggestion: Suggestion) -> str:
    """Greet, name the problem, the steps of the source word for word, the next step, an open door (domain.md 7)."""
    name = rules.first_name(suggestion.message.conversation.contact.name)
    diagnosis = Diagnosis.objects.filter(message=suggestion.message_id).exclude(signature="").first()
    blocks = [citation.quote for citation in suggestion.citations.all()]
    opening = [_("I read your log: %(cause)s") % {"cause": diagnosis.cause}] if diagnosis else []
    return rules.compose([*opening, *blocks, *_closing()], first_name=name)


def asking(diagnosis: Diagnosis, *, first_name: str) -> str:
    """One message that asks for everything that is missing, once. Raises SuggestionGone when nothing is."""
    if not diagnosis.missing:
        raise SuggestionGone(_("Nothing is missing."))
    asked = "\n".join(f"- {one}" for one in diagnosis.missing)
    parts = [
        _("So that I can find the cause, please tell me:"),
        asked,
        _("A part of the log is enough; leave tokens out."),
    ]
    return rules.compose(parts, first_name=first_name)


def _closing() -> list[str]:
    return [_("If a step stops with an error, answer with what it prints, and I look into it.")]


def _sources(suggestion: Suggestion) -> list[grounding.Source]:
    """The cited passages only: published, and public, as the contact may read them (S-41)."""
    cited = suggestion.citations.select_related("article")
    quotes = [(one.title, one.quote) for one in cited if one.article.is_citable]
    return [grounding.Source(number, title, quote) for number, (title, quote) in enumerate(quotes, start=1)]


def _ask(suggestion: Suggestion, sources: list[grounding.Source]) -> tuple[DraftMade, list[grounding.Sentence]]:
    made = DraftMade(suggestion=suggestion, model=settings.LLM_MODEL[:80])
    endpoint = llm.Endpoint(settings.LLM_URL, settings.LLM_MODEL, settings.LLM_KEY)
    message = masking.mask(f"{suggestion.message.subject}\n{suggestion.message.text}").text
    asked = grounding.question(message, sources, secrets.token_hex(8))
    try:
        answer = llm.complete(endpoint, grounding.SYSTEM, asked)
    except llm.ProviderError as error:
        made.failure = str(error)[:200]
        return made, []
    made.prompt_tokens, made.completion_tokens = answer.prompt_tokens, answer.completion_tokens
    made.cost_micros = _cost(answer)
    said = grounding.read(masking.mask(answer.text).text, sources, doc_domains())
    kept = [one for one in said if one.is_kept]
    made.kept, made.struck = len(kept), len(said) - len(kept)
    return made, kept


def doc_domains() -> set[str]:
    """Where a link of a draft may lead: the desk's own help centre."""
    return {urlsplit(settings.BASE_URL).hostname or ""}


def _cost(answer: llm.Completion) -> int:
    """Millionths of the currency in which FIRSTLINE_LLM_PRICE is, which is given for a million tokens in and out."""
    price_in, price_out = settings.LLM_PRICE
    return round(answer.prompt_tokens * price_in + answer.completion_tokens * price_out)


def _in_its_words(suggestion: Suggestion, kept: list[grounding.Sentence]) -> str:
    name = rules.first_name(suggestion.message.conversation.contact.name)
    return rules.compose(["\n".join(f"- {one.text}" for one in kept), *_closing()], first_name=name)
