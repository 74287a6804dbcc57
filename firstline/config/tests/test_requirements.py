"""The page of requirements is what the tests are."""

from firstline.config import requirements


def test_the_page_is_up_to_date() -> None:
    assert requirements.PAGE.read_text() == requirements.page(), "Run make docs."


def test_what_is_not_built_says_so_and_nothing_else_does() -> None:
    tests = requirements.found()
    without = {one for one in requirements.REQUIREMENTS if one not in tests and one not in requirements.ELSEWHERE}
    assert without == requirements.NOT_BUILT, "Name a test by the number, or say that it is not built."


def test_files_that_hold_a_requirement_by_another_name_are_there() -> None:
    for file in requirements.ELSEWHERE.values():
        assert (requirements.ROOT / file).is_file(), file
