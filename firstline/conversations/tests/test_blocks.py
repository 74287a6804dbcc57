"""Plain text as blocks: pure."""

import time

from hypothesis import given
from hypothesis import strategies as st

from firstline.conversations.blocks import MAX_LINES, WINDOW, blocks, masks, pieces

LOG = "$ npm install -g tidepool\nnpm error code EACCES\nnpm error syscall mkdir"


def test_a_log_after_its_introduction_is_code_with_its_telling_line() -> None:
    found = blocks(f"It stops:\n{LOG}\n\nWhat now?")
    assert [block.kind for block in found] == ["paragraph", "code", "paragraph"]
    assert [line.hit for line in found[1].shown] == [False, True, False]
    assert found[1].shown[1].marked == "npm error"
    assert found[1].shown[0].dim


def test_prose_with_a_mention_of_errors_stays_prose() -> None:
    text = "Hello,\nI see an error when I install.\nIt says something about permissions and I am lost.\nThanks, Casey"
    assert [block.kind for block in blocks(text)] == ["paragraph"]


def test_fences_and_quotes() -> None:
    found = blocks("Look:\n```js\nconst a = 1\n\n\nconst b = 2\n```\n> you said\n> this\n")
    assert [block.kind for block in found] == ["paragraph", "code", "quote"]
    assert [line.text for line in found[1].shown] == ["const a = 1", "", "", "const b = 2"]


def test_long_logs_show_the_window_around_the_telling_line() -> None:
    lines = [f"npm error line {number}" for number in range(400)]
    lines[300] = "npm error code E403"
    block = blocks("\n".join(lines))[0]
    assert block.total == 400
    assert len(block.shown) == WINDOW
    assert any(line.hit for line in block.shown)
    assert len(blocks("\n".join(["npm error x"] * 5000))[0].lines) == MAX_LINES


def test_links_code_and_masks() -> None:
    text = "See https://docs.example.org/a, `npm ls` or jo@example.org; //r.example/:_authToken=npm_••••(sha256:ab12)."
    kinds = [(piece.kind, piece.text) for piece in pieces(text) if piece.kind != "text"]
    assert kinds == [
        ("link", "https://docs.example.org/a"),
        ("code", "npm ls"),
        ("link", "jo@example.org"),
        ("mask", "npm_••••(sha256:ab12)"),
    ]


@given(st.text(alphabet="ab`>~ \n•()[]<http://.@", max_size=300))
def test_nothing_is_lost_between_pieces(text: str) -> None:
    assert "".join(piece.text for piece in masks(text)) == text
    assert "".join(f"`{piece.text}`" if piece.kind == "code" else piece.text for piece in pieces(text)) == text


def test_hostile_text_takes_linear_time() -> None:
    for text in (
        "`" * 50_000,
        "a@" * 50_000,
        "http://" * 20_000,
        "> " * 50_000,
        "•" * 50_000,
        "x" * 200_000,
        "a." * 50_000,
    ):
        begun = time.perf_counter()
        blocks(text)
        assert time.perf_counter() - begun < 2
