"""Corrections and what left readers are found among a million changes without reading them all."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("events", "0011_sources_as_they_are_cited")]

    operations = [
        migrations.RemoveIndex(model_name="revision", name="revision_corrections"),
        migrations.AddIndex(
            model_name="revision",
            index=models.Index(
                condition=Q(("grade", ""), _negated=True), fields=["-at", "-id"], name="revision_graded_at"
            ),
        ),
        migrations.AddIndex(
            model_name="revision",
            index=models.Index(
                condition=Q(("grade", ""), _negated=True), fields=["-id"], name="revision_graded"
            ),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(condition=Q(("kind", "withdrawn")), fields=["-seq"], name="change_withdrawn"),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(condition=Q(("kind", "merged")), fields=["-seq"], name="change_merged"),
        ),
    ]
