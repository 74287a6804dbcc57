"""Who is asked: CODEOWNERS as GitHub reads it, and what weighs how much."""

import json
from pathlib import Path

import pytest

from firstline.escalations import codeowners, matching
from firstline.escalations.evaluation import score_engineers
from firstline.escalations.matching import Candidate, Case, Why
from firstline.escalations.tests import making_engineers

FILE = """
# a comment
*            @orbit/everybody
*.js         @jay  # trailing words
/docs/       @docs-a docs@orbit.example
docs/*       @docs-b
apps/        @apps
/lib/**/publish.js  @rui
**/logs      @logs
/apps/free
[section]    @nobody
!no          @nobody
"""


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("README", ("orbit/everybody",)),
        ("a/b/c.js", ("jay",)),
        ("docs/one.md", ("docs-b",)),
        ("docs/deep/two.md", ("docs-a", "docs@orbit.example")),
        ("x/apps/main.go", ("apps",)),
        ("lib/publish.js", ("rui",)),
        ("lib/a/b/publish.js", ("rui",)),
        ("deep/logs/today.txt", ("logs",)),
        ("apps/free", ()),
        ("apps/free/file.go", ()),
    ],
)
def test_the_last_rule_that_matches_wins(path: str, owners: tuple[str, ...]) -> None:
    assert codeowners.owners(codeowners.read(FILE), path) == owners


def test_a_pattern_made_to_be_slow_is_no_rule() -> None:
    assert codeowners.read("a*a*a*a*a*a*a*b @x\n/ok @y\n") == codeowners.read("/ok @y\n")


def test_a_stack_trace_on_somebodys_machine_leads_to_the_owner() -> None:
    rules = codeowners.read("* @all\n/lib/commands/publish/ @rui\n/lib/auth/ @mira\n")
    text = "at exec (C:\\Users\\kim\\node_modules\\npm\\lib\\commands\\publish\\index.js:76:5)"

    first, *_others = matching.rank(Case(text, "orbit/cli", rules), _team("mira", "rui"))

    assert (first.key, first.reasons[0].why, first.reasons[0].words) == ("rui", Why.PATH, "index.js")


def test_without_any_hint_whoever_is_on_the_rota_and_has_room_comes_first() -> None:
    busy = Candidate("a", frozenset({"a"}), open=3, is_on_rota=True)
    full = Candidate("b", frozenset({"b"}), is_on_rota=True, budget_left=0)
    free = Candidate("c", frozenset({"c"}), is_on_rota=True)
    asleep = Candidate("d", frozenset({"d"}), is_here=False)

    assert [one.key for one in matching.rank(Case("hello"), [asleep, full, busy, free])] == ["c", "a", "d", "b"]


def test_who_solved_the_like_before_counts_more_than_a_word() -> None:
    case = Case("the cache is full", rules=codeowners.read("/lib/cache/ @ines\n"), solved={"rui": (0.9, 4)})

    assert matching.rank(case, _team("ines", "rui"))[0].key == "rui"


def test_a_hostile_megabyte_is_read_at_its_beginning() -> None:
    assert matching.paths_in("a/" * 500_000) == []


def test_the_sixty_cases_are_what_the_generator_writes_and_beat_chance() -> None:
    rows = [json.loads(line) for line in Path(making_engineers.FILE).read_text().splitlines()]
    score = score_engineers(rows)

    assert rows == json.loads(json.dumps(making_engineers.rows()))
    assert score["n"] == 60
    assert score["hit3"] > 2 * score["random3"]


def _team(*logins: str) -> list[Candidate]:
    return [Candidate(login, frozenset({login})) for login in logins]
