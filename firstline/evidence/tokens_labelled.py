"""Credentials that only their surroundings betray: settings, headers, URLs, key blocks, codes, payment numbers."""

import re
from collections.abc import Iterator
from itertools import pairwise

from firstline.evidence.tokens_known import Hit, is_dummy

_VALUE = r"[^\s\"'`<>()\[\]{},;•*$%\\]"


def hits(text: str) -> Iterator[Hit]:
    """Every credential that a label, header, URL or checksum gives away; linear in the length of the text."""
    said = _folded(text)
    yield from _key_blocks(text)
    yield from _settings(text, said)
    yield from _headers(text, said)
    yield from _urls(text)
    yield from _codes(text, said)
    yield from _payment(text)


def _folded(text: str) -> str:
    """The text as `(?i)` sees it: one form for all that it takes for the same letter."""
    return text.lower() if text.isascii() else text.casefold().replace("i\u0307", "i").replace("\u0131", "i")


def _found(pattern: re.Pattern[str], text: str, said: str, *words: str) -> Iterator[re.Match[str]]:
    """The pattern's matches, looked for only where the folded text has one of the words that every match holds."""
    return pattern.finditer(text) if any(word in said for word in words) else iter(())


# ---------- private keys ----------

_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_END = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_KEY_LINE = re.compile(
    r"(?:\r?\n|\\n)[ \t>]*(?:[A-Za-z0-9+/=]{16,}|[A-Z][\w-]+: [^\n]{0,120}|[A-Za-z0-9+/]*=*(?=\r?\n|\\n|$))"
)
_LONGEST_KEY = 20_000


def _key_blocks(text: str) -> Iterator[Hit]:
    position = text.find("-----BEGIN ")
    while position >= 0:
        begin = _BEGIN.match(text, position)
        end = position + 1
        if begin:
            close = _END.search(text, begin.end(), begin.end() + _LONGEST_KEY)
            end = close.end() if close else _last_key_line(text, begin.end())
            yield Hit("private_key", position, end)
        position = text.find("-----BEGIN ", end)


def _last_key_line(text: str, position: int) -> int:
    """End of a block that was cut off before its END line: as far as the lines look like key material."""
    limit = position + _LONGEST_KEY
    while position < limit:
        line = _KEY_LINE.match(text, position)
        if line is None or line.end() == position or not line.group().strip():
            break
        position = line.end()
    return position


# ---------- settings: npmrc, environment, JSON, YAML, command lines ----------

_NPMRC = re.compile(
    rf"(?i)(?<![A-Za-z0-9])_(?P<name>authToken|auth|password)[\"']?(?:(?P<sep>\s{{0,5}}[=:]\s{{0,5}})|\s{{1,3}})[\"']?(?P<value>{_VALUE}{{6,}})"
)
_SETTING = re.compile(
    r"(?i)(?P<name>tokens?|secret|secret[_-]?key|passw(?:or)?d|passwd|passphrase|pwd|api[_-]?key|access[_-]?key|auth[_-]?key"
    r"|account[_-]?key|private[_-]?key|client[_-]?secret|client-key-data|credentials?|sonar\.login)"
    rf"(?:[\"']?\]?\s{{0,3}}(?P<sep>:=|=>|[:=])\s{{0,3}}|\s{{1,3}})(?P<quote>\\?[\"'])?(?P<value>{_VALUE}{{6,}})"
)
_AWS_SECRET = re.compile(
    r"(?i)aws.{0,20}?secret.{0,20}?[=:]\s{0,3}[\"']?(?P<value>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])"
)
_CURL_USER = re.compile(r"\s(?:-u|--user)[ =]{1,2}[\"']?[^\s:\"']{1,64}:(?P<value>[^\s\"'•]{3,})")
_FETCHES = re.compile(r"\b(?:curl|wget|https?)\b(?:[^\n]|(?<=\\)\n)*$")
_SPOKEN = re.compile(
    r"(?i)(?:\bpasswor[dt]|\bmot de passe|\bcontraseña|\bsenha|\bwachtwoord|\bhasło|пароль|密码|密碼|パスワード)"
    r"[ \t]{0,3}(?:\b(?:is|was|ist|war|lautet|est|es|era|to)\b|é|:|：|是|は|—)[ \t]{0,3}:?[ \t]{0,3}"
    r"[\"'`„“«「]?(?P<value>[^\s\"'`„“”«»「」•]{8,64})"
)
_NOT_A_SECRET_NAME = re.compile(
    r"(?i)(?:next|page|continuation|cursor|sync|csrf|xsrf|public|cancel|unexpected|cache)[ _-]?$"
)
_WORDY = re.compile(
    r"(?i)^(?:your|my|the|some|an?|new|old)[_-]|your|example|redacted|changeme|placeholder|insert|masked|hidden|removed"
    r"|dummy|xxxx|process\.env|os\.environ|secrets?\.|config\.|settings\.|getenv"
    r"|^(?:true|false|null|none|undefined|required|invalid|incorrect)$"
)
_WEAK_WORDS = frozenset(
    {"password", "passwd", "pass", "secret", "token", "user", "username", "pwd", "pw", "hidden", "foo", "bar"}
)


