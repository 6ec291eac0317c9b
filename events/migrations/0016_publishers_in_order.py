"""The events of a publisher in the order of dates and their number, and what contexts are found by while a
name is typed; migration 0017 fills all three.
"""

import django.db.models.deletion
from django.db import migrations, models

_EDITIONS = [("en", "English"), ("zh", "中文")]


class Migration(migrations.Migration):
    dependencies = [("events", "0015_related_features")]

    operations = [
        migrations.AddField(
            model_name="citation",
            name="key",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="citation",
            index=models.Index(
                condition=models.Q(("key__isnull", False)),
                fields=["publisher", "key"],
                name="citation_in_order",
            ),
        ),
        migrations.CreateModel(
            name="PublisherTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("edition", models.CharField(choices=_EDITIONS, max_length=3)),
                ("events", models.IntegerField()),
            ],
            options={
                "verbose_name_plural": "publisher tallies",
                "constraints": [
                    models.UniqueConstraint(fields=("name", "edition"), name="publisher_tally_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="NameStart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("edition", models.CharField(choices=_EDITIONS, max_length=3)),
                ("start", models.BinaryField(max_length=100)),
                ("size", models.PositiveSmallIntegerField()),
                (
                    "context",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="starts",
                        to="events.context",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["edition", "start", "size", "context"], name="name_start_in_order"
                    )
                ],
            },
        ),
    ]
