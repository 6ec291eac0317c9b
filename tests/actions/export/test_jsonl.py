"""``export jsonl``: everything, as it stands at one moment, checksummed; or only what is public."""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from events.actions.correct import create_event
from events.actions.errors import InvalidAction
from events.actions.export import public
from events.actions.export.jsonl import export_jsonl
from events.actions.harvesting.run import run_harvest
from events.formats.jsonl import FILES
from events.harvest.jsonl import JsonlReader
from events.harvest.records import BadRecord, Record
from events.models import Event, Sequence
from events.vocabulary import Role
from tests.actions.archives import SECRETS, content, empty_database, public_events
from tests.factories import DAY, make_event, make_origin
from tests.people import make_person

NAMES = {*FILES, "datapackage.json", "manifest.json"}


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / name).read_text("utf-8").split("\n") if line]


@pytest.fixture
def archive(small_archive: None, tmp_path: Path) -> Path:
    return tmp_path / "export"


def test_the_manifest_tells_what_each_file_holds(archive: Path) -> None:
    manifest = export_jsonl(archive)
    assert manifest == json.loads((archive / "manifest.json").read_text("utf-8"))
    assert manifest["sequence"] == Sequence.objects.get().last > 0
    assert {path.name for path in archive.iterdir()} == NAMES
    for name, said in manifest["files"].items():
        data = (archive / name).read_bytes()
        assert said["sha256"] == hashlib.sha256(data).hexdigest()
        assert said["bytes"] == len(data)
        if name in FILES:
            assert data.count(b"\n") == said["lines"] == sum(said["kinds"].values())
    assert manifest["files"]["events.jsonl"]["lines"] == Event.objects.count()


def test_events_of_every_state_are_there_in_the_order_of_their_ids(archive: Path) -> None:
    export_jsonl(archive)
    found = lines(archive, "events.jsonl")
    assert [line["id"] for line in found] == list(Event.objects.order_by("pk").values_list("pk", flat=True))
    assert {line["state"] for line in found} == {
        "published", "merged", "held", "draft", "withdrawn", "legal",
    }  # fmt: skip


