"""What a lead changes in the catalogue of failures: an entry goes live only when its own samples prove it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from firstline.accounts.models import User
from firstline.answers.models import LocalSignature
from firstline.core import clock
from firstline.core.killable import Killable, KillableError
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.events.recording import record
from firstline.evidence import secrets
from firstline.evidence.validating import Problem

VALIDATE = "firstline.evidence.validating.validate_among"
ENDURE = "firstline.evidence.trials.endure"
PATTERN_SECONDS = 3.0
ENTRY_SECONDS = 10.0

_child = Killable(VALIDATE, ENDURE)


class EntryRefused(Exception):
    """The entry may not go live; `problems` say why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(one.sentence for one in problems))
        self.problems = list(problems)


def save_entry(entry: Mapping[str, Any], *, by: User) -> LocalSignature:
    """Keep an entry (fields as in `evidence/signatures`) and use it from the next message on, in every process.

    Its samples are masked first. Raises EntryRefused.
    """
    kept = _masked(entry)
    problems = _slow_patterns(kept) or _problems(kept)
    if problems:
        raise EntryRefused(problems)
    with transaction.atomic():
        local, is_new = LocalSignature.objects.update_or_create(
            signature_id=kept["id"], defaults={"entry": kept, "edited_by": by, "edited_at": clock.now()}
        )
        _record(local, by, before={} if is_new else {"local": True}, after={"local": True, "case": kept["case"]})
    return local


@transaction.atomic
def drop_entry(local: LocalSignature, *, by: User) -> None:
    """Take the desk's own entry away; a shipped one of the same id is in use again."""
    _record(local, by, before={"local": True}, after={"local": False})
    local.delete()


def _masked(entry: Mapping[str, Any]) -> dict[str, Any]:
    samples = [secrets.mask(one).text for one in entry["samples"]]
    fix = [secrets.mask(one).text for one in entry["fix"]]
    return {**entry, "samples": samples, "fix": fix, "cause": secrets.mask(entry["cause"]).text}


def _slow_patterns(entry: Mapping[str, Any]) -> list[Problem]:
    """The patterns that do not come back from texts made to slow them down; what is no pattern is not judged here."""
    found = []
    for source in (*entry["any"], *entry["all"], *entry["none"]):
        try:
            _child.call(ENDURE, source, tuple(entry["samples"]), seconds=PATTERN_SECONDS)
        except KillableError as error:
            if getattr(error, "kind", "") not in ("error", "PatternError"):
                found.append(Problem("slow_pattern", source, "This pattern takes too long on some pastes."))
    return found


def _problems(entry: Mapping[str, Any]) -> list[Problem]:
    others = LocalSignature.objects.exclude(signature_id=entry["id"]).values_list("entry", flat=True)
    try:
        found: list[Problem] = _child.call(VALIDATE, dict(entry), list(others), seconds=ENTRY_SECONDS)
    except KillableError:
        return [Problem("slow_entry", entry["id"], "The entry takes too long to try on the samples of all others.")]
    return found


def _record(local: LocalSignature, by: User, *, before: dict[str, Any], after: dict[str, Any]) -> None:
    record(Kind.SIGNATURE_CHANGED, by=by, subject_id=local.pk, signature=local.signature_id)
    record_audit(Kind.SIGNATURE_CHANGED, by=by, subject_id=local.pk, before=before, after=after)
