"""What last changed in one edition is found without sorting all of its events."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0020_taggings_taken_off")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["edition", "updated_at", "id"], name="event_updated_of_edition"),
        ),
    ]
