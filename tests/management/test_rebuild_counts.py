"""``rebuild counts`` and ``rebuild names``: what was kept wrong is right again."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from events import contexts, timeline
from events.models import ContextTally, MonthTally, NameStart, PublisherTally
from events.search.names import contexts_named
from tests.factories import make_context, make_event

pytestmark = pytest.mark.django_db


def test_wrong_counts_are_made_right() -> None:
    make_event("One.", date="2004-02-09", contexts=["Storms"], citations=[("Wire", "", "")])
    make_event("Two.", date="2005-02-09", contexts=["Storms"])
    ContextTally.objects.update(events=9)
    MonthTally.objects.filter(month__year=2005).delete()
    PublisherTally.objects.update(events=9)
    said = StringIO()
    call_command("rebuild", "counts", stdout=said)
    assert "counted anew" in said.getvalue()
    assert contexts.years_of(make_context("Storms")) == {2004: 1, 2005: 1}
    assert timeline.year_counts("en") == {2004: 1, 2005: 1}
    assert PublisherTally.objects.get().events == 1


def test_contexts_are_found_by_their_names_again() -> None:
    storms, ferries = make_context("Storms"), make_context("Ferries")
    NameStart.objects.filter(context=storms).delete()
    NameStart.objects.update(start=b"storks")
    call_command("rebuild", "names", stdout=StringIO())
    assert contexts_named("sto", limit=9) == [storms]
    assert contexts_named("fer", limit=9) == [ferries]
