"""How a changed value is shown: words as a word diff, all else by what went and what came."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from events.text.diff import Part, word_diff

LABELS: Final = {"citations": "Sources", "lead": "Lead context", "alias": "Aliases", "wikidata": "Wikidata"}
_ORDER: Final = ("event", "label", "url", "picture", "note")
_WORDED: Final = frozenset({"text", "summary", "profile", "name", "title", "body"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One field's change: ``parts`` for words, else ``gone`` and ``come``, or ``moved`` for a new order."""

    name: str
    label: str
    parts: tuple[Part, ...] = ()
    gone: tuple[str, ...] = ()
    come: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()


def label_of(name: str) -> str:
    """What a revision's field is called on a page."""
    return LABELS.get(name) or name.replace("_", " ").capitalize()


def difference(name: str, old: Any, new: Any, *, cjk: bool = False) -> Difference:
    """What became of one field's value, as revisions keep it."""
    label = label_of(name)
    if name in _WORDED:
        return Difference(name, label, parts=word_diff(old or "", new or "", cjk=cjk))
    before, after = entries(old), entries(new)
    gone = tuple(entry for entry in before if entry not in after)
    come = tuple(entry for entry in after if entry not in before)
    moved = after if not (gone or come) and before != after else ()
    return Difference(name, label, gone=gone, come=come, moved=moved)


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any], names: Collection[str], *, cjk: bool = False
) -> list[Difference]:
    """The change of each of the fields *names* that differs."""
    return [
        difference(name, before.get(name), after.get(name), cjk=cjk)
        for name in names
        if before.get(name) != after.get(name)
    ]


def revised(fields: Mapping[str, Any], *, cjk: bool = False) -> list[Difference]:
    """What a revision changed; what it only notes for undoing a merge or a split is left out."""
    return [
        difference(name, change.get("old"), change.get("new"), cjk=cjk)
        for name, change in fields.items()
        if not isinstance(change.get("new") or change.get("old"), dict)
    ]


def entries(value: Any) -> tuple[str, ...]:
    """A value as a row of readable entries: a list's own, or the one value; none for nothing."""
    if value is None or value == "":
        return ()
    if isinstance(value, list):
        return tuple(_entry(row) for row in value)
    if isinstance(value, bool):
        return ("yes" if value else "no",)
    return (_entry(value),)


def readable(value: Any) -> str:
    """A value of a revision or record in words."""
    return "; ".join(entries(value))


def _place(key: str) -> tuple[int, str]:
    """Where a part of an entry stands; databases give the keys of JSON back in orders of their own."""
    return (_ORDER.index(key) if key in _ORDER else len(_ORDER), key)


def _entry(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(str(value[key]) for key in sorted(value, key=_place) if value[key])
    if isinstance(value, list):
        return " ".join(str(part) for part in value if part)
    return str(value)