_SETTING_WORDS = ("token", "secret", "passw", "pwd", "passphrase", "key", "credential", "sonar.login")
_SPOKEN_WORDS = ("passwor", "mot de passe", "contraseña", "senha", "wachtwoord", "hasło")
_SPOKEN_ELSEWHERE = ("пароль", "密码", "密碼", "パスワード")


def _settings(text: str, said: str) -> Iterator[Hit]:
    yield from (_hit("aws_secret", match) for match in _found(_AWS_SECRET, text, said, "aws"))
    for match in _CURL_USER.finditer(text):
        fetches = _FETCHES.search(text, max(0, match.start() - 200), match.start() + 1)
        if fetches and not is_stand_in(match["value"]):
            yield _hit("password", match)
    for match in _found(_NPMRC, text, said, "_auth", "_password"):
        value = match["value"]
        cli = match["sep"] is None
        if not is_stand_in(value) and (not cli or _looks_random(value)):
            kind = "npmrc_password" if match["name"].lower() == "password" else "npmrc_auth"
            yield _hit(kind, match)
    for match in _found(_SETTING, text, said, *_SETTING_WORDS):
        if _is_secret_setting(text, match):
            kind = "password" if match["name"].lower().startswith(("pass", "pwd")) else "labelled_secret"
            yield _hit(kind, match)
    for match in _found(_SPOKEN, text, said, *_SPOKEN_WORDS, *_SPOKEN_ELSEWHERE):
        if _is_password_like(match["value"]) and not is_stand_in(match["value"]):
            yield _hit("password", match)


def _is_secret_setting(text: str, match: re.Match[str]) -> bool:
    value, before = match["value"], text[max(0, match.start() - 14) : match.start()]
    if is_stand_in(value) or _NOT_A_SECRET_NAME.search(before):
        return False
    flag = match["sep"] is None
    if flag and "--" not in before:
        return False
    if match["name"].lower().startswith(("pass", "pwd")):
        return _has_letter(value) and not _is_path(value) and _is_given(text, match)
    return _looks_random(value)


