"""events/actions/contexts/tagging.py: contexts come from texts, weakly, and never against an editor."""

from __future__ import annotations

import json

import pytest

from events.actions.contexts.edit import edit_context
from events.actions.contexts.merge import merge_contexts
from events.actions.contexts.tagging import TagCounts, tag_from_texts, touched_by
from events.actions.correct import correct_event
from events.actions.recording import Actor
from events.models import Alias, Change, Document, Event, Harvest, Revision, Tagging
from events.vocabulary import ChangeKind, Grade, HarvestState, State, Tagged
from tests.factories import make_context, make_event
from tests.harvests import harvest, later, mention, record, rows

pytestmark = pytest.mark.django_db


def tags(event: Event) -> dict[str, str]:
    """The event's contexts, and how each came."""
    return {row.context.name: str(row.how) for row in event.taggings.active().select_related("context")}


def retext(event: Event, text: str, actor: Actor) -> None:
    event.refresh_from_db()
    correct_event(
        actor=actor, event_id=event.pk, version=event.version, values={"text": text}, grade=Grade.TYPO
    )


def test_a_name_in_a_text_becomes_a_tag_on_record() -> None:
    freedonia = make_context("Freedonia")
    event, other = make_event("Envoys of Freedonia meet.", contexts=["Peace"]), make_event("Nobody meets.")
    assert tag_from_texts() == TagCounts(read=2, changed=1, added=1, removed=0)
    assert tags(event) == {"Freedonia": "text", "Peace": "origin"}
    assert tags(other) == {}
    revision = Revision.objects.get(event=event)
    assert (revision.kind, revision.by_robot) == (ChangeKind.RETAGGED, True)
    assert revision.fields["contexts"] == {"base": None, "old": ["Peace"], "new": ["Freedonia", "Peace"]}
    assert Change.objects.get().subject_id == event.pk
    event.refresh_from_db()
    assert event.version == 2
    document = Document.objects.get(event=event)
    assert document.related_due
    assert {"Freedonia": "text"}.items() <= {
        one["name"]: one["how"] for one in json.loads(document.body)["contexts"]
    }.items()
    run = Harvest.objects.get()
    assert (run.state, run.counts) == (HarvestState.FINISHED, {"updated": 1, "added": 1, "removed": 0})
    assert freedonia.taggings.count() == 1


def test_a_second_pass_writes_nothing() -> None:
    make_context("Freedonia")
    make_event("Envoys of Freedonia meet.")
    tag_from_texts()
    before = rows(without=())
    assert tag_from_texts().changed == 0
    assert rows(without=()) == before


def test_nothing_is_on_record_where_nothing_was_found() -> None:
    make_event("Envoys of Freedonia meet.")
    assert tag_from_texts() == TagCounts(read=1)
    assert not Harvest.objects.exists()


def test_what_an_editor_took_away_never_comes_back(editor: Actor) -> None:
    make_context("Freedonia")
    event = make_event("Envoys of Freedonia meet.")
    tag_from_texts()
    correct_event(actor=editor, event_id=event.pk, version=2, values={"contexts": []}, grade=None)
    tag_from_texts()
    retext(event, "Many envoys of Freedonia meet.", editor)
    tag_from_texts()
    assert tags(event) == {}
    assert Tagging.objects.get(event=event).removed


def test_a_text_that_changes_loses_what_was_only_found_in_it(editor: Actor) -> None:
    make_context("Freedonia")
    event = make_event("Envoys of Freedonia and Sylvania meet.", contexts=["Sylvania"])
    tag_from_texts()
    retext(event, "Envoys meet.", editor)
    assert tag_from_texts(event_ids=[event.pk]) == TagCounts(read=1, changed=1, added=0, removed=1)
    assert tags(event) == {"Sylvania": "origin"}


@pytest.mark.parametrize("how", [how for how in Tagged if how != Tagged.TEXT])
def test_other_tags_are_left_as_they_are(how: Tagged) -> None:
    event = make_event("Envoys of Freedonia meet.", contexts=["Freedonia", "Sylvania"])
    Tagging.objects.update(how=how)
    assert tag_from_texts().changed == 0
    assert tags(event) == {"Freedonia": how, "Sylvania": how}


