"""Running a harvest: batches, resuming, trials, bad records, and an order that does not matter."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.actions import relate
from events.actions.harvesting import run
from events.harvest.records import BadRecord, Evidence, Item, Mention, Place
from events.models import Change, Event, FeatureCounts, Harvest, HarvestFile, Origin, RelatedLink, Sequence
from events.vocabulary import HarvestState
from tests.factories import make_origin
from tests.harvests import (
    EARLY,
    Killed,
    ListReader,
    counts,
    file_read,
    former,
    harvest,
    later,
    mention,
    public_content,
    record,
    rows,
)

pytestmark = pytest.mark.django_db

FIRST_DAY = dt.date(2010, 3, 1)
TOWNS = ("Lima", "Oslo", "Turin", "Dakar", "Perth", "Hanoi", "Quito", "Sofia")
DEEDS = (
    "The mayor of {} resigns after a vote in the city council.",
    "A museum of glass opens its doors in {} to many visitors.",
    "Dockers in {} end a strike that lasted for eleven weeks.",
)


def archive(days: int = 4) -> list[list[Item]]:
    """Days of listed pages, left-overs, a day page's entry, and related lists, one list of items a day."""
    found: list[list[Item]] = []
    for number in range(days):
        date = FIRST_DAY + dt.timedelta(days=number)
        items: list[Item] = []
        for place, deed in enumerate(DEEDS):
            town = TOWNS[(number + 2 * place) % len(TOWNS)]
            slug = f"{town.lower()}-{place}"
            items.append(
                record(deed.format(town), slug, date=date, listed=True, contexts=(town,), sources=["Herald"])
            )
            items.append(file_read(f"{date}/{slug}.md"))
        town = TOWNS[number % len(TOWNS)]
        left = DEEDS[0].format(town).replace("after a vote", "after an angry vote")
        items.append(record(left, f"{town.lower()}-left", date=date, listed=False))
        items.append(
            record(f"Snow falls in {town}.", "snow", date=date, evidence=Evidence.DAY, listed=True,
                   contexts=(f"Snow of {town}",), contexts_from_day=True)
        )  # fmt: skip
        found.append(items)
    return found


def lists(days: int = 4) -> list[Item]:
    """What related lists say: of known events, and of ones that have no page."""
    said: list[Item] = []
    for number in range(days):
        date = FIRST_DAY + dt.timedelta(days=number)
        said.append(mention("Snow falls.", "snow", "Winter", date=date, file=f"{date}/x.md"))
        said.append(mention(f"Ice closes port {number}.", "ice", "Winter", "Ports", file=f"{date}/y.md"))
        said.append(
            mention(f"Ice closes port {number}.", f"ice-{number}", "Winter", "Ice", date=date, by="other")
        )
    return said


def flat(days: list[list[Item]]) -> list[Item]:
    return [item for day in days for item in day]


def in_order_of_one_text(items: list[Item]) -> list[Item]:
    """Mentions as they are, but one address is always named by the same text."""
    texts: dict[object, Mention] = {}
    return [
        texts.setdefault(item.address, item) if isinstance(item, Mention) else item for item in items
    ]  # fmt: skip


def order_does_not_matter(monkeypatch: pytest.MonkeyPatch, seed: int, size: int) -> None:
    monkeypatch.setattr(run._Pace, "size", size)
    monkeypatch.setattr(run, "_BATCH_LEAST", size)
    contents = []
    for shuffled in (False, True):
        days, said = archive(), in_order_of_one_text(lists())
        if shuffled:
            chance = random.Random(seed)
            for day in days:
                chance.shuffle(day)
            chance.shuffle(days)
            chance.shuffle(said)
        with transaction.atomic():
            harvest(*flat(days), *said)
            contents.append(public_content())
            transaction.set_rollback(True)
    assert contents[0] == contents[1]


