"""Count what is there (as ``events.actions.tallies.count_anew`` does); safe to run again."""

from django.db import migrations, transaction

_AT_ONCE = 20_000
_COUNTED = """
    UPDATE events_document SET counted_on = (
        SELECT event.date FROM events_event event WHERE event.id = events_document.event_id
    )
    WHERE counted_on IS NULL AND event_id IN (
        SELECT id FROM events_event WHERE id > %s AND id <= %s AND state = 'published'
    )"""
_MONTH = {
    "sqlite": "date(event.date, 'start of month')",
    "postgresql": "CAST(date_trunc('month', event.date) AS date)",
}
_TALLIES = (
    "DELETE FROM events_contexttally",
    "DELETE FROM events_monthtally",
    "INSERT INTO events_contexttally (context_id, year, events) "
    "SELECT context_id, key / (10000 * 68719476736), count(*) FROM events_tagging "
    "WHERE key IS NOT NULL AND NOT removed GROUP BY 1, 2",
    "INSERT INTO events_monthtally (edition, month, events, changed_at) "
    "SELECT edition, {month}, count(*), max(updated_at) FROM events_event event "
    "WHERE state = 'published' GROUP BY 1, 2",
)


def fill(_apps, schema_editor):
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM events_event")
        last = cursor.fetchone()[0] or 0
        for start in range(0, last, _AT_ONCE):
            cursor.execute(_COUNTED, [start, start + _AT_ONCE])
        with transaction.atomic(using=connection.alias):
            for statement in _TALLIES:
                cursor.execute(statement.format(month=_MONTH[connection.vendor]))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("events", "0009_tallies")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
