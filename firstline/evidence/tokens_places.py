"""Credentials that only the format of a file or command gives away: .netrc, docker's config, JDBC, SAS, PuTTY."""

import re
from collections.abc import Iterator

from firstline.evidence.tokens_known import START, Hit, is_dummy, is_mixed
from firstline.evidence.tokens_labelled import is_stand_in


def _place(kind: str, needed: str, *pattern: str) -> tuple[str, str, re.Pattern[str]]:
    return kind, needed, re.compile("".join(pattern))


# kind, a lower-case string without which the pattern can't match, the pattern; the secret is the group "value"
_PLACES = (
    _place(
        "netrc_password",
        "login",
        r"(?i)\b(?:machine\s{1,4}\S{1,200}|default)\s{1,4}login\s{1,4}\S{1,200}\s{1,4}password\s{1,4}",
        r"(?P<value>(?!\S{0,200}•)[^\s•]{3,200})",
    ),
    _place("docker_auth", '"auth"', r"\"auth\"\s{0,3}:\s{0,3}\"(?P<value>[A-Za-z0-9+/]{12,}={0,2})(?=[\"\s,}]|$)"),
    _place("docker_auth", '"identitytoken"', r"\"identitytoken\"\s{0,3}:\s{0,3}\"(?P<value>[^\"\s•]{12,})\""),
    _place("jdbc_password", "jdbc:oracle", r"jdbc:oracle:\w{1,10}:[^\s/:@]{1,64}/(?P<value>[^\s@•]{3,128})@"),
    _place("azure_sas", "sig=", r"(?<![A-Za-z0-9])sig=(?P<value>[A-Za-z0-9+/%]{38,}(?:%3[dD]|=))"),
    _place(
        "labelled_secret",
        "</",
        r"(?i)<(?P<tag>[\w:.-]{0,30}(?:password|passwd|passphrase|token|secret|api_?key|privatekey))>",
        r"(?P<value>[^<>\s•$]{6,512})</",
    ),
    _place(
        "password",
        "-p",
        r"\b(?:twine upload|(?:docker|podman|helm registry|oc|npm|az) login|sshpass|mysql(?:dump|admin)?)\b",
        r"[^\n]{0,200}?\s(?:-p|--password)[ =]?[\"']?(?P<value>(?!\S{0,255}•)[^\s\"'•$<-][^\s\"'•$<]{5,255})",
    ),
    _place("telegram_token", ":aa", START, r"(?P<value>[0-9]{8,10}:AA[\w-]{33})(?![\w-])"),
    _place("terraform_token", ".atlasv1.", START, r"(?P<value>[A-Za-z0-9]{14}\.atlasv1\.[\w-]{50,100})"),
    _place("azure_secret", "q~", START, r"(?P<value>[\w~.-]{3}[0-9]Q~[\w~.-]{31,34})(?![\w~-])"),
    _place(
        "discord_token",
        ".",
        START,
        r"(?P<value>[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40})(?![\w-])",
    ),
)
_LINE_OF_KEY = re.compile(r"\r?\n[ \t>]*[A-Za-z0-9+/]{20,70}={0,2}[ \t]*(?=\r?\n|$)")
_PUTTY = re.compile(r"Private-Lines: \d{1,3}")


def hits(text: str) -> Iterator[Hit]:
    """Every credential that a file format or a command line gives away; linear in the length of the text."""
    lowered = text.lower()
    for kind, needed, pattern in _PLACES:
        if needed in lowered:
            yield from _in_place(kind, pattern, text)
    for match in _PUTTY.finditer(text):
        yield from _lines_after(text, match.end())


def _in_place(kind: str, pattern: re.Pattern[str], text: str) -> Iterator[Hit]:
    for match in pattern.finditer(text):
        value = match["value"]
        if is_dummy(value) or is_stand_in(value) or (kind == "discord_token" and not is_mixed(value)):
            continue
        yield Hit(kind, *match.span("value"))


def _lines_after(text: str, position: int) -> Iterator[Hit]:
    first = _LINE_OF_KEY.match(text, position)
    if first is None:
        return
    start = end = first.end() - len(first.group().lstrip())
    while (line := _LINE_OF_KEY.match(text, position)) is not None:
        position = end = line.end()
    yield Hit("private_key", start, end)
