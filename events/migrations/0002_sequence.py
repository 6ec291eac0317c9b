"""The one row that numbers all public changes."""

from django.db import migrations


def start(apps, schema_editor):
    apps.get_model("events", "Sequence").objects.using(schema_editor.connection.alias).get_or_create(id=1)


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]
    operations = [migrations.RunPython(start, migrations.RunPython.noop)]
