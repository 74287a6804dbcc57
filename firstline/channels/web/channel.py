"""The web as the registry knows it: questions come by form or by API, answers leave by mail."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from firstline.channels import registry
from firstline.channels.base import (
    Address,
    Envelope,
    Ignored,
    Parsed,
    ParsedAttachment,
    ParsedMessage,
    SenderAuth,
    Setting,
    Trust,
)
from firstline.channels.port import Arrival, Channel, HookRefused, HookRequest
from firstline.channels.web.asked import Invalid, read

KEY_LENGTH = 24
"""The fewest characters of an API key."""


class WebChannel(Channel):
    """The ask form and the API door of one inbox."""

    kind = "web"
    answers_by = "email"
    gives_receipts = True
    max_hook_bytes = 30 * 1024 * 1024

    @property
    def settings(self) -> Sequence[Setting]:
        """All have a sense when left empty: no key shuts the API door, no sites means that nobody embeds the form."""
        return (
            Setting("title", str(_("Heading of the form")), help=str(_("Else: “Ask us”."))),
            Setting(
                "answers_from",
                str(_("Answers leave from")),
                help=str(_("Short name of an email inbox; else the first one.")),
            ),
            Setting(
                "embed_on",
                str(_("Sites that may show the form")),
                help=str(_("Like https://docs.example.com, between spaces. Nobody else can embed it.")),
            ),
            Setting("cases", str(_("Kinds of questions")), help=str(_("Their names between spaces; else all."))),
            Setting(
                "api_key",
                str(_("API key")),
                "secret",
                secret=True,
                help=str(_("At least 24 characters. Without one nothing can be asked by API.")),
            ),
            Setting("api_key_before", str(_("API key until now")), "secret", secret=True),
        )

    def address(self, settings: Mapping[str, str]) -> str:
        """The heading tells one form from another."""
        return settings.get("title", "") or "web"

    def parse(self, raw: bytes, envelope: Envelope) -> Parsed:
        """A complete question is a message; anything else is nothing for a desk."""
        try:
            asked = read(raw)
        except Invalid:
            return Ignored("not_a_question")
        sender = Address(asked.name, asked.email)
        said = asked.said()
        return ParsedMessage(
            sender=sender,
            subject=asked.subject,
            text=said,
            reply_text=said,
            attachments=tuple(ParsedAttachment(one.name, one.content_type, one.content) for one in asked.files),
            flags=("spam",) if asked.trapped else (),
            spam_reasons=("trap",) if asked.trapped else (),
            tags=(asked.case.name,),
            language=asked.language,
        )

    def verify(self, raw: bytes, parsed: ParsedMessage, envelope: Envelope, trust: Trust) -> SenderAuth:
        """Whoever types an address claims it; the link in the mail that goes there proves it."""
        return SenderAuth("none", "claimed", {})

    def open_hook(self, request: HookRequest, settings: Mapping[str, str]) -> Sequence[Arrival]:
        """One question with the inbox's key. The same `Idempotency-Key` is the same question. Raises HookRefused."""
        given = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        keys = [one for one in (settings.get("api_key", ""), settings.get("api_key_before", "")) if one]
        if not given:
            raise HookRefused(401, "The key is missing: Authorization: Bearer …")
        if not any(hmac.compare_digest(given.encode(), one.encode()) for one in keys):
            raise HookRefused(403, "The key is wrong.")
        try:
            read(request.body)
        except Invalid as invalid:
            raise HookRefused(422, "The question is not complete.", invalid.problems) from invalid
        once = request.headers.get("idempotency-key", "")[:200]
        return [Arrival(request.body, Envelope(event="api"), f"once:{once}" if once else "")]

    def sign_hook(self, body: bytes, event: str, settings: Mapping[str, str]) -> HookRequest:
        """As a caller with the key would have sent it."""
        return HookRequest({"authorization": f"Bearer {settings.get('api_key', '')}"}, body)


registry.register(WebChannel())
