import time

import pytest

from firstline.evidence.personal import traces


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("connect ETIMEDOUT 104.16.24.35:443", [("ip_address", "104.16.24.35")]),
        ("connect ECONNREFUSED 127.0.0.1:8888 and 10.0.0.4", []),
        ("from 2606:4700:4700::1111 port 22", [("ip_address", "2606:4700:4700::1111")]),
        ("at 11:52:14 we saw ::1", []),
        ("version 1.2.3.4.5 of 999.1.1.1", []),
        ("/Users/mina/.npm/_logs", [("home_path", "mina")]),
        ("C:\\Users\\Jo Smith\\app", [("home_path", "Jo")]),
        ("/home/runner/work and /home/…/x", []),
    ],
)
def test_traces_are_flagged_and_nothing_else(text: str, found: list[tuple[str, str]]) -> None:
    assert [(one.kind, text[one.start : one.end]) for one in traces(text)] == found


def test_a_hostile_text_does_not_stall() -> None:
    for piece in ("1.", "a:", "1:", "/home/"):
        started = time.process_time()
        traces(piece * (200_000 // len(piece)))
        assert time.process_time() - started < 2, piece
