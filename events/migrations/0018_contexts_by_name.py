"""The desk's list of contexts is read from where it begins."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0017_fill_publishers_in_order")]

    operations = [
        migrations.AddIndex(
            model_name="context",
            index=models.Index(fields=["name", "-id"], name="context_by_name"),
        ),
    ]
