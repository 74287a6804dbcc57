"""tsvector literals for made-up texts, quickly: the same as search/rules/lexemes.py makes (a test compares)."""

from firstline.search.rules.lexemes import MAX_PLACES, quoted
from firstline.search.rules.words import is_stop, stem


class Lexer:
    """Knows each word of the vocabulary once; a text is plain words and single blanks."""

    def __init__(self) -> None:
        self._lexemes: dict[str, str] = {}

    def tsvector(self, subject: str, text: str) -> str:
        """The literal for COPY; words of the subject weigh A."""
        places: dict[str, list[str]] = {}
        position = 1
        for weight, part in (("A", subject), ("", text)):
            for word in part.split():
                lexeme = self._lexemes.get(word)
                if lexeme is None:
                    lexeme = self._lexemes[word] = "" if is_stop(word) else quoted(stem(word))
                if lexeme:
                    where = places.setdefault(lexeme, [])
                    if len(where) < MAX_PLACES:
                        where.append(f"{position}{weight}")
                position += 1
            position += 10
        return " ".join([f"{lexeme}:{','.join(where)}" for lexeme, where in places.items()])
