"""Taking the merge of two contexts back, from its record (``merge``).

What happened since is respected: an event that left the context stays without it, one that a person
gave it keeps it, and what harvests brought goes to the one whose name they used.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from functools import partial
from typing import Any, Final, NamedTuple

from events.actions.contexts.edit import events_of, reached_from, rewrite_documents
from events.actions.contexts.merge import MERGE_RECORD, TAKEN_IN, context_pair_key, merge_record
from events.actions.contexts.shares import Side, Story, Tag, shares
from events.actions.contexts.tagging import tag_from_texts
from events.actions.errors import InvalidAction
from events.actions.harvesting.upstream import names_said
from events.actions.recording import Actor, recording
from events.actions.rows import lock_contexts_with, relate_again
from events.models import (
    Alias,
    BannedReason,
    Broader,
    Context,
    Event,
    Provenance,
    ReviewItem,
    Revision,
    Tagging,
)
from events.vocabulary import ChangeKind, ReviewKind, ReviewState, Right, Tagged

_AT_ONCE: Final = 500


def unmerge_contexts(*, actor: Actor, context_id: int, note: str = "", version: int | None = None) -> Context:
    """Take the merge of *context_id* back: it stands for itself again, at its own address.

    That the two differ is remembered. Raises ``PermissionDenied`` without ``Right.MERGE``,
    ``StaleVersion``, and ``InvalidAction`` where it is not merged, or where the context it was merged into
    has been merged further: that is to be taken back first.
    """
    actor.require(Right.MERGE)
    with recording(actor) as trace:
        stays_id = Context.objects.filter(pk=context_id).values_list("merged_into", flat=True).first()
        if stays_id is None:
            raise InvalidAction("This context is not merged into another.")
        rows = lock_contexts_with({context_id: version, stays_id: None}, partial(_beside, context_id))
        back, stays = rows[context_id], rows[stays_id]
        found = merge_record(context_id)
        if found is None or back.merged_into_id != stays_id:
            raise InvalidAction(f"Nothing is on record of how “{back.name}” was merged.")
        revision, record = found
        if record["into"] != stays_id:
            raise InvalidAction(
                f"The context that “{back.name}” was merged into has been merged into “{stays.name}” itself; "
                "un-merge that one first."
            )
        before = set(events_of(stays))
        names = _Names(back, stays, revision.pk)
        back.merged_into = None
        back.save(update_fields=["merged_into"])
        steps = _return_names(back, stays, record, edited="broader" in names.edited)
        since = _return_tags(back, stays, revision, record, names)
        _return_leads(back, stays, record, names)
        _return_bans(back, stays, record)
        ReviewItem.objects.filter(pk__in=record.get("items", ()), context=stays).update(context=back)
        _remember_different(back, stays, actor, trace.at)
        trace.revise_context(
            back, ChangeKind.UNMERGED, {"merged_into": {"old": stays.name, "new": None}}, note=note,
            other=stays.pk,
        )  # fmt: skip
        back.save()
        lost: dict[str, Any] = {
            "aliases": {"old": [back.name], "new": None},
            TAKEN_IN: {"old": {"context": back.pk}, "new": None},
        }
        trace.revise_context(stays, ChangeKind.UPDATED, lost, note=note)
        trace.related_contexts(*steps)
        stays.save()
        events = sorted(before.difference(events_of(stays)).union(events_of(back)))
        relate_again(events, actor=actor)
    rewrite_documents(actor, events)
    if since:
        tag_from_texts(edition=back.edition, event_ids=since)
    return back


def _beside(context_id: int) -> set[int]:
    """The contexts whose place in the hierarchy, or merge into this one, its return may concern."""
    _, record = merge_record(context_id) or (None, {})
    said = ("broader", "narrower", "broader_added", "narrower_added", "merged")
    ids = {pk for name in said for pk in record.get(name, ())}
    rows = Context.objects.filter(pk__in=ids).values_list("pk", "merged_into")
    return {pk for row in rows for pk in row if pk is not None}


class _Names:
    """What the two are called, and what people did with the survivor's name since the merge."""

    def __init__(self, back: Context, stays: Context, since: int) -> None:
        self._since = since
        later = list(Revision.objects.filter(context=stays, pk__gt=since))
        self.edited = {name for revision in later for name in revision.fields}
        renamed = [revision.fields["name"] for revision in later if "name" in revision.fields]
        self._called = {stays.name, *(change["old"] for change in renamed)}
        merged = Context.objects.filter(merged_into=stays).exclude(pk=back.pk)
        kept = Alias.objects.filter(context=stays).exclude(name=back.name)
        self._of_back = {back.name}
        self._of_stays = {stays.name, *merged.values_list("name", flat=True)}
        self._of_stays.update(kept.values_list("name", flat=True))

    def returned(self, aliases: Collection[str], merged: Collection[str]) -> None:
        """These names go back."""
        self._of_back.update(aliases, merged)
        self._of_stays -= self._of_back

    def sides(self, names: Collection[str]) -> set[Side]:
        """Which of the two these names mean."""
        found = {Side.BACK} if self._of_back.intersection(names) else set()
        return found | ({Side.STAYS} if self._of_stays.intersection(names) else set())

    def given(self, event_ids: Collection[int], field: str = "contexts") -> set[int]:
        """Those of these events that a person gave the survivor since the merge, or made it their lead."""
        found = set()
        for chunk in _chunks(event_ids):
            rows = Revision.objects.filter(event__in=chunk, pk__gt=self._since, harvest__isnull=True)
            for event_id, fields in rows.values_list("event", "fields"):
                change = fields.get(field) or {}
                if self._called.intersection(_listed(change.get("new"))) - set(_listed(change.get("old"))):
                    found.add(event_id)
        return found


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else value or []


