"""The questions that a fresh desk begins with; a lead changes them on the page."""

from django.db import migrations

QUESTIONS = (
    "Is every question answered?",
    "Is it right, and would the steps work?",
    "Is it kind, without blame?",
    "Is it clear what happens next, and by when?",
    "Is nothing in it that is not for its readers?",
)


def ask(apps, schema_editor):
    criteria = apps.get_model("quality", "Criterion").objects.using(schema_editor.connection.alias)
    for position, name in enumerate(QUESTIONS):
        criteria.get_or_create(name=name, defaults={"position": position})


class Migration(migrations.Migration):
    dependencies = [("quality", "0001_samples_and_scorecard")]

    operations = [migrations.RunPython(ask, migrations.RunPython.noop)]
