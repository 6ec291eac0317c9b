"""The tables of the full-text index. Run ``rebuild search`` afterwards on an archive that has events.

Should a later migration make ``events_searchentry`` anew on SQLite, it must make the trigger anew too.
"""

import django.db.models.deletion
from django.db import migrations, models

_FORTH = {
    "sqlite": (
        "CREATE VIRTUAL TABLE events_searchtext USING fts5(words, around, stems, labels, tokenize = 'ascii')",
        "CREATE TRIGGER events_searchentry_gone AFTER DELETE ON events_searchentry BEGIN "
        "DELETE FROM events_searchtext WHERE rowid = old.key; END",
    ),
    "postgresql": (
        "ALTER TABLE events_searchentry ADD COLUMN vector tsvector NOT NULL DEFAULT ''",
        "CREATE INDEX events_searchentry_vector ON events_searchentry USING gin (vector)",
    ),
}
_BACK = {
    "sqlite": ("DROP TRIGGER events_searchentry_gone", "DROP TABLE events_searchtext"),
    "postgresql": (
        "DROP INDEX events_searchentry_vector",
        "ALTER TABLE events_searchentry DROP COLUMN vector",
    ),
}


def forth(_apps, schema_editor):
    for statement in _FORTH[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def back(_apps, schema_editor):
    for statement in _BACK[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('key', models.BigIntegerField(primary_key=True, serialize=False)),
                ('labels', models.TextField(blank=True)),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='search_entry', to='events.event')),
            ],
            options={
                'verbose_name_plural': 'search entries',
            },
        ),
        migrations.CreateModel(
            name='SearchWord',
            fields=[
                ('word', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('bucket', models.CharField(db_index=True, max_length=4)),
            ],
        ),
        migrations.RunPython(forth, back),
    ]
