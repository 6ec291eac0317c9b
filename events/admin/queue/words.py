"""How the queue speaks of each kind of item: its answers, what they do, and a line for the list."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from events.models import ReviewItem
from events.vocabulary import ReviewKind, ReviewState

_TEXT: Final = 120


class Words(NamedTuple):
    """The two answers of a kind, as buttons and as what they do."""

    accept: str
    reject: str
    accepting: str
    rejecting: str


_FIELD: Final = Words(
    "Take upstream’s",
    "Keep ours",
    "upstream’s value is published",
    "ours stays; upstream’s is the new base",
)
_RELEASE: Final = Words("Release", "Reject", "the event is published", "the event is never published")
WORDS: Final[dict[str, Words]] = {
    ReviewKind.CONFLICT: _FIELD,
    ReviewKind.HELD: _FIELD,
    ReviewKind.DUPLICATE: Words(
        "Merge",
        "They are different",
        "the two are merged, the older one stays",
        "that they are two is remembered for ever",
    ),
    ReviewKind.CONTEXT_DUPLICATE: Words(
        "Merge",
        "They are different",
        "the two contexts are merged",
        "that they are two is remembered for ever",
    ),
    ReviewKind.CONTEXT_NAMED: Words(
        "Tag the event", "Not meant here", "the event is tagged with the context", "it is never asked again"
    ),
    ReviewKind.CONTEXT_REPLACED: Words(
        "Keep the new", "Put the old back", "the new contexts stay", "the old contexts come back"
    ),
    ReviewKind.PROPOSAL: Words(
        "Accept", "Decline", "the correction is made, merged onto the present text", "nothing changes"
    ),
    ReviewKind.CANDIDATE: Words(
        "Create the context",
        "Never propose it again",
        "the context is created and its events are tagged",
        "the name is never proposed again",
    ),
    ReviewKind.PROOFREADING: Words(
        "Accept the fix", "No error", "the fix is made", "it is never found again"
    ),
    ReviewKind.REPORT: Words("Make the fix", "Decline", "the fix is made", "the reporter is told why not"),
    ReviewKind.DEAD_SOURCE: Words(
        "It is dead",
        "It is alive",
        "the archived copy is cited in its place, if there is one",
        "nothing changes",
    ),
}
_OTHER: Final = Words("Accept", "Reject", "it is accepted", "it is rejected")
HELD_BECAUSE: Final = {
    "junk": "The new text looks damaged: stray characters, repetitions or addresses.",
    "shrunk": "Less than a third of the text would be left.",
    "shouting": "The new text is mostly capitals.",
    "figure": "A figure of casualties became ten times what it was, or a tenth.",
    "sources": "All sources would be gone.",
}


def words_of(item: ReviewItem) -> Words:
    """The answers to this item."""
    if item.kind == ReviewKind.HELD and not item.field:
        return _RELEASE
    return WORDS.get(item.kind, _OTHER)


def outcome_of(item: ReviewItem) -> str:
    """What was answered, in words."""
    if item.data.get("merged_into"):
        return f"Both are {item.data['merged_into']}"
    if item.data.get("own_words"):
        return "Own words"
    words = words_of(item)
    answers = {ReviewState.ACCEPTED: words.accept, ReviewState.REJECTED: words.reject}
    return answers.get(ReviewState(item.state), item.get_state_display())


def line_of(item: ReviewItem) -> str:
    """What the item asks, in a line."""
    data: dict[str, Any] = item.data
    line = ""
    if item.kind in (ReviewKind.CONFLICT, ReviewKind.HELD):
        line = item.field or "a new event"
    elif item.kind == ReviewKind.DUPLICATE:
        line = item.other.text if item.other is not None else ""
    elif item.kind in (ReviewKind.CONTEXT_DUPLICATE, ReviewKind.CONTEXT_NAMED):
        line = item.context.name if item.context is not None else ""
    elif item.kind == ReviewKind.CONTEXT_REPLACED:
        line = f"{', '.join(data.get('old', []))} → {', '.join(data.get('new', []))}"
    elif item.kind == ReviewKind.CANDIDATE:
        line = f"{data.get('name', '')} ({data.get('count', 0)} events)"
    elif item.kind == ReviewKind.PROPOSAL:
        line = f"{data.get('by', '')}: {', '.join(data.get('values', {}))}. {data.get('note', '')}"
    elif item.kind == ReviewKind.PROOFREADING:
        fix = data.get("fix")
        line = f"{data.get('rule', '')}: {data.get('found', '')}" + ("" if fix is None else f" → {fix}")
    elif item.kind == ReviewKind.REPORT:
        line = f"{data.get('quote', '')} → {data.get('fix', '')}. {data.get('message', '')}"
    elif item.kind == ReviewKind.DEAD_SOURCE:
        line = f"{data.get('url', '')} ({data.get('status', '')})"
    return line if len(line) <= _TEXT else f"{line[:_TEXT]}…"
