"""Which event a harvested record is: one event, one address, for ever."""

from __future__ import annotations

import pytest

from events.actions.correct import correct_event, create_event
from events.actions.merge import merge_events, unmerge_event
from events.actions.recording import Actor
from events.actions.removal.remove import remove_event
from events.actions.withdraw import withdraw_event
from events.harvest.records import Record
from events.models import Address, Event, Provenance, ReviewItem, Revision
from events.vocabulary import ChangeKind, Grade, ReviewKind, ReviewState, State
from tests.factories import DAY
from tests.harvests import counts, former, harvest, later, record, rows

pytestmark = pytest.mark.django_db

FIRE = "At least 12 people are killed in a fire at a textile factory in Lahore, Pakistan."
FIRE_GROWN = "At least 19 people are killed in a fire at a textile factory in Lahore, Pakistan."
PERU = "Voters in Peru go to the polls for the first round of the presidential election."
CHAD = "Voters in Chad go to the polls for the first round of the presidential election."


def at(slug: str) -> Event:
    """The event that readers get at this address."""
    event = Address.objects.get(slug=slug).event
    return event.merged_into or event


def addresses(event: Event) -> dict[str, bool]:
    return dict(event.addresses.values_list("slug", "current"))


def published() -> int:
    return Event.objects.published().count()


def test_the_new_address_of_a_reworded_event_becomes_a_former_one_and_the_first_stays_current() -> None:
    harvest(record(FIRE, "fire-12", listed=True))
    done = harvest(record(FIRE_GROWN, "fire-19", listed=True), moment=later(0))
    event = Event.objects.get()
    assert addresses(event) == {"fire-12": True, "fire-19": False}
    assert event.text == FIRE_GROWN
    assert counts(done) == {"updated": 1}
    before = rows()
    harvest(record(FIRE_GROWN, "fire-19", listed=True), moment=later(1))
    assert rows() == before


def test_a_record_is_the_event_that_its_changes_section_names() -> None:
    harvest(record("Talks about fishing begin in Reykjavik.", "talks-begin"))
    changed = record(
        "An agreement on cod quotas is signed by three ministers.", "agreement",
        former=(former("Talks about fishing begin in Reykjavik.", "talks-begin"),),
    )  # fmt: skip
    harvest(changed, moment=later())
    event = Event.objects.get()
    assert event.text == changed.text
    assert addresses(event) == {"talks-begin": True, "agreement": False}


def test_the_changes_section_of_a_new_event_gives_it_its_former_addresses() -> None:
    harvest(record(FIRE_GROWN, "fire-19", former=(former(FIRE, "fire-12"), former("Fire!", "fire"))))
    assert addresses(Event.objects.get()) == {"fire-19": True, "fire-12": False, "fire": False}


@pytest.mark.parametrize("old_first", [True, False])
def test_a_left_over_that_the_changes_section_of_a_new_page_names_is_that_event(old_first: bool) -> None:
    new = record("Rescue work ends in Lahore.", "rescue", listed=True, former=(former(FIRE, "fire-12"),))
    old = record(FIRE, "fire-12", listed=False)
    harvest(*((old, new) if old_first else (new, old)))
    assert published() == 1
    assert at("fire-12") == at("rescue") == Event.objects.published().get()
    before = rows()
    harvest(*((old, new) if old_first else (new, old)), moment=later())
    assert rows() == before


def test_a_left_over_that_was_an_event_of_its_own_is_merged_once_its_successor_names_it() -> None:
    harvest(
        record(FIRE, "fire-12", listed=True), record("Rescue work ends in Lahore.", "rescue", listed=True)
    )
    assert published() == 2
    new = record("Rescue work ends in Lahore.", "rescue", listed=True, former=(former(FIRE, "fire-12"),))
    done = harvest(new, record(FIRE, "fire-12", listed=False), moment=later())
    assert published() == 1
    assert at("fire-12") == at("rescue")
    assert counts(done)["merged"] == 1


