"""Publishers at the desk: renamed, merged, hosts moved, after the counts were shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from events.models import Publisher, PublisherHost
from events.vocabulary import Role
from tests.factories import make_event


@pytest.fixture
def pair(db: None) -> tuple[Publisher, Publisher]:
    make_event("One.", citations=[("Paper", "https://paper.example/a", ""), ("Paper", "", "")])
    make_event("Two.", citations=[("Gazette", "https://gazette.example/", "")])
    found = [Publisher.objects.get(name=name) for name in ("Paper", "Gazette")]
    for publisher in found:
        PublisherHost.objects.create(publisher=publisher, host=f"{publisher.name.lower()}.example")
    return found[0], found[1]


def url(name: str, row: Publisher | PublisherHost) -> str:
    return reverse(f"admin:events_publisher_{name}", args=[row.pk])


def test_a_publisher_is_renamed_and_who_is_late_is_told(
    desk: Client, pair: tuple[Publisher, Publisher]
) -> None:
    paper = pair[0]
    shown = desk.get(url("change", paper)).content.decode()
    assert "1 source, cited 2 times in 1 event" in shown
    assert desk.post(url("change", paper), {"name": "The Paper", "seen": "Paper"}).status_code == 302
    assert LogEntry.objects.get().object_id == str(paper.pk)
    late = desk.post(url("change", paper), {"name": "My Paper", "seen": "Paper"}).content.decode()
    assert "renamed in the meantime" in late
    assert 'value="My Paper"' in late
    paper.refresh_from_db()
    assert paper.name == "The Paper"


def test_two_are_merged_after_their_counts_were_shown_and_unmerged(
    chief_desk: Client, pair: tuple[Publisher, Publisher]
) -> None:
    paper, gazette = pair
    assert "admin-autocomplete" in chief_desk.get(url("merge", paper)).content.decode()
    shown = chief_desk.get(url("merge", paper), {"into": gazette.pk}).content.decode()
    assert "2 citations in 1 event" in shown
    assert "1 host and 1 source in 1 event" in " ".join(shown.split())
    sent = {"into": gazette.pk, "seen": "Paper", "into_seen": "Gazette"}
    assert "renamed" in chief_desk.post(url("merge", paper), {**sent, "into_seen": "x"}).content.decode()
    assert chief_desk.post(url("merge", paper), sent)["Location"] == url("change", gazette)
    assert "Paper</a>" in chief_desk.get(url("change", gazette)).content.decode()
    assert "It leads to" in chief_desk.get(url("change", paper)).content.decode()
    assert chief_desk.get(url("merge", paper)).status_code == 404
    assert "1 source<" in chief_desk.get(url("unmerge", paper)).content.decode()
    assert chief_desk.post(url("unmerge", paper)).status_code == 302
    paper.refresh_from_db()
    assert paper.merged_into is None
    said = list(LogEntry.objects.order_by("pk").values_list("object_id", "change_message"))
    assert said == [(str(paper.pk), "Merged into “Gazette”."), (str(paper.pk), "Un-merged.")]


def test_a_host_is_moved(chief_desk: Client, pair: tuple[Publisher, Publisher]) -> None:
    paper, gazette = pair
    host = paper.hosts.get()
    assert "1 citation in 1 event" in chief_desk.get(url("host", host)).content.decode()
    late = chief_desk.post(url("host", host), {"into": gazette.pk, "seen": gazette.pk}).content.decode()
    assert "in the meantime" in late
    assert chief_desk.post(url("host", host), {"into": gazette.pk, "seen": paper.pk}).status_code == 302
    assert gazette.hosts.count() == 2


def test_merged_ones_are_not_offered(chief_desk: Client, pair: tuple[Publisher, Publisher]) -> None:
    Publisher.objects.filter(pk=pair[0].pk).update(merged_into=pair[1])
    asked = {"app_label": "events", "model_name": "source", "field_name": "publisher", "term": "a"}
    found = chief_desk.get(reverse("admin:autocomplete"), asked).json()["results"]
    assert [row["text"] for row in found] == ["Gazette"]


def test_editors_rename_and_do_not_merge(
    sit: Callable[..., Client], pair: tuple[Publisher, Publisher]
) -> None:
    desk, viewer = sit(Role.EDITOR), sit(Role.CONTRIBUTOR)
    for name, row in (("merge", pair[0]), ("host", pair[0].hosts.get())):
        assert desk.get(url(name, row)).status_code == 403
        assert desk.post(url(name, row), {"into": pair[1].pk}).status_code == 403
    assert "Merge into another" not in desk.get(url("change", pair[0])).content.decode()
    assert viewer.get(url("change", pair[0])).status_code == 200
    assert viewer.post(url("change", pair[0]), {"name": "x", "seen": "Paper"}).status_code == 403
    assert Publisher.objects.filter(name="x").count() == 0
