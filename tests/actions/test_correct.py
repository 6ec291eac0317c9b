"""events/actions/correct.py and address.py: people's words, on record and for good."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.core.exceptions import PermissionDenied

from events.actions.address import change_address
from events.actions.correct import correct_event, create_event, revert_event
from events.actions.errors import InvalidAction, StaleVersion
from events.actions.recording import Actor
from events.harvest.records import CitedSource
from events.models import Address, Change, Document, Event, Revision, Tagging
from events.vocabulary import ChangeKind, Grade, State, Tagged
from tests.factories import DAY, make_event, make_provenance

LINK = CitedSource("The Gazette", "https://gazette.example/a")


def create(actor: Actor, text: str = "Envoys meet on a bridge.", **values: object) -> Event:
    return create_event(actor=actor, edition="en", date=DAY, text=text, category="politics", **values)  # type: ignore[arg-type]


def last_revision(event: Event) -> Revision:
    return Revision.objects.filter(event=event).latest("number")


def body(event: Event) -> dict[str, object]:
    return json.loads(Document.objects.get(event=event).body)  # type: ignore[no-any-return]


def test_a_created_event_is_public_with_address_document_and_revision(editor: Actor) -> None:
    event = create(
        editor, " Envoys meet\r\non a bridge. ", lead="Cold War", contexts=["Bridges"], citations=[LINK]
    )
    assert event.text == "Envoys meet on a bridge."
    assert event.addresses.get().path == "/news/2004/02/9/envoys-meet-on-a-bridge"
    document = body(event)
    assert [context["name"] for context in document["contexts"]] == ["Bridges", "Cold War"]  # type: ignore[attr-defined]
    assert document["citations"][0]["url"] == LINK.url  # type: ignore[index]
    assert last_revision(event).kind == ChangeKind.CREATED
    assert Change.objects.filter(subject="event", subject_id=event.pk, kind="created").count() == 1


def test_equal_texts_of_a_day_get_numbered_addresses(editor: Actor) -> None:
    slugs = [create(editor).addresses.get().slug for _ in range(3)]
    assert slugs == ["envoys-meet-on-a-bridge", "envoys-meet-on-a-bridge-2", "envoys-meet-on-a-bridge-3"]


@pytest.mark.parametrize("slug", ["README", "a/b", "a.html", "a b"])
def test_a_slug_that_is_no_address_is_refused(editor: Actor, slug: str) -> None:
    with pytest.raises(InvalidAction):
        create(editor, slug=slug)
    assert not Event.objects.exists()


def test_a_correction_keeps_base_old_and_new(editor: Actor) -> None:
    event = make_event("A cornerstones of peace.", citations=[("Gazette", "https://gazette.example/", "")])
    make_provenance(event, upstream={"text": " A cornerstones of peace. "})
    correct_event(
        actor=editor,
        event_id=event.pk,
        version=1,
        values={"text": " A cornerstone of peace. "},
        grade=Grade.TYPO,
    )
    revision = last_revision(event)
    assert (revision.kind, revision.grade, revision.number) == (ChangeKind.CORRECTED, Grade.TYPO, 2)
    assert revision.fields == {
        "text": {
            "base": "A cornerstones of peace.",
            "old": "A cornerstones of peace.",
            "new": "A cornerstone of peace.",
        }
    }
    assert body(event)["text"] == "A cornerstone of peace."
    assert Change.objects.get(subject_id=event.pk, subject="event").kind == ChangeKind.CORRECTED


def test_all_changed_fields_make_one_revision(editor: Actor) -> None:
    event = make_event(contexts=["Bridges"])
    correct_event(
        actor=editor, event_id=event.pk, version=1, grade=Grade.CORRECTION, note="The day was wrong.",
        values={
            "text": "New words.", "date": DAY + dt.timedelta(days=1), "summary": "Said.", "category": "arts",
            "lead": "Cold War", "contexts": ["Treaties"], "citations": [LINK],
        },
    )  # fmt: skip
    assert set(last_revision(event).fields) == {
        "text", "date", "summary", "category", "lead", "contexts", "citations"
    }  # fmt: skip
    assert body(event)["revision"] == 2


def test_a_corrected_date_leaves_the_address(editor: Actor) -> None:
    event = make_event()
    correct_event(
        actor=editor, event_id=event.pk, version=1, values={"date": dt.date(2004, 3, 1)}, grade=Grade.TYPO
    )
    assert Address.objects.get(event=event).date == DAY
    assert body(event)["date"] == "2004-03-01"


def test_nothing_changed_leaves_no_revision(editor: Actor) -> None:
    event = make_event(contexts=["Bridges"], citations=[("Gazette", "https://gazette.example/", "")])
    values = {
        "text": f"\n{event.text} ", "date": event.date, "summary": "", "category": event.category,
        "lead": None, "contexts": ["Bridges"], "citations": [CitedSource("Gazette", "https://gazette.example/")],
    }  # fmt: skip
    correct_event(actor=editor, event_id=event.pk, version=1, values=values, grade=Grade.TYPO)  # type: ignore[arg-type]
    assert not Revision.objects.exists()
    assert Event.objects.get().version == 1


def test_contexts_alone_are_retagged_and_need_no_grade(editor: Actor) -> None:
    event = make_event(contexts=["Bridges"])
    correct_event(actor=editor, event_id=event.pk, version=1, values={"contexts": ["Treaties"]}, grade=None)
    assert last_revision(event).kind == ChangeKind.RETAGGED
    rows = {row.context.name: row for row in Tagging.objects.filter(event=event).select_related("context")}
    assert (rows["Bridges"].how, rows["Bridges"].removed) == (Tagged.PERSON, True)
    assert (rows["Treaties"].how, rows["Treaties"].removed) == (Tagged.PERSON, False)
    assert rows["Treaties"].by == editor.user


@pytest.mark.parametrize("grade", [grade for grade in Grade if grade is not Grade.TYPO])
def test_from_correction_up_a_note_is_required(editor: Actor, grade: Grade) -> None:
    event = make_event()
    with pytest.raises(InvalidAction, match="note"):
        correct_event(
            actor=editor, event_id=event.pk, version=1, values={"text": "Other."}, grade=grade, note=" "
        )
    assert not Revision.objects.exists()
    assert Event.objects.get().text != "Other."


@pytest.mark.parametrize("text", ["", " \n\u200b", "\x00"])
def test_an_empty_text_is_refused(editor: Actor, text: str) -> None:
    event = make_event()
    with pytest.raises(InvalidAction, match="needs a text"):
        correct_event(actor=editor, event_id=event.pk, version=1, values={"text": text}, grade=Grade.TYPO)


@pytest.mark.parametrize(
    "citation",
    [
        CitedSource("x", "javascript:alert(1)"),
        CitedSource("x", "", "data:x"),
        CitedSource(""),
        CitedSource("x" * 501),
    ],
)
def test_a_source_that_cannot_be_cited_is_refused(editor: Actor, citation: CitedSource) -> None:
    event = make_event()
    with pytest.raises(InvalidAction):
        correct_event(
            actor=editor, event_id=event.pk, version=1, values={"citations": [citation]}, grade=Grade.TYPO
        )


def test_a_harvested_source_that_cannot_be_cited_may_stay(editor: Actor) -> None:
    event = make_event()
    event.citations.create(position=1, label="Old paper", raw_url="ftp://old.example/a")
    kept = CitedSource("Old paper", "ftp://old.example/a")
    correct_event(
        actor=editor, event_id=event.pk, version=1, values={"citations": [kept, LINK]}, grade=Grade.TYPO
    )
    assert [row.raw_url for row in event.citations.all()] == [kept.url, LINK.url]


def test_a_stale_version_is_refused_and_says_the_present_one(editor: Actor) -> None:
    event = make_event()
    correct_event(actor=editor, event_id=event.pk, version=1, values={"text": "First."}, grade=Grade.TYPO)
    with pytest.raises(StaleVersion) as refused:
        correct_event(
            actor=editor, event_id=event.pk, version=1, values={"text": "Second."}, grade=Grade.TYPO
        )
    assert refused.value.current == 2
    assert Event.objects.get().text == "First."


@pytest.mark.parametrize("state", [State.MERGED, State.LEGAL])
def test_what_is_gone_cannot_be_corrected(editor: Actor, state: State) -> None:
    other = make_event("Another one.")
    event = make_event(state=state, into=other if state is State.MERGED else None)
    with pytest.raises(InvalidAction):
        correct_event(actor=editor, event_id=event.pk, version=1, values={"text": "x"}, grade=Grade.TYPO)


def test_contributors_and_robots_may_not_correct(contributor: Actor, robot: Actor) -> None:
    event = make_event()
    for actor in (contributor, robot):
        with pytest.raises(PermissionDenied):
            correct_event(actor=actor, event_id=event.pk, version=1, values={"text": "x"}, grade=Grade.TYPO)
        with pytest.raises(PermissionDenied):
            create(actor)
        with pytest.raises(PermissionDenied):
            revert_event(actor=actor, event_id=event.pk, version=1, revision_number=1, note="x")
        with pytest.raises(PermissionDenied):
            change_address(actor=actor, event_id=event.pk, version=1, slug="x")


def test_reverting_brings_every_value_back_by_a_new_revision(editor: Actor) -> None:
    event = create(editor, contexts=["Bridges"], lead="Cold War", citations=[LINK], summary="Said.")
    first = body(event)
    correct_event(actor=editor, event_id=event.pk, version=1, values={"text": "Second."}, grade=Grade.TYPO)
    correct_event(
        actor=editor, event_id=event.pk, version=2, grade=Grade.UPDATE, note="New.",
        values={"text": "Third.", "contexts": [], "lead": None, "citations": [], "summary": ""},
    )  # fmt: skip
    revert_event(actor=editor, event_id=event.pk, version=3, revision_number=1, note="It was right.")
    again = body(event)
    for key in ("text", "summary", "citations", "lead_context"):
        assert again[key] == first[key]
    assert [one["name"] for one in again["contexts"]] == [one["name"] for one in first["contexts"]]  # type: ignore[attr-defined]
    assert (last_revision(event).number, last_revision(event).grade) == (4, Grade.CORRECTION)


def test_reverting_to_a_revision_that_is_none_is_refused(editor: Actor) -> None:
    event = create(editor)
    with pytest.raises(InvalidAction):
        revert_event(actor=editor, event_id=event.pk, version=1, revision_number=7, note="x")


def test_a_changed_address_keeps_the_old_one_and_can_be_changed_back(editor: Actor) -> None:
    event = make_event(slug="first")
    change_address(actor=editor, event_id=event.pk, version=1, slug="second")
    assert body(event)["address"] == "/news/2004/02/9/second"
    assert body(event)["former_addresses"] == ["/news/2004/02/9/first"]
    change_address(actor=editor, event_id=event.pk, version=2, slug="first")
    assert body(event)["address"] == "/news/2004/02/9/first"
    assert event.addresses.count() == 2


def test_an_address_is_never_given_to_a_second_event(editor: Actor) -> None:
    make_event(slug="taken")
    event = make_event("Other words.", slug="mine")
    with pytest.raises(InvalidAction):
        change_address(actor=editor, event_id=event.pk, version=1, slug="taken")
    assert Address.objects.get(event=event).current