def test_a_left_over_named_and_alike_is_merged_once() -> None:
    harvest(record(FIRE, "fire-12", listed=True), record(PERU, "peru", listed=True))
    harvest(record(FIRE, "fire-12", listed=True), record(FIRE_GROWN, "fire-19", listed=True), moment=later(0))
    new = record(FIRE_GROWN, "fire-19", listed=True, former=(former(FIRE, "fire-12"),))
    done = harvest(new, record(FIRE, "fire-12", listed=False), moment=later())
    assert at("fire-12") == at("fire-19")
    assert counts(done)["merged"] == 1
    assert published() == 2


def test_one_former_event_that_two_pages_name_is_merged_once() -> None:
    harvest(record(FIRE, "fire-12"), record(PERU, "peru"), record(CHAD, "chad"))
    harvest(
        record(PERU, "peru", listed=True, former=(former(FIRE, "fire-12"),)),
        record(CHAD, "chad", listed=True, former=(former(FIRE, "fire-12"),)),
        moment=later(),
    )
    assert published() == 2


def test_a_left_over_becomes_a_version_of_the_listed_event_it_resembles() -> None:
    listed, left = record(FIRE_GROWN, "fire-19", listed=True), record(FIRE, "fire-12", listed=False)
    done = harvest(listed, left)
    assert counts(done) == {"created": 1, "merged": 1}
    event = Event.objects.published().get()
    assert at("fire-12") == event
    assert event.text == FIRE_GROWN
    gone = Event.objects.get(state=State.MERGED)
    assert Revision.objects.filter(event=gone, kind=ChangeKind.MERGED).exists()
    before = rows()
    harvest(listed, left, moment=later())
    assert rows() == before


def test_a_left_over_that_resembles_nothing_is_an_event_of_its_own() -> None:
    harvest(record(PERU, "peru", listed=True), record(CHAD, "chad", listed=False))
    assert published() == 2


def test_two_pages_that_one_harvest_lists_are_never_merged() -> None:
    harvest(record(FIRE, "fire-12", listed=True), record(FIRE_GROWN, "fire-19", listed=True))
    assert published() == 2
    assert ReviewItem.objects.get().kind == ReviewKind.DUPLICATE
    harvest(
        record(FIRE, "fire-12", listed=True),
        record(FIRE_GROWN, "fire-19", listed=True, former=(former(FIRE, "fire-12"),)),
        moment=later(),
    )
    assert published() == 2


def test_look_alikes_of_one_day_stay_two_events() -> None:
    harvest(record(PERU, "peru"), record(CHAD, "chad"))
    assert published() == 2
    assert not ReviewItem.objects.exists()


def test_a_new_page_is_not_taken_for_an_event_whose_own_page_is_still_listed() -> None:
    harvest(record(FIRE, "fire-12", listed=True))
    harvest(record(FIRE_GROWN, "fire-19", listed=True), record(FIRE, "fire-12", listed=True), moment=later(0))
    assert published() == 2
    assert at("fire-12") != at("fire-19")


def test_a_doubtful_likeness_is_asked_about_once_and_remembered(editor: Actor) -> None:
    pair = record(FIRE, "fire-12", listed=True), record(FIRE_GROWN, "fire-19", listed=True)
    assert counts(harvest(*pair)) == {"created": 2, "doubtful": 1}
    ReviewItem.objects.update(state=ReviewState.REJECTED)
    again = record(FIRE_GROWN + " ", "fire-19", listed=True, sources=["Herald"])
    harvest(pair[0], again, moment=later())
    assert ReviewItem.objects.count() == 1


