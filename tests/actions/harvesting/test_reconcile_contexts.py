"""Contexts that harvests bring: what is added, taken back, replaced, and never brought back."""

from __future__ import annotations

from typing import Any

import pytest

from events.actions.contexts.edit import edit_context
from events.actions.contexts.merge import merge_contexts
from events.actions.correct import correct_event
from events.actions.recording import Actor
from events.actions.removal.remove import remove_event
from events.actions.withdraw import withdraw_event
from events.harvest.records import Evidence, Record
from events.models import Change, Context, Event, Provenance, ReviewItem, Revision, Tagging
from events.vocabulary import ChangeKind, ReviewKind, State, Subject, Tagged
from tests.harvests import address, counts, file_read, harvest, later, mention, record, rows

pytestmark = pytest.mark.django_db

FERRY = "A ferry with sixty passengers sinks off Bergen in a storm on Monday; nine sailors die."


def ferry(*contexts: str, **fields: Any) -> Record:
    return record(FERRY, "ferry-sinks", contexts=contexts or None, **fields)


def event(slug: str = "ferry-sinks") -> Event:
    return Event.objects.get(addresses__slug=slug)


def tags(slug: str = "ferry-sinks") -> dict[str, str]:
    """The names of the event's contexts and how each came."""
    return dict(event(slug).taggings.active().values_list("context__name", "how"))


def set_contexts(editor: Actor, *names: str) -> None:
    found = event()
    correct_event(
        actor=editor, event_id=found.pk, version=found.version, values={"contexts": names}, grade=None
    )


def test_a_context_that_a_person_removed_never_returns(editor: Actor) -> None:
    harvest(ferry("Bergen", "Storms"))
    set_contexts(editor, "Bergen")
    harvest(ferry("Bergen", "Storms", "Ferries"), moment=later())
    harvest(
        record("A storm hits Norway.", "storm"),
        mention(FERRY, "ferry-sinks", "Storms", "Rescue", by="storm"),
        moment=later(2),
    )
    harvest(ferry(inferred=((address("storm"), ("Storms",)),)), moment=later(3))
    assert sorted(tags()) == ["Bergen", "Ferries", "Rescue"]


def test_a_lead_context_that_a_person_removed_is_asked_about(editor: Actor) -> None:
    harvest(ferry("Bergen", "Storms", lead="Bergen"))
    set_contexts(editor, "Bergen")
    harvest(ferry("Bergen", "Storms", lead="Storms"), moment=later())
    found = event()
    assert found.lead is not None
    assert (found.lead.name, sorted(tags())) == ("Bergen", ["Bergen"])
    assert ReviewItem.objects.get(kind=ReviewKind.CONFLICT).data["upstream"] == "Storms"


def test_a_context_that_a_person_added_stays_when_upstream_changes_its_own(editor: Actor) -> None:
    harvest(ferry("Bergen", "Storms"))
    set_contexts(editor, "Bergen", "Storms", "Rescue")
    harvest(ferry("Bergen", "Ferries"), moment=later())
    assert tags() == {"Bergen": Tagged.ORIGIN, "Ferries": Tagged.ORIGIN, "Rescue": Tagged.PERSON}


def test_a_context_replaced_by_another_is_taken_and_also_asked_about() -> None:
    harvest(ferry("Navy Department", "Storms"))
    harvest(ferry("Ministry of Defence", "Storms"), moment=later())
    assert sorted(tags()) == ["Ministry of Defence", "Storms"]
    item = ReviewItem.objects.get()
    assert (item.kind, item.data) == (
        ReviewKind.CONTEXT_REPLACED,
        {"old": ["Navy Department"], "new": ["Ministry of Defence"]},
    )
    harvest(ferry("Navy Department", "Storms"), moment=later(2))
    harvest(ferry("Ministry of Defence", "Storms"), moment=later(3))
    assert ReviewItem.objects.filter(data__old=["Navy Department"]).count() == 1


