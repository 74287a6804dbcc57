"""The operator's own tokens: their platform is told which leaked, and may revoke it (P-15)."""

import hashlib
import hmac
import json

from django.conf import settings

from firstline.conversations.models import SealedSecret
from firstline.core import clock, egress, sealing
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.events.models import AuditEntry
from firstline.events.recording import MACHINE
from firstline.evidence.tokens_known import OWN

SECONDS = 10.0


class NotTold(Exception):
    """The platform did not take it: it is told again later."""


def tell(message_id: int) -> int:
    """Tell FIRSTLINE_SECRET_HOOK of the message's own tokens, each once; how many. The token itself never leaves: the
    platform knows its own by their SHA-256. Raises NotTold.
    """
    if not settings.SECRET_HOOK:
        return 0
    found = SealedSecret.objects.filter(message=message_id, kind=OWN).exclude(wrapped_key=b"").order_by("pk")
    told = set(
        AuditEntry.objects.filter(kind=Kind.SECRET_TOLD, subject_id__in=found).values_list("subject_id", flat=True)
    )
    fresh = [one for one in found.select_related("conversation") if one.pk not in told]
    for secret in fresh:
        _post(secret)
        facts = {"conversation": secret.conversation_id}
        inbox = secret.conversation.inbox_id
        record_audit(Kind.SECRET_TOLD, by=MACHINE, inbox_id=inbox, subject_id=secret.pk, after=facts)
    return len(fresh)


def _post(secret: SealedSecret) -> None:
    token = sealing.unseal(secret.ciphertext, secret.wrapped_key)
    said = {
        "type": secret.kind,
        "fingerprint": hashlib.sha256(token).hexdigest(),
        "conversation": secret.conversation_id,
        "at": clock.now().isoformat(timespec="seconds"),
    }
    body = json.dumps(said).encode()
    headers = {
        "Content-Type": "application/json",
        "X-Firstline-Signature": signature(body, int(clock.now().timestamp())),
    }
    try:
        answer = egress.fetch(
            settings.SECRET_HOOK, method="POST", body=body, headers=headers, seconds=SECONDS, from_settings=True
        )
    except egress.EgressRefused as refused:
        raise NotTold(str(refused)) from refused
    if answer.status >= 300:
        raise NotTold(f"The platform answered {answer.status}.")


def signature(body: bytes, at: int) -> str:
    """The header's value for a body at a moment (seconds since 1970)."""
    digest = hmac.digest(settings.SECRET_HOOK_KEY.encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={digest.hex()}"
