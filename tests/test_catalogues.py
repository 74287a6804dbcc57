"""Every word that readers outside see is there in every language of the catalogues, with the same blanks."""

import gettext
import io
import re
from collections import Counter

import pytest

from firstline.helpcenter.rules import INTERFACE_LANGUAGES
from tests import catalogues

BLANK = re.compile(r"%\(\w+\)[sd]|<[^>]+>")
HOW = "python -m tests.catalogues adds what is new; translate it in firstline/locale, and run it again."


def test_the_languages_that_readers_choose_from_are_those_with_a_catalogue() -> None:
    assert tuple(code for code in INTERFACE_LANGUAGES if code != "en") == catalogues.LANGUAGES
    assert len(catalogues.public_messages()) > 200


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_no_public_text_lacks_a_translation(language: str) -> None:
    assert catalogues.missing(catalogues.catalogue(language)) == [], HOW


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_translations_keep_the_blanks_and_the_markup_of_the_text(language: str) -> None:
    for message in catalogues.catalogue(language):
        allowed = [Counter(BLANK.findall(said)) for said in catalogues.parts(message.id)]
        for words in catalogues.parts(message.string) if message.id else ():
            assert Counter(BLANK.findall(words)) in allowed, words


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_what_the_desk_reads_is_what_the_translator_wrote(language: str) -> None:
    file = catalogues.LOCALE / language / "LC_MESSAGES" / "django.mo"
    read = gettext.GNUTranslations(io.BytesIO(file.read_bytes()))
    for message in catalogues.catalogue(language):
        said = catalogues.parts(message.id)
        if len(said) == 2:
            assert [read.ngettext(said[0], said[1], number) for number in (1, 2)] == catalogues.parts(message.string), (
                HOW
            )
        elif said[0]:
            assert [read.gettext(said[0])] == catalogues.parts(message.string), HOW
