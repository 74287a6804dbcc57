"""Which of a person's questions a draft leaves untouched."""

import re

from firstline.wording.words import sentences, stems, without_code

_ASK = re.compile(
    r"\?\s*[\"')]*$|^(?:(?:and|also|but|secondly|finally|another question|one more thing|separately"
    r"|in addition)[, :]+)*"
    r"(?:can|could|would|will|may) (?:you|i|we|someone|somebody)\b|^(?:please|pls) (?:tell|explain|let|send"
    r"|confirm|add|remove|delete|rename|transfer|cancel|refund|help)"
    r"|\b(?:i(?:'d| would) (?:also )?like to know|i(?:'m| am) (?:also )?wondering|i wonder|let me know (?:if"
    r"|whether|how|when|what|why)|i also (?:want|need) to know|tell me (?:how|what|when|why|whether|if))",
    re.IGNORECASE,
)
_LOG = re.compile(r"^\s*(?:npm (?:ERR|error|WARN|http)|>|at |\d{4}-\d\d-\d\dT|error |\$ )", re.IGNORECASE)
_COURTESY = re.compile(
    r"^(?:can|could) (?:you|someone|anyone) (?:please )?(?:help|assist|look)(?: me| us)?(?: with this| out"
    r"| into (?:this|it))?\s*\?*$|^(?:any (?:ideas?|help|thoughts|suggestions)|what (?:can|should|do) (?:i"
    r"|we) do|what now|is (?:this|that) (?:normal|a bug|known)|thoughts|help|right|ok|how are you"
    r"|why)\b[\w ]{0,18}\?+$",
    re.IGNORECASE,
)
_DEFERRED = re.compile(
    r"\b(?:other|second|third|last|remaining|your) (?:question|point|part)|\bas (?:for|to)\b|\bregarding\b"
    r"|\bon your (?:other|second)\b|\bboth\b|\ball (?:three|of (?:them|it))\b|\bto (?:both|all)\b",
    re.IGNORECASE,
)
_WHEN = re.compile(r"^\W*(?:and |also |but )*(?:when|how long|by when|what time|how soon|until when)\b", re.IGNORECASE)
_TIME = re.compile(
    r"\b(?:\d+\s*(?:s|sec|min|minutes?|h|hours?|days?|weeks?|months?|am|pm|utc|business)|today|tomorrow"
    r"|tonight|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june"
    r"|july|august|september|october|november|december|immediately|at once|right away|an hour|a day|a week"
    r"|next week|\d\d:\d\d|\d{4}-\d\d-\d\d|already|now)\b",
    re.IGNORECASE,
)
_WHY = re.compile(r"^\W*(?:and |also |but )*(?:why|what (?:causes|caused|is the reason)|how come)\b", re.IGNORECASE)
_REASON = re.compile(
    r"\b(?:because|since|reason|cause[sd]?|due to|that(?:'s| is) why|happens when|means that|comes from|as the"
    r"|so that|which is why)\b",
    re.IGNORECASE,
)
_WHERE = re.compile(r"^\W*(?:and |also |but )*where\b", re.IGNORECASE)
_PLACE = re.compile(r"https?://|\b(?:under|page|settings|menu|section|tab|folder|file|here)\b|/\w", re.IGNORECASE)
_HOW_MUCH = re.compile(
    r"^\W*(?:and |also |but )*(?:how (?:much|many|big|large)|what (?:is|are) the (?:limit|price|cost|maximum"
    r"|quota)s?)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d|\bfree\b|\bno limit\b|\bunlimited\b|\bone\b|\btwo\b", re.IGNORECASE)
