"""Two editors at one question: it is answered once, and a proposal's bound holds for two tabs at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from events.actions.errors import InvalidAction, StaleVersion
from events.actions.recording import Actor
from events.actions.review import propose
from events.actions.review.decide import decide_review
from events.actions.review.propose import propose_correction
from events.models import Event, ReviewItem, Revision
from events.vocabulary import Grade, Role
from tests.actions.test_races import at_once, correction
from tests.factories import make_event
from tests.people import make_person
from tests.reviews import conflict

pytestmark = pytest.mark.usefixtures("many_connections")


def answer(actor: Actor, item: ReviewItem, *, accept: bool) -> Callable[[], ReviewItem]:
    return partial(decide_review, actor=actor, item_id=item.pk, accept=accept, version=1)


def test_of_editors_at_one_question_one_answers_it() -> None:
    editors = [make_person(Role.EDITOR, name=f"editor{number}") for number in range(4)]
    for _round in range(3):
        item = conflict()
        outcomes = at_once(*(answer(actor, item, accept=at % 2 == 0) for at, actor in enumerate(editors)))
        answered = [one for one in outcomes if isinstance(one, ReviewItem)]
        assert len(answered) == 1
        assert {type(one) for one in outcomes if one is not answered[0]} <= {InvalidAction, StaleVersion}
        item.refresh_from_db()
        assert (item.state, item.decided_by_name) == (answered[0].state, answered[0].decided_by_name)
        assert Revision.objects.filter(event=item.event_id).count() == (item.state == "accepted")


def test_an_answer_and_a_correction_do_not_overwrite_each_other() -> None:
    editor, other = make_person(Role.EDITOR, name="one"), make_person(Role.EDITOR, name="two")
    for _round in range(3):
        item = conflict()
        assert item.event is not None
        outcomes = at_once(answer(editor, item, accept=True), correction(other, item.event, "Mine."))
        assert sum(isinstance(one, StaleVersion) for one in outcomes) == 1
        saved = "Mine." if isinstance(outcomes[0], StaleVersion) else item.data["upstream"]
        assert Event.objects.get(pk=item.event_id).text == saved


def test_the_bound_of_proposals_holds_for_two_tabs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(propose, "OPEN_MOST", 1)
    said = {"actor": make_person(Role.CONTRIBUTOR), "version": 1, "note": "Why.", "grade": Grade.TYPO}
    events = [make_event(f"Event {number}.") for number in range(3)]
    values = {"text": "Better."}
    outcomes = at_once(
        *(partial(propose_correction, event_id=event.pk, values=values, **said) for event in events)
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["InvalidAction", "InvalidAction", "ReviewItem"]
