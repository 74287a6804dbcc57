"""Evidence: what was decided upon, as it was, sealed in the deciding transaction (M-05, M-06)."""

import hashlib
import json

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string

from firstline.conversations.models import Cover, Message, Reason
from firstline.core import sealing
from firstline.moderation.models import Case, Evidence


def take(case: Case, message: Message) -> Evidence:
    """Keep a message as it is now: its text, its writer's account and the bytes that arrived. Within a transaction.

    Nothing of content on the sealed path is copied: digests and the locator alone are kept (M-16).
    """
    snapshot = _snapshot(message)
    evidence = Evidence(
        case=case,
        message=message,
        locator=settings.BASE_URL + reverse("conversations:permalink", args=[message.conversation_id]),
        digest=hashlib.sha256(snapshot).hexdigest(),
        text_digest=hashlib.sha256(message.text.encode()).hexdigest(),
        detectors=_detectors(message),
    )
    if case.reason != Reason.CSAE:
        sealed = sealing.seal(snapshot)
        evidence.ciphertext, evidence.wrapped_key = sealed.ciphertext, sealed.wrapped_key
    evidence.save()
    return evidence


def verify(evidence: Evidence) -> bool:
    """Whether it still is what was taken. Erased evidence has nothing left to be wrong."""
    if not evidence.ciphertext:
        return True
    try:
        kept = sealing.unseal(evidence.ciphertext, evidence.wrapped_key)
    except sealing.SealBroken:
        return False
    return hashlib.sha256(kept).hexdigest() == evidence.digest


def _snapshot(message: Message) -> bytes:
    raw: bytes | None = import_string(settings.RAW_OF_MESSAGE)(message)
    author = message.author_identity
    facts = {
        "message": message.pk,
        "conversation": message.conversation_id,
        "written_at": message.written_at.isoformat(),
        "subject": message.subject,
        "text": message.text,
        "author": {"channel": author.channel, "key": author.key, "address": author.address} if author else None,
        "raw": raw.decode("latin-1") if raw is not None else None,
        "raw_sha256": hashlib.sha256(raw).hexdigest() if raw is not None else None,
    }
    return json.dumps(facts, sort_keys=True).encode()


def _detectors(message: Message) -> dict[str, object]:
    cover = Cover.objects.filter(message=message).first()
    if cover is None:
        return {}
    return {"origin": cover.origin, "score": cover.score, "version": cover.version, "terms": cover.terms}
