from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("upstream", "0004_release"),
    ]

    operations = [
        migrations.AddField(model_name="thread", name="closed_at", field=models.DateTimeField(null=True)),
    ]
