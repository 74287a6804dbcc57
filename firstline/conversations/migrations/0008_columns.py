import firstline.conversations.models.work
from django.db import migrations, models


def leave_previews_out(apps, schema_editor):
    """Views that showed no beginning of the last message go on without it."""
    columns = ["plan", "when", "clock", "assignee"]
    apps.get_model("conversations", "SavedView").objects.filter(shows_preview=False).update(columns=columns)


class Migration(migrations.Migration):
    dependencies = [("conversations", "0007_own_words")]

    operations = [
        migrations.AddField(
            "savedview",
            "columns",
            models.JSONField(blank=True, default=firstline.conversations.models.work.every_column),
        ),
        migrations.AlterField(
            "savedview",
            "group",
            models.CharField(
                choices=[
                    ("status", "Whose turn it is"),
                    ("assignee", "Assignee"),
                    ("priority", "Priority"),
                    ("inbox", "Inbox"),
                    ("plan", "Plan"),
                    ("none", "No groups"),
                ],
                default="status",
                max_length=10,
            ),
        ),
        migrations.RunPython(leave_previews_out, migrations.RunPython.noop),
        migrations.RemoveField("savedview", "shows_preview"),
    ]
