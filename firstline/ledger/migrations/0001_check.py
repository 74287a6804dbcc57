"""The table of checks moves here from intake: only its name changes."""

import django.db.models.deletion
import firstline.core.clock
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True
    dependencies = [
        ('intake', '0003_ledger_check'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    'ALTER TABLE intake_ledgercheck RENAME TO ledger_check',
                    'ALTER TABLE ledger_check RENAME TO intake_ledgercheck',
                ),
            ],
            state_operations=[
                migrations.CreateModel(
                    name='Check',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField(default=firstline.core.clock.now)),
                        ('milliseconds', models.PositiveIntegerField()),
                        ('received', models.BigIntegerField()),
                        ('gaps', models.JSONField(default=list)),
                        ('compared', models.JSONField(default=list)),
                        ('unreached', models.JSONField(default=list)),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['-at'], name='check_newest')],
                    },
                ),
            ],
        ),
    ]
