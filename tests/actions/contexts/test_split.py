"""events/actions/contexts/split.py: some events of a context get another, and get it back."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from events.actions.contexts.merge import merge_contexts
from events.actions.contexts.split import SPLIT_MOST, Split, split_context, splits_of, undo_split
from events.actions.correct import correct_event
from events.actions.errors import InvalidAction, StaleVersion
from events.actions.recording import Actor
from events.models import Change, Context, Event, Revision, Tagging
from events.vocabulary import ChangeKind, State, Tagged
from tests.factories import make_context, make_event
from tests.harvests import harvest, later, record

pytestmark = pytest.mark.django_db

ALL = "Ministry of Defence"
RUSSIAN = "Russian Defence Ministry"


def context(name: str = ALL) -> Context:
    return Context.objects.get(name=name)


def split(actor: Actor, *events: Event, name: str = RUSSIAN, **options: Any) -> Split:
    found = context()
    return split_context(
        actor=actor, context_id=found.pk, version=options.pop("version", found.version),
        event_ids=[event.pk for event in events], name=name, **options,
    )  # fmt: skip


def undo(actor: Actor) -> Split:
    found = context()
    number = splits_of(found)[0][0].number
    return undo_split(actor=actor, context_id=found.pk, version=found.version, revision_number=number)


def state() -> list[Any]:
    return [
        sorted(Tagging.objects.values_list("event", "context__name", "how", "removed")),
        sorted(Event.objects.filter(lead__isnull=False).values_list("pk", "lead__name")),
    ]


def tags(slug: str) -> set[str]:
    found = Event.objects.get(addresses__slug=slug)
    return set(found.taggings.active().values_list("context__name", flat=True))


def test_chosen_events_get_the_other_context_each_with_a_revision(editor: Actor) -> None:
    russian = make_event("Moscow.", slug="moscow", contexts=[ALL, "Russia"], lead=ALL)
    british = make_event("London.", slug="london", contexts=[ALL], lead=ALL)
    without = make_event("Else.", slug="else", contexts=["Russia"])
    done = split(editor, russian, without, note="Two ministries.")
    assert (done.context.name, done.events) == (RUSSIAN, 1)
    assert tags("moscow") == {RUSSIAN, "Russia"}
    assert tags("london") == {ALL}
    leads = dict(Event.objects.values_list("pk", "lead__name"))
    assert leads == {russian.pk: RUSSIAN, british.pk: ALL, without.pk: None}
    revision = Revision.objects.get(event=russian)
    assert (revision.kind, revision.note) == (ChangeKind.RETAGGED, "Two ministries.")
    assert revision.fields["contexts"]["new"] == ["Russia", RUSSIAN]
    assert revision.fields["lead"] == {"base": None, "old": ALL, "new": RUSSIAN}
    assert [one.kind for one in Change.objects.order_by("seq")] == ["created", "updated", "retagged"]


def test_the_lead_stays_where_that_is_asked(editor: Actor) -> None:
    event = make_event(contexts=[ALL], lead=ALL)
    split(editor, event, lead=False)
    event.refresh_from_db()
    assert event.lead == context()


def test_no_harvest_brings_the_old_context_back(editor: Actor) -> None:
    def said(*names: str) -> Any:
        return record("Moscow says no.", "moscow", contexts=names)

    harvest(said(ALL, "Russia"))
    split(editor, Event.objects.get())
    harvest(said(ALL, "Russia", "Nuclear weapons"), moment=later())
    assert tags("moscow") == {RUSSIAN, "Russia", "Nuclear weapons"}


def test_a_split_is_taken_back_exactly(editor: Actor) -> None:
    both = make_event("Both.", contexts=[ALL, RUSSIAN], lead=ALL)
    refused = make_event("Refused.", contexts=[ALL])
    plain = make_event("Plain.", contexts=[ALL], lead=ALL)
    Tagging.objects.create(event=refused, context=context(RUSSIAN), how=Tagged.PERSON, removed=True)
    Tagging.objects.filter(event=plain).update(how=Tagged.TEXT)
    before = state()
    assert split(editor, both, refused, plain).events == 3
    assert state() != before
    assert undo(editor).events == 3
    assert state() == before
    assert splits_of(context()) == []
    with pytest.raises(InvalidAction, match="taken back already"):
        undo_split(actor=editor, context_id=context().pk, version=3, revision_number=2)


def test_what_was_changed_since_is_left_alone(editor: Actor) -> None:
    one, other, gone = (
        make_event(f"{slug}.", slug=slug, contexts=[ALL]) for slug in ("one", "other", "gone")
    )
    split(editor, one, other, gone)
    other.refresh_from_db()
    correct_event(
        actor=editor, event_id=other.pk, version=other.version, values={"contexts": ["Russia"]}, grade=None
    )
    Event.objects.filter(pk=gone.pk).update(state=State.LEGAL)
    assert undo(editor).events == 1
    assert (tags("one"), tags("other"), tags("gone")) == ({ALL}, {"Russia"}, {RUSSIAN})


def test_a_split_into_one_that_was_merged_since_is_taken_back_all_the_same(
    editor: Actor, chief: Actor
) -> None:
    event = make_event("Moscow.", slug="moscow", contexts=[ALL])
    split(editor, event)
    wide = make_context("Defence ministries")
    merge_contexts(actor=chief, context_id=context(RUSSIAN).pk, into_id=wide.pk)
    undo(editor)
    assert tags("moscow") == {ALL}


def test_what_cannot_be_split(editor: Actor, contributor: Actor) -> None:
    event = make_event(contexts=[ALL])
    other = make_event("Else.", contexts=["Russia"])
    with pytest.raises(PermissionDenied):
        split(contributor, event)
    with pytest.raises(StaleVersion):
        split(editor, event, version=9)
    for events, name in (((event,), " "), ((event,), ALL), ((), RUSSIAN), ((other,), RUSSIAN)):
        with pytest.raises(InvalidAction):
            split(editor, *events, name=name)
    with pytest.raises(InvalidAction, match="at most"):
        split_context(
            actor=editor, context_id=context().pk, version=1, event_ids=range(SPLIT_MOST + 1), name="x"
        )
    assert not Revision.objects.exists()
    assert not Context.objects.filter(name=RUSSIAN).exists()
