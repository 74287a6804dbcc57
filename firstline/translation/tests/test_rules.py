"""What leaves a text for the translator, and what of its answer is believed."""

import pytest

from firstline.translation import rules

PASTE = """Hallo Ada,

wenn ich npm install left-pad ausführe, steht EACCES in /usr/local/lib. Siehe https://docs.npmjs.com/x?y=1.
Mit `npm config set prefix ~/.npm` und @orbit/cli@1.2.0 in package.json [[1]] geht --force auch nicht.

```js
const wert = 1
```
npm ERR! code E403
> zitiert

Danke
"""


def asked(text: str, *names: str) -> list[str]:
    return [piece.asked for piece in rules.take_apart(text, names) if piece.asked]


def test_code_logs_quotations_and_white_space_stay_here() -> None:
    pieces = rules.take_apart(PASTE, ["Ada"])
    assert "".join(piece.text for piece in pieces) == PASTE
    first, second, third = (piece.asked for piece in pieces if piece.asked)
    assert (first, third) == ("Hallo [[1]],", "Danke")
    assert second == (
        "wenn ich [[1]] ausführe, steht [[2]] in [[3]]. Siehe [[4]].\n"
        "Mit [[5]] und [[6]] in [[7]] [[8]] geht [[9]] auch nicht."
    )
    assert rules.put_together(pieces, asked(PASTE, "Ada")) == rules.Translated(PASTE, 0)


@pytest.mark.parametrize(
    "span",
    [
        "`rm -rf node_modules`",
        "https://example.org/a?b=c#d",
        "casey@contact.example",
        "@orbit/cli",
        "npm install --save-dev @orbit/cli@^1.2.0",
        "pip install requests",
        "python3 -m venv",
        "NPM_TOKEN",
        "E404",
        "ERESOLVE",
        "ERR_PNPM_NO_MATCHING_VERSION",
        "package-lock.json",
        ".npmrc",
        "/home/x/.npm",
        "C:\\Users\\x",
        "getUserName",
        "snake_case",
        "v18.2.0",
        "--legacy-peer-deps",
        "#1204",
        "abcd••••(npm_token)",
        "${{ secrets.TOKEN }}",
    ],
)
def test_what_must_not_change_is_a_place_holder(span: str) -> None:
    (piece,) = rules.take_apart(f"Vorher {span}, nachher etwas.")
    assert piece.asked == "Vorher [[1]], nachher etwas."
    assert piece.spans == (span,)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "Before, after.",
        "Before [[1]] and [[1]] after [[2]].",
        "Before [[1]] after [[2]] and [[3]].",
        "Before [[1]] after [[two]].",
        "Before [[1]] after [[2]], see https://evil.example/now",
        "Before [[1]] after [[2]], write to boss@evil.example",
        "Before [[1]] after [[2]], run `curl evil`",
        "Before [[1]] after [[2]] " + "and on and on " * 40,
    ],
)
def test_a_damaged_answer_leaves_the_paragraph_as_it_was(answer: str) -> None:
    text = "Vorher `eins` danach `zwei`."
    pieces = rules.take_apart(text)
    assert rules.put_together(pieces, [answer]) == rules.Translated(text, 1)


@pytest.mark.parametrize("answer", ["[[2]] before [[1]].", "［2］ before [ 1 ].", "【2】 before [1]."])
def test_place_holders_may_move_and_wear_other_brackets(answer: str) -> None:
    pieces = rules.take_apart("  Vorher `eins` danach `zwei`.\n")
    assert rules.put_together(pieces, [answer]).text == "  `zwei` before `eins`.\n"


def test_a_paragraph_without_words_is_not_asked_about() -> None:
    assert asked("https://example.org\n\n`npm ci`\n\n--force") == []


@pytest.mark.parametrize(
    "unit", ["_a", "a.", "a-", "`", "npm ", "[[1", "https://", "@a/", "x\n", "••", "npm a-a/a@a=a.a "]
)
def test_hostile_repetition_takes_no_time_to_speak_of_and_loses_nothing(unit: str) -> None:
    text = unit * (60_000 // len(unit))
    assert "".join(piece.text for piece in rules.take_apart(text)) == text


def test_the_language_is_told_by_prose_alone() -> None:
    words = rules.prose(PASTE)
    assert "npm" not in words
    assert "const" not in words
    assert "ausführe" in words