def test_a_harvest_that_names_the_context_makes_the_tag_its_own() -> None:
    make_context("Freedonia")
    harvest(record("Envoys of Freedonia meet.", "envoys"))
    tag_from_texts()
    event = Event.objects.get()
    harvest(record("Envoys of Freedonia meet.", "envoys", contexts=("Freedonia",)), moment=later())
    assert tags(event) == {"Freedonia": "origin"}
    revisions = Revision.objects.filter(event=event).count()
    assert tag_from_texts().changed == 0
    assert Revision.objects.filter(event=event).count() == revisions


def test_a_related_list_that_shares_the_context_makes_the_tag_stronger() -> None:
    make_context("Freedonia")
    harvest(record("Envoys of Freedonia meet.", "envoys"))
    tag_from_texts()
    harvest(mention("Envoys of Freedonia meet.", "envoys", "Freedonia"), moment=later())
    assert tags(Event.objects.get()) == {"Freedonia": "inferred"}
    assert json.loads(Document.objects.get().body)["contexts"][0]["how"] == "inferred"


def test_aliases_and_merged_contexts_lead_to_the_one_that_stands(chief: Actor) -> None:
    stays, goes = make_context("Republic of Freedonia"), make_context("Old Freedonia")
    Alias.objects.create(context=goes, edition="en", name="Freedonian Realm")
    merge_contexts(actor=chief, context_id=goes.pk, into_id=stays.pk)
    events = [make_event(f"Envoys of the {name} meet.") for name in ("Old Freedonia", "Freedonian Realm")]
    tag_from_texts()
    assert [tags(event) for event in events] == [{"Republic of Freedonia": "text"}] * 2


def test_a_new_name_is_found_by_the_next_pass(editor: Actor) -> None:
    context = make_context("Freedonia")
    event = make_event("Envoys of Sylvania meet.")
    tag_from_texts()
    edit_context(actor=editor, context_id=context.pk, version=1, values={"aliases": ["Sylvania"]})
    tag_from_texts()
    assert tags(event) == {"Freedonia": "text"}


def test_editions_are_kept_apart_and_chinese_names_are_found() -> None:
    make_context("Freedonia")
    make_context("自由国", edition="zh", slug="free")
    chinese = make_event("今天自由国代表访问Freedonia。", edition="zh")
    make_event("自由国 is not tagged.")
    assert tag_from_texts(edition="en").changed == 0
    assert tag_from_texts(edition="zh").changed == 1
    assert tags(chinese) == {"自由国": "text"}


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.LEGAL])
def test_what_is_gone_stays_as_it_is(state: State) -> None:
    make_context("Freedonia")
    make_event("Envoys of Freedonia meet.", state=state)
    make_event("Envoys of Freedonia part.", into=make_event("Nobody meets."))
    assert tag_from_texts().added == 0


def test_held_events_are_tagged_without_a_public_change() -> None:
    make_context("Freedonia")
    event = make_event("Envoys of Freedonia meet.", state=State.HELD)
    tag_from_texts()
    assert tags(event) == {"Freedonia": "text"}
    assert not Change.objects.exists()


def test_a_generic_context_is_tagged_like_others() -> None:
    make_context("Freedonia", generic=True)
    assert tag_from_texts(event_ids=[make_event("Envoys of Freedonia meet.").pk]).added == 1


def test_a_harvest_tags_what_it_touched_in_its_own_name() -> None:
    make_context("Freedonia")
    make_event("Freedonia of old.")
    done = harvest(record("Envoys of Freedonia meet.", "envoys"))
    ids = touched_by(done)
    assert len(ids) == 1
    assert tag_from_texts(actor=Actor.robot(done), event_ids=ids).added == 1
    assert Harvest.objects.get() == done
    assert set(Revision.objects.filter(event__in=ids).values_list("harvest", flat=True)) == {done.pk}


def test_a_killed_pass_is_resumed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("events.actions.contexts.tagging._WRITE_AT_ONCE", 2)
    make_context("Freedonia")
    for number in range(5):
        make_event(f"Envoys of Freedonia meet {number} times.")

    def killed(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tag_from_texts(progress=killed)
    assert Tagging.objects.count() == 4
    assert tag_from_texts().added == 1
    run = Harvest.objects.get()
    assert run.state == HarvestState.FINISHED
