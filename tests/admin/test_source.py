"""A source at the desk: described in its publisher's words."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from events.models import Source
from tests.factories import make_event


def test_a_source_is_described_and_who_is_late_keeps_what_was_typed(desk: Client) -> None:
    make_event(slug="one", citations=[("Paper", "https://paper.example/a", "")])
    source = Source.objects.get()
    url = reverse("admin:events_source_change", args=[source.pk])
    assert 'name="seen_title"' in desk.get(url).content.decode()
    sent = {"title": "A bridge", "description": "They say so.", "seen_title": "", "seen_description": ""}
    assert desk.post(url, sent).status_code == 302
    assert "A bridge</a>" in desk.get("/news/2004/02/9/one.html").content.decode()
    late = desk.post(url, {**sent, "title": "Mine"}).content.decode()
    assert "in the meantime" in late
    assert 'value="Mine"' in late
    source.refresh_from_db()
    assert (source.title, source.description) == ("A bridge", "They say so.")
