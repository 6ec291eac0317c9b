"""events/actions/bulk/replace.py: looked at first, then done to each event as it stands."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from events.actions.bulk import replace
from events.actions.bulk.change import figures, told
from events.actions.bulk.replace import Wanted, look, start_replacing
from events.actions.correct import correct_event
from events.actions.errors import InvalidAction
from events.actions.recording import Actor
from events.models import BulkChange, Event, Revision
from events.search.asking import Filters
from events.text.replacing import Finding
from events.vocabulary import Grade, State
from tests.actions.bulk_works import run, texts
from tests.factories import make_event

pytestmark = pytest.mark.django_db
TUNIS = Finding("Tunis", "Tunisia")


def start(chief: Actor, wanted: Wanted, **how: object) -> BulkChange:
    options = {"seen": len(look(wanted).event_ids), "without": (), "grade": Grade.TYPO, "note": "", **how}
    return start_replacing(actor=chief, wanted=wanted, **options)  # type: ignore[arg-type]


def test_a_look_counts_and_changes_nothing() -> None:
    found = [
        make_event("Tunis votes; Tunis waits.", date="2011-10-23"),
        make_event("Voters in Tunis queue.", date="2014-11-23"),
    ]
    make_event("Tunisians vote.", date="2014-11-24")
    make_event("Tunis is hidden.", state=State.HELD)
    seen = look(Wanted(TUNIS))
    assert (seen.scanned, seen.places, sorted(seen.event_ids)) == (3, 3, [event.pk for event in found])
    assert dict(seen.years) == {2011: 1, 2014: 1}
    assert [sample.fields["text"][1] for sample in seen.samples] == [
        "Voters in Tunisia queue.",
        "Tunisia votes; Tunisia waits.",
    ]
    assert seen.whole
    assert not Revision.objects.exists()


@pytest.mark.parametrize(
    ("query", "filters", "expected"),
    [
        ("queue", Filters(), ["two"]),
        ("", Filters(first=dt.date(2012, 1, 1)), ["two"]),
        ("context:Elections", Filters(), ["one"]),
        ("", Filters(editions=("zh",)), []),
    ],
)
def test_only_what_the_search_finds_is_looked_at(query: str, filters: Filters, expected: list[str]) -> None:
    made = {
        make_event("Tunis votes.", date="2011-10-23", contexts=["Elections"]).pk: "one",
        make_event("A queue in Tunis.", date="2014-11-23").pk: "two",
    }
    seen = look(Wanted(TUNIS, query=query, filters=filters))
    assert [made[pk] for pk in seen.event_ids] == expected


def test_summaries_are_replaced_in_where_that_is_asked(chief: Actor) -> None:
    event = make_event("A vote.", summary="Tunis votes.")
    assert not look(Wanted(TUNIS)).event_ids
    run(start(chief, Wanted(TUNIS, fields=("text", "summary"))))
    assert Event.objects.get(pk=event.pk).summary == "Tunisia votes."
    with pytest.raises(InvalidAction, match="where to look"):
        look(Wanted(TUNIS, fields=()))


def test_what_is_odd_is_pointed_out() -> None:
    make_event("The minister of Tunis Afrique Presse speaks at length about it.", contexts=["Tunis Afrique"])
    make_event("Tunis.")
    assert dict(look(Wanted(TUNIS)).odd) == {
        "inside the name of one of its contexts": 1,
        "changes more than 20% of it": 1,
    }
    emptied = look(Wanted(Finding(".+", "", expression=True)))
    assert emptied.odd["would empty the text"] == 2


def test_the_replacement_is_made_as_graded_corrections_but_not_where_it_was_deselected(chief: Actor) -> None:
    events = [make_event(f"Tunis votes on day {number}.") for number in range(3)]
    change = run(
        start(chief, Wanted(TUNIS), without=[events[1].pk], grade=Grade.CORRECTION, note="The country.")
    )
    assert texts(*events) == [
        "Tunisia votes on day 0.", "Tunis votes on day 1.", "Tunisia votes on day 2.",
    ]  # fmt: skip
    revisions = Revision.objects.filter(bulk=change)
    assert {(row.grade, row.note) for row in revisions} == {("correction", "The country.")}
    assert figures(change) == {"changed": 2}


def test_what_changed_since_the_look_is_replaced_in_as_it_is_now(chief: Actor, editor: Actor) -> None:
    first, second = make_event("Tunis votes."), make_event("Tunis waits.")
    change = start(chief, Wanted(TUNIS))
    for event, text in ((first, "The people of Tunis vote."), (second, "All wait.")):
        correct_event(actor=editor, event_id=event.pk, version=1, values={"text": text}, grade=Grade.TYPO)
    run(change)
    assert texts(first, second) == ["The people of Tunisia vote.", "All wait."]
    assert figures(change) == {"changed": 1, "unchanged": 1}


def test_nobody_agrees_to_more_than_they_saw(chief: Actor) -> None:
    make_event("Tunis votes.")
    with pytest.raises(InvalidAction, match="look again"):
        start(chief, Wanted(TUNIS), seen=2)


def test_a_text_that_would_be_empty_is_refused_and_listed(chief: Actor) -> None:
    event = make_event("Tunis.")
    change = run(start(chief, Wanted(Finding(".+", "", expression=True))))
    assert texts(event) == ["Tunis."]
    assert [why for _, _, why in told(change)] == ["An event needs a text."]


def test_an_editor_may_look_but_not_replace(editor: Actor) -> None:
    make_event("Tunis votes.")
    with pytest.raises(PermissionDenied):
        start(editor, Wanted(TUNIS))


def test_a_bad_expression_is_refused_in_words() -> None:
    with pytest.raises(InvalidAction, match="no regular expression"):
        look(Wanted(Finding("(", "", expression=True)))


def test_an_expression_that_is_slow_everywhere_ends_the_look() -> None:
    for number in range(5):
        make_event("x" * 3_000 + str(number))
    with pytest.raises(InvalidAction, match="too long over many"):
        look(Wanted(Finding(r"(x+x+)+y", "", expression=True, whole=False)))


def test_a_look_that_takes_too_long_says_how_far_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    make_event("Tunis votes.")
    monkeypatch.setattr(replace, "LOOK_SECONDS", -1.0)
    seen = look(Wanted(TUNIS))
    assert (seen.whole, seen.scanned) == (False, 0)