def _is_given(text: str, match: re.Match[str]) -> bool:
    """Whether a password is really set here: quoted, or `name=value` without spaces, or holding a digit."""
    value = match["value"]
    if match["quote"] is not None:
        return True
    if re.fullmatch(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+", value):
        return False  # the name of something in code
    sign_end = match.end("sep")
    is_tight = match["sep"] == "=" and not text[sign_end].isspace() and not text[match.start("sep") - 1].isspace()
    return is_tight or bool(re.search(r"[0-9]", value))


def _hit(kind: str, match: re.Match[str]) -> Hit:
    start, end = match.span("value")
    return Hit(kind, start, end)


def is_stand_in(value: str) -> bool:
    """Whether the value only stands where a secret would: a word such as `changeme`, a variable, a hash of a file."""
    bare = value.strip("._-").lower()
    if is_dummy(value) or bare in _WEAK_WORDS or _WORDY.search(value):
        return True
    return bool(re.fullmatch(r"[A-Z][A-Z_]+", value)) or value.startswith(
        ("sha1-", "sha256-", "sha384-", "sha512-", "http:", "https:")
    )


def _is_path(value: str) -> bool:
    return bool(re.search(r"^(?:\.{0,2}|~|[A-Za-z]:)/|\.(?:js|ts|py|json|ya?ml|txt|pem|key|md|html?|sh)$|://", value))


def _has_letter(value: str) -> bool:
    return any(character.isalpha() for character in value)


def _looks_random(value: str) -> bool:
    """Long enough, digits and letters mixed, many different characters: what a generator makes, not a person."""
    core = value.rstrip(".:!?")
    if re.fullmatch(r"[A-Za-z0-9+/]{40,}={1,2}", core):
        return True  # base64 may start with a slash like a path
    if len(core) < 16 or _is_path(core) or not re.fullmatch(r"[A-Za-z0-9+/=_.~:@#!^&|-]+", core):
        return False
    if not re.search(r"[0-9]", core):
        return _jumps_case(core)
    parts = re.split(r"[-_./:]", core)
    mixed = re.search(r"[A-Za-z]", core) and any(len(part) >= 8 and re.search(r"[0-9]", part) for part in parts)
    return len(set(core)) >= 8 and bool(mixed)


def _jumps_case(core: str) -> bool:
    """Whether letters alone change case as often as chance does; names in camelCase do so less."""
    jumps = sum(one.isupper() != other.isupper() for one, other in pairwise(core))
    return len(core) >= 20 and core.isalnum() and jumps >= 0.42 * len(core)


def _is_password_like(value: str) -> bool:
    core = value.rstrip(".,!?")
    if re.fullmatch(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+", core):
        return False  # the name of something in code
    classes = sum(bool(re.search(kind, core)) for kind in (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^\w\s-]"))
    return len(core) >= 8 and classes >= 3 and not re.match(r"(?i)base64|sha\d|utf-?\d|oauth2|bcrypt|argon2", core)


# ---------- headers ----------

_AUTHORIZATION = re.compile(
    r"(?i)\bauthorization[\"']?\s{0,2}[:=]\s{0,3}[\"']?(?:bearer|basic|token)\s{1,3}(?P<value>[\w.+/=~:-]{8,})"
)
_BEARER = re.compile(r"(?i)\bbearer\s{1,3}(?P<value>[\w.+/=~-]{16,})")
_API_HEADER = re.compile(
    r"(?i)\b(?:x-(?:api|auth)-(?:key|token)|private-token|x-npm-auth)[\"']?\s{0,2}:\s{0,3}[\"']?(?P<value>[\w.+/=~-]{12,})"
)
_COOKIE = re.compile(
    r"(?i)\b(?:set-)?cookie[\"']?\s{0,2}:\s{0,3}[\"']?(?P<value>[\w.%!#$&+^`|~-]{1,80}=[^\s;\"'•*<]{8,}[^\r\n\"'•]*)"
)


def _headers(text: str, said: str) -> Iterator[Hit]:
    for match in _found(_AUTHORIZATION, text, said, "authorization"):
        if not is_stand_in(match["value"]):
            yield _hit("authorization", match)
    for pattern, words in ((_BEARER, ("bearer",)), (_API_HEADER, ("-key", "-token", "x-npm-auth"))):
        for match in _found(pattern, text, said, *words):
            if re.search(r"[0-9]", match["value"]) and not is_stand_in(match["value"]):
                yield _hit("authorization", match)
    for match in _found(_COOKIE, text, said, "cookie"):
        yield _hit("cookie", match)


# ---------- addresses with a login ----------

_LOGIN = re.compile(
    r"://(?:[^\s:/@\"'<>•*()\[\]]{0,128}:(?P<value>[^\s/@\"'<>•*()\[\]]{3,512})|(?P<alone>[A-Za-z0-9_-]{20,255}))@(?=[\w\[])"
)


def _urls(text: str) -> Iterator[Hit]:
    position = text.find("://")
    while position >= 0:
        match = _LOGIN.match(text, position)
        if match:
            value = match["value"] or match["alone"]
            name = "value" if match["value"] else "alone"
            if not (value.startswith(("$", "{", "%")) or is_stand_in(value)) and (
                name == "value" or _looks_random(value)
            ):
                yield Hit("url_password", *match.span(name))
        position = text.find("://", position + 3)


# ---------- one-time and recovery codes ----------

_OTP = re.compile(
    r"(?i)(?:--otp[= ]\s?|\bnpm-otp[\"']?\s?[:=]\s?|\botp[\"']?\s?[:=]\s?"
    r"|\b(?:one[- ]time|verification|login|security|2fa|authenticator|totp) "
    r"(?:code|password|passcode)(?: is| was)?\s?:?\s?)"
    r"[\"']?(?P<value>[0-9]{6,8}|[0-9]{3} [0-9]{3})(?![0-9A-Za-z])"
)
_SAMPLE_CODES = ("123456", "12345678", "000000", "123 456")  # what every manual shows
_RECOVERY = re.compile(r"(?i)\b(?:recovery|backup|scratch)[ _-]codes?\b[^\n:]{0,60}:?")
_CODE = re.compile(r"(?:[0-9a-f]{16,64}|[0-9a-zA-Z]{4,6}(?:-[0-9a-zA-Z]{4,6}){1,5}|[0-9]{8}|[A-Z0-9]{10,16})(?![\w-])")
_BULLET = re.compile(r"[\s>,;*•|\"'`-]*(?:\d{1,2}[.)]\s+)?[\s\"'`]*")
_MOST_CODES = 20


def _codes(text: str, said: str) -> Iterator[Hit]:
    for match in _found(_OTP, text, said, "otp", "code", "password"):
        if match["value"] not in _SAMPLE_CODES:
            yield _hit("one_time_code", match)
    for label in _found(_RECOVERY, text, said, "code"):
        position = label.end()
        for _ in range(_MOST_CODES):
            gap = _BULLET.match(text, position, position + 40)
            code = _CODE.match(text, gap.end()) if gap else None
            if code is None or not re.search(r"[0-9]", code.group()):
                break
            yield Hit("recovery_code", *code.span())
            position = code.end()


# ---------- payment ----------

_CARD = re.compile(
    r"(?<![\w.+/=-])(?:4[0-9]{3}|5[1-5][0-9]{2}|2[2-7][0-9]{2}|6011|65[0-9]{2})"
    r"(?P<gap>[ -]?)[0-9]{4}(?P=gap)[0-9]{4}(?P=gap)[0-9]{4}(?![\w+/=-])"
    r"|(?<![\w.+/=-])3[47][0-9]{2}(?P<gap2>[ -]?)[0-9]{6}(?P=gap2)[0-9]{5}(?![\w+/=-])"
)
_IBAN = re.compile(r"(?<![\w/+=-])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![\w/+=-])")


def _payment(text: str) -> Iterator[Hit]:
    for match in _CARD.finditer(text):
        if passes_luhn(match.group()):
            yield Hit("payment_card", *match.span())
    for match in _IBAN.finditer(text):
        if is_iban(match.group()):
            yield Hit("iban", *match.span())


def passes_luhn(number: str) -> bool:
    """Whether the digits satisfy the checksum of payment cards (ISO/IEC 7812-1, Luhn)."""
    digits = [int(character) for character in number if character.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def is_iban(number: str) -> bool:
    """Whether the characters form a bank account number whose check digits are right (ISO 13616, modulo 97)."""
    compact = number.replace(" ", "")
    if not 15 <= len(compact) <= 34:
        return False
    return int("".join(str(int(character, 36)) for character in compact[4:] + compact[:4])) % 97 == 1
