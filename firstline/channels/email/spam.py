"""Unsolicited mail, told by rules that can be read: each adds points and a reason. Only the very sure ones are held.

There is no training data of a licence that would let us ship what was learned from it; so the words below are our own.
A mail that belongs to a conversation is never held for its words (`conversations.rules.match`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from firstline.channels.base import Address, ParsedAttachment
from firstline.channels.email.headers import Headers
from firstline.channels.email.results import same_organisation

SURE = 10
"""Points from which a mail is held as spam."""

_MAX_SEARCHED = 20_000
_ZERO_WIDTH = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_HIDDEN = re.compile(
    r"(?i)font-size\s*:\s*[01](?:px|pt|em)?\s*[;\"'}]|display\s*:\s*none[^>]*>[^<]{40}|"
    r"visibility\s*:\s*hidden[^>]*>[^<]{40}"
)
_LINK_TEXT = re.compile(
    r"(?is)<a\b[^>]{0,500}?href\s*=\s*[\"']?\s*https?://([^/\"'\s>?#]+)[^>]*>\s*(?:<[^>]*>\s*)*(?:htt"
    r"ps?://)?([a-z0-9.-]+\.[a-z]{2,12})\b"
)
_NUMERIC_LINK = re.compile(
    r"(?i)https?://(?:[^\s/\"'<>@]{0,200}@)?(?:\d{1,3}(?:\.\d{1,3}){3}|0x[0-9a-f]{8}|\d{8,10})(?:[:/\s\"']|$)"
)
_USER_LINK = re.compile(r"(?i)https?://[^\s/\"'<>@]{3,300}@[^\s/\"'<>]+")
_DANGEROUS = re.compile(r"(?i)\.(?:exe|scr|pif|com|bat|cmd|vbs|vbe|js|jse|wsf|hta|lnk|cpl|iso|img|jar|ps1|msi|chm)$")
_DISGUISED = re.compile(
    r"(?i)\.(?:pdf|docx?|xlsx?|txt|jpe?g|png|zip|html?)[\s._-]*\.(?:exe|scr|pif|com|bat|cmd|vbs|js|"
    r"jse|wsf|hta|lnk|jar|iso)$"
)
_BITCOIN = re.compile(r"\b(?:bc1[a-z0-9]{25,60}|[13][a-km-zA-HJ-NP-Z1-9]{25,34})\b")


def _rule(points: int, reason: str, *alternatives: str) -> tuple[int, str, re.Pattern[str]]:
    """`alternatives` are in lower case, as is the text they are looked for in: many times faster than `(?i)`."""
    return points, reason, re.compile("|".join(alternatives))


_WORDS = (
    _rule(
        10,
        "invoices for sale",
        r"代开.{0,12}?发票",
        r"(?:代開|开具各类).{0,12}?(?:發票|发票)",
    ),
    _rule(
        6,
        "money that waits abroad, told elsewhere",
        r"millionen\s+(?:us-?dollar|euro)\s.{0,200}?(?:erb|begünstigt|vermächtnis)",
        r"millions?\s+(?:de\s+dollars|d['’]euros)\s.{0,200}?(?:hérit|bénéficiaire|don)",
        r"millones\s+de\s+(?:dólares|euros)\s.{0,200}?(?:herencia|beneficiari|donaci)",
        r"миллион\w*\s+(?:долларов|евро)\s.{0,200}?(?:наследств|завеща|пожертв)",
    ),
    _rule(
        5,
        "counterfeit goods",
        r"replica\s+(?:watch|bag|handbag)(?:es|s)?",
        r"rolex",
    ),
    _rule(
        5,
        "casinos",
        r"online\s+casino",
        r"(?:free|bonus)\s+spins",
        r"no\s+deposit\s+bonus",
        r"онлайн[- ]казино",
        r"bahis\s+sitesi",
    ),
    _rule(
        6,
        "money that waits abroad",
        r"next\s+of\s+kin",
        r"unclaimed\s+(?:fund|inheritance|estate)",
        r"(?:inheritance|compensation)\s+(?:fund|payment)",
        r"transfer\s+of\s+(?:the\s+)?(?:sum|fund)s?",
        r"million\s+(?:us\s+|united\s+states\s+)?(?:dollars|euros?|pounds|usd)",
        r"\(?us\$?\s?\d+[.,]\d+\s?m(?:illion)?",
        r"beneficiary\s+of",
    ),
    _rule(
        3,
        "a partner asked for",
        r"(?:confidential|mutual\s+benefit|business)\s+(?:proposal|proposition|transaction|partner)",
        r"dear\s+(?:beloved|friend|beneficiary|sir/madam)",
        r"i\s+am\s+(?:barrister|dr\.?|mr\.?|mrs\.?|prince)\s",
    ),
    _rule(
        6,
        "lottery",
        r"you\s+(?:have\s+)?won",
        r"winning\s+(?:number|notification)",
        r"lottery\s+(?:winner|promotion)",
        r"claim\s+your\s+(?:prize|reward|winnings?)",
    ),
    _rule(
        7,
        "pills",
        r"\bv[i1!|]agra\b",
        r"\bc[i1!|]al[i1!|]s\b",
        r"\blev[i1]tra\b",
        r"\bxanax\b",
        r"\btramadol\b",
        r"\bphentermine\b",
        r"\bcanadian\s+pharmacy\b",
        r"\bonline\s+pharmacy\b",
        r"\bpenis\s+enlarg\w+\b",
        r"\bmale\s+enhancement\b",
        r"\bweight[- ]?loss\s+(?:pill|secret|miracle)\b",
    ),
    _rule(
        6,
        "threat for coins",
        r"(?:i\s+(?:have\s+)?(?:hacked|recorded|infected)|your\s+webcam|compromising\s+(?:video|material))[\s\S]{0,1500}?(?:bitcoin|btc|wallet)",
    ),
    _rule(
        5,
        "coins to win",
        r"double\s+your\s+(?:bitcoin|btc|crypto|money)",
        r"guaranteed\s+(?:profit|return|income)",
        r"(?:crypto|forex|bitcoin)\s+(?:trading|investment)\s+(?:platform|opportunity)",
        r"passive\s+income",
    ),
    _rule(
        4,
        "sites to sell",
        r"guest\s+post(?:ing)?",
        r"link\s+insertion",
        r"backlinks?",
        r"do-?follow\s+links?",
        r"first\s+page\s+(?:of|on)\s+google",
        r"seo\s+(?:services?|packages?|expert|company)",
        r"domain\s+authority",
        r"rank\s+your\s+(?:web)?site",
    ),
    _rule(
        3,
        "an offer to all",
        r"web\s*(?:site)?\s+(?:re)?design\s+(?:services|company)",
        r"mobile\s+app\s+development\s+(?:services|company)",
        r"lead\s+generation\s+(?:services|list)",
        r"e-?mail\s+(?:lists?|database)\s+(?:of|for)",
        r"attendees?\s+list",
        r"affordable\s+price",
    ),
    _rule(
        5,
        "a mailbox that ends",
        r"(?:mailbox|e-?mail\s+account|quota)\s+(?:is\s+|has\s+|will\s+(?:be\s+)?|storage\s+)?(?:(?:almost\s+)?full|exceeded|expire|suspend|deactivat|terminat|shut)",
        r"(?:pending|undelivered)\s+(?:incoming\s+)?messages?\s+(?:in|on)\s+(?:the|your)\s+(?:server|portal)",
    ),
    _rule(
        4,
        "an account to confirm",
        r"(?:verify|confirm|update|validate)\s+(?:your|ur)\s+(?:account|identity|billing|payment|bank|card)\s+(?:information|details|now|immediately|within)",
        r"account\s+(?:has\s+been|was|is)\s+(?:limited|suspended|restricted|locked)",
        r"unusual\s+(?:sign-?in|activity)",
    ),
    _rule(
        3,
        "hurry",
        r"act\s+now",
        r"within\s+(?:24|48)\s+hours",
        r"limited\s+time\s+offer",
        r"urgent\s+(?:attention|response|reply)",
        r"last\s+(?:chance|warning)",
        r"expires?\s+(?:today|soon)",
    ),
    _rule(
        3,
        "cheap goods",
        r"cheap\s+(?:meds|software|watches)",
        r"lowest\s+price",
        r"buy\s+now",
        r"order\s+now",
        r"100%\s+free",
        r"risk[- ]free",
        r"no\s+obligation",
        r"free\s+(?:trial|gift|sample)s?\b",
        r"work\s+(?:from|at)\s+home",
        r"earn\s+(?:\$|€|£|up\s+to)",
    ),
    _rule(
        3,
        "a loan",
        r"(?:instant|personal|business|quick)\s+loans?",
        r"loan\s+(?:offer|at\s+\d)",
        r"low\s+interest\s+rate",
        r"debt\s+relief",
        r"refinance\s+(?:now|your)",
    ),
    _rule(
        4,
        "a date",
        r"hot\s+(?:singles|girls|women)",
        r"sexy?\s+(?:girl|women|lad|video)",
        r"russian\s+(?:bride|women|girl)s?",
        r"meet\s+(?:local\s+)?singles",
        r"adult\s+dating",
    ),
    _rule(
        3,
        "to be taken off",
        r"to\s+(?:unsubscribe|be\s+removed|stop\s+receiving)",
        r"click\s+here\s+to\s+(?:remove|unsubscribe)",
        r"opt[- ]?out\s+of\s+(?:these|future)",
    ),
    _rule(
        12,
        "the test string of filters",
        r"xjs\*c4jdbqadn1\.nsbn3\*2idnen\*gtube-standard-anti-ube-test-email\*c\.34x",
    ),
)


def judge(
    fields: Headers, sender: Address | None, subject: str, text: str, markup: str, files: list[ParsedAttachment]
) -> tuple[int, tuple[str, ...]]:
    """The points of a mail and the reasons with their points, most telling first. Linear in time."""
    found = [
        *_words(f"{subject}\n{text[:_MAX_SEARCHED]}"),
        *_links(text, markup),
        *_files(files),
        *_shape(fields, sender, subject, markup),
    ]
    found.sort(key=lambda one: -one[0])
    return sum(points for points, _ in found), tuple(f"{reason} ({points})" for points, reason in found)


def _words(said: str) -> Iterator[tuple[int, str]]:
    plain = unicodedata.normalize("NFKC", _ZERO_WIDTH.sub("", said))
    lowered = plain.lower()
    for points, reason, pattern in _WORDS:
        count = len(set(pattern.findall(lowered)))
        if count:
            yield (points + min(count - 1, 2) * (points // 2), reason)
    if len(_ZERO_WIDTH.findall(said)) > 5 and plain.isascii():
        yield 3, "letters kept apart by nothing"
    if _BITCOIN.search(plain) and re.search(r"(?i)bitcoin|\bbtc\b|wallet", plain):
        yield 4, "a wallet to pay into"


def _links(text: str, markup: str) -> Iterator[tuple[int, str]]:
    searched = markup[: _MAX_SEARCHED * 5] or text[:_MAX_SEARCHED]
    for goes, shown in _LINK_TEXT.findall(searched):
        if not same_organisation(goes.rpartition("@")[2].partition(":")[0], shown):
            yield 3, f"a link that says {shown[:60]} and goes to {goes[:60]}"
            break
    if _NUMERIC_LINK.search(searched):
        yield 3, "a link to a bare number"
    if _USER_LINK.search(searched):
        yield 3, "a link that hides its host"


def _files(files: list[ParsedAttachment]) -> Iterator[tuple[int, str]]:
    if any(_DISGUISED.search(one.name) for one in files):
        yield 10, "a program that calls itself a document"
    elif any(_DANGEROUS.search(one.name) and not one.name.endswith(".js") for one in files):
        yield 4, "a program"


def _shape(fields: Headers, sender: Address | None, subject: str, markup: str) -> Iterator[tuple[int, str]]:
    letters = [one for one in subject if one.isalpha()]
    if len(letters) > 12 and all(one.isupper() for one in letters) and letters[0].lower() != letters[0]:
        yield 2, "a subject in capitals"
    if subject.count("!") + subject.count("$") > 3:
        yield 2, "a subject that shouts"
    if _HIDDEN.search(markup[: _MAX_SEARCHED * 5]):
        yield 3, "words that nobody can see"
    if (
        sender
        and "@" in sender.name
        and not same_organisation(sender.name.rpartition("@")[2].strip("<> \"'").lower(), sender.domain)
    ):
        yield 4, "a name that is another address"
    if re.match(r"(?i)yes\b", fields.first("x-spam-flag")) or re.match(r"(?i)yes\b", fields.first("x-spam-status")):
        yield 6, "a filter on its way called it spam"
    if not fields.first("message-id") and not fields.first("date"):
        yield 1, "neither date nor id"