def test_a_context_replaced_in_the_related_lists_is_taken_and_asked_about() -> None:
    other = address("general-is-killed")
    harvest(ferry(inferred=((other, ("Navy Department",)),)))
    harvest(ferry(inferred=((other, ("Ministry of Defence",)),)), moment=later())
    assert tags() == {"Ministry of Defence": Tagged.INFERRED}
    assert ReviewItem.objects.get().data == {"old": ["Navy Department"], "new": ["Ministry of Defence"]}
    revisions = Revision.objects.filter(event=event()).order_by("number")
    assert [revision.fields["contexts"]["new"] for revision in revisions] == [
        ["Navy Department"],
        ["Ministry of Defence"],
    ]


def test_a_related_list_that_is_cut_shorter_takes_no_context_back() -> None:
    one, two = address("one"), address("two")
    harvest(ferry(inferred=((one, ("Storms",)), (two, ("Ferries",)))))
    harvest(ferry(inferred=((one, ("Storms",)),)), moment=later())
    assert sorted(tags()) == ["Ferries", "Storms"]


def test_contexts_of_a_page_or_its_day_that_are_not_told_again_stay() -> None:
    harvest(ferry("Bergen", "Storms", contexts_from_day=True))
    harvest(ferry(summary="A ship went down."), moment=later())
    assert sorted(tags()) == ["Bergen", "Storms"]


def test_a_stronger_way_replaces_a_weaker_one_without_a_revision() -> None:
    harvest(ferry(inferred=((address("one"), ("Storms",)),)))
    assert tags() == {"Storms": Tagged.INFERRED}
    harvest(ferry("Storms"), moment=later())
    assert tags() == {"Storms": Tagged.ORIGIN}
    assert event().version == 1


def test_names_of_renamed_and_merged_contexts_lead_to_the_standing_one(editor: Actor, chief: Actor) -> None:
    harvest(ferry("Bergen", "Gales"), record("A storm hits Norway.", "storm", contexts=("Storms",)))
    bergen, gales, storms = (Context.objects.get(name=name) for name in ("Bergen", "Gales", "Storms"))
    edit_context(
        actor=editor, context_id=bergen.pk, version=bergen.version, values={"name": "City of Bergen"}
    )
    merge_contexts(actor=chief, context_id=gales.pk, into_id=storms.pk)
    before = rows()
    harvest(
        ferry("Bergen", "Gales"), record("A storm hits Norway.", "storm", contexts=("Storms",)),
        moment=later(),
    )  # fmt: skip
    assert rows() == before
    harvest(ferry("Bergen", "Gales", "Ferries"), moment=later(2))
    assert sorted(tags()) == ["City of Bergen", "Ferries", "Storms"]
    harvest(ferry("Ferries"), moment=later(3))
    assert sorted(tags()) == ["Ferries"]


def test_an_event_known_only_from_a_related_list_is_made_from_it_and_completed_by_its_page() -> None:
    harvest(
        record("A storm hits Norway.", "storm"), mention(f"{FERRY} ", "ferry-sinks", "Storms", by="storm")
    )
    stub = event()
    assert (stub.text, tags()) == (FERRY, {"Storms": Tagged.INFERRED})
    page = ferry("Bergen", summary="A ship went down.", sources=["Harbour Post"], listed=True)
    done = harvest(page, moment=later())
    assert counts(done) == {"updated": 1}
    full = event()
    assert (full.pk, full.summary, full.citations.count()) == (stub.pk, "A ship went down.", 1)
    assert tags() == {"Bergen": Tagged.ORIGIN, "Storms": Tagged.INFERRED}


def test_a_related_list_never_changes_the_text_of_an_event_that_has_its_page() -> None:
    harvest(ferry("Bergen"))
    stale = mention("A ferry sinks, six die.", "ferry-sinks", "Storms", by="storm")
    harvest(record("A storm hits Norway.", "storm"), stale, moment=later())
    assert (event().text, sorted(tags())) == (FERRY, ["Bergen", "Storms"])


