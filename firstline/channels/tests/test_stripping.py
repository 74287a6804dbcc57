"""Reply and quote apart, in the shapes and languages that mail programs use."""

import pytest

from firstline.channels.email.stripping import strip

BEGINNINGS = [
    "On Mon, 2 Nov 2026 at 09:12, Ada <ada@desk.example.net> wrote:",
    "On Mon, 2 Nov 2026 at 09:12, Ada at Orbit\n<ada@desk.example.net> wrote:",
    "Am 02.11.26 um 09:12 schrieb Ada:",
    "Am Mo., 2. Nov. 2026 um 09:12 Uhr schrieb Ada <ada@desk.example.net>:",
    "Le lun. 2 nov. 2026 à 09:12, Ada <ada@desk.example.net> a écrit :",
    "El lun, 2 nov 2026 a las 9:12, Ada (<ada@desk.example.net>) escribió:",
    "Em seg., 2 de nov. de 2026 às 09:12, Ada <ada@desk.example.net> escreveu:",
    "Il giorno lun 2 nov 2026 alle ore 09:12 Ada <ada@desk.example.net> ha scritto:",
    "Op ma 2 nov. 2026 om 09:12 schreef Ada <ada@desk.example.net>:",
    "Den mån 2 nov. 2026 kl 09:12 skrev Ada <ada@desk.example.net>:",
    "pon., 2 lis 2026 o 09:12 Ada <ada@desk.example.net> napisał(a):",
    "пн, 2 нояб. 2026 г. в 09:12, Ada <ada@desk.example.net>:",
    "пн, 2 лист. 2026 р. о 09:12 Ada <ada@desk.example.net> пише:",
    "2026年11月2日(月) 9:12 Ada <ada@desk.example.net>:",
    "Ada <ada@desk.example.net> 于2026年11月2日周一 09:12写道：",
    "2026-11-02 9:12 GMT+01:00 Ada <ada@desk.example.net>:",
    "---- On Mon, 02 Nov 2026 09:12:00 +0100 Ada <ada@desk.example.net> wrote ----",
    "-----Original Message-----\nFrom: Ada\nSent: Monday\nTo: Casey\nSubject: Install",
    "________________________________\nFrom: Ada <ada@desk.example.net>\nSent: Monday\nTo: Casey\nSubject: Install",
    "Von: Ada <ada@desk.example.net>\nGesendet: Montag, 2. November 2026 09:12\nAn: Casey\nBetreff: Install",
    "De : Ada <ada@desk.example.net>\nEnvoyé : lundi 2 novembre 2026 09:12\nÀ : Casey\nObjet : Install",
    "De: Ada <ada@desk.example.net>\nEnviado el: lunes\nPara: Casey\nAsunto: Install",
    "От: Ada <ada@desk.example.net>\nОтправлено: понедельник\nКому: Casey\nТема: Install",
    "发件人: Ada <ada@desk.example.net>\n发送时间: 2026年11月2日\n收件人: Casey\n主题: Install",
    "---------- Forwarded message ---------\nFrom: Ada <ada@desk.example.net>",
    "Begin forwarded message:",
    "Anfang der weitergeleiteten Nachricht:",
]


@pytest.mark.parametrize("beginning", BEGINNINGS)
@pytest.mark.parametrize("mark", ["> ", ""])
def test_a_reply_above_the_quote(beginning: str, mark: str) -> None:
    found = strip(f"It works now, thanks.\n\n{beginning}\n\n{mark}Please try npm ci.\n")
    assert found.reply == "It works now, thanks."
    assert found.quoted.endswith(f"{mark}Please try npm ci.")


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I wrote to you about npm 10:\nno answer.",
        "The log says:\n\n2026-11-02 09:12:01 npm ERR! 403\n2026-11-02 09:12:02 exit",
        "Steps:\n----\n1. npm ci\n----\n2. npm test",
        "From: line 3\nthe parser fails.",
        "I ran:\n\n    git log --oneline\n    --\n\nand many lines\n" + "more\n" * 16,
        "One outstanding question:\n\nOn 3.11 it works, on 3.12 not.",
        "> only quoted, nothing else",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "The mail was sent from my phone, but that is not the point.",
    ],
)
def test_what_is_no_quote_stays(text: str) -> None:
    assert strip(text).reply == text.rstrip()
    assert strip(text).quoted == ""


def test_answers_between_the_quoted_lines_stay_with_them() -> None:
    text = "Hi,\n\nOn 2 Nov 2026 at 09:12, Ada wrote:\n> Which version?\n10.2\n> And the log?\nbelow\n"
    assert strip(text).reply == "Hi,\n\n> Which version?\n10.2\n> And the log?\nbelow"


def test_an_answer_below_the_quote() -> None:
    text = "On 2 Nov 2026 at 09:12, Ada wrote:\n> Which version?\n\nIt is 10.2.\n"
    assert strip(text).reply == "It is 10.2."


def test_our_own_mark_beats_everything() -> None:
    text = "Yes\n> --- reply above this line ---\nAnswer here\n> a\nanswer\n"
    assert strip(text).reply == "Yes"


def test_signatures() -> None:
    assert strip("Yes\n-- \nCasey\nExample Ltd").reply == "Yes"
    assert strip("Yes\n\nSent from my phone").reply == "Yes"
    assert strip("Yes\n\nRegards,\nCasey").reply == "Yes\n\nRegards,\nCasey"


def test_no_line_is_lost() -> None:
    text = "a\nOn 2 Nov 2026 at 09:12, Ada wrote:\n> b\n"
    found = strip(text)
    assert found.reply.splitlines() + found.quoted.splitlines() == text.splitlines()
