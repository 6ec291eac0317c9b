"""How many events contexts, months and years have, kept beside them; migration 0010 counts them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0008_webhooks")]

    operations = [
        migrations.CreateModel(
            name="ContextTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("events", models.IntegerField()),
                (
                    "context",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tallies",
                        to="events.context",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "context tallies",
                "constraints": [
                    models.UniqueConstraint(fields=("context", "year"), name="context_tally_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="MonthTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("edition", models.CharField(choices=[("en", "English"), ("zh", "中文")], max_length=3)),
                ("month", models.DateField()),
                ("events", models.IntegerField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "month tallies",
                "constraints": [
                    models.UniqueConstraint(fields=("edition", "month"), name="month_tally_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="document",
            name="counted_on",
            field=models.DateField(
                editable=False,
                help_text="The day under which the counts have it (actions.tallies).",
                null=True,
            ),
        ),
    ]
