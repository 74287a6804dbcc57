import subprocess
import sys

import pytest

from firstline.config import cli, reference
from firstline.core.commands import DONE, WRONG_USE


@pytest.mark.parametrize("word", sorted(cli.MODULES))
def test_every_word_leads_to_commands(word: str) -> None:
    assert cli.load(word).below(word)


def test_every_word_stands_in_one_group() -> None:
    grouped = [word for words in cli.GROUPS.values() for word in words]

    assert sorted(grouped) == sorted(cli.MODULES)


def test_no_slice_registers_what_cannot_be_reached() -> None:
    for word in cli.MODULES:
        for command in cli.load(word).below():
            assert command.name.split(" ")[0] in cli.MODULES, command.name


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == DONE

    said = capsys.readouterr().out
    assert "Run the desk:" in said
    assert "mail inspect" in said


def test_a_group_without_a_verb_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["mail"]) == WRONG_USE

    said = capsys.readouterr()
    assert said.out == ""
    assert "mail inspect" in said.err


def test_a_groups_help_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["mail", "--help"]) == DONE
    assert "mail inspect" in capsys.readouterr().out


def test_a_missing_option_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["bench", "seed"]) == WRONG_USE
    assert "--conversations" in capsys.readouterr().err


def test_reading_mail_needs_no_django() -> None:
    program = (
        "import sys; from firstline.config.cli import main; main(['mail', 'strip', '-']);"
        " sys.exit('django' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], input="Hello\n", text=True, capture_output=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "Hello" in done.stdout


def test_the_reference_page_is_up_to_date() -> None:
    assert reference.PAGE.read_text() == reference.page(), "Run make docs."
