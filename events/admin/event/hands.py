"""Whose words stand in each field of an event, and what the origin says where it says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from events.actions.plan import FIELDS
from events.actions.values import said_of
from events.admin.differences import Difference, difference
from events.models import Event, Provenance, Revision
from events.vocabulary import EDITIONS, ChangeKind


@dataclass(frozen=True, slots=True)
class Hand:
    """Who gave a field its present value: the revision that did (``None``: as the origin had it first).

    ``person`` is the last revision by a person where a robot came after it. ``origin`` is the record
    that speaks for the field; ``upstream`` how its value differs from ours.
    """

    revision: Revision | None
    person: Revision | None
    origin: Provenance | None
    upstream: Difference | None


def hands_of(
    event: Event, present: Mapping[str, Any], revisions: Iterable[Revision], leading: Provenance | None
) -> dict[str, Hand]:
    """The hand behind each field; *revisions* newest first, as many as are looked at. Runs no query."""
    last: dict[str, Revision] = {}
    person: dict[str, Revision] = {}
    for revision in revisions:
        touched = FIELDS if revision.kind == ChangeKind.CREATED else revision.fields
        for name in touched:
            last.setdefault(name, revision)
            if not revision.by_robot:
                person.setdefault(name, revision)
    said = said_of(leading.upstream) if leading is not None else {}
    cjk = EDITIONS[event.edition].cjk
    return {
        name: Hand(
            last.get(name), person.get(name) if last.get(name) is not person.get(name) else None, leading,
            difference(name, said[name], present[name], cjk=cjk)
            if name in said and said[name] != present[name] else None,
        )
        for name in FIELDS
    }  # fmt: skip