FEW = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
ORDERS = given(seed=st.integers(0, 10**6), size=st.sampled_from([1, 7, 100]))
test_the_order_of_files_does_not_matter = FEW(ORDERS(order_does_not_matter))
test_none_of_many_orders_of_files_matters = pytest.mark.slow(
    settings(FEW, max_examples=100)(ORDERS(order_does_not_matter))
)


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_the_size_of_batches_does_not_matter(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    with transaction.atomic():
        harvest(*flat(archive()), *lists())
        expected = public_content()
        transaction.set_rollback(True)
    monkeypatch.setattr(run._Pace, "size", size)
    monkeypatch.setattr(run, "_BATCH_LEAST", size)
    harvest(*flat(archive()), *lists())
    assert public_content() == expected


def test_a_day_is_judged_as_a_whole_though_its_batch_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    fire = "At least 12 people are killed in a fire at a textile factory in Lahore, Pakistan."
    old = record(fire, "fire-12", listed=True)
    harvest(old, file_read("fire-12.md"))
    monkeypatch.setattr(run._Pace, "size", 1)
    monkeypatch.setattr(run, "_BATCH_LEAST", 1)
    new = record(fire.replace("12", "19"), "fire-19", listed=True)
    harvest(new, file_read("fire-19.md"), old, file_read("fire-12.md"), moment=later(0))
    assert Event.objects.published().count() == 2


@pytest.mark.parametrize("after", [1, 5, 9, 17, 25, 33])
def test_a_killed_harvest_resumes_and_ends_as_an_unbroken_one(
    monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    monkeypatch.setattr(run._Pace, "size", 2)
    monkeypatch.setattr(run, "_BATCH_LEAST", 2)
    items = [*flat(archive()), *lists()]
    second = [
        *flat(archive(5)),
        record("The mayor of Lima leaves.", "lima-new", date=FIRST_DAY, listed=True,
               former=(former("The mayor", "nobody"),)),
        *lists(5),
    ]  # fmt: skip
    with transaction.atomic():
        harvest(*items)
        unbroken = harvest(*second, moment=later()).counts
        expected = public_content()
        transaction.set_rollback(True)
    harvest(*items)
    with pytest.raises(Killed):
        harvest(*second, moment=later(), broken_after=after)
    killed = Harvest.objects.latest("id")
    assert killed.state == HarvestState.RUNNING
    resumed = harvest(*second, moment=later())
    assert (resumed.pk, resumed.state) == (killed.pk, HarvestState.FINISHED)
    assert public_content() == expected
    assert resumed.counts == unbroken
    before = rows()
    harvest(*second, moment=later(2))
    assert rows() == before


def test_a_harvest_killed_before_its_end_does_not_keep_newer_input_out() -> None:
    items = flat(archive())
    with pytest.raises(Killed):
        harvest(*items, moment=later(), broken_after=8)
    harvest(*items, record("Rain falls in Lima.", "rain"), moment=later(2))
    assert Event.objects.filter(text="Rain falls in Lima.").exists()
    assert set(Harvest.objects.values_list("state", flat=True)) == {"running", "finished"}


def test_a_trial_says_what_would_change_and_writes_nothing() -> None:
    harvest(record("Snow falls in Rome.", "snow"))
    before, harvests, origins = rows(), Harvest.objects.count(), Origin.objects.count()
    told: list[tuple[str, str, str]] = []
    done = harvest(
        record("Snow falls in Rome and in Ostia.", "snow"), record("Rain falls in Lima.", "rain"),
        moment=later(0), dry_run=True, report=lambda *said: told.append(said),
    )  # fmt: skip
    assert counts(done) == {"updated": 1, "created": 1}
    assert [(what, text) for what, _, text in told] == [
        ("updated", "Snow falls in Rome and in Ostia."),
        ("created", "Rain falls in Lima."),
    ]
    assert rows() == before
    assert (Harvest.objects.count(), Origin.objects.count()) == (harvests, origins)


def test_bad_records_are_counted_and_told_and_the_rest_goes_on() -> None:
    bad = BadRecord(Place("broken.md", 7), "has no date: write it")
    told: list[BadRecord] = []
    done = harvest(bad, record("Snow falls in Rome.", "snow"), on_bad=told.append)
    assert counts(done) == {"created": 1, "bad": 1}
    assert (done.state, done.errors) == (HarvestState.FAILED, [["broken.md", 7, "has no date: write it"]])
    assert told == [bad]
    assert done.finished_at is not None


def test_bad_files_are_remembered_as_bad_and_mended_ones_are_not() -> None:
    harvest(file_read("one.md", "1"))
    harvest(file_read("one.md", "2"), moment=later())
    row = HarvestFile.objects.get()
    assert (row.digest, row.harvest) == ("2", Harvest.objects.latest("id"))


def test_the_same_record_twice_in_one_input_counts_once() -> None:
    told = record("Snow falls in Rome.", "snow")
    assert counts(harvest(told, told)) == {"created": 1, "unchanged": 1}


def test_every_change_is_in_the_public_sequence_without_a_gap() -> None:
    harvest(*flat(archive()), *lists())
    harvest(*flat(archive(5)), *lists(5), moment=later())
    seqs = list(Change.objects.order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1))
    assert Sequence.objects.get().last == len(seqs)
    assert set(
        Change.objects.filter(kind="created", subject="event").values_list("subject_id", flat=True)
    ) >= set(Event.objects.published().values_list("pk", flat=True))


def test_the_moment_is_the_inputs_own() -> None:
    done = harvest(record("Snow falls in Rome.", "snow"), moment=EARLY)
    assert done.moment == EARLY
    assert Event.objects.get().provenances.get().moment == EARLY


def test_batches_are_as_long_as_their_time_allows_and_no_shorter_on_a_busy_machine() -> None:
    pace = run._Pace()
    for _ in range(20):  # three milliseconds an item
        pace.took(pace.size * 0.003, pace.size * 0.003)
    assert 50 <= pace.size <= 84
    busy = run._Pace()
    for _ in range(20):  # a third of one of work, that lasts three
        busy.took(busy.size * 0.003, busy.size * 0.0003)
    assert 200 <= busy.size <= 334
    slow = run._Pace()
    for _ in range(20):
        slow.took(slow.size * 0.05, slow.size * 0.05)
    assert slow.size == run._BATCH_LEAST


def test_links_computed_while_a_whole_archive_is_harvested_do_not_settle_what_is_rare(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As when somebody corrects an event meanwhile: counts of a part would stay until it has doubled."""
    monkeypatch.setattr(relate, "SMALL", 0)
    monkeypatch.setattr(run._Pace, "size", 5)
    monkeypatch.setattr(run, "BATCH_MOST", 5)
    items = [item for day in archive(days=8) for item in day]
    counted = []

    class Meanwhile(ListReader):
        def items(self) -> Iterator[Item]:
            for number, item in enumerate(super().items()):
                if number == len(items) * 2 // 3:
                    relate.relate_due()
                    counted.append(FeatureCounts.objects.get().events)
                yield item

    run.run_harvest(Meanwhile(items), origin=make_origin("gazette"), moment=EARLY)
    found = FeatureCounts.objects.get()
    assert found.events == found.present > counted[0] > found.present / 2
    before = links()
    relate.mark_all_due(recount=True)
    relate.relate_due()
    assert links() == before != []


def links() -> list[tuple[int, int, float]]:
    return list(RelatedLink.objects.order_by("event", "rank").values_list("event", "target", "score"))
