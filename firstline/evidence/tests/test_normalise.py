import time

import pytest

from firstline.evidence import catalogue
from firstline.evidence.diagnose import diagnose
from firstline.evidence.normalise import normalise

CATALOGUE = catalogue.load()
SAID = "npm ERR! code EOTP"


@pytest.mark.parametrize(
    "raw",
    [
        "npm error code EOTP",
        "\x1b[31mnpm\x1b[39m \x1b[31merror\x1b[39m code EOTP",
        "2026-08-27T10:11:12.1234567Z npm error code EOTP",
        "2026-05-22T12:43:46.962646Z 00O npm error code EOTP",
        "[2026-05-22T12:43:46.962Z] npm ERR! code EOTP",
        "17-Feb-2026 11:47:48\tnpm ERR! code EOTP",
        "11:52:14  npm ERR! code EOTP",
        "11:52:14 PM UTC npm ERR! code EOTP".replace(" PM", ""),
        "[19:38:51][Step 3/5] npm error code EOTP",
        "#12 34.52 npm error code EOTP",
        "1.129 npm error code EOTP",
        "web-1  | npm error code EOTP",
        "Dec 24 07:36:00 drawphone app/web.1:  npm ERR! code EOTP",
        "##[error]npm ERR! code EOTP",
        "[ERROR] npm ERR! code EOTP",
        "remote:        npm ERR! code EOTP",
        "> > npm ERR! code EOTP",
        "       npm ERR! code EOTP",
        "105 error code EOTP",
        "npm ERR! code EOTP\r",
        " 12% [#####] fetching\r100% done\rnpm ERR! code EOTP",
        "&gt; npm ERR! code EOTP",
        "2026-08-27T10:11:12.1Z #12 34.52 npm error code EOTP",
    ],
)
def test_what_stands_before_a_line_falls_away(raw: str) -> None:
    assert normalise(raw).lines[0].text.removeprefix("> ") == SAID


@pytest.mark.parametrize("raw", [">>> import thing", "1.5 is a number", "a | b", "#12 is our issue", "error: R&D"])
def test_other_lines_stay(raw: str) -> None:
    assert normalise(raw).lines[0].text == raw


def test_text_of_another_language_around_an_english_error_changes_nothing() -> None:
    for before, after in (
        ("Beim Veröffentlichen bekomme ich das hier:", "Was tun?"),
        ("安装的时候报错：", "请帮忙看看，谢谢"),
        ("При установке пакета ошибка:", "Помогите, пожалуйста"),
        ("Al instalar me sale esto:", "¿Alguna idea?"),
    ):
        result = diagnose(
            f"{before}\n\nnpm ERR! code ERESOLVE\nnpm ERR! ERESOLVE could not resolve\n\n{after}", CATALOGUE
        )
        assert result.signature == "npm-eresolve"
        assert result.confidence >= 0.8


HOSTILE = [
    "npm ERR! ", "a/", "GET https://", "\x1b[", "&#", "> ", "11:11:11 ", "#1 1.1 ", "import a\n^\n", "let \n",
    "Cannot read property\n",
    "fetch failed https://a ", "make: *** [", "SSL routines:", "Permission denied ", "ENOENT ",
    "requested module '",
]  # fmt: skip


@pytest.mark.corpus
@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hostile_megabyte_is_diagnosed_in_two_seconds(piece: str) -> None:
    started = time.process_time()
    diagnose(piece * (1_000_000 // len(piece)), CATALOGUE)
    assert time.process_time() - started < 2 * 2  # twice the bar: the machine of CI is shared
