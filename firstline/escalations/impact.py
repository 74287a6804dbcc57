"""What engineers read of a problem's impact, at its issue: figures only, nobody can be told from them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


@dataclass(frozen=True, slots=True)
class Impact:
    """Whom a problem hits: people, their organisations, those who pay, and the weighed sum; `again` says how many were
    told of a fix and still meet it.
    """

    people: int
    organizations: int
    paying: int
    severity: str
    score: int
    again: int = 0


def block(impact: Impact) -> str:
    """The comment at the issue: figures only, nobody can be told from them."""
    people = ngettext("%(n)d person waits for this", "%(n)d people wait for this", impact.people) % {"n": impact.people}
    parts = []
    if impact.organizations:
        words = ngettext("%(n)d organisation", "%(n)d organisations", impact.organizations)
        parts.append(words % {"n": impact.organizations})
    if impact.paying:
        parts.append(ngettext("%(n)d of them pays", "%(n)d of them pay", impact.paying) % {"n": impact.paying})
    lines = [f"**{people}**{': ' if parts else ''}{', '.join(parts)}.", ""]
    lines.append(_("Severity: %(severity)s. Impact: %(score)d.") % {"severity": impact.severity, "score": impact.score})
    if impact.again:
        words = ngettext(
            "%(n)d person has it still after the fix.", "%(n)d people have it still after the fix.", impact.again
        )
        lines += ["", f"**{words % {'n': impact.again}}**"]
    lines += ["", f"<sub>{_('Kept up to date by the support desk.')}</sub>"]
    return "\n".join(lines)


def still_broken(versions: Sequence[str], count: int) -> str:
    """What an issue is told when people who were told of a fix say that it is none."""
    words = ngettext(
        "%(n)d person updated to %(version)s and still meets this.",
        "%(n)d people updated to %(version)s and still meet this.",
        count,
    )
    return words % {"n": count, "version": ", ".join(versions)}
