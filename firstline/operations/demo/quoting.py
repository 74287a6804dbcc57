"""How mail programs quote what they answer, in the languages of the story. Pure."""

from dataclasses import dataclass
from datetime import datetime

_MONTHS = {
    "de": ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."],
    "fr": ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
    "es": ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"],
    "pt": ["jan.", "fev.", "mar.", "abr.", "mai.", "jun.", "jul.", "ago.", "set.", "out.", "nov.", "dez."],
}


@dataclass(frozen=True, slots=True)
class Quoted:
    """The mail that is answered: who wrote it, when (UTC), its words, its ids."""

    name: str
    address: str
    written: datetime
    subject: str
    text: str
    message_id: str
    references: tuple[str, ...] = ()


def attribution(quoted: Quoted, language: str) -> str:
    """The line above a quotation: `On …, X <x@y> wrote:` as the reader's program would say it."""
    at, who = quoted.written, f"{quoted.name} <{quoted.address}>"
    clock = f"{at:%H:%M}"
    month = _MONTHS.get(language, [""] * 12)[at.month - 1]
    match language:
        case "de":
            return f"Am {at.day}. {month} {at.year} um {clock} Uhr schrieb {who}:"
        case "fr":
            return f"Le {at.day} {month} {at.year} à {clock}, {who} a écrit :"
        case "es":
            return f"El {at.day} {month} {at.year} a las {clock}, {who} escribió:"
        case "pt":
            return f"Em {at.day} de {month} de {at.year} às {clock}, {who} escreveu:"
        case "ja":
            return f"{at.year}年{at.month}月{at.day}日 {clock} {who}:"
        case _:
            return f"On {at:%a}, {at.day} {at:%b} {at.year} at {clock}, {who} wrote:"


def above(text: str, quoted: Quoted | None, line: str) -> str:
    """The answer above what it answers, as most programs write it."""
    return text if quoted is None else f"{text}\n\n{line}\n\n{_marked(quoted.text)}"


def below(text: str, quoted: Quoted | None, line: str) -> str:
    """The answer below the first paragraph of what it answers, as people at terminals write it."""
    return text if quoted is None else f"{line}\n{_marked(quoted.text.strip().split(chr(10) * 2)[0])}\n\n{text}"


def outlook_fields(quoted: Quoted, reader: str) -> list[tuple[str, str]]:
    """The header block that Outlook puts above what it answers."""
    return [
        ("From", f"{quoted.name} <{quoted.address}>"),
        ("Sent", f"{quoted.written:%A}, {quoted.written.day} {quoted.written:%B %Y %H:%M}"),
        ("To", reader),
        ("Subject", quoted.subject),
    ]


def _marked(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().split("\n"))
