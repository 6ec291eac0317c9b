"""People and robots in any order, through the real actions (issue 2, "What must be shown", 4).

A person and an origin change one event in turns. Whatever the order: no word, context or source
that a person put in is lost unless that person takes it out, none that they took out returns, each
revision starts where the last one ended, and the public sequence has no gap.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from events.actions.correct import correct_event
from events.actions.recording import Actor
from events.actions.review.decide import decide_review
from events.harvest.records import CitedSource
from events.models import Change, Event, ReviewItem, Revision, Sequence
from events.vocabulary import Grade, Role
from tests.harvests import harvest, later, record, source
from tests.people import make_person

pytestmark = pytest.mark.django_db

START = "At least nine sailors die as a ferry sinks off Bergen , Norway , in a storm on Monday ."
NAMES = ("Bergen", "Storms", "Ferries", "Rescue", "Norway")
PAPERS = ("Herald", "Daily Tide", "Harbour Post", "Radio Coast")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["person", "robot", "decide"]),
        st.sampled_from(["text", "text", "text", "contexts", "sources"]),
        st.integers(0, 30),
        st.integers(0, 2),
        st.integers(0, 2),
    ),
    min_size=2,
    max_size=8,
)
Step = tuple[str, str, int, int, int]


@dataclass
class Story:
    """What the origin says, and what the person put in and took out."""

    editor: Actor
    text: str = START
    contexts: set[str] = field(default_factory=lambda: {"Bergen", "Storms"})
    sources: list[str] = field(default_factory=lambda: ["Herald", "Daily Tide"])
    written: set[str] = field(default_factory=set)
    tagged: dict[str, bool] = field(default_factory=dict)
    cited: dict[str, bool] = field(default_factory=dict)
    weeks: int = 0

    def robot(self, what: str, place: int, removed: int, added: int, number: int) -> None:
        if what == "text":
            self.text = _edit(self.text, place, removed, [f"robot{number}n{one}" for one in range(added)])
        elif what == "contexts":
            self.contexts ^= {NAMES[place % len(NAMES)]}
        else:
            paper = PAPERS[place % len(PAPERS)]
            self.sources = (
                [one for one in self.sources if one != paper]
                if paper in self.sources
                else [*self.sources, paper]
            )
        self.harvest()

    def harvest(self) -> None:
        told = record(self.text, "ferry", contexts=tuple(sorted(self.contexts)), sources=self.sources)
        self.weeks += 1
        harvest(told, moment=later(self.weeks), relate=False)  # nothing here looks at related links

    def person(self, what: str, place: int, removed: int, added: int, number: int) -> None:
        event = Event.objects.get()
        values: dict[str, Any]
        if what == "text":
            fresh = [f"person{number}n{one}" for one in range(added)]
            values = {"text": _edit(event.text, place, removed, fresh)}
            self.written = {word for word in (*self.written, *fresh) if word in values["text"].split(" ")}
        elif what == "contexts":
            name = NAMES[place % len(NAMES)]
            present = set(event.taggings.active().values_list("context__name", flat=True))
            self.tagged[name] = name not in present
            values = {"contexts": sorted(present ^ {name})}
        else:
            paper = source(PAPERS[place % len(PAPERS)])
            present_sources = [
                CitedSource(row.label, row.raw_url, row.picture) for row in event.citations.all()
            ]
            self.cited[paper.label] = paper not in present_sources
            rest = [one for one in present_sources if one != paper]
            values = {"citations": rest if paper in present_sources else [*rest, paper]}
        self._correct(event, values)

    def _correct(self, event: Event, values: dict[str, Any]) -> None:
        correct_event(
            actor=self.editor, event_id=event.pk, version=event.version, grade=Grade.TYPO,
            values=values,  # type: ignore[arg-type]
        )  # fmt: skip

    def decide(self) -> None:
        """Refuse what is asked: ours stays."""
        for item in ReviewItem.objects.open():
            decide_review(actor=self.editor, item_id=item.pk, accept=item.kind == "context_replaced")

    def check(self) -> None:
        event = Event.objects.get()
        assert self.written <= set(event.text.split(" ")), "a person's words are lost"
        tags = set(event.taggings.active().values_list("context__name", flat=True))
        papers = set(event.citations.values_list("label", flat=True))
        for found, decided in ((tags, self.tagged), (papers, self.cited)):
            for name, wanted in decided.items():
                assert (name in found) == wanted, f"{name}: what a person decided is lost"
        _check_chain(event)


def _edit(text: str, place: int, removed: int, fresh: list[str]) -> str:
    words = text.split(" ")
    at = place % (len(words) + 1)
    words[at : at + removed] = fresh
    return " ".join(words).strip() or text


def _check_chain(event: Event) -> None:
    """Each revision starts where the one before ended, and the last one is what stands."""
    present: dict[str, Any] = {}
    revisions = list(Revision.objects.filter(event=event).order_by("number"))
    assert [revision.number for revision in revisions] == list(range(1, event.version + 1))
    for revision in revisions:
        for name, change in revision.fields.items():
            if revision.number > 1:
                assert change["old"] == present.get(name, change["old"])
                assert change["old"] != change["new"]
            present[name] = change["new"]
    assert present["text"] == event.text
    tags = event.taggings.active().values_list("context__name", flat=True)
    assert present["contexts"] == sorted(tags)
    assert [one["label"] for one in present["citations"]] == [row.label for row in event.citations.all()]
    seqs = list(Change.objects.order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1))


def play(editor: Actor, steps: list[Step]) -> None:
    with transaction.atomic():
        Change.objects.all()._raw_delete(Change.objects.db)
        Sequence.objects.update_or_create(id=1, defaults={"last": 0})
        story = Story(editor)
        story.harvest()
        for number, (who, what, place, removed, added) in enumerate(steps):
            if who == "decide":
                story.decide()
            else:
                getattr(story, who)(what, place, removed, added, number)
            story.check()
        transaction.set_rollback(True)


QUICK = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


def agreeing(what: str, place: int) -> list[Step]:
    """The origin does as a person did, and then the contrary: what the person decided stays."""
    return [("person", what, place, 0, 0), ("robot", what, place, 0, 0), ("robot", what, place, 0, 0)]


@given(steps=STEPS)
@example(steps=agreeing("sources", 3))
@example(steps=agreeing("sources", 0))
@example(steps=agreeing("contexts", 3))
@example(steps=agreeing("contexts", 0))
@QUICK
def test_no_decision_of_a_person_is_lost(editor: Actor, steps: list[Step]) -> None:
    play(editor, steps)


@pytest.mark.slow
@given(steps=STEPS)
@settings(QUICK, max_examples=2_000)
def test_no_decision_of_a_person_is_lost_in_two_thousand_interleavings(
    editor: Actor, steps: list[Step]
) -> None:
    """Through the database each takes a tenth of a second or more; merging alone plays ten thousand."""
    play(editor, steps)


def test_the_check_itself_can_fail() -> None:
    story = Story(make_person(Role.EDITOR, name="someone"))
    story.harvest()
    story.written.add("never")
    with pytest.raises(AssertionError, match="words are lost"):
        story.check()