def test_events_that_a_person_merged_do_not_part_again_while_both_pages_are_listed(chief: Actor) -> None:
    def pages(toll: int, other: int) -> tuple[Record, Record]:
        return (
            record(f"At least {toll} people die in a fire in Lahore.", "fire", listed=True),
            record(f"A blaze in a Lahore factory kills {other}, officials say.", "blaze", listed=True),
        )

    harvest(*pages(12, 12))
    fire, blaze = at("fire"), at("blaze")
    assert fire != blaze
    merge_events(actor=chief, event_id=blaze.pk, into_id=fire.pk)
    before = rows()
    harvest(*pages(12, 12), moment=later())
    assert rows() == before
    harvest(*pages(12, 19), moment=later(2))
    assert (at("blaze"), at("fire").text) == (fire, "At least 12 people die in a fire in Lahore.")
    harvest(*pages(14, 19), moment=later(3))
    assert at("fire").text == "At least 14 people die in a fire in Lahore."
    assert published() == 1
    before = rows()
    harvest(*pages(14, 19), moment=later(4))
    assert rows() == before


def test_what_a_person_parted_stays_parted(chief: Actor) -> None:
    listed, left = record(FIRE_GROWN, "fire-19", listed=True), record(FIRE, "fire-12", listed=False)
    harvest(listed, left)
    gone = Event.objects.get(state=State.MERGED)
    unmerge_event(actor=chief, event_id=gone.pk)
    before = rows()
    harvest(listed, left, moment=later())
    assert rows() == before
    changed = record(FIRE + " The owner is arrested.", "fire-12", listed=False)
    named = record(FIRE_GROWN, "fire-19", listed=True, former=(former(FIRE, "fire-12"),))
    harvest(named, changed, moment=later(2))
    assert published() == 2
    assert not ReviewItem.objects.open().exists()


def test_a_withdrawn_event_stays_withdrawn_whatever_is_harvested(chief: Actor) -> None:
    harvest(record(FIRE, "fire-12", listed=True))
    event = Event.objects.get()
    withdraw_event(actor=chief, event_id=event.pk, version=event.version, reason="It was a hoax.")
    harvest(record(FIRE, "fire-12", listed=True), moment=later(1))
    harvest(record(FIRE.replace("killed", "hurt"), "fire-12", listed=True), moment=later(2))
    harvest(record(FIRE_GROWN, "fire-19", listed=True), moment=later(3))
    harvest(
        record(FIRE_GROWN, "fire-19", listed=True), record(FIRE, "fire-12", listed=False), moment=later(4)
    )
    assert published() == 0


def test_the_left_over_of_a_withdrawn_event_is_not_published(chief: Actor) -> None:
    harvest(record(FIRE_GROWN, "fire-19", listed=True))
    event = Event.objects.get()
    withdraw_event(actor=chief, event_id=event.pk, version=event.version, reason="It was a hoax.")
    done = harvest(
        record(FIRE_GROWN, "fire-19", listed=True), record(FIRE, "fire-12", listed=False), moment=later()
    )
    assert published() == 0
    assert at("fire-12") == event
    assert "bad" not in counts(done)


def test_a_published_event_is_not_merged_into_a_withdrawn_one(chief: Actor) -> None:
    harvest(record(PERU, "peru", listed=True), record("Votes are counted in Lima.", "count", listed=True))
    peru = at("peru")
    withdraw_event(actor=chief, event_id=peru.pk, version=peru.version, reason="It was a hoax.")
    named = (former("Votes are counted in Lima.", "count"),)
    harvest(
        record(PERU, "peru", listed=True, former=named),
        record("Votes are counted in Lima.", "count", listed=False),
        moment=later(),
    )
    assert Event.objects.get(addresses__slug="count").state == State.PUBLISHED
    assert ReviewItem.objects.get().kind == ReviewKind.DUPLICATE


def test_what_was_removed_by_law_is_neither_shown_nor_kept_again(chief: Actor) -> None:
    harvest(record(FIRE, "fire-12", listed=True))
    event = Event.objects.get()
    remove_event(actor=chief, event_id=event.pk, version=event.version, reason="A court said so.")
    before = rows(without=("harvest", "context", "change", "sequence", "revision"))
    harvest(record(FIRE_GROWN, "fire-12", listed=True), moment=later())
    assert rows(without=("harvest", "context", "change", "sequence", "revision")) == before