def _return_names(back: Context, stays: Context, record: dict[str, Any], *, edited: bool) -> set[int]:
    """Give names, earlier merges and the hierarchy back: the contexts above and below that this concerns.

    *edited*: a person set the survivor's since.
    """
    Alias.objects.filter(context=stays, name=back.name).delete()
    Alias.objects.filter(context=stays, name__in=record["aliases"]).update(context=back)
    Context.objects.filter(pk__in=record["merged"], merged_into=stays).update(merged_into=back)
    if not edited:
        Broader.objects.filter(narrower=stays, broader__in=record.get("broader_added", ())).delete()
    Broader.objects.filter(broader=stays, narrower__in=record.get("narrower_added", ())).delete()
    standing = dict(
        Context.objects.filter(pk__in=[*record["broader"], *record["narrower"]])
        .values_list("pk", "merged_into")
    )  # fmt: skip
    for pk in record["broader"]:
        target = standing.get(pk) or pk
        if back.pk not in reached_from({target}):
            Broader.objects.get_or_create(narrower=back, broader_id=target)
    for pk in record["narrower"]:
        target = standing.get(pk) or pk
        if target not in reached_from({back.pk}):
            Broader.objects.get_or_create(narrower_id=target, broader=back)
    moved = {*record["broader"], *record["narrower"]}
    added = {*record.get("broader_added", ()), *record.get("narrower_added", ())}
    return added.union(standing.get(pk) or pk for pk in moved)


class _Merge(NamedTuple):
    """One merge into the survivor: from revision to revision (``None``: it still stands)."""

    goes: int
    start: int
    end: int | None
    tags: dict[int, tuple[Tag, Tag | None]]
    """By event: how the one that went stood there, and how the survivor did."""


