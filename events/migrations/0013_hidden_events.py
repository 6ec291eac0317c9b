"""What readers do not see is found among a million events without reading them all."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("events", "0012_changes_without_scans")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=Q(("state", "published"), _negated=True), fields=["id"], name="event_hidden"
            ),
        ),
    ]
