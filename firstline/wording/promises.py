"""Promises that a draft makes without a source."""

import re

from firstline.wording.words import sentences

_PROMISE = re.compile(
    r"\b(?:will|(?:is|are) going to|'ll) (?:definitely |certainly |surely |always |be |soon |all |fully "
    r"|also )*(?:be )?(?:fixed|resolved|restored|repaired|released|shipped|rolled out|deployed|refunded"
    r"|credited|reimbursed|compensated|reinstated|transferred to you|unbanned|back (?:up|online|to normal))\b"
    r"|\b(?:we|i)(?:'ll| will|'re going to| are going to|'m going to) (?:definitely |certainly |personally "
    r"|surely |fully )?(?:fix|refund|reimburse|credit|compensate|ship|release|restore|reinstate|transfer|unban"
    r"|waive|deliver|solve)\b(?! (?:you )?(?:a )?(?:link|question))"
    r"|\b(?:guarantee[sd]?|never happen again|won't happen again|will not happen again|i promise|we promise"
    r"|you have my word|rest assured|100 ?% (?:safe|sure|certain|fixed)|without (?:any )?(?:doubt|fail)"
    r"|no matter what|for sure)\b"
    r"|\b(?:fix|patch|release|feature|refund|update) (?:will|should|is going to) (?:be|come|ship|arrive|land"
    r"|go|reach|appear|hit|show)\b[^.]{0,40}\b(?:by|on|in|before|within|until|next|tomorrow|today|end of)\b"
    r"|\b(?:you(?:'ll| will)) (?:get|receive|have) (?:a |your |the |back )*(?:full |partial )?(?:refund|money"
    r"|credit|compensation|name back|package back|account back)\b"
    r"|\brefund of [$€£]?\d|[$€£]\d[\d.,]* (?:refund|credit)\b",
    re.IGNORECASE,
)
_NOT_ONE = re.compile(
    r"\b(?:can(?:not|'t) (?:promise|guarantee)|no guarantee|not (?:promise|guarantee)|if|whether|once|unless"
    r"|don't know|can't say|cannot say|has (?:been|already)|have (?:been|already)|hope|aim|plan to|when)\b"
    r"|n't (?:promise|guarantee)",
    re.IGNORECASE,
)
_SOURCE = re.compile(r"https?://|\]\(|#\d+")
_ABSOLUTE = re.compile(
    r"\b(?:guarantee[sd]?|never happen again|won't happen again|i promise|we promise|you have my word"
    r"|rest assured|no matter what)\b",
    re.IGNORECASE,
)


def unfounded(draft: str) -> list[str]:
    """Sentences that promise a fix, money or a date, with no link that says so."""
    found = []
    for sentence in sentences(draft):
        match = _PROMISE.search(sentence)
        if not match or _SOURCE.search(sentence):
            continue
        softened = _NOT_ONE.search(sentence)
        if softened and (
            not _ABSOLUTE.search(sentence) or "guarantee" in softened.group() or "promise" in softened.group()
        ):
            continue
        found.append(sentence)
    return found
