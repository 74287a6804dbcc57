"""What authors write, as readers see it: callouts, and tabs of what differs by client. No script, no database."""

import re

from firstline.knowledge import rendering

TABS = """\
Install it:

```sh [npm]
npm install left-pad
```

```sh [pnpm]
pnpm add left-pad
```

```sh [yarn]
yarn add left-pad
```

Then publish.
"""


def shown(source: str) -> str:
    return str(rendering.page(source).html)


def test_labelled_blocks_in_a_row_are_tabs_of_which_the_first_is_open() -> None:
    page = shown(TABS)
    assert page.count("<fieldset") == 1
    assert re.findall(r"<label for=\"tabs-1-\d\">(\w+)</label>", page) == ["npm", "pnpm", "yarn"]
    assert page.count("checked") == 1
    assert page.index("checked") < page.index("pnpm")
    words = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    said = ["Install it", "npm install", "pnpm add", "yarn add", "Then publish"]
    assert sorted(said, key=words.index) == said
    assert page.count("</fieldset>") == page.count("<fieldset")


def test_every_tab_says_its_client_in_its_own_head_so_that_paper_has_it_too() -> None:
    assert re.findall(r"codeblock__head\"><span>(\w+)</span>", shown(TABS)) == ["npm", "pnpm", "yarn"]


def test_radios_belong_to_no_form_and_two_groups_have_names_of_their_own() -> None:
    page = shown(f"{TABS}\n\n{TABS}")
    assert page.count('form="nowhere"') == 6
    assert len(set(re.findall(r'name="(tabs-\d)"', page))) == 2
    assert len(re.findall(r'id="(tabs-\d-\d)"', page)) == len(set(re.findall(r'id="(tabs-\d-\d)"', page))) == 6


def test_what_stands_between_parts_blocks_and_unlabelled_ones_stay_alone() -> None:
    assert "<fieldset" not in shown("```sh [npm]\na\n```\n\nor\n\n```sh [pnpm]\nb\n```")
    assert "<fieldset" not in shown("```sh\na\n```\n\n```sh\nb\n```")
    assert "<fieldset" not in shown("```sh [npm]\na\n```\n\n```sh [npm]\nb\n```")
    assert shown("```sh [npm]\na\n```\n\n```sh [pnpm]\nb\n```\n\n```sh\nc\n```").count("codeblock__head") == 3


def test_tabs_stand_within_a_step_as_well() -> None:
    page = shown("1. Do it:\n\n   ```sh [npm]\n   a\n   ```\n\n   ```sh [pip]\n   b\n   ```\n\n2. Then")
    assert page.index("<li>") < page.index("<fieldset") < page.index("</fieldset>") < page.index("Then")


def test_a_seventh_client_begins_tabs_of_its_own() -> None:
    page = shown("\n\n".join(f"```sh [c{number}]\nrun {number}\n```" for number in range(7)))
    assert page.count('type="radio"') == 6
    assert page.count("<pre") == 7


def test_a_label_is_text_and_never_markup() -> None:
    page = shown('```sh ["><script>]\na\n```\n\n```sh [b]\nc\n```')
    assert "<script" not in page
    assert "&quot;&gt;&lt;script&gt;" in page


def test_callouts_say_in_words_what_they_are() -> None:
    page = shown(
        "> [!WARNING]\n> Never share it.\n> > quoted\n\n> [!note] Short.\n\n> [!TIP]\n>\n> A paragraph.\n\n> plain"
    )
    assert re.findall(r"callout callout--(\w+)", page) == ["warning", "note", "tip"]
    assert re.findall(r"</svg>(\w+)</p>", page) == ["Warning", "Note", "Tip"]
    assert page.count("<blockquote") == page.count("</blockquote>") == 5
    assert page.count("<p") == page.count("</p>")
    assert "[!" not in page


def test_what_only_looks_like_a_callout_stays_as_it_was_written() -> None:
    assert "callout" not in shown("[!WARNING] in the open\n\n> [!SECRET]\n> nothing\n\n> said [!NOTE]")
    assert "[!WARNING]" in shown("`> [!WARNING]`")
