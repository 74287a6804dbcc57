import argparse

import pytest

from firstline.core.commands import DONE, Commands, listing


def nothing(_options: argparse.Namespace) -> int:
    return DONE


def commands() -> Commands:
    made = Commands()
    made.add("intake", run=nothing, help="Take mail.")
    made.add("intake load", run=nothing, help="Load files.")
    made.add("inbox create", run=nothing, help="Add an inbox.")
    return made


def test_the_longest_name_wins() -> None:
    found = commands().find(["intake", "load", "a.eml", "--json"])

    assert found is not None
    assert (found[0].name, found[1]) == ("intake load", ["a.eml", "--json"])


def test_a_name_may_begin_other_names() -> None:
    found = commands().find(["intake", "--json"])

    assert found is not None
    assert (found[0].name, found[1]) == ("intake", ["--json"])


def test_unknown_words_find_nothing() -> None:
    assert commands().find(["inbox", "burn"]) is None
    assert commands().find([]) is None


def test_a_name_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        commands().add("intake", run=nothing, help="Again.")


def test_below_matches_whole_words() -> None:
    made = commands()
    made.add("intakes", run=nothing, help="Another.")

    assert [command.name for command in made.below("intake")] == ["intake", "intake load"]


def test_listing_shows_each_command_with_its_help() -> None:
    assert listing(commands().below("intake")) == "  intake       Take mail.\n  intake load  Load files."