def _tags_of(record: dict[str, Any]) -> dict[int, tuple[Tag, Tag | None]]:
    removed = set(record.get("removed", ()))
    ways = {pk: how for how, events in record.get("ways", {}).items() for pk in events}
    tags: dict[int, tuple[Tag, Tag | None]] = {
        pk: (Tag(ways.get(pk, Tagged.ORIGIN), pk in removed), None) for pk in record["moved"]
    }
    for pk, how, gone, other_how, other_gone in record["joined"]:
        tags[pk] = Tag(how, gone), Tag(other_how, other_gone)
    return tags


def _merges_into(stays: Context) -> list[_Merge]:
    """All merges into *stays*, those that were taken back too, in their order."""
    rows = Revision.objects.filter(context=stays, fields__has_key=TAKEN_IN).values_list("fields", flat=True)
    noted = [fields[TAKEN_IN]["new"] or fields[TAKEN_IN]["old"] for fields in rows]
    goes = {one["context"] for one in noted}
    found: list[_Merge] = []
    revisions = Revision.objects.filter(
        context__in=goes, kind__in=(ChangeKind.MERGED, ChangeKind.UNMERGED)
    ).order_by("pk")
    for revision in revisions:
        record = revision.fields.get(MERGE_RECORD, {}).get("new")
        pk = revision.context_id or 0
        if revision.kind == ChangeKind.UNMERGED:
            found = [
                one._replace(end=revision.pk) if one.goes == pk and one.end is None else one for one in found
            ]
        elif record is not None and record["into"] == stays.pk:
            found.append(_Merge(pk, revision.pk, None, _tags_of(record)))
    return found


def _connected(merges: list[_Merge], revision: int) -> tuple[_Merge, list[_Merge]]:
    """The merge to be taken back, and those that stood while it, or one connected to it, was made."""
    own = next(one for one in merges if one.start == revision)
    connected = [own]
    for one in reversed(merges):
        if one.start < connected[-1].start and (one.end is None or one.end > connected[-1].start):
            connected.append(one)
    return own, connected[::-1]


def _return_tags(
    back: Context, stays: Context, revision: Revision, record: dict[str, Any], names: _Names
) -> list[int]:
    """Share out the events; those that got the context since by their text are to be looked at again."""
    returned = Context.objects.filter(merged_into=back).values_list("name", flat=True)
    names.returned(list(Alias.objects.filter(context=back).values_list("name", flat=True)), list(returned))
    merges = _merges_into(stays)
    own, connected = _connected(merges, revision.pk)
    others = [one for one in merges if one.end is None and one is not own]
    last = record.get("last") or 0
    texts: list[int] = []
    since = Tagging.objects.filter(context=stays, pk__gt=last) if last else Tagging.objects.none()
    wanted = sorted({*own.tags, *since.values_list("event", flat=True)})
    for chunk in _chunks(wanted):
        rows = {row.event_id: row for row in Tagging.objects.filter(context=stays, event__in=chunk)}
        given = names.given([pk for pk, row in rows.items() if row.how == Tagged.PERSON and not row.removed])
        said = _said([pk for pk, row in rows.items() if row.how != Tagged.PERSON], names)
        stories = {}
        for pk, row in rows.items():
            was_back, _ = own.tags.get(pk, (None, None))
            first = next((one.tags[pk][1] for one in connected if pk in one.tags), None)
            brought = next((one.tags[pk][0] for one in others if pk in one.tags), None)
            stories[pk] = Story(
                Tag(row.how, row.removed), was_back, _stronger(first, brought), pk in given,
                said.get(pk, ()), since=pk not in own.tags,
            )  # fmt: skip
            if row.how == Tagged.TEXT and pk not in own.tags:
                texts.append(pk)
        _write(back, rows, {pk: shares(story) for pk, story in stories.items()})
    return texts


def _stronger(one: Tag | None, other: Tag | None) -> Tag | None:
    """Of two reasons to have a context the one that counts: active before removed."""
    return other if one is None or (one.removed and other is not None) else one


