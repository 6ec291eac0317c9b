"""Give every citation its key (``events.keys``) and every context its beginnings, so many at a time, and
count the events of publishers (as ``events.actions.tallies.count_anew`` does); safe to run again.
"""

from django.db import migrations

from events.text.beginnings import beginnings

_AT_ONCE = 20_000
_CONTEXTS_AT_ONCE = 2_000
_START_MAX = 100
_DAY = {
    "sqlite": "CAST(replace(event.date, '-', '') AS integer)",
    "postgresql": "CAST(to_char(event.date, 'YYYYMMDD') AS bigint)",
}
_FILL = """
    UPDATE events_citation SET key = (
        SELECT {day} * 68719476736 + event.id FROM events_event event WHERE event.id = events_citation.event_id
    )
    WHERE key IS NULL AND publisher_id IS NOT NULL AND event_id IN (
        SELECT id FROM events_event WHERE id > %s AND id <= %s AND state = 'published'
    )"""
_COUNT = """
    INSERT INTO events_publishertally (name, edition, events)
    SELECT publisher.name, event.edition, count(DISTINCT event.id)
    FROM events_citation citation
    JOIN events_publisher publisher ON publisher.id = citation.publisher_id
    JOIN events_event event ON event.id = citation.event_id
    WHERE citation.key IS NOT NULL GROUP BY publisher.name, event.edition"""


def fill(apps, schema_editor):
    connection = schema_editor.connection
    statement = _FILL.format(day=_DAY[connection.vendor])
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM events_event")
        last = cursor.fetchone()[0] or 0
        for start in range(0, last, _AT_ONCE):
            cursor.execute(statement, [start, start + _AT_ONCE])
        cursor.execute("DELETE FROM events_publishertally")
        cursor.execute(_COUNT)
    fill_starts(apps)


def fill_starts(apps):
    contexts, aliases = apps.get_model("events", "Context"), apps.get_model("events", "Alias")
    starts = apps.get_model("events", "NameStart")
    starts.objects.all().delete()
    last = 0
    while rows := list(
        contexts.objects.filter(pk__gt=last).order_by("pk").only("edition", "name")[:_CONTEXTS_AT_ONCE]
    ):
        names = {row.pk: [row.name] for row in rows}
        for pk, name in aliases.objects.filter(
            context__gt=last, context__lte=rows[-1].pk
        ).values_list("context", "name"):
            names[pk].append(name)
        found = {
            row.pk: {start.encode()[:_START_MAX] for name in names[row.pk] for start in beginnings(name)}
            for row in rows
        }
        starts.objects.bulk_create(
            [
                starts(context_id=row.pk, edition=row.edition, start=start, size=len(row.name))
                for row in rows
                for start in sorted(found[row.pk])
            ],
            batch_size=500,
        )
        last = rows[-1].pk


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("events", "0016_publishers_in_order")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
