"""Findings of proofreading as review items: what names one, where it stands now, and answering it.

A finding is a ``ReviewItem`` of kind ``PROOFREADING`` on the field "text". ``data`` holds the ``rule``,
the words ``found`` and their ``fix`` (``None``: only a person can tell), and up to :data:`AROUND`
characters ``before`` and ``after`` them. These with the event and the rule make the key: so a finding
that an editor ignored is not raised again while the same words stand there, whatever changes
elsewhere in the text or on one side of them, and an accepted fix is made where its words stand now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from events.actions.correct import correct_event
from events.actions.errors import InvalidAction
from events.actions.recording import Actor
from events.actions.review.answer import Answer
from events.actions.rows import lock_event
from events.models import Event, ReviewItem
from events.text.proofreading import Finding
from events.vocabulary import Grade

AROUND: Final = 16


class GoneWords(InvalidAction):
    """The words of a finding no longer stand in the event's text."""

    def __init__(self) -> None:
        super().__init__("These words no longer stand in the text; nothing was changed.")


class Named(NamedTuple):
    """A finding in a text, with what its review item is known by and says."""

    key: str
    data: dict[str, Any]


def named(event_id: int, text: str, findings: Iterable[Finding]) -> list[Named]:
    """The findings in *text*, each with its key; the same words in the same place twice are counted."""
    seen: Counter[tuple[str, str, str, str]] = Counter()
    told = []
    for one in findings:
        before, after = _around(text, one.start, one.end)
        place = (one.rule, before, one.found, after)
        data = {
            "rule": one.rule, "found": one.found, "fix": one.fix, "before": before, "after": after,
            "nth": seen[place],
        }  # fmt: skip
        seen[place] += 1
        said = "\0".join((*place, str(data["nth"])))
        digest = blake2b(said.encode("utf-8", "surrogatepass"), digest_size=9).hexdigest()
        told.append(Named(f"{event_id}:{one.rule}:{digest}", data))
    return told


def place_of(text: str, data: dict[str, Any]) -> tuple[int, int] | None:
    """Where the words of a finding stand in *text*, or ``None`` where they are gone.

    Where what stands around them has changed, they are the same words if one side of it is still there,
    and in one place only.
    """
    found = data.get("found")
    if not found:
        return None
    places = []
    at = text.find(found)
    while at >= 0:
        places.append(at)
        at = text.find(found, at + 1)
    told = [(at, *_around(text, at, at + len(found))) for at in places]
    whole = [at for at, before, after in told if (before, after) == (data.get("before"), data.get("after"))]
    nth = data.get("nth", 0)
    if nth < len(whole):
        return whole[nth], whole[nth] + len(found)
    half = [at for at, before, after in told if before == data.get("before") or after == data.get("after")]
    return (half[0], half[0] + len(found)) if len(half) == 1 else None


def same_words(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two findings in an event are one whose surroundings changed on one side."""
    if (one["rule"], one["found"]) != (other.get("rule"), other.get("found")):
        return False
    return bool(one["before"] == other.get("before") or one["after"] == other.get("after"))


def _around(text: str, start: int, end: int) -> tuple[str, str]:
    return text[max(0, start - AROUND) : start], text[end : end + AROUND]


class Mended(NamedTuple):
    """A text with fixes made: the findings whose words stood there, and those whose words are gone."""

    text: str
    made: list[ReviewItem]
    gone: list[ReviewItem]


def mend(text: str, items: Sequence[ReviewItem]) -> Mended:
    """*text* with the fixes of *items* in it. Of two in one place only the first is made."""
    places: list[tuple[int, int, ReviewItem]] = []
    gone = []
    for item in items:
        place = None if item.data.get("fix") is None else place_of(text, item.data)
        if place is None or any(place[0] < end and start < place[1] for start, end, _ in places):
            gone.append(item)
        else:
            places.append((*place, item))
    for start, end, item in sorted(places, key=lambda one: one[0], reverse=True):
        text = text[:start] + item.data["fix"] + text[end:]
    return Mended(text, [item for _, _, item in places], gone)


def answer_finding(item: ReviewItem, answer: Answer, actor: Actor) -> dict[str, Any] | None:
    """Make the fix, as a correction of grade typo, or leave the words as they are for ever.

    Joins the recording of ``review.decide.decide_review``. Raises ``GoneWords``, and ``InvalidAction`` where
    there is no fix to make.
    """
    if not answer.accept:
        return {}
    if item.event_id is None:
        raise InvalidAction("The question names no event.")
    event = lock_event(item.event_id)
    values = answer.values
    if values is None:
        if item.data.get("fix") is None:
            raise InvalidAction("There is no fix to make: correct the event, or say that it is no error.")
        values = {"text": mended_text(event, item)}
    correct_event(
        actor=actor, event_id=event.pk, version=event.version, values=values,
        grade=answer.grade or Grade.TYPO, note=answer.note,
    )  # fmt: skip
    return None


def mended_text(event: Event, item: ReviewItem) -> str:
    """The event's text with the fix of *item*; raises ``GoneWords``."""
    mended = mend(event.text, [item])
    if not mended.made:
        raise GoneWords
    return mended.text
