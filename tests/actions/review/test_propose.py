"""events/actions/review/propose.py: contributors propose, editors accept, and nothing is lost in between."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from events.actions.correct import correct_event
from events.actions.errors import InvalidAction, StaleVersion
from events.actions.recording import Actor
from events.actions.review import propose
from events.actions.review.decide import decide_review
from events.actions.review.propose import merge_proposal, proposals_of, propose_correction
from events.actions.values import EventValues
from events.models import Event, ReviewItem, Revision
from events.vocabulary import Grade, ReviewState, Role, State
from tests.factories import make_context, make_event
from tests.people import make_person

TEXT = "Ten people die in a flood near the coast."


def proposal(actor: Actor, event: Event, note: str = "The paper says so.", **values: Any) -> ReviewItem:
    wanted: EventValues = {"text": "Twelve people die in a flood near the coast.", **values}  # type: ignore[typeddict-item]
    return propose_correction(
        actor=actor, event_id=event.pk, version=event.version, values=wanted, note=note, grade=Grade.UPDATE
    )


def test_a_proposal_keeps_what_differs_and_changes_nothing(contributor: Actor) -> None:
    event = make_event(TEXT, contexts=["Floods"])
    item = proposal(contributor, event, category=event.category, contexts=["Floods", "Rivers"])
    assert item.data["values"] == {
        "text": "Twelve people die in a flood near the coast.", "contexts": ["Floods", "Rivers"]
    }  # fmt: skip
    assert item.data["base"] == {"text": TEXT, "contexts": ["Floods"]}
    assert (item.data["by"], item.data["grade"], item.data["version"]) == ("contributor", "update", 1)
    assert Event.objects.get().text == TEXT
    assert not Revision.objects.exists()


def test_accepted_it_is_the_editors_correction_that_names_who_proposed_it(
    contributor: Actor, editor: Actor
) -> None:
    event = make_event(TEXT)
    item = proposal(contributor, event)
    decide_review(actor=editor, item_id=item.pk, accept=True, version=1)
    revision = Revision.objects.get()
    assert (revision.actor_name, revision.grade) == ("editor", "update")
    assert revision.note == "The paper says so. (Proposed by contributor.)"
    assert Event.objects.get().text == "Twelve people die in a flood near the coast."


def test_it_is_merged_onto_what_was_corrected_meanwhile(contributor: Actor, editor: Actor) -> None:
    event = make_event(TEXT, contexts=["Floods"])
    item = proposal(contributor, event, contexts=["Floods", "Rivers"])
    correct_event(
        actor=editor, event_id=event.pk, version=1, grade=Grade.TYPO,
        values={"text": TEXT.replace("the coast", "the northern coast"), "contexts": ["Floods", "Coasts"]},
    )  # fmt: skip
    decide_review(actor=editor, item_id=item.pk, accept=True)
    event.refresh_from_db()
    assert event.text == "Twelve people die in a flood near the northern coast."
    assert {row.context.name for row in event.taggings.active()} == {"Floods", "Rivers", "Coasts"}


def test_where_the_same_words_changed_a_person_must_choose(contributor: Actor, editor: Actor) -> None:
    event = make_event(TEXT)
    item = proposal(contributor, event)
    correct_event(
        actor=editor, event_id=event.pk, version=1, values={"text": TEXT.replace("Ten", "Eleven")},
        grade=Grade.TYPO,
    )  # fmt: skip
    event.refresh_from_db()
    onto = merge_proposal(item, event)
    assert onto.open == ["text"]
    assert onto.values["text"].startswith("Twelve")
    with pytest.raises(InvalidAction, match="open the proposal and merge"):
        decide_review(actor=editor, item_id=item.pk, accept=True)
    decide_review(actor=editor, item_id=item.pk, accept=True, values={"text": "A flood."}, grade=Grade.TYPO)
    event.refresh_from_db()
    assert event.text == "A flood."


def test_declined_it_keeps_the_editors_words_for_the_contributor(contributor: Actor, editor: Actor) -> None:
    item = proposal(contributor, make_event(TEXT))
    item = decide_review(actor=editor, item_id=item.pk, accept=False, note="The paper was wrong.")
    assert (item.state, item.data["answer"]) == (ReviewState.REJECTED, "The paper was wrong.")
    assert not Revision.objects.exists()


def test_contexts_go_by_the_names_they_have_now(contributor: Actor) -> None:
    context = make_context("Ministry of Defence")
    context.aliases.create(edition="en", name="Defence Ministry")
    event = make_event(TEXT, contexts=["Ministry of Defence"])
    with pytest.raises(InvalidAction, match="changes nothing"):
        proposal(contributor, event, text=TEXT, contexts=["Defence Ministry"])


@pytest.mark.parametrize(
    ("changed", "says"),
    [({"text": TEXT}, "changes nothing"), ({"note": "  "}, "Say why"), ({"note": "x" * 2_001}, "shorten"),
     ({"text": " "}, "needs a text"), ({"contexts": [str(n) for n in range(101)]}, "at most 100")],
)  # fmt: skip
def test_what_nobody_could_check_is_refused(contributor: Actor, changed: dict[str, Any], says: str) -> None:
    event = make_event(TEXT)
    with pytest.raises(InvalidAction, match=says):
        proposal(contributor, event, **changed)
    assert not ReviewItem.objects.exists()


def test_who_looked_at_an_older_version_proposes_again(contributor: Actor) -> None:
    event = make_event(TEXT)
    Event.objects.update(version=2)
    with pytest.raises(StaleVersion):
        proposal(contributor, event)


def test_viewers_propose_nothing_and_merged_events_are_left(contributor: Actor) -> None:
    with pytest.raises(PermissionDenied):
        proposal(make_person(Role.VIEWER), make_event(TEXT))
    gone = make_event("Old.", into=make_event("New."))
    assert gone.state == State.MERGED
    with pytest.raises(InvalidAction, match="was merged"):
        proposal(contributor, gone)


def test_only_so_many_of_a_person_wait(
    contributor: Actor, editor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(propose, "OPEN_MOST", 2)
    events = [make_event(f"{TEXT} {number}") for number in range(3)]
    first, _ = (proposal(contributor, event) for event in events[:2])
    with pytest.raises(InvalidAction, match="that is the most"):
        proposal(contributor, events[2])
    decide_review(actor=editor, item_id=first.pk, accept=False)
    proposal(contributor, events[2])
    proposal(editor, events[2])
    assert contributor.user is not None
    assert proposals_of(contributor.user.pk).open().count() == 2


def test_several_may_wait_for_one_event(contributor: Actor) -> None:
    event = make_event(TEXT)
    assert proposal(contributor, event).key != proposal(contributor, event, text="Another.").key
