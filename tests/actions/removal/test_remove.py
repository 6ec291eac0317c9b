"""events/actions/removal/remove.py: the words are gone, a tombstone answers, no harvest brings them back."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection
from django.test import Client

from events.actions.correct import correct_event, create_event
from events.actions.curate import pin_related
from events.actions.errors import InvalidAction, StaleVersion
from events.actions.export.jsonl import export_jsonl
from events.actions.export.markdown import export_markdown
from events.actions.merge import merge_events, unmerge_event
from events.actions.recording import Actor
from events.actions.relate import relate_due
from events.actions.removal.remove import remove_event
from events.actions.withdraw import restore_event, withdraw_event
from events.harvest.records import BadRecord, CitedSource, Place
from events.models import (
    Change,
    Context,
    Curation,
    Event,
    HarvestFile,
    Provenance,
    Publisher,
    ReviewItem,
    Revision,
    SearchWord,
    Source,
)
from events.vocabulary import ChangeKind, Grade, ReviewKind, ReviewState, Role, State, Subject
from tests.actions.archives import content
from tests.factories import DAY, former_address, make_event
from tests.harvests import address, file_read, former, harvest, later, mention, record
from tests.people import make_person, make_user

TEXT = "The quizzaciously named Zephyrine Vantongerloo is accused in Port Example."
SLUG = "the-quizzaciously-named-zephyrine"
FILE = f"news/2004/02/9/{SLUG}.md"
CANARIES = (
    "quizzacious", "zephyrine", "vantongerloo", "formerlyworded", "summaryword", "labelword", "xylographer",
    "hostword", "noteword", "pinword", "askedword", "errorword", "olderslug", "mergedword", "mergednote",
)  # fmt: skip
"""Words of the text, former texts, slugs, the summary, sources, notes, questions and contexts."""


@pytest.fixture
def event(db: None, chief: Actor) -> Event:
    return _archive(chief)


def _archive(chief: Actor) -> Event:
    """An event that left words everywhere, among others that stay."""
    harvest(
        record(
            TEXT, SLUG, listed=True, contexts=("Crime", "Xylographer Affair"), summary="A summaryword.",
            citations=(CitedSource("Labelword Daily", "https://hostword.example/zephyrine"),),
        ),
        record("A bridge opens.", "a-bridge", contexts=("Crime",), inferred=((address(SLUG), ("Crime",)),)),
        file_read(FILE),
        BadRecord(Place(FILE, 3), "errorword"),
    )  # fmt: skip
    event, other = (Event.objects.get(addresses__slug=slug) for slug in (SLUG, "a-bridge"))
    former_address(event, "olderslug-here")
    for text in (f"{TEXT} Formerlyworded.", TEXT):
        event = correct_event(
            actor=chief, event_id=event.pk, version=event.version, values={"text": text},
            grade=Grade.CORRECTION, note="A noteword.",
        )  # fmt: skip
    double = create_event(
        actor=chief, edition="en", date=DAY, text="A mergedword Vantongerloo is accused.", category="other",
        citations=[CitedSource("Labelword Weekly")],
    )  # fmt: skip
    merge_events(actor=chief, event_id=double.pk, into_id=other.pk, note="A mergednote.")
    unmerge_event(actor=chief, event_id=double.pk)
    merge_events(actor=chief, event_id=double.pk, into_id=event.pk)
    pin_related(actor=chief, event_id=other.pk, target_id=event.pk, note="A pinword.")
    ReviewItem.objects.create(
        kind=ReviewKind.REPORT, key="askedword", event=event, data={"says": f"Askedword: {TEXT}"}
    )
    ReviewItem.objects.create(
        kind=ReviewKind.DUPLICATE, key="1-2", event=other, other=event, data={"a": TEXT}
    )
    LogEntry.objects.create(
        user_id=chief.user.pk if chief.user else 0, action_flag=CHANGE, object_repr=f"“{TEXT}” was looked at"
    )
    relate_due()
    event.refresh_from_db()
    return event


def _remove(chief: Actor, event: Event) -> Event:
    event.refresh_from_db()
    return remove_event(actor=chief, event_id=event.pk, version=event.version, reason="Order of a court.")


def _tables() -> Iterator[tuple[str, str]]:
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608  its own tables
            for row in cursor.fetchall():
                yield table, repr(row).lower()


def _where() -> list[tuple[str, str]]:
    """Each canary that is still in the database, and its table."""
    return sorted({(word, table) for table, row in _tables() for word in CANARIES if word in row})


def test_every_canary_was_there_and_none_is_left_in_any_table(chief: Actor, event: Event) -> None:
    assert {word for word, _ in _where()} == set(CANARIES)
    _remove(chief, event)
    assert _where() == []


def test_a_tombstone_stays_with_its_public_reason(chief: Actor, event: Event) -> None:
    _remove(chief, event)
    event.refresh_from_db()
    assert (event.state, event.date, event.text, event.lead) == (State.LEGAL, DAY, "", None)
    last = Revision.objects.filter(event=event).latest("number")
    assert (last.number, last.note, last.actor_name) == (event.version, "Order of a court.", chief.name)
    double = Event.objects.exclude(pk=event.pk).get(text="")
    assert (double.state, double.merged_into) == (State.LEGAL, None)
    changes = Change.objects.filter(kind=ChangeKind.WITHDRAWN, subject=Subject.EVENT)
    assert set(changes.values_list("subject_id", flat=True)) == {event.pk, double.pk}


@pytest.mark.parametrize("suffix", ["", ".html", ".md", ".json", ".xml"])
def test_every_address_it_ever_had_answers_451(chief: Actor, event: Event, suffix: str) -> None:
    double = Event.objects.get(merged_into=event).addresses.get().slug
    _remove(chief, event)
    for slug in (SLUG, "olderslug-here", double):
        answer = Client().get(f"/news/2004/02/9/{slug}{suffix}")
        assert (answer.status_code, slug in answer.content.decode()) == (451, False)
    assert Client().get(f"/e/{event.pk}").status_code == 451
    assert Client().get(f"/api/v1/events/{event.pk}/").status_code == 451
    assert Client().get("/news/2004/02/9/another-slug.html").status_code == 404


def test_readers_lists_and_exports_have_none_of_it(chief: Actor, event: Event, tmp_path: Path) -> None:
    _remove(chief, event)
    export_jsonl(tmp_path / "jsonl")
    export_markdown(tmp_path / "markdown", edition="en")
    browser = Client()
    browser.force_login(make_user(Role.ADMINISTRATOR), backend="django.contrib.auth.backends.ModelBackend")
    pages = [
        "/", "/news/2004/02/9/", "/news/2004/02/9/a-bridge.json", "/contexts/crime/", "/api/v1/events/",
        "/api/v1/changes/", "/api/v1/sources/", "/api/v1/contexts/", "/search/?q=vantongerloo",
        f"/admin/events/event/{event.pk}/change/", "/admin/events/event/", "/admin/events/reviewitem/",
    ]  # fmt: skip
    seen = {path: browser.get(path, follow=True).content.decode().lower() for path in pages}
    seen |= {name: found.decode().lower() for name, found in content(tmp_path).items()}
    assert {name: word for name, said in seen.items() for word in CANARIES if word in said} == {
        "/search/?q=vantongerloo": "vantongerloo"  # what was asked for
    }
    assert Client().get("/contexts/xylographer-affair/").status_code == 404


def test_only_what_nothing_else_needs_goes_with_it(chief: Actor, event: Event) -> None:
    _remove(chief, event)
    assert set(Context.objects.values_list("name", flat=True)) == {"Crime"}
    assert not Source.objects.filter(url__contains="hostword").exists()
    assert not Publisher.objects.exists()
    assert SearchWord.objects.filter(word="bridge").exists()
    assert not Curation.objects.exists()
    assert {item.state for item in ReviewItem.objects.filter(event=event)} == {ReviewState.OBSOLETE}
    gone = Change.objects.filter(kind=ChangeKind.WITHDRAWN).values_list("subject", flat=True)
    assert set(gone) == {Subject.EVENT, Subject.SOURCE, Subject.CONTEXT}


def test_a_context_that_somebody_worked_on_stays(chief: Actor, event: Event) -> None:
    Context.objects.filter(name="Xylographer Affair").update(profile="What it is about.")
    _remove(chief, event)
    assert Context.objects.filter(name="Xylographer Affair").exists()


@pytest.mark.parametrize(
    "again",
    [
        record(TEXT, SLUG, listed=True, contexts=("New Name",)),
        record("Reworded beyond likeness at the old address.", SLUG, contexts=("New Name",)),
        record(f"  {TEXT.upper()}", "at-a-new-address", contexts=("New Name",)),
        record("Told anew.", "told-anew", former=(former(TEXT, SLUG),), contexts=("New Name",)),
        mention(TEXT, SLUG, "New Name", by="a-bridge"),
        mention("Another bridge.", "another-bridge", "New Name", by=SLUG),
        file_read(FILE, "2"),
        BadRecord(Place(FILE, 9), "errorword"),
        record("A bridge opens again.", "a-bridge", inferred=((address(SLUG), ("Crime",)),)),
    ],
)
def test_a_later_harvest_does_not_bring_it_back(chief: Actor, event: Event, again: object) -> None:
    _remove(chief, event)
    harvest(again, moment=later())  # type: ignore[arg-type]
    harvest(again, moment=later(2), origin="another")  # type: ignore[arg-type]
    assert _where() == []
    assert not Context.objects.filter(name="New Name").exists()
    assert not Event.objects.published().exclude(text__startswith="A bridge opens").exists()


def test_a_record_is_known_again_by_its_id_alone(chief: Actor) -> None:
    harvest(record(TEXT, origin_id="g-1"))
    _remove(chief, Event.objects.get())
    harvest(record("Reworded wholly.", origin_id="g-1"), moment=later())
    assert Event.objects.count() == 1
    harvest(record("Another origin's first.", origin_id="g-1"), moment=later(), origin="another")
    assert Event.objects.published().count() == 1
    assert not HarvestFile.objects.exists()


def test_its_address_is_never_given_to_another(chief: Actor, event: Event) -> None:
    _remove(chief, event)
    made = create_event(
        actor=chief, edition="en", date=DAY, text="The quizzaciously named Zephyrine.", category="other"
    )
    assert made.addresses.get().slug == f"{SLUG}-2"
    with pytest.raises(InvalidAction):
        create_event(
            actor=chief, edition="en", date=DAY, text="Other.", category="other", slug="olderslug-here"
        )


def test_it_cannot_be_taken_back_nor_done_twice(chief: Actor, event: Event) -> None:
    event = _remove(chief, event)
    with pytest.raises(InvalidAction, match="cannot come back"):
        restore_event(actor=chief, event_id=event.pk, version=event.version)
    with pytest.raises(InvalidAction, match="already"):
        _remove(chief, event)


def test_a_removal_needs_the_right_a_reason_the_present_version_and_the_survivor(
    chief: Actor, event: Event
) -> None:
    asked = {"event_id": event.pk, "version": event.version, "reason": "x"}
    with pytest.raises(PermissionDenied):
        remove_event(actor=make_person(Role.EDITOR), **asked)
    with pytest.raises(InvalidAction):
        remove_event(actor=chief, **{**asked, "reason": " "})
    with pytest.raises(StaleVersion):
        remove_event(actor=chief, **{**asked, "version": 1})
    double = Event.objects.get(merged_into=event)
    with pytest.raises(InvalidAction, match=f"merged into {event.pk}"):
        remove_event(actor=chief, event_id=double.pk, version=double.version, reason="x")
    assert {word for word, _ in _where()} == set(CANARIES)


def test_a_withdrawn_or_held_event_is_removed_too(chief: Actor) -> None:
    for state in (State.HELD, State.DRAFT, State.WITHDRAWN):
        event = _remove(chief, make_event(f"Zephyrine {state}.", state=state))
        assert event.state == State.LEGAL
    event = make_event("Zephyrine once more.")
    withdraw_event(actor=chief, event_id=event.pk, version=1, reason="Wrong.")
    _remove(chief, event)
    assert _where() == []


def test_what_another_event_cites_or_says_itself_stays(chief: Actor, event: Event) -> None:
    other = create_event(
        actor=chief, edition="en", date=DAY, text="Another of the day.", category="other",
        contexts=["Xylographer Affair"],
        citations=[CitedSource("Labelword Daily", "https://hostword.example/zephyrine")],
    )  # fmt: skip
    _remove(chief, event)
    assert other.citations.get().label == "Labelword Daily"
    assert Revision.objects.get(event=other).fields["citations"]["new"][0]["label"] == "Labelword Daily"
    assert Context.objects.filter(name="Xylographer Affair").exists()


@pytest.mark.django_db(transaction=True)
def test_the_database_is_written_anew_on_demand(event: Event, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("erase_traces", "--yes")
    assert "nothing deleted is left" in capsys.readouterr().out
    assert Event.objects.filter(pk=event.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_the_bytes_are_gone_from_the_files(tmp_path: Path) -> None:
    """SQLite: the file and its log. PostgreSQL: a dump."""
    chief = make_person(Role.CHIEF)
    event = _archive(chief)
    before = _bytes(tmp_path)
    _remove(chief, event)
    after = _bytes(tmp_path)
    assert [word for word in CANARIES if word.encode() not in before] == []
    assert [word for word in CANARIES if word.encode() in after] == []
    assert b"a bridge opens" in after
    assert Provenance.objects.filter(event=event).exists()


def _bytes(folder: Path) -> bytes:
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        files = [Path(name + end) for end in ("", "-wal", "-journal") if Path(name + end).exists()]
        return b"".join(file.read_bytes() for file in files).lower()
    asked = connection.get_connection_params()
    environment = {**os.environ, "PGPASSWORD": str(asked.get("password") or "")}
    command = ["pg_dump", "-h", asked["host"], "-p", str(asked["port"]), "-U", asked["user"], asked["dbname"]]
    made = subprocess.run(command, env=environment, capture_output=True, check=True)
    return made.stdout.lower()


def test_only_a_removal_may_touch_what_is_append_only() -> None:
    """``erase`` and ``erase_rows`` are the one exception of ``models.revision.AppendOnly``."""
    allowed = {"removal.py", "quotes.py", "unused.py", "querysets.py"}
    events = Path(__file__).resolve().parent.parent.parent / "events"
    called = re.compile(r"\.(erase|erase_rows)\(")
    assert {path.name for path in events.rglob("*.py") if called.search(path.read_text("utf-8"))} <= allowed
