"""Give every tagging its key (``events.keys``), so many events at a time; safe to run again."""

from django.db import migrations

_AT_ONCE = 20_000
_DAY = {
    "sqlite": "CAST(replace(event.date, '-', '') AS integer)",
    "postgresql": "CAST(to_char(event.date, 'YYYYMMDD') AS bigint)",
}
_FILL = """
    UPDATE events_tagging SET key = (
        SELECT {day} * 68719476736 + event.id FROM events_event event WHERE event.id = events_tagging.event_id
    )
    WHERE key IS NULL AND NOT removed AND event_id IN (
        SELECT id FROM events_event WHERE id > %s AND id <= %s AND state = 'published'
    )"""


def fill(_apps, schema_editor):
    connection = schema_editor.connection
    statement = _FILL.format(day=_DAY[connection.vendor])
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM events_event")
        last = cursor.fetchone()[0] or 0
        for start in range(0, last, _AT_ONCE):
            cursor.execute(statement, [start, start + _AT_ONCE])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("events", "0005_contexts_in_order")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
