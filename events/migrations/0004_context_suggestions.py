"""Two more kinds of questions: likely duplicate contexts, and contexts named in a text."""

from django.db import migrations, models

KINDS = (
    ("conflict", "Conflict"),
    ("duplicate", "Likely duplicate"),
    ("held", "Suspicious change"),
    ("context_replaced", "Context replaced upstream"),
    ("proposal", "Contributor's proposal"),
    ("candidate", "Candidate context"),
    ("context_duplicate", "Likely duplicate context"),
    ("context_named", "Context named in the text"),
    ("proofreading", "Proofreading finding"),
    ("report", "Reader's report"),
    ("dead_source", "Dead source"),
)


class Migration(migrations.Migration):
    dependencies = [("events", "0003_desk")]

    operations = [
        migrations.RemoveConstraint(model_name="reviewitem", name="review_kind_known"),
        migrations.AlterField(
            model_name="reviewitem",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=20),
        ),
        migrations.AddConstraint(
            model_name="reviewitem",
            constraint=models.CheckConstraint(
                condition=models.Q(kind__in=[kind for kind, _ in KINDS]), name="review_kind_known"
            ),
        ),
    ]