def test_records_of_merged_chains_reach_the_survivor(chief: Actor) -> None:
    texts = {"one": PERU, "two": CHAD, "three": "Snow falls in Rome."}
    harvest(*(record(text, slug) for slug, text in texts.items()))
    one, two, three = (at(slug) for slug in texts)
    merge_events(actor=chief, event_id=one.pk, into_id=two.pk)
    merge_events(actor=chief, event_id=two.pk, into_id=three.pk)
    harvest(record(PERU, "one"), record(CHAD.replace("first", "second"), "two"), moment=later())
    assert (published(), at("one"), at("two")) == (1, three, three)
    harvest(record(PERU.replace("first", "second"), "one"), moment=later(2))
    assert published() == 1
    assert set(Provenance.objects.values_list("event", flat=True)) == {three.pk}


def test_an_event_made_by_hand_meets_its_page_at_the_same_address(editor: Actor) -> None:
    event = create_event(
        actor=editor, edition="en", date=DAY, text="A ferry sinks.", category="disasters", slug="ferry",
        contexts=["Ferries"],
    )  # fmt: skip
    told = record("A ferry has sunk, they say.", "ferry", contexts=("Bergen",), summary="A ship went down.")
    harvest(told)
    event.refresh_from_db()
    assert Event.objects.get() == event
    assert (event.text, event.summary, event.category) == ("A ferry sinks.", "A ship went down.", "disasters")
    assert sorted(tag.context.name for tag in event.taggings.all()) == ["Bergen", "Ferries"]
    before = rows()
    harvest(told, moment=later())
    assert rows() == before


def test_two_origins_tell_of_one_event_and_neither_overwrites_the_other(editor: Actor) -> None:
    harvest(record(FIRE, sources=["Herald"], contexts=("Lahore", "Fires")), origin="gazette")
    harvest(record(FIRE_GROWN, sources=["Herald"], contexts=("Lahore",)), origin="courier", moment=later(0))
    event = Event.objects.get()
    assert event.text == FIRE
    assert event.provenances.filter(leading=True).count() == 2
    harvest(
        record(FIRE.replace("textile", "clothing"), sources=["Daily Tide"], contexts=("Fires",)),
        origin="gazette", moment=later(1),
    )  # fmt: skip
    event.refresh_from_db()
    assert event.text == FIRE.replace("textile", "clothing")
    assert sorted(tag.context.name for tag in event.taggings.all()) == ["Fires", "Lahore"]
    assert sorted(row.label for row in event.citations.all()) == ["Daily Tide", "Herald"]


def test_records_with_ids_of_their_own_stay_apart_at_one_address() -> None:
    one = record(PERU, "voters-go", origin_id="1")
    two = record(CHAD, "voters-go", origin_id="2")
    harvest(one, two)
    assert published() == 2
    before = rows()
    harvest(one, two, moment=later())
    harvest(two, one, moment=later(2))
    assert rows() == before


def test_a_new_record_does_not_take_the_event_of_another_id_at_its_address() -> None:
    one = record(PERU, "voters-go", origin_id="1")
    harvest(one)
    harvest(one, record(CHAD, "voters-go", origin_id="2"), moment=later())
    assert published() == 2
    assert at("voters-go").text == PERU


def test_an_id_leads_to_its_event_whatever_the_text_and_the_address() -> None:
    harvest(record(PERU, "peru", origin_id="1"))
    harvest(record("Snow falls in Rome.", "snow", origin_id="1"), moment=later())
    assert addresses(Event.objects.get()) == {"peru": True, "snow": False}


def test_an_editors_edit_keeps_the_event_recognisable_for_later_rewordings(editor: Actor) -> None:
    harvest(record(FIRE, listed=True))
    event = Event.objects.get()
    correct_event(
        actor=editor, event_id=event.pk, version=event.version, grade=Grade.TYPO,
        values={"text": FIRE.replace("textile", "clothing")},
    )  # fmt: skip
    harvest(record(FIRE_GROWN, listed=True), moment=later(0))
    assert Event.objects.get().text == FIRE_GROWN.replace("textile", "clothing")
