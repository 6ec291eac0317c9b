"""The desk finds a context's events that readers do not see without looking at all of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0018_contexts_by_name")]

    operations = [
        migrations.AddIndex(
            model_name="tagging",
            index=models.Index(
                condition=models.Q(("key__isnull", True), ("removed", False)),
                fields=["context", "-event"],
                name="tagging_hidden",
            ),
        ),
    ]
