"""The events of a context in the order of dates; migration 0006 fills it."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("events", "0004_context_suggestions")]

    operations = [
        migrations.AddField(
            model_name="tagging",
            name="key",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="tagging",
            index=models.Index(
                condition=Q(("key__isnull", False), ("removed", False)),
                fields=["context", "key"],
                name="tagging_in_order",
            ),
        ),
    ]
