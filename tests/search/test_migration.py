"""The index's tables can be taken away and made again."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from events.search.find import search
from events.search.language import parse
from tests.factories import make_event


@pytest.mark.django_db(transaction=True)
def test_the_migration_goes_back_and_forth() -> None:
    call_command("migrate", "events", "0001", verbosity=0)
    assert "events_searchentry" not in connection.introspection.table_names()
    call_command("migrate", "events", verbosity=0, stdout=StringIO())
    event = make_event("A treaty.")
    assert [hit.event_id for hit in search(parse("treaty")).hits] == [event.pk]
