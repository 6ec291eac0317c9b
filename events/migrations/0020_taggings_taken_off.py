"""The events that an editor took a context off are found without looking at all of the context's."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0019_taggings_of_hidden_events")]

    operations = [
        migrations.AddIndex(
            model_name="tagging",
            index=models.Index(
                condition=models.Q(("removed", True)), fields=["context", "-event"], name="tagging_removed"
            ),
        ),
    ]
