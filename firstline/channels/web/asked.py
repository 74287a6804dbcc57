"""A question as JSON, as the form and the API door bring it: read, judged, and written down.

{"type": "publish", "name": "Casey", "email": "casey@example.org", "subject": "…", "text": "…", "language": "en",
 "fields": {"package": "@acme/kit", "command": "npm publish", "output": "…"},
 "files": [{"name": "npm.log", "type": "text/plain", "content": "<base64>"}]}
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from firstline.channels.web.cases import Case, case

MOST_FILES, FILE_BYTES, ALL_BYTES = 5, 10 * 1024 * 1024, 20 * 1024 * 1024
NAME_LENGTH, EMAIL_LENGTH, SUBJECT_LENGTH, TEXT_LENGTH = 120, 254, 200, 60_000
# Deliberately narrow: an address that needs quotes or comments is written by somebody who tests us.
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


class Invalid(ValueError):
    """What is wrong, as name of the field → English sentence."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {words}" for name, words in problems.items()))
        self.problems = dict(problems)


@dataclass(frozen=True, slots=True)
class File:
    """A file that came with a question."""

    name: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that is complete. `trapped`: a field that people cannot see was filled in."""

    case: Case
    name: str
    email: str
    subject: str
    text: str
    fields: Mapping[str, str]
    language: str = ""
    files: tuple[File, ...] = ()
    trapped: bool = False

    def to_json(self, stamp: str = "") -> bytes:
        """The same as bytes; the inverse of `read`. `stamp` makes two that say the same two items."""
        return json.dumps(
            {
                "type": self.case.name,
                "name": self.name,
                "email": self.email,
                "subject": self.subject,
                "text": self.text,
                "fields": dict(self.fields),
                "language": self.language,
                "files": [encoded(one.name, one.content_type, one.content) for one in self.files],
                "trapped": self.trapped,
                "stamp": stamp,
            },
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode()

    def said(self) -> str:
        """The question as a message: what was filled in, then their own words."""
        lines = []
        for one in self.case.fields:
            value = self.fields.get(one.name, "")
            if one.kind == "paste" and value:
                lines.append(f"{one.label}:\n\n```\n{value}\n```\n")
            elif value:
                lines.append(f"{one.label}: {dict(one.choices).get(value, value)}")
        return "\n".join([*lines, "", self.text]).strip() if lines else self.text


def encoded(name: str, content_type: str, content: bytes) -> dict[str, str]:
    """A file as it stands in the JSON."""
    return {"name": name, "type": content_type, "content": base64.b64encode(content).decode()}


def read(raw: bytes) -> Asked:
    """The question in these bytes. Raises Invalid with everything that is wrong."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Invalid({"body": "This is not JSON."}) from error
    if not isinstance(found, dict):
        raise Invalid({"body": "A question is a JSON object."})
    return judge(found)


def judge(found: Mapping[str, Any]) -> Asked:
    """The question in these values. Raises Invalid with everything that is wrong."""
    problems: dict[str, str] = {}
    kind = case(_text(found, "type", 40, problems) or "question")
    if kind is None:
        raise Invalid({"type": "There is no such kind of question."})
    email = _text(found, "email", EMAIL_LENGTH, problems).strip()
    if not _EMAIL.fullmatch(email):
        problems.setdefault("email", "This is not an email address that we can answer to.")
    text = _text(found, "text", TEXT_LENGTH, problems).strip()
    fields = _fields(kind, found.get("fields") or {}, problems)
    if not text and not any(fields.values()) and not problems:
        problems.setdefault("text", "Say what happens.")
    files = _files(found.get("files") or [], problems)
    name, subject = _line(found, "name", NAME_LENGTH, problems), _line(found, "subject", SUBJECT_LENGTH, problems)
    language = _line(found, "language", 35, problems)
    if problems:
        raise Invalid(problems)
    return Asked(
        kind,
        name,
        email,
        subject or _subject(kind, fields, text),
        text,
        fields,
        language if _LANGUAGE.fullmatch(language) else "",
        files,
        trapped=found.get("trapped") is True,
    )


def _text(found: Mapping[str, Any], name: str, most: int, problems: dict[str, str]) -> str:
    value = found.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        problems[name] = "This must be a text."
        return ""
    if len(value) > most:
        problems[name] = f"This is longer than {most} characters."
        return ""
    # A lone surrogate is legal in JSON and in no database.
    return value.replace("\x00", "").replace("\r\n", "\n").encode("utf-8", "replace").decode()


def _line(found: Mapping[str, Any], name: str, most: int, problems: dict[str, str]) -> str:
    return " ".join(_text(found, name, most, problems).split())


def _fields(kind: Case, given: Any, problems: dict[str, str]) -> dict[str, str]:
    if not isinstance(given, dict):
        problems["fields"] = "This must be an object."
        return {}
    known = {one.name for one in kind.fields}
    for name in sorted(set(map(str, given)) - known):
        problems[f"fields.{name[:40]}"] = "There is no such field for this kind of question."
    found = {}
    for one in kind.fields:
        wrong: dict[str, str] = {}
        value = _text(given, one.name, one.most, wrong)
        value = value.strip("\n") if one.kind == "paste" else " ".join(value.split())
        if one.kind == "choice" and value and value not in dict(one.choices):
            wrong[one.name] = f"Choose one of {', '.join(dict(one.choices))}."
        elif one.required and not value.strip():
            wrong.setdefault(one.name, "This is needed.")
        problems.update({f"fields.{name}": words for name, words in wrong.items()})
        if value:
            found[one.name] = value
    return found


def _files(given: Any, problems: dict[str, str]) -> tuple[File, ...]:
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        problems["files"] = "This must be a list of objects."
        return ()
    if len(given) > MOST_FILES:
        problems["files"] = f"At most {MOST_FILES} files."
        return ()
    files = []
    for one in given:
        try:
            content = base64.b64decode(str(one.get("content", "")), validate=True)
        except (ValueError, binascii.Error):
            problems["files"] = "The content of a file must be base64."
            return ()
        if len(content) > FILE_BYTES:
            problems["files"] = "A file is bigger than 10 MB."
            return ()
        files.append(File(str(one.get("name", ""))[:200] or "file", _type(one.get("type")), content))
    if sum(len(one.content) for one in files) > ALL_BYTES:
        problems["files"] = "The files are bigger than 20 MB together."
    return tuple(files)


def _type(given: Any) -> str:
    found = str(given or "").lower()
    return found if re.fullmatch(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}", found) else "application/octet-stream"


def _subject(kind: Case, fields: Mapping[str, str], text: str) -> str:
    """The kind of question, and what tells it from the next one."""
    if not kind.fields:
        return next((line.strip() for line in text.splitlines() if line.strip()), kind.title)[:SUBJECT_LENGTH]
    telling = next((fields[one.name] for one in kind.fields if one.kind == "line" and fields.get(one.name)), "")
    return f"{kind.title}: {telling}"[:SUBJECT_LENGTH] if telling else kind.title
