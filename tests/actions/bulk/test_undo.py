"""events/actions/bulk/undo.py and taking_back.py: exactly what the bulk did goes, what people did stays."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from events.actions.bulk.change import figures, told
from events.actions.bulk.running import run_bulk_change
from events.actions.bulk.start import stop_bulk_change
from events.actions.bulk.undo import undo_bulk_change
from events.actions.correct import correct_event
from events.actions.errors import InvalidAction
from events.actions.merge import merge_events
from events.actions.recording import Actor
from events.actions.review.decide import decide_review
from events.actions.withdraw import withdraw_event
from events.models import BulkChange, Document, Event, ReviewItem, Revision
from events.vocabulary import BulkState, Grade, Role
from tests.actions.bulk_works import one_batch_of, reword, run, texts, word_work
from tests.factories import make_event
from tests.people import make_person

__all__ = ["word_work"]
pytestmark = pytest.mark.usefixtures("word_work")


def correct(actor: Actor, event: Event, text: str) -> None:
    version = Event.objects.get(pk=event.pk).version
    correct_event(actor=actor, event_id=event.pk, version=version, values={"text": text}, grade=Grade.TYPO)


def undo(actor: Actor, change: BulkChange) -> BulkChange:
    return run(undo_bulk_change(actor=actor, change_id=change.pk))


def test_what_was_done_is_taken_back_and_what_people_wrote_since_stays(chief: Actor, editor: Actor) -> None:
    plain, edited = make_event("The colour of Rome."), make_event("The colour of Oslo is grey in autumn.")
    change = run(reword(chief, [plain, edited], "colour", "color"))
    correct(editor, edited, "The color of Oslo is golden in autumn.")
    back = undo(chief, change)
    assert texts(plain, edited) == ["The colour of Rome.", "The colour of Oslo is golden in autumn."]
    assert (back.state, figures(back)) == (BulkState.DONE, {"changed": 2})
    change.refresh_from_db()
    assert change.state == BulkState.UNDONE
    last = Revision.objects.filter(event=plain).latest("number")
    assert (last.bulk, last.number, last.grade) == (back, 3, "typo")
    assert json.loads(Document.objects.get(event=plain).body)["text"] == "The colour of Rome."


def test_words_that_people_changed_over_stay_and_editors_are_asked(chief: Actor, editor: Actor) -> None:
    event = make_event("The colour of Rome.")
    change = run(reword(chief, [event], "colour", "color"))
    correct(editor, event, "The hue of Rome.")
    back = undo(chief, change)
    assert texts(event) == ["The hue of Rome."]
    assert figures(back) == {"conflict": 1}
    assert [why for _, _, why in told(back)] == ["Changed since by others: text."]
    item = ReviewItem.objects.get()
    assert item.data["upstream"] == "The colour of Rome."
    decide_review(actor=editor, item_id=item.pk, accept=True)
    assert texts(event) == ["The colour of Rome."]


def test_what_people_took_back_already_is_left_alone(chief: Actor, editor: Actor) -> None:
    event = make_event("The colour of Rome.")
    change = run(reword(chief, [event], "colour", "color"))
    correct(editor, event, "The colour of Rome.")
    back = undo(chief, change)
    assert figures(back) == {"unchanged": 1}
    assert Event.objects.get(pk=event.pk).version == 3


def test_an_undo_can_be_undone_and_that_again(chief: Actor) -> None:
    event = make_event("The colour of Rome.")
    change = run(reword(chief, [event], "colour", "color"))
    back = undo(chief, change)
    again = undo(chief, back)
    assert texts(event) == ["The color of Rome."]
    change.refresh_from_db()
    back.refresh_from_db()
    assert (change.state, back.state, again.state) == (BulkState.DONE, BulkState.UNDONE, BulkState.DONE)
    undo(chief, change)
    assert texts(event) == ["The colour of Rome."]


def test_part_of_a_stopped_change_can_be_undone(chief: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    one_batch_of(monkeypatch, 1)
    events = [make_event(f"The colour of {place}.") for place in ("Rome", "Oslo")]
    change = reword(chief, events, "colour", "color")
    run_bulk_change(change.pk, seconds=0)
    stop_bulk_change(actor=chief, change_id=change.pk)
    back = undo(chief, change)
    assert texts(*events) == ["The colour of Rome.", "The colour of Oslo."]
    assert back.total == 1


def test_what_runs_or_is_undone_cannot_be_undone(chief: Actor, editor: Actor) -> None:
    event = make_event("The colour of Rome.")
    change = reword(chief, [event], "colour", "color")
    with pytest.raises(InvalidAction, match="queued"):
        undo_bulk_change(actor=chief, change_id=change.pk)
    run(change)
    with pytest.raises(PermissionDenied):
        undo_bulk_change(actor=editor, change_id=change.pk)
    undo_bulk_change(actor=chief, change_id=change.pk)
    with pytest.raises(InvalidAction, match="being undone"):
        undo_bulk_change(actor=chief, change_id=change.pk)


def test_events_that_were_merged_or_withdrawn_since_are_told_or_taken_along(chief: Actor) -> None:
    gone, hidden, other = (make_event(f"The colour of {place}.") for place in ("Rome", "Oslo", "Bern"))
    change = run(reword(chief, [gone, hidden], "colour", "color"))
    merge_events(actor=chief, event_id=gone.pk, into_id=other.pk)
    withdraw_event(actor=chief, event_id=hidden.pk, version=2, reason="Wrong.")
    back = undo(chief, change)
    assert texts(gone, hidden) == ["The color of Rome.", "The colour of Oslo."]
    assert figures(back) == {"changed": 1, "skipped": 1}
    assert told(back)[0][2] == f"It was merged into event {other.pk} since."
    assert Event.objects.get(pk=hidden.pk).state == "withdrawn"


WORDS = st.lists(
    st.sampled_from(["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"]),
    min_size=3,
    max_size=8,
)


class UndoKeepsPeoplesWork(TestCase):
    """Random texts, a bulk change, edits by people at other places, the undo."""

    @given(
        rows=st.lists(st.tuples(WORDS, st.booleans(), st.booleans()), min_size=1, max_size=4),
        old=st.sampled_from(["beta", "delta", "eta"]),
    )
    @settings(max_examples=15)
    def test_peoples_edits_remain_and_the_bulks_are_gone(
        self, rows: list[tuple[list[str], bool, bool]], old: str
    ) -> None:
        chief, editor = make_person(Role.CHIEF), make_person(Role.EDITOR)
        before, events, expected = [], [], []
        for words, at_front, at_end in rows:
            text = " ".join(words)
            events.append(make_event(text))
            before.append(text)
            front, end = ("Yesterday indeed " if at_front else ""), (" or so they say." if at_end else "")
            expected.append(f"{front}{text}{end}")
        change = run(reword(chief, events, old, "rewritten"))
        for event, text in zip(events, expected, strict=True):
            now = text.replace(old, "rewritten")
            if now != texts(event)[0]:
                correct(editor, event, now)
        if not figures(change).get("changed"):
            with pytest.raises(InvalidAction, match="changed nothing"):
                undo_bulk_change(actor=chief, change_id=change.pk)
            return
        back = undo(chief, change)
        conflicts = {pk for pk, outcome, _ in told(back) if outcome == "conflict"}
        for event, text in zip(events, expected, strict=True):
            if event.pk in conflicts:
                # A word that was rewritten stands right beside the person's: nobody can tell the two apart.
                assert text.replace(old, "rewritten") == texts(event)[0]
                assert ReviewItem.objects.filter(event=event).exists()
            else:
                assert texts(event) == [text]
