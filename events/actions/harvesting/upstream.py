"""What an origin says of an event, field by field, and how that joins what we have.

Pure decisions: nothing here reads or writes the database. The rules are those of
docs/architecture.md ("base" is the upstream that the editor's view is based on):

* upstream says nothing, or what it said before → ours stays;
* ours is the base → upstream is taken;
* both moved → texts merge by words; clean merges are published, overlaps leave ours public and
  ask an editor;
* both say the same → the difference dissolves;
* a suspicious new text of a settled event is held: ours stays and an editor is asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from events.actions.values import citations_json
from events.harvest.records import CitedSource, Record
from events.text.merge import merge_items, merge_text
from events.text.normalise import published
from events.text.suspicion import suspicion
from events.text.urls import normalise_url
from events.vocabulary import Category, ReviewKind, category_of

WORDED: Final = ("text", "summary")
ATOMIC: Final = ("date", "category", "lead")

CitationKey = tuple[str, int]


def record_key(record: Record) -> str:
    """What identifies *record* within its origin: its own id, else its address, else its words."""
    if record.origin_id:
        return f"id:{record.origin_id}"
    if record.address is not None:
        return f"{record.address.date.isoformat()}/{record.address.slug}"
    words = hashlib.blake2b(published(record.text).encode(), digest_size=12).hexdigest()
    return f"{record.date.isoformat()}#{words}"


def record_digest(record: Record) -> str:
    """A fingerprint of all that *record* says; equal for a record that came again unchanged."""
    said = (
        record.date, record.text, record.address, record.lead, record.contexts, record.contexts_from_day,
        record.inferred, record.topics, record.summary, record.category, record.citations, record.former,
        int(record.evidence), record.listed,
    )  # fmt: skip
    return hashlib.blake2b(repr(said).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def values_of(record: Record) -> dict[str, Any]:
    """What *record* says, as ``Provenance.upstream`` keeps it; a field it does not name is missing."""
    said: dict[str, Any] = {"text": record.text, "date": record.date.isoformat()}
    if record.summary and published(record.summary):
        said["summary"] = record.summary
    if record.category and record.category.strip():
        said["category"] = record.category.strip()[:200]
    if record.lead:
        said["lead"] = record.lead
    own = dict.fromkeys(record.topics)
    if record.contexts is not None:
        if record.contexts_from_day:
            said["day"] = list(record.contexts)
        else:
            own.update(dict.fromkeys(record.contexts))
    if record.lead:
        own[record.lead] = None
    if own:
        said["contexts"] = list(own)
    if record.citations is not None:
        said["citations"] = [[cited.label, cited.url, cited.picture] for cited in record.citations]
    if record.inferred:
        said["inferred"] = {address.path: list(names) for address, names in record.inferred}
    return said


def names_said(said: Mapping[str, Any]) -> set[str]:
    """Every context name in an upstream's values."""
    names = {*said.get("contexts", ()), *said.get("day", ())}
    for shared in said.get("inferred", {}).values():
        names.update(shared)
    if said.get("lead"):
        names.add(said["lead"])
    return names


def settled(date_of_event: Any, moment: Any) -> bool:
    """Whether the news is old enough that its facts should stand: a week, by the input's own clock."""
    return bool((moment.date() - date_of_event).days > 7)


@dataclass(frozen=True, slots=True)
class Ask:
    """A question for an editor that a merge raised."""

    kind: ReviewKind
    field: str
    data: dict[str, Any]


@dataclass(slots=True)
class Ours:
    """An event's present values. Contexts are ids, citations ``[label, url, picture]``."""

    text: str
    summary: str
    date: str
    category: str
    lead: int | None
    citations: list[list[str]]


@dataclass(slots=True)
class Joined:
    """The outcome of :func:`join`.

    ``values``: fields that change. ``parts``: for each of them base, old and new as a revision
    keeps them (and ``upstream`` where words were merged). ``base``: what stays open.
    ``closed``: fields whose open questions are answered by what upstream says now.
    """

    values: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    base: dict[str, Any] = field(default_factory=dict)
    asks: list[Ask] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)


