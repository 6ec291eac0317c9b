"""What a person says to a question of the review queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from events.actions.values import EventValues
from events.vocabulary import Grade

Reopening = dict[str, Any]
"""What taking an answer back needs (``decide.reopen_review``)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person decided. ``values``: own words in place of what was offered, for an accepted one.

    ``stays``: which of two events a merge keeps. ``alias_of``: the context that a candidate's name means.
    """

    accept: bool
    note: str = ""
    grade: Grade | None = None
    values: EventValues | None = None
    stays: int | None = None
    alias_of: int | None = None