def _write(back: Context, rows: dict[int, Tagging], shared: dict[int, tuple[Tag | None, Tag | None]]) -> None:
    moved: list[int] = []
    gone: list[int] = []
    changed: list[Tagging] = []
    new: list[Tagging] = []
    for pk, (theirs, ours) in shared.items():
        row = rows[pk]
        if ours is None and theirs == (row.how, row.removed):
            moved.append(row.pk)
            continue
        if theirs is not None:
            by = row.by_id if theirs.how == Tagged.PERSON else None
            new.append(Tagging(event_id=pk, context=back, how=theirs.how, removed=theirs.removed, by_id=by))
        if ours is None:
            gone.append(row.pk)
        elif ours != (row.how, row.removed):
            row.how, row.removed = ours
            changed.append(row)
    Tagging.objects.filter(pk__in=moved).update(context=back)
    Tagging.objects.filter(pk__in=gone).delete()
    Tagging.objects.bulk_update(changed, ["how", "removed"], batch_size=100)
    Tagging.objects.bulk_create(new, batch_size=200)


def _said(event_ids: Collection[int], names: _Names) -> dict[int, set[Side]]:
    """Which of the two the origins of these events name now."""
    found: dict[int, set[Side]] = {}
    rows = Provenance.objects.filter(event__in=event_ids, leading=True)
    for event_id, upstream in rows.values_list("event", "upstream"):
        found.setdefault(event_id, set()).update(names.sides(names_said(upstream)))
    return found


def _return_leads(back: Context, stays: Context, record: dict[str, Any], names: _Names) -> None:
    """Give lead contexts back where nobody chose another since, and harvests' new ones by their name."""
    for chunk in _chunks(sorted({*record["led"], *_led_since(stays, names)})):
        still = list(Event.objects.filter(pk__in=chunk, lead=stays).values_list("pk", flat=True))
        leads = dict(
            Provenance.objects.filter(event__in=still, leading=True).values_list("event", "upstream__lead")
        )
        chosen = names.given(still, "lead")
        returned = [
            pk for pk in still
            if pk not in chosen and Side.STAYS not in names.sides(_listed(leads.get(pk)))
        ]  # fmt: skip
        Event.objects.filter(pk__in=returned).update(lead=back)


def _led_since(stays: Context, names: _Names) -> Iterator[int]:
    """The events whose lead harvests set by a name that goes back, after the merge."""
    rows = Provenance.objects.filter(event__lead=stays, leading=True)
    for event_id, lead in rows.values_list("event", "upstream__lead"):
        if names.sides(_listed(lead)) == {Side.BACK}:
            yield event_id


def _return_bans(back: Context, stays: Context, record: dict[str, Any]) -> None:
    BannedReason.objects.filter(pk__in=record.get("banned", ()), context=stays).update(context=back)
    left = record.get("banned_twice", ())
    there = set(Event.objects.filter(pk__in=[row[0] for row in left]).values_list("pk", flat=True))
    BannedReason.objects.bulk_create(
        BannedReason(event_id=event_id, context=back, by_name=by_name, at=dt.datetime.fromisoformat(at))
        for event_id, by_name, at in left
        if event_id in there
    )


def _remember_different(back: Context, stays: Context, actor: Actor, at: dt.datetime) -> None:
    """Note that an editor said that the two are not one, so that they are not proposed again."""
    key = context_pair_key(back.pk, stays.pk)
    answer = {
        "state": ReviewState.REJECTED, "decided_at": at, "decided_by": actor.user,
        "decided_by_name": actor.name,
    }  # fmt: skip
    asked = ReviewItem.objects.filter(kind=ReviewKind.CONTEXT_DUPLICATE, key=key)
    if not asked.update(**answer):
        ReviewItem.objects.create(
            kind=ReviewKind.CONTEXT_DUPLICATE, key=key, context=stays, data={"other": back.pk}, **answer
        )


def _chunks(event_ids: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(event_ids)
    return (ordered[start : start + _AT_ONCE] for start in range(0, len(ordered), _AT_ONCE))