def join(
    ours: Ours,
    stored: Mapping[str, Any],
    base: Mapping[str, Any],
    said: Mapping[str, Any],
    *,
    context_id: Callable[[str | None], int | None],
    guarded: bool,
    cjk: bool,
    refused: Container[int] = (),
    vouched: Iterable[Mapping[str, Any]] = (),
    decided: Mapping[CitationKey, bool] | None = None,
) -> Joined:
    """Join what upstream says now with *ours*.

    *stored* is what upstream said last, *base* the older values of fields with an open question.
    *context_id* tells which context a name means. *guarded* holds suspicious changes. *refused*:
    contexts that an editor removed. *vouched*: what other origins say, whose sources stay. *decided*: the
    sources that people put in (true) or took out, which no upstream changes.
    """
    joined = Joined()
    for name in (*WORDED, *ATOMIC):
        if name not in said:
            if name in base:
                joined.base[name] = base[name]
            continue
        before = stored.get(name, "")
        if said[name] == before:
            if name in base:
                joined.base[name] = base[name]
            continue
        start = base.get(name, before)
        if name in WORDED:
            _join_words(joined, name, start, getattr(ours, name), said[name], guarded=guarded, cjk=cjk)
        else:
            _join_atom(joined, name, start, ours, said[name], context_id, refused)
    elsewhere = {key for other in vouched for key in citation_keys(other.get("citations") or ())}
    _join_citations(joined, stored, base, said, ours, elsewhere, decided or {}, guarded=guarded)
    return joined


def _join_words(
    joined: Joined, name: str, start: str, ours: str, now: str, *, guarded: bool, cjk: bool
) -> None:
    base, upstream = published(start), published(now)
    if not upstream:
        return
    if upstream in (ours, base):
        joined.closed.add(name)
        return
    question = {"base": base, "ours": ours, "upstream": upstream}
    reason = suspicion(base, upstream, cjk=cjk) if guarded and name == "text" and base else None
    if reason is not None:
        joined.base[name] = start
        joined.asks.append(Ask(ReviewKind.HELD, name, {**question, "reason": reason}))
        return
    merge = merge_text(base, ours, upstream, cjk=cjk)
    if not merge.clean:
        joined.base[name] = start
        joined.asks.append(Ask(ReviewKind.CONFLICT, name, question))
        return
    joined.closed.add(name)
    if merge.text != ours:
        joined.values[name] = merge.text
        joined.parts[name] = {"base": base, "old": ours, "new": merge.text}
        if merge.text != upstream:
            joined.parts[name]["upstream"] = upstream


def _join_atom(
    joined: Joined,
    name: str,
    start: str,
    ours: Ours,
    now: str,
    context_id: Callable[[str | None], int | None],
    refused: Container[int],
) -> None:
    base: Any
    upstream: Any
    mine: Any = getattr(ours, name)
    if name == "category":
        base, upstream = (category_of(start) if start else Category.OTHER), category_of(now)
    elif name == "lead":
        base, upstream = context_id(start or None), context_id(now)
    else:
        base, upstream = start, now
    if upstream in (mine, base):
        joined.closed.add(name)
    elif mine == base and not (name == "lead" and upstream in refused):
        joined.closed.add(name)
        joined.values[name] = upstream
        joined.parts[name] = {"base": base, "old": mine, "new": upstream}
        if name == "lead" and base is not None:
            joined.asks.append(Ask(ReviewKind.CONTEXT_REPLACED, "lead", {"old": [start], "new": [now]}))
    else:
        joined.base[name] = start
        joined.asks.append(
            Ask(ReviewKind.CONFLICT, name, {"base": start, "ours": str(mine), "upstream": now})
        )


def citation_keys(citations: Iterable[Iterable[str]]) -> list[CitationKey]:
    """What identifies each citation of a list: its normalised URL, else its label, and how often before."""
    seen: dict[str, int] = {}
    keys = []
    for label, url, picture in citations:
        name = (normalise_url(url) if url else None) or f"~{label or picture}"
        seen[name] = seen.get(name, -1) + 1
        keys.append((name, seen[name]))
    return keys


def decided_citations(changes: Iterable[Mapping[str, Any]]) -> dict[CitationKey, bool]:
    """What people decided about each source: put in (true) or taken out, by *changes* of theirs in order."""
    decided: dict[CitationKey, bool] = {}
    for change in changes:
        before, after = (
            citation_keys((one["label"], one["url"], one["picture"]) for one in change[side] or ())
            for side in ("old", "new")
        )
        decided |= dict.fromkeys(set(before) - set(after), False)
        decided |= dict.fromkeys(set(after) - set(before), True)
    return decided


