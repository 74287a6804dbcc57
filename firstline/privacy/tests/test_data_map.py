"""P-01: every field of every table has a class, and every table a rule of retention."""

from django.apps import apps
from django.db import models

from firstline.privacy import data_map
from tests.shared import ROOT

PLAIN = (
    models.AutoField,
    models.BooleanField,
    models.DateField,
    models.DecimalField,
    models.DurationField,
    models.FloatField,
    models.ForeignKey,
    models.IntegerField,
    models.TimeField,
)


def tables() -> dict[str, set[str]]:
    """Our tables, and the fields of each that can hold words."""
    return {
        model._meta.label: {
            field.name for field in model._meta.local_fields if not isinstance(field, PLAIN) and not field.choices
        }
        for model in apps.get_models()
        if model.__module__.startswith("firstline.")
    }


def test_p01_every_table_has_a_rule_and_every_field_a_class() -> None:
    kept = data_map.read()
    missing = {name: sorted(fields - kept[name].classes.keys()) for name, fields in tables().items() if name in kept}
    assert tables().keys() - kept.keys() == set(), "Give the table a line in firstline/privacy/data_map.txt."
    assert {name: fields for name, fields in missing.items() if fields} == {}, "Give the field a class in data_map.txt."


def test_p01_the_map_holds_nothing_that_is_not_there() -> None:
    there = tables()
    stale = {name: sorted(kept.classes.keys() - there.get(name, set())) for name, kept in data_map.read().items()}
    assert set(data_map.read()) - there.keys() == set()
    assert {name: fields for name, fields in stale.items() if fields} == {}


def test_p01_the_page_is_the_map() -> None:
    page = ROOT / "docs" / "reference" / "data-map.md"
    assert page.read_text() == data_map.page(), "Run make docs."


def test_p01_what_people_of_the_desk_see_is_theirs_and_ends() -> None:
    kept = data_map.read()
    for name in ("conversations.Reveal", "moderation.HandOver", "moderation.CheckIn"):
        assert (kept[name].plain, kept[name].rule) == ("wellbeing", "exposure")
