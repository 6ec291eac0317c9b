"""``rebuild counts``: what was counted wrong is right again."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from events import contexts, timeline
from events.models import ContextTally, MonthTally
from tests.factories import make_context, make_event

pytestmark = pytest.mark.django_db


def test_wrong_counts_are_made_right() -> None:
    make_event("One.", date="2004-02-09", contexts=["Storms"])
    make_event("Two.", date="2005-02-09", contexts=["Storms"])
    ContextTally.objects.update(events=9)
    MonthTally.objects.filter(month__year=2005).delete()
    said = StringIO()
    call_command("rebuild", "counts", stdout=said)
    assert "counted anew" in said.getvalue()
    assert contexts.years_of(make_context("Storms")) == {2004: 1, 2005: 1}
    assert timeline.year_counts("en") == {2004: 1, 2005: 1}
