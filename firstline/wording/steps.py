"""Whether a draft says what happens next: something to do, or who does what by when."""

import re

from firstline.wording.answered import _TIME as TIME
from firstline.wording.words import sentences, without_code

_VERBS_TEXT = (
    "add ask attach book call change check choose clear click close compare confirm contact copy create "
    "delete disable download edit enable enter export"
    " file find follow forward generate get give go have head import include install keep leave let link "
    "list log look make mention move open pass paste pick pin point"
    " press publish pull push put re-run read rebuild reinstall remove rename replace reply rerun reset "
    "restart retry return revoke rotate run save search see select send set share sign"
    " start stop submit switch tell test try turn type uninstall unset update upgrade upload use verify "
    "visit wait watch write"
)
_VERBS = _VERBS_TEXT.split()
_IMPERATIVE = re.compile(
    rf"^(?:\W*\d+[.)]\s*)?(?:(?:please|then|now|first|next|finally|and|so|to fix (?:it|this|that)|in the "
    rf"meantime|after that|once (?:that's|it's) done|for now|if [^,]{{3,80}}|once [^,]{{3,80}}|when "
    rf"[^,]{{3,80}}|after [^,]{{3,80}}|on [^,]{{2,50}}|in [^,]{{2,50}}|with [^,]{{2,50}}|to [^,]{{3,60}})[, "
    rf":]+)*(?:please )?(?:{'|'.join(_VERBS)})\b",
    re.IGNORECASE,
)
_CAN = re.compile(
    r"\b(?:you(?:'ll| will)? (?:can|could|may|need to|have to|want to|should be able to|might)|the (?:way|fix"
    r"|solution|remedy|workaround|next step) (?:is|here)|works? (?:like|as|again)|could you|can you|would you"
    r"|(?:you|please) (?:\w+ly )?(?:"
    + "|".join(_VERBS)
    + r")|what helps|all (?:you|it) (?:need|takes)|is to (?:run|use|set|add|remove|update|create|change))\b",
    re.IGNORECASE,
)
_DOOR = re.compile(
    r"\b(?:let (?:me|us) know if (?:you have|there(?:'s| is)|you need|anything|we can|i can)|(?:any|further"
    r"|other|more) (?:other |further |more )?questions|feel free|happy to help|don't hesitate|do not hesitate"
    r"|reach out|here (?:if|to help)|have a (?:nice|great|good)|thank you for your patience"
    r"|thanks for your patience|bear with us|get in touch)\b",
    re.IGNORECASE,
)
_OURS = re.compile(
    r"\b(?:i|we|our (?:team|engineers?)|the (?:team|engineers?)|she|he|they|\w+ from (?:our|the) \w+)(?:'ll"
    r"| will|'m going to|'re going to| are going to| is going to)\b|\b(?:next update|(?:and|i) (?:write"
    r"|come back|report|get back)(?: again| back)? to you|i write again|back to you|(?:writes?|calls?"
    r"|answers?) (?:to )?you)\b",
    re.IGNORECASE,
)
_ON_SHIP = re.compile(
    r"\b(?:as soon as|the moment|once|when) (?:it|the fix|this|that|they|we|i)\b[^.]{0,60}", re.IGNORECASE
)
_PENDING = re.compile(
    r"\b(?:looking into|look into|investigat\w+|aware of|know about (?:it|this)|being (?:looked|worked)"
    r"|working on|passed (?:it|this|that|your) |forwarded|escalated|reported (?:it|this)|raised (?:it|this)"
    r"|on our (?:list|radar)|will be (?:looked|handled|reviewed|checked)|under review|in progress|in touch"
    r"|noted|logged (?:it|this)|apologi[sz]e|sorry)\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"```|`[^`\n]{4,}`|^ {4}\S", re.MULTILINE)
_LINK = re.compile(r"https?://|\[[^\]]+\]\([^)]+\)")
_NEEDS_ANSWER = re.compile(
    r"\?|\b(?:error|fail\w*|can(?:'t|not)|doesn't|not work\w*|broken|stuck|lost|problem|issue|refus\w+|denied"
    r"|unable|waiting|still|help|please)\b",
    re.IGNORECASE,
)
_FACT = re.compile(
    r"(?:^|[.!?\n]\s*)(?:yes|no)\b|\b(?:it|that|this|everything|your \w+) (?:is|are|was|has been"
    r"|have been) (?:now |already )?(?:done|fixed|restored|removed|deleted|transferred|renamed|refunded"
    r"|cancelled|canceled|resolved|released|back|live|free|supported|possible|enabled|unlocked|reinstated)\b"
    r"|\bi(?:'ve| have) (?:now |just )?(?:done|fixed|restored|removed|deleted|transferred|renamed|refunded"
    r"|cancelled|unlocked|added|sent|reset|enabled|changed|moved)\b",
    re.IGNORECASE,
)
_THANKS_ONLY = re.compile(
    r"\b(?:glad|happy|great|lovely|wonderful|delighted|pleased|made (?:my|our) day|you(?:'re| are) welcome"
    r"|thank(?:s| you) (?:so much )?for (?:the|your) (?:kind|lovely|nice))\b",
    re.IGNORECASE,
)


def missing(incoming: str, draft: str) -> list[str]:
    """The draft's last sentence, when nothing in the draft says what to do, or who does what by when."""
    if not _NEEDS_ANSWER.search(incoming) or _THANKS_ONLY.search(draft):
        return []
    if _CODE.search(draft) and not _PENDING.search(without_code(draft)):
        return []
    prose = sentences(draft)
    kept = [one for one in prose if not _DOOR.search(one)]
    if any(_is_step(one) for one in kept):
        return []
    pending = [one for one in kept if _PENDING.search(one) or _OURS.search(one)]
    if not pending and (_FACT.search(draft) or _LINK.search(draft) or _is_fact(incoming, kept)):
        return []
    return prose[-1:]


def _is_step(sentence: str) -> bool:
    if _IMPERATIVE.search(sentence) or _CAN.search(sentence):
        return True
    return bool(_OURS.search(sentence) and (TIME.search(sentence) or _ON_SHIP.search(sentence)))


def _is_fact(incoming: str, kept: list[str]) -> bool:
    """A question answered by a plain statement with a figure in it needs no step."""
    return "?" in incoming and any(re.search(r"\d", one) for one in kept)
