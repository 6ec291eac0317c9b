"""Made-up questions for the review queue, of every kind, as robots and people leave them."""

from __future__ import annotations

from itertools import count
from typing import Any

from events.models import Event, ReviewItem
from events.vocabulary import ReviewKind, State
from tests.factories import make_context, make_event, make_provenance

_numbers = count(1)


def ask(event: Event | None, kind: ReviewKind = ReviewKind.CONFLICT, **fields: Any) -> ReviewItem:
    """A question about *event*; its key is its own unless one is given."""
    said = {"key": f"q{next(_numbers)}", **fields}
    return ReviewItem.objects.create(kind=kind, event=event, **said)


def conflict(
    kind: ReviewKind = ReviewKind.CONFLICT,
    *,
    base: str = "Ten people die in a flood.",
    ours: str = "Ten people died in a flood.",
    upstream: str = "Ten people perish in a flood.",
) -> ReviewItem:
    """A question about an event's text, with the record that raised it."""
    event = make_event(ours)
    make_provenance(event, upstream={"text": upstream}, base={"text": base})
    return ask(event, kind, field="text", data={"base": base, "ours": ours, "upstream": upstream})


def report(text: str = "The treaty of 1975 was signed.", **data: Any) -> ReviewItem:
    """A reader's report of one word of an event."""
    said = {"quote": "1975", "fix": "1957", "source": "https://paper.example/1", "message": "Look.", **data}
    return ask(make_event(text), ReviewKind.REPORT, data=said)


def dead_source(*, archived: str = "https://archive.example/1", with_event: bool = True) -> ReviewItem:
    """A source that answers no more, cited by one event."""
    url = f"https://paper.example/{next(_numbers)}"
    event = make_event("Cited.", citations=[("Paper", url, ""), ("Other", "https://other.example/", "")])
    data = {"url": url, "status": 404, "archived": archived}
    return ask(event if with_event else None, ReviewKind.DEAD_SOURCE, data=data)


def replaced(old: str = "Defence Ministry", new: str = "Ministry of Defence") -> ReviewItem:
    """Upstream calls an event's lead context otherwise."""
    make_context(old)
    event = make_event("Envoys meet.", lead=new)
    return ask(event, ReviewKind.CONTEXT_REPLACED, field="lead", data={"old": [old], "new": [new]})


def every_kind() -> list[ReviewItem]:
    """One item of each kind."""
    number = next(_numbers)
    base = {"text": "Old words.", "contexts": []}
    proposal = {
        "values": {"text": "New words.", "contexts": ["NATO"]}, "base": base, "note": "I saw it.",
        "grade": "correction", "version": 1, "by": "contributor",
    }  # fmt: skip
    examples = [make_event(f"Port Azure {number}.").pk]
    name = f"Port Azure {number}"
    return [
        conflict(),
        ask(make_event("Held.", state=State.HELD), ReviewKind.HELD),
        ask(make_event("One."), ReviewKind.DUPLICATE, other=make_event("Two.")),
        replaced(),
        ask(None, ReviewKind.CONTEXT_DUPLICATE, context=make_context("俄罗斯", edition="zh"),
            data={"other": make_context("俄羅斯", edition="zh").pk, "why": "variants"}),
        ask(make_event("NATO meets."), ReviewKind.CONTEXT_NAMED, context=make_context("NATO")),
        ask(make_event("Old words."), ReviewKind.PROPOSAL, data=proposal),
        ask(None, ReviewKind.CANDIDATE, key=f"en:{name}",
            data={"name": name, "count": 9, "days": 8, "examples": examples}),
        ask(make_event("A a word."), ReviewKind.PROOFREADING, field="text",
            data={"rule": "doubled-word", "start": 0, "end": 3, "found": "A a", "fix": "A"}),
        report(),
        dead_source(),
    ]  # fmt: skip