def _join_citations(
    joined: Joined,
    stored: Mapping[str, Any],
    base: Mapping[str, Any],
    said: Mapping[str, Any],
    ours: Ours,
    elsewhere: Container[CitationKey],
    decided: Mapping[CitationKey, bool],
    *,
    guarded: bool,
) -> None:
    now: list[list[str]] = said.get("citations") or []
    before: list[list[str]] = stored.get("citations") or []
    start = base.get("citations", before)
    if "citations" not in said or now == before or not now:
        # A list that was emptied takes nothing away: its next state is compared with what it held.
        if start != (now if "citations" in said else before):
            joined.base["citations"] = start
        if "citations" in said and not now and before and guarded:
            question = {"base": before, "ours": ours.citations, "upstream": []}
            joined.asks.append(Ask(ReviewKind.HELD, "citations", {**question, "reason": "sources"}))
        return
    joined.closed.add("citations")
    tables = [dict(zip(citation_keys(rows), rows, strict=True)) for rows in (start, ours.citations, now)]
    old, mine, new = tables
    # What a person put in is no part of the base, and what one took out is: so each stays as it was decided.
    known = [key for key in old if (key in new or key not in elsewhere) and not decided.get(key)]
    known += [key for key, wanted in decided.items() if not wanted and key not in old]
    result = []
    for key in merge_items(known, list(mine), list(new)):
        if key in new and (key not in mine or mine[key] == old.get(key)):
            result.append(new[key])
        else:
            result.append(mine[key])
    if result != ours.citations:
        joined.values["citations"] = result
        joined.parts["citations"] = {
            "base": _as_parts(start), "old": _as_parts(ours.citations), "new": _as_parts(result)
        }  # fmt: skip


def _as_parts(citations: Iterable[Iterable[str]]) -> list[dict[str, str]]:
    return citations_json([CitedSource(*row) for row in citations])


@dataclass(slots=True)
class Tags:
    """How an event's contexts change: what is added and how, what upstream took back, what it replaced."""

    added: dict[int, str]
    removed: set[int]
    replaced: list[tuple[list[str], list[str]]]


def join_contexts(
    present: Mapping[int, str],
    refused: set[int],
    stored: Mapping[str, Any],
    said: Mapping[str, Any],
    *,
    context_id: Callable[[str | None], int | None],
    vouched: Container[int] = (),
) -> Tags:
    """Which contexts an upstream's new values add to an event, and which they take back.

    *present*: context id → how it came (``vocabulary.Tagged``); *refused*: contexts that an
    editor removed, which no harvest brings back; *vouched*: those that other origins name, which
    stay. Only what upstream itself brought can it take
    back; a related list that no longer names a context (it is cut to ten) takes nothing back,
    unless the same link now names another context in its place.
    """
    ways = (("contexts", "origin"), ("day", "day"))
    support: dict[int, str] = {}
    before: dict[int, str] = {}
    for key, how in reversed(ways):
        current = said[key] if key in said else stored.get(key, ())
        for name in current:
            if (found := context_id(name)) is not None:
                support[found] = how
        for name in stored.get(key, ()):
            if (found := context_id(name)) is not None:
                before[found] = name
    inferred, gone_links, come_links = _inferred_changes(stored, said, context_id)
    for found in inferred:
        support.setdefault(found, "inferred")
    added = {
        found: how
        for found, how in support.items()
        if found not in refused and _stronger(how, present.get(found))
    }
    removed = {
        found
        for found in before
        if found not in support
        and found not in vouched
        and present.get(found) in ("origin", "day", "inferred")
    }
    replaced = []
    arrived = [found for found in added if found not in present and found not in before]
    if removed and any(support[found] != "inferred" for found in arrived):
        new_names = [name for name in names_said(said) if context_id(name) in set(arrived)]
        replaced.append((sorted(before[found] for found in removed), sorted(new_names)))
    for found, name in gone_links.items():
        if present.get(found) == "inferred" and not (
            found in support or found in vouched or found in removed
        ):
            removed.add(found)
            replaced.append(([name], sorted(come_links)))
    return Tags(added, removed, replaced)


def _stronger(how: str, present: str | None) -> bool:
    order = ("text", "inferred", "day", "origin", "person")
    return present is None or order.index(how) > order.index(present)


def _inferred_changes(
    stored: Mapping[str, Any], said: Mapping[str, Any], context_id: Callable[[str | None], int | None]
) -> tuple[set[int], dict[int, str], set[str]]:
    """Contexts that the related list infers now; those that a link replaced by others; those others."""
    links: dict[str, list[str]] = said.get("inferred", {})
    earlier: dict[str, list[str]] = stored.get("inferred", {})
    named = {found for names in links.values() for name in names if (found := context_id(name)) is not None}
    gone: dict[int, str] = {}
    come: set[str] = set()
    for path, names in links.items():
        old, new = set(earlier.get(path, ())), set(names)
        if old and old - new and new - old:
            for name in old - new:
                if (found := context_id(name)) is not None and found not in named:
                    gone[found] = name
                    come |= new - old
    return named, gone, come
