"""Reading the archive as it stands at one moment."""

from __future__ import annotations

import pytest
from django.db import connection

from events.actions.export.snapshot import snapshot


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_knows_what_the_database_can_do() -> None:
    vars(connection.features).pop("supports_json_field", None)
    with snapshot():
        assert connection.features.supports_json_field