_YES_NO = re.compile(
    r"^\W*(?:and |also |but |so )*(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|may|am)\b",
    re.IGNORECASE,
)
_VERDICT = re.compile(
    r"(?:^|[.!?\n,:–—-]\s*)(?:yes|no|yep|nope|right|correct|exactly|sure|of course|not (?:yet|at the moment"
    r"|possible)|unfortunately|sadly|that(?:'s| is) (?:right|not|possible|a)|you can(?:not|'t)?|we (?:do|don't"
    r"|can|can't))\b",
    re.IGNORECASE,
)
_MEANS = re.compile(
    r"\bwhat (?:does|do|is|are)\b.*\b(?:mean|difference|about)\b|\bwhat(?:'s| is) the difference\b", re.IGNORECASE
)
_SAYS = re.compile(r"\b(?:is|are|means?|says?|takes?|tells?)\b[^.\n]{12,}", re.IGNORECASE)
_HELPS = re.compile(
    r"```|`[^`\n]+`|https?://|\b(?:run|open|set|install|create|add|remove|invite|switch|choose|update|send"
    r"|write|try)\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(r"\b(?:it|this|that|these|those|they|them|one)\b", re.IGNORECASE)
_FURTHER = re.compile(
    r"^(?:also|another question|one more|secondly|separately|in addition|besides|by the way|finally|lastly"
    r"|unrelated)\b",
    re.IGNORECASE,
)
_FEW = 2


def questions(incoming: str) -> list[str]:
    """What the person asks, one sentence each; courtesies ("any ideas?") and log lines are no questions."""
    text = without_code("\n".join(line for line in incoming.splitlines() if not _LOG.match(line)))
    asked = [one for one in sentences(text) if _ASK.search(one) and not _COURTESY.search(one)]
    return [one for one in asked if stems(one)]


def untouched(incoming: str, draft: str) -> list[str]:
    """Questions that the draft does not speak to.

    A lone question counts as answered by anything that shares its topic or offers something to do. Of several, one is
    untouched when nothing of what only it asks comes back, and no answer of its kind (a time, a reason, a yes) does.
    """
    asked = _with_context(incoming)
    meaning = stems(draft)
    told = _told(incoming)
    if len(asked) == 1:
        question, topic = asked[0]
        if _FURTHER.search(question):
            return [] if stems(question) & meaning or _is_of_kind(question, draft, incoming) else [question]
        helps = _HELPS.search(draft) or _is_of_kind(question, draft, incoming)
        return [] if topic & meaning or helps else [question]
    if _DEFERRED.search(draft):
        return []
    return [
        question
        for question, topic in asked
        if not _specific(question, topic, asked, told) & meaning
        and not _is_answered_in_kind(question, asked, draft, incoming)
    ]


def _with_context(incoming: str) -> list[tuple[str, frozenset[str]]]:
    """Each question with its topic: its own words, and those of the sentence before when it points back ("it", "that")
    or says too little alone.
    """
    asked = questions(incoming)
    text = without_code("\n".join(line for line in incoming.splitlines() if not _LOG.match(line)))
    lines = sentences(text)
    found = []
    for one in asked:
        topic = stems(one)
        before = lines[lines.index(one) - 1] if one in lines and lines.index(one) else ""
        if before and before not in asked and (len(topic) < _FEW or _POINTS_BACK.search(one)):
            topic |= stems(before)
        found.append((one, topic))
    return found


def _told(incoming: str) -> frozenset[str]:
    """What the person speaks of besides asking: an answer to any question may name that."""
    asked = set(questions(incoming))
    text = without_code("\n".join(line for line in incoming.splitlines() if not _LOG.match(line)))
    return frozenset().union(*(stems(one) for one in sentences(text) if one not in asked))


def _specific(
    question: str, topic: frozenset[str], asked: list[tuple[str, frozenset[str]]], told: frozenset[str]
) -> frozenset[str]:
    """What only this question is about; without what was told anyhow, where anything is left."""
    others: frozenset[str] = frozenset().union(*(other for one, other in asked if one is not question))
    own = topic - others or topic
    return own - told or own


_KINDS = ((_WHEN, _TIME), (_WHY, _REASON), (_HOW_MUCH, _FIGURE), (_YES_NO, _VERDICT), (_MEANS, _SAYS))


def _is_of_kind(question: str, draft: str, incoming: str) -> bool:
    """Whether the draft holds an answer of the question's kind, in words that the question itself did not bring."""
    said = incoming.lower()
    return any(
        kind.search(question) and any(match.group().strip().lower() not in said for match in answer.finditer(draft))
        for kind, answer in _KINDS
    )


def _is_answered_in_kind(question: str, asked: list[tuple[str, frozenset[str]]], draft: str, incoming: str) -> bool:
    """The same, when no other question asks for that kind, so that the answer can't be another one's."""
    kinds = [kind for kind, _answer in _KINDS if kind.search(question)]
    alone = kinds and sum(bool(kinds[0].search(one)) for one, _topic in asked) == 1
    return bool(alone) and _is_of_kind(question, draft, incoming)
