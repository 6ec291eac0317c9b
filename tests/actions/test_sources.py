"""A source's title and description: noted by editors, told to readers through the stored documents."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import PermissionDenied

from events.actions.errors import InvalidAction
from events.actions.recording import Actor
from events.actions.sources import describe_source
from events.models import Change, Document, Event, Source
from events.vocabulary import Role, Subject
from tests.factories import make_event
from tests.people import make_user

pytestmark = pytest.mark.django_db
URL = "https://paper.example/a"


def cited(event: Event) -> dict[str, str]:
    return json.loads(Document.objects.get(event=event).body)["citations"][0]


def test_a_description_reaches_every_event_that_cites_the_source_and_the_sequence() -> None:
    events = [make_event(f"{name}.", citations=[("Paper", URL, "")]) for name in ("One", "Two")]
    source = Source.objects.get(url=URL)
    actor = Actor.person(make_user(Role.EDITOR))
    describe_source(
        actor=actor, source_id=source.pk, seen=("", ""), title=" A  bridge ", description="They say so."
    )
    for event in events:
        assert (cited(event)["title"], cited(event)["description"]) == ("A bridge", "They say so.")
        assert Event.objects.get(pk=event.pk).version == 1
    assert list(Change.objects.values_list("subject", "subject_id")) == [
        (Subject.SOURCE, source.pk),
        *((Subject.EVENT, event.pk) for event in events),
    ]


def test_nothing_is_written_where_nothing_changes() -> None:
    make_event(citations=[("Paper", URL, "")])
    source = Source.objects.get(url=URL)
    actor = Actor.person(make_user(Role.EDITOR))
    describe_source(actor=actor, source_id=source.pk, seen=("", ""), title="", description=" ")
    assert not Change.objects.exists()


def test_who_was_overtaken_is_told() -> None:
    make_event(citations=[("Paper", URL, "")])
    source = Source.objects.get(url=URL)
    actor = Actor.person(make_user(Role.EDITOR))
    describe_source(actor=actor, source_id=source.pk, seen=("", ""), title="First", description="")
    with pytest.raises(InvalidAction, match="in the meantime"):
        describe_source(actor=actor, source_id=source.pk, seen=("", ""), title="Late", description="")
    source.refresh_from_db()
    assert source.title == "First"


def test_a_contributor_may_not() -> None:
    make_event(citations=[("Paper", URL, "")])
    actor = Actor.person(make_user(Role.CONTRIBUTOR))
    with pytest.raises(PermissionDenied):
        describe_source(
            actor=actor, source_id=Source.objects.get().pk, seen=("", ""), title="x", description=""
        )


@pytest.mark.parametrize(("title", "description"), [("x" * 501, ""), ("", "x" * 200_000)])
def test_words_without_end_are_refused(title: str, description: str) -> None:
    make_event(citations=[("Paper", URL, "")])
    actor = Actor.person(make_user(Role.EDITOR))
    with pytest.raises(InvalidAction, match="at most"):
        describe_source(
            actor=actor, source_id=Source.objects.get().pk, seen=("", ""), title=title,
            description=description,
        )  # fmt: skip
