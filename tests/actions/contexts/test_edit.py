"""events/actions/contexts/edit.py: names change, what they mean does not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from events.actions.contexts.edit import ContextValues, edit_context
from events.actions.contexts.merge import merge_contexts
from events.actions.contexts.naming import find_contexts
from events.actions.errors import InvalidAction, StaleVersion
from events.actions.recording import Actor
from events.models import Alias, Broader, Change, Context, Document, Event, Revision, Tagging
from events.vocabulary import Tagged
from tests.factories import make_context, make_event


def edit(actor: Actor, context: Context, version: int = 1, **values: Any) -> Context:
    return edit_context(actor=actor, context_id=context.pk, version=version, values=ContextValues(**values))


def names_on(event: Event) -> list[str]:
    return [one["name"] for one in json.loads(Document.objects.get(event=event).body)["contexts"]]


def meaning(name: str) -> Context:
    return find_contexts("en", [name])[name]


def test_a_renamed_context_keeps_its_address_and_its_old_name_as_an_alias(editor: Actor) -> None:
    event = make_event(contexts=["Defence Ministry"], lead="Defence Ministry")
    context = Context.objects.get()
    edit(editor, context, name="Ministry of Defence")
    context.refresh_from_db()
    assert (context.name, context.slug, context.version) == ("Ministry of Defence", "defence-ministry", 2)
    assert meaning("Defence Ministry") == context
    assert names_on(event) == ["Ministry of Defence"]
    assert list(Change.objects.values_list("subject", "subject_id", "kind")) == [
        ("context", context.pk, "updated"), ("event", event.pk, "updated")
    ]  # fmt: skip
    assert Revision.objects.get().fields["name"] == {"old": "Defence Ministry", "new": "Ministry of Defence"}


def test_a_name_means_one_context_only(editor: Actor) -> None:
    one, other = make_context("One"), make_context("Other")
    Alias.objects.create(context=other, edition="en", name="Else")
    merged = make_context("Old one", merged_into=one)
    for values in ({"name": "Other"}, {"name": "Else"}, {"aliases": ["Other"]}, {"aliases": ["Else"]},
                   {"name": merged.name}, {"name": " "}):  # fmt: skip
        with pytest.raises(InvalidAction):
            edit(editor, one, **values)
    assert not Revision.objects.exists()


def test_profile_links_aliases_and_generic_are_one_revision(editor: Actor) -> None:
    context = make_context("NATO")
    event = make_event(contexts=["NATO"])
    Document.objects.update(related_due=False)
    edit(
        editor, context, profile="An *alliance*.", wikidata="Q7184", wikipedia="https://en.wikipedia.org/wiki/NATO",
        generic=True, aliases=["OTAN", " North Atlantic  Treaty Organization "],
    )  # fmt: skip
    assert set(Revision.objects.get().fields) == {"profile", "wikidata", "wikipedia", "generic", "aliases"}
    assert meaning("North Atlantic Treaty Organization") == context
    assert Document.objects.get(event=event).related_due
    edit(editor, context, 2, profile="An *alliance*.", aliases=["OTAN", "North Atlantic Treaty Organization"])
    assert Revision.objects.count() == 1


@pytest.mark.parametrize("values", [{"wikidata": "7184"}, {"wikipedia": "javascript:x"}])
def test_links_that_are_none_are_refused(editor: Actor, values: dict[str, str]) -> None:
    with pytest.raises(InvalidAction):
        edit(editor, make_context("NATO"), **values)


def test_the_hierarchy_has_no_circles(editor: Actor) -> None:
    top, middle, low = (make_context(name) for name in ("Top", "Middle", "Low"))
    edit(editor, low, broader=["Middle"])
    edit(editor, middle, broader=["Top"])
    for context, broader in ((top, "Low"), (top, "Middle"), (top, "Top"), (middle, "Low")):
        with pytest.raises(InvalidAction):
            edit(editor, context, context.version if context is top else 2, broader=[broader])
    assert Broader.objects.count() == 2
    with pytest.raises(InvalidAction, match="no context"):
        edit(editor, top, broader=["Nowhere"])


def test_a_merged_context_gives_everything_to_the_other(editor: Actor, chief: Actor) -> None:
    alone = make_event("Alone.", contexts=["Russian Defence Ministry"], lead="Russian Defence Ministry")
    both = make_event("Both.", contexts=["Russian Defence Ministry", "Ministry of Defence"])
    goes, stays = (
        Context.objects.get(name__startswith="Russian"),
        Context.objects.get(name__startswith="Ministry"),
    )
    older = make_context("War Office", merged_into=goes)
    Alias.objects.create(context=goes, edition="en", name="RDM")
    Broader.objects.create(narrower=goes, broader=make_context("Russia"))
    Broader.objects.create(narrower=make_context("Spokesman"), broader=goes)
    merge_contexts(actor=chief, context_id=goes.pk, into_id=stays.pk)
    assert names_on(alone) == names_on(both) == ["Ministry of Defence"]
    assert Event.objects.get(pk=alone.pk).lead == stays
    for name in ("RDM", "War Office", "Russian Defence Ministry"):
        assert meaning(name) == stays
    older.refresh_from_db()
    assert older.merged_into == stays
    assert {step.broader.name for step in stays.broader_steps.all()} == {"Russia"}
    assert {step.narrower.name for step in stays.narrower_steps.all()} == {"Spokesman"}
    record = Revision.objects.get(context=goes).fields["merge"]["new"]
    assert (record["moved"], record["led"], record["aliases"]) == ([alone.pk], [alone.pk], ["RDM"])
    told = [(one.subject, one.subject_id, one.kind, one.other_id) for one in Change.objects.all()]
    assert told[:2] == [("context", goes.pk, "merged", stays.pk), ("context", stays.pk, "updated", None)]
    beside = [("context", make_context("Russia").pk), ("context", make_context("Spokesman").pk)]
    rewritten = [("event", alone.pk), ("event", both.pk)]
    assert told[2:] == [(*thing, "updated", None) for thing in (*beside, *rewritten)]


def test_an_active_tag_wins_over_a_removed_one(chief: Actor) -> None:
    event = make_event(contexts=["Old name"])
    goes, stays = make_context("Old name"), make_context("New name")
    Tagging.objects.create(event=event, context=stays, how=Tagged.PERSON, removed=True)
    merge_contexts(actor=chief, context_id=goes.pk, into_id=stays.pk)
    assert names_on(event) == ["New name"]


def test_a_merge_never_makes_a_circle(chief: Actor) -> None:
    top, middle, low = (make_context(name) for name in ("Top", "Middle", "Low"))
    Broader.objects.create(narrower=low, broader=middle)
    Broader.objects.create(narrower=middle, broader=top)
    merge_contexts(actor=chief, context_id=top.pk, into_id=low.pk)
    assert {(step.narrower, step.broader) for step in Broader.objects.all()} == {(low, middle)}


def test_what_cannot_be_merged_or_edited(editor: Actor, chief: Actor, contributor: Actor) -> None:
    one, other, chinese = (
        make_context("One"),
        make_context("Other"),
        make_context("北約", edition="zh", slug="b"),
    )
    with pytest.raises(PermissionDenied):
        edit(contributor, one, name="x")
    with pytest.raises(PermissionDenied):
        merge_contexts(actor=contributor, context_id=one.pk, into_id=other.pk)
    with pytest.raises(StaleVersion):
        edit(editor, one, 5, name="x")
    for into in (one.pk, chinese.pk, 10**9):
        with pytest.raises(InvalidAction):
            merge_contexts(actor=chief, context_id=one.pk, into_id=into)
    merge_contexts(actor=chief, context_id=one.pk, into_id=other.pk)
    with pytest.raises(InvalidAction, match="into itself"):
        merge_contexts(actor=chief, context_id=other.pk, into_id=one.pk)
    with pytest.raises(InvalidAction, match="merged into"):
        edit(editor, one, 2, name="x")