def test_rows_are_read_some_at_a_time_and_the_bytes_do_not_depend_on_how_many(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_jsonl(archive)
    before = content(archive)
    monkeypatch.setattr(public.chunks, "__kwdefaults__", {"at_once": 2})
    export_jsonl(archive)
    assert content(archive) == before


def test_the_reader_of_jsonl_understands_every_line(archive: Path) -> None:
    export_jsonl(archive)
    items = list(JsonlReader(archive, edition="en").items())
    assert [item for item in items if isinstance(item, BadRecord)] == []
    records = {item.origin_id: item for item in items if isinstance(item, Record)}
    ferry = Event.objects.get(text="A ferry line opens again.")
    record = records[str(ferry.pk)]
    assert record.address is not None
    assert record.address.path == "/news/2004/02/9/a-ferry-line"
    assert [former.address.slug for former in record.former if former.address] == [
        ferry.addresses.get(current=False).slug
    ]
    assert record.contexts == ("Ferries, and harbours", "Transport")
    assert (record.lead, record.category) == ("Ferries, and harbours", "Business and econony")
    assert record.citations is not None
    assert [(source.label, source.url) for source in record.citations] == [
        ("The Gazette", ""), ("", "https://gazette.example/a?utm_source=x"),
    ]  # fmt: skip
    bridge = Event.objects.get(text="A bridge is opened by two mayors.")
    double = Event.objects.get(merged_into=bridge)
    former = {one.address.slug for one in records[str(bridge.pk)].former if one.address}
    assert former == {double.addresses.get().slug}
    tunnel = Event.objects.get(text__startswith="A tunnel")
    assert set(records[str(tunnel.pk)].contexts or ()) == {"Transport", "Tunnels"}


def test_packed_files_hold_the_same_lines(archive: Path, tmp_path: Path) -> None:
    export_jsonl(archive)
    export_jsonl(tmp_path / "packed", packed=True)
    again = content(tmp_path / "packed")
    for name in FILES:
        assert gzip.decompress(again[f"{name}.gz"]) == (archive / name).read_bytes()
    export_jsonl(tmp_path / "packed", packed=True)
    assert content(tmp_path / "packed") == again


def test_a_public_export_holds_nothing_that_readers_may_not_see(archive: Path) -> None:
    manifest = export_jsonl(archive, public=True)
    everything = b"".join(content(archive).values()).decode()
    assert [secret for secret in SECRETS if secret in everything] == []
    assert manifest["public"] is True
    assert {line["id"] for line in lines(archive, "events.jsonl")} == set(
        Event.objects.published().values_list("pk", flat=True)
    )
    items = list(JsonlReader(archive, edition="en").items())
    assert [item for item in items if isinstance(item, BadRecord)] == []
    kinds = {name: said["kinds"] for name, said in manifest["files"].items()}
    assert kinds["curation.jsonl"] == {"pin": 1}
    assert kinds["editorials.jsonl"] == {"editorial": 1}
    assert kinds["revisions.jsonl"] == {"change": Sequence.objects.get().last}
    with pytest.raises(CommandError, match="what is public only"):
        call_command("restore", str(archive))


def test_a_public_export_harvested_elsewhere_makes_the_same_events(archive: Path) -> None:
    export_jsonl(archive, public=True)
    before = public_events()
    empty_database()
    Sequence.objects.get_or_create(id=1)
    harvest = run_harvest(JsonlReader(archive, edition="en"), origin=make_origin("copy"))
    assert harvest.errors == []
    after = public_events()
    for event in (*before.values(), *after.values()):
        event["citations"] = [(label or "The Gazette", *rest) for label, *rest in event["citations"]]
    assert after == before


def test_an_earlier_export_is_replaced_and_anything_else_refused(archive: Path, tmp_path: Path) -> None:
    archive.mkdir()
    export_jsonl(archive)
    export_jsonl(archive, packed=True)
    assert {path.name for path in archive.iterdir()} == {f"{name}.gz" for name in FILES} | NAMES - set(FILES)
    (archive / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InvalidAction, match="no earlier export"):
        export_jsonl(archive)
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(CommandError, match="is no folder"):
        call_command("export", "jsonl", str(tmp_path / "file"))
    other = tmp_path / "other"
    other.mkdir()
    (other / "manifest.json").write_text('{"format": "something else"}', encoding="utf-8")
    with pytest.raises(InvalidAction, match="no earlier export"):
        export_jsonl(other)


def test_a_failed_export_leaves_the_earlier_one_and_nothing_else(archive: Path) -> None:
    export_jsonl(archive)
    before, beside = content(archive), sorted(archive.parent.iterdir())

    def fail(done: int, _total: int) -> None:
        if done == 5:
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        export_jsonl(archive, progress=fail)
    assert content(archive) == before
    assert sorted(archive.parent.iterdir()) == beside


def test_the_command_says_what_it_wrote(archive: Path) -> None:
    said = StringIO()
    call_command("export", "jsonl", str(archive), stdout=said, stderr=said)
    assert (
        f"Exported at sequence {Sequence.objects.get().last}: event {Event.objects.count()}, "
        in said.getvalue()
    )


@pytest.mark.django_db(transaction=True)
def test_what_is_written_meanwhile_is_not_in_the_export_and_does_not_wait(tmp_path: Path) -> None:
    Sequence.objects.get_or_create(id=1)
    author = make_person(Role.CHIEF)
    first, second = make_event("The first event of all."), make_event("The second event of all.")
    written: list[int] = []

    def write() -> None:
        try:
            Event.objects.filter(pk=second.pk).update(text="Reworded meanwhile.")
            event = create_event(
                actor=author, edition="en", date=DAY, text="A third one comes.", category="other"
            )
            written.append(event.pk)
        finally:
            connection.close()

    def meanwhile(done: int, _total: int) -> None:
        if done == 1:
            writer = threading.Thread(target=write)
            writer.start()
            writer.join(15)

    export_jsonl(tmp_path / "export", progress=meanwhile)
    assert len(written) == 1
    assert [line["text"] for line in lines(tmp_path / "export", "events.jsonl")] == [first.text, second.text]
    assert lines(tmp_path / "export", "revisions.jsonl") == [{"type": "sequence", "id": 1, "last": 0}]
    assert Sequence.objects.get().last == 1
