import firstline.core.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0002_work'),
    ]

    operations = [
        migrations.AddField(
            model_name='conversation',
            name='due_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='readmark',
            name='read_at',
            field=models.DateTimeField(default=firstline.core.clock.now),
        ),
    ]
