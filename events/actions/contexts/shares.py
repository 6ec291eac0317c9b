"""What two contexts that were one have of an event each, when their merge is taken back.

Pure rules. A :class:`Tag` is how a context stands on an event: how it came, and whether an editor removed
it; ``None`` where it does not stand there at all.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

from events.vocabulary import Tagged

_ROBOTS: Final = frozenset({Tagged.INFERRED, Tagged.DAY, Tagged.ORIGIN})


class Tag(NamedTuple):
    """How a context stands on an event."""

    how: str
    removed: bool = False


class Side(Enum):
    """Which of the two: the one that comes back, or the one that stayed."""

    BACK = "back"
    STAYS = "stays"


REMOVED: Final = Tag(Tagged.PERSON, removed=True)


@dataclass(frozen=True, slots=True)
class Story:
    """What is known of one event.

    ``now``: how the one that stayed stands there. ``back``, ``stays``: how each stood before the
    merge; ``stays`` also where a third context, still merged into it, brings it there. ``given``:
    a person gave the event the context since the merge. ``said``: which of the two the event's
    origins name now. ``since``: the event got the context after the merge.
    """

    now: Tag
    back: Tag | None = None
    stays: Tag | None = None
    given: bool = False
    said: Collection[Side] = ()
    since: bool = False


def shares(story: Story) -> tuple[Tag | None, Tag | None]:
    """How the one that comes back, and the one that stays, stand on the event from now on.

    What a person did since the merge stays as it is; what robots brought goes to the one that the
    event's origins name, and where they name neither, to where it was before.
    """
    now, back, stays = story.now, story.back, story.stays
    if now.removed:
        if back is not None and back.removed and stays is None:
            return back, None
        return REMOVED, REMOVED
    if story.given:
        return (back if back is not None and back.removed else None), now
    by_robot = now.how in _ROBOTS and bool(story.said)
    if story.since:
        if not by_robot:
            return None, now
        kept = Side.STAYS in story.said or stays is not None
        return (now if Side.BACK in story.said else None), (now if kept else None)
    own_back, own_stays = (now if stays is None else back), stays
    if by_robot:
        own_back = _heard(own_back, Side.BACK, story)
        own_stays = _heard(own_stays, Side.STAYS, story)
    return own_back, own_stays


def _heard(own: Tag | None, side: Side, story: Story) -> Tag | None:
    """What the origins name now, where nothing but origins ever spoke of it."""
    if own is not None and (own.removed or own.how not in _ROBOTS):
        return own
    return (own or story.now) if side in story.said else None