def test_an_event_known_only_from_its_day_page_is_completed_by_its_page_and_not_changed_back() -> None:
    day = record("A ferry sinks off Bergen.", "ferry-sinks", contexts=("Bergen",), contexts_from_day=True,
                 evidence=Evidence.DAY, listed=True)  # fmt: skip
    harvest(day)
    assert tags() == {"Bergen": Tagged.DAY}
    harvest(ferry("Storms", listed=True), moment=later())
    assert (event().text, sorted(tags())) == (FERRY, ["Bergen", "Storms"])
    before = rows()
    harvest(day, moment=later(2))
    assert rows() == before


def test_what_a_changed_page_says_of_others_is_heard_in_a_later_harvest() -> None:
    def storm(*contexts: str, digest: str) -> tuple[Any, ...]:
        return (
            record(f"A storm hits Norway {digest}.", "storm"),
            file_read("storm.md", digest),
            mention(FERRY, "ferry-sinks", *contexts, by="storm"),
        )

    harvest(ferry("Bergen"), *storm("Storms", digest="1"))
    harvest(*storm("Storms", "Rescue", digest="2"), moment=later())
    assert sorted(tags()) == ["Bergen", "Rescue", "Storms"]


def test_lists_that_came_unchanged_are_not_heard_again(editor: Actor) -> None:
    items = (
        record("A storm hits Norway.", "storm"), file_read("storm.md"),
        mention(FERRY, "ferry-sinks", "Storms", by="storm"),
    )  # fmt: skip
    harvest(ferry("Bergen"), *items)
    before = rows()
    harvest(ferry("Bergen"), *items, moment=later())
    assert rows() == before


@pytest.mark.parametrize("legal", [True, False])
def test_a_mention_does_not_bring_a_withdrawn_event_back(chief: Actor, legal: bool) -> None:
    harvest(ferry("Bergen"))
    found = event()
    take = remove_event if legal else withdraw_event
    take(actor=chief, event_id=found.pk, version=found.version, reason="It was a hoax.")
    harvest(mention(FERRY, "ferry-sinks", "Storms", by="storm"), moment=later())
    found.refresh_from_db()
    assert found.state == (State.LEGAL if legal else State.WITHDRAWN)
    assert Change.objects.filter(subject=Subject.EVENT).count() == 2
    assert found.taggings.filter(context__name="Storms").exists() != legal


def test_a_mention_of_a_reworded_event_that_was_withdrawn_makes_no_new_one(chief: Actor) -> None:
    harvest(ferry("Bergen"))
    found = event()
    withdraw_event(actor=chief, event_id=found.pk, version=found.version, reason="It was a hoax.")
    harvest(mention(FERRY.replace("nine", "ten"), "ferry-sinks-ten", "Storms"), moment=later())
    assert not Event.objects.published().exists()


def test_an_event_made_of_a_mention_that_its_page_rewords_elsewhere_is_one_event() -> None:
    harvest(mention(FERRY, "ferry-sinks", "Storms"))
    harvest(record(FERRY.replace("nine", "ten"), "ferry-ten", listed=True), moment=later())
    assert Event.objects.published().count() == 1
    assert event("ferry-ten") == event("ferry-sinks")
    assert Provenance.objects.filter(leading=True).count() == 1


def test_retagging_is_recorded_as_such() -> None:
    harvest(ferry("Bergen"))
    harvest(ferry("Bergen", "Storms"), moment=later())
    revision = Revision.objects.filter(event=event()).latest("number")
    assert revision.kind == ChangeKind.RETAGGED
    assert revision.fields["contexts"] == {"base": None, "old": ["Bergen"], "new": ["Bergen", "Storms"]}
    assert Tagging.objects.count() == 2
