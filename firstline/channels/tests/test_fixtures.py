"""What `mail inspect` makes of the mails of tests/fixtures/mail; the README there says what must come out."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from firstline.channels.commands import describe
from tests.fixtures import mail

QUARANTINED = ("two-froms", "encoded-word-from", "nul-from")
KINDS = {"ooo-reply": "auto_reply", "loop-two-desks": "auto_reply", "bounce-dsn": "bounce"}
FLAGS = {
    "bomb-10k-recipients": "header_too_long",
    "nested-div-40k": "html_deep",
    "mime-depth-500": "too_deep",
    "winmail": "tnef",
    "calendar": "calendar",
    "smime": "encrypted",
    "pgp": "encrypted",
    "html-only": "html_only",
    "empty": "empty",
    "tracking-60": "remote_content",
    "slack-verification-mail": "verification_mail",
}
ALLOWED = {
    "href",
    "src",
    "alt",
    "width",
    "height",
    "title",
    "class",
    "rel",
    "lang",
    "dir",
    "colspan",
    "rowspan",
    "align",
}


class _Elements(HTMLParser):
    """Every element and attribute that a browser would see."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.harmful: list[str] = []
        self.loaded: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what may run or load something."""
        if tag in (
            "script",
            "iframe",
            "object",
            "embed",
            "form",
            "style",
            "meta",
            "link",
            "base",
            "svg",
            "math",
            "video",
            "input",
        ):
            self.harmful.append(tag)
        for name, value in attrs:
            if name not in ALLOWED or (name == "href" and not re.match(r"https?:|mailto:", value or "")):
                self.harmful.append(f"{tag} {name}={value}")
            if name == "src" and not (value or "").startswith("cid:"):
                self.loaded.append(value or "")


def _inspect(name: str, **values: str) -> dict[str, Any]:
    return describe(mail.raw(name, **values), in_child=True)


@pytest.mark.parametrize("name", mail.names())
def test_s18_every_fixture_has_its_outcome_within_the_limits_of_the_child(name: str) -> None:
    found = _inspect(name)
    expected = "quarantine" if name in QUARANTINED else KINDS.get(name, "message")
    assert (found["outcome"], found["cause"]) == (expected, "ambiguous_sender" if name in QUARANTINED else "")
    assert "too_slow" not in found["flags"]
    assert "spam" not in found["flags"]
    if name in FLAGS:
        assert FLAGS[name] in found["flags"]


def test_the_readme_lists_every_fixture_and_no_other() -> None:
    listed = re.findall(r"^\| `([a-z0-9-]+)` \|", (mail.FOLDER / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == mail.names()


def test_s14_no_script_and_s16_nothing_remote_is_left() -> None:
    for name in ("xss-300", "tracking-60", "utf7"):
        shown = _inspect(name)["html"]
        assert (_Elements(shown).harmful, _Elements(shown).loaded) == ([], []), name


def test_files_within_winmail_stand_among_the_files() -> None:
    found = _inspect("winmail")
    assert [(one["name"], one["size"]) for one in found["attachments"]][1:] == [("build.log", 14)]


def test_s22_names_have_no_marks_that_turn_or_hide() -> None:
    turned, hidden = _inspect("rtl-override-name"), _inspect("zero-width-filename")
    assert turned["from"]["name"] == "Casey eoD"
    assert [one["name"] for one in turned["attachments"]] == ["log_txt.exe"]
    assert [one["name"] for one in hidden["attachments"]] == [".htaccess"]


def test_a_last_line_that_ends_in_a_digit_is_the_writers() -> None:
    assert _inspect("html-only")["reply_text"] == "It fails with npm 10, and it works with\nnpm 9.8.1"


def test_the_question_whether_to_forward_here_shows_code_and_link() -> None:
    asked = _inspect("gmail-forward-verification")["forward_verification"]
    assert asked == {
        "provider": "Gmail",
        "code": "123456789",
        "link": "https://mail-settings.google.com/mail/vf-%5BANGjdJ_example%5D-confirm",
    }


def test_the_report_names_our_message_and_its_recipient() -> None:
    found = _inspect("bounce-dsn", message_id="<m1@desk.example.net>")["bounce"]
    assert found == {
        "recipient": "casey@example.org",
        "status": "5.1.1",
        "permanent": True,
        "original_message_id": "<m1@desk.example.net>",
    }
