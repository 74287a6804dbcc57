"""The ledger has a slice of its own: `ledger.0001_check` has taken the table over."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0004_acknowledgements'),
        ('ledger', '0001_check'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name='LedgerCheck')]),
    ]
