"""``export csv``: what readers may see as tables that join, read back by Frictionless as a client would."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import frictionless
import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from events.actions.contexts import merge
from events.actions.contexts.merge import merge_contexts
from events.actions.correct import correct_event, create_event
from events.actions.export.csv_files import export_csv
from events.formats.tables import BY_NAME, TABLES
from events.harvest.records import CitedSource
from events.models import Context, Event, Sequence
from events.vocabulary import Grade, Role
from tests.actions.archives import SECRETS, content
from tests.factories import DAY
from tests.people import make_person

HOSTILE = '=HYPERLINK("https://evil.example") \u202eRTL, two\u2028lines; \'quotes\' "and" a comma'


@pytest.fixture
def archive(small_archive: None, tmp_path: Path) -> Path:
    return tmp_path / "dump"


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def problems(folder: Path) -> list[Any]:
    """What Frictionless finds wrong: sizes, hashes, types, keys, references between the tables."""
    report = frictionless.validate(str(folder / "datapackage.json"))
    return report.flatten(["type", "note"])


def test_the_package_is_valid_and_its_tables_join(archive: Path) -> None:
    manifest = export_csv(archive)
    assert problems(archive) == []
    package = json.loads((archive / "datapackage.json").read_text("utf-8"))
    assert [one["name"] for one in package["resources"]] == [one.name for one in TABLES]
    assert package["version"] == str(Sequence.objects.get().last) == str(manifest["sequence"])
    assert package["licenses"] == [
        {"title": "CC BY-SA 4.0", "path": "https://creativecommons.org/licenses/by-sa/4.0/"}
    ]
    lines = (archive / "citations.csv").read_bytes().splitlines(keepends=True)
    (archive / "citations.csv").write_bytes(b"".join([*lines, b"999999,1,nobody,,,,\r\n"]))
    assert {row[0] for row in problems(archive)} >= {"byte-count", "hash-count", "foreign-key"}


def cells(name: str, things: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """*things* as the rows of this table."""
    said = {None: "", True: "true", False: "false"}
    return [
        {
            column: said[value] if (value := thing[column]) is None or isinstance(value, bool) else str(value)
            for column in BY_NAME[name].names
        }
        for thing in things
    ]


def listed(name: str, **query: str) -> list[dict[str, Any]]:
    """All of a list of the API."""
    answer = Client().get(f"/api/v1/{name}/", {"page_size": "500", **query})
    return list(answer.json()["results"])


def test_every_cell_is_what_the_api_says(archive: Path) -> None:
    manifest = export_csv(archive)
    found = {one.name: table(archive, one.name) for one in TABLES}
    events, contexts = listed("events", ordering="date"), listed("contexts")
    events.sort(key=lambda event: int(event["id"]))
    on_events: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in events:
        inner = {
            "event_addresses": [{"address": path} for path in event["former_addresses"]],
            "event_contexts": [{**one, "context_id": one["id"]} for one in event["contexts"]],
            "citations": [{**one, "source_id": one["source"]} for one in event["citations"]],
            "corrections": event["corrections"],
            "event_origins": [{**one, "origin_id": one["id"]} for one in event["provenance"]],
        }
        for name, rows in inner.items():
            on_events[name] += [
                {**row, "event_id": event["id"], "position": position}
                for position, row in enumerate(rows, start=1)
            ]
        lead = event["lead_context"]
        on_events["events"].append({**event, "lead_context_id": lead and lead["id"]})
    for name, things in on_events.items():
        assert found[name] == cells(name, things), name
    for name, things in (("contexts", contexts), ("sources", listed("sources"))):
        assert found[name] == cells(name, things), name
    assert found["editorials"] == cells("editorials", listed("editorials"))
    aliases = [{"context_id": one["id"], "name": name} for one in contexts for name in one["aliases"]]
    assert found["context_aliases"] == cells("context_aliases", aliases)
    steps = [
        {"narrower_id": one["id"], "broader_id": other["id"]} for one in contexts for other in one["broader"]
    ]
    assert found["context_broader"] == cells("context_broader", steps)
    assert found["pins"] == cells("pins", [{**pin, **at} for pin, at in pinned()])
    assert all(found.values()), [name for name, rows in found.items() if not rows]
    for name, rows in found.items():
        assert manifest["files"][f"{name}.csv"]["lines"] == len(rows)


def pinned() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """What ``changes/`` says of pins, and their ends."""
    changes = listed("changes", include="object")
    told = {change["id"]: change["pins"] for change in changes if change["subject"] == "event"}
    for event_id, pins in sorted(told.items()):
        yield from ((pin, {"event_id": event_id, "target_id": pin["target"]}) for pin in pins)


def test_nothing_that_readers_may_not_see_is_in_it(archive: Path) -> None:
    export_csv(archive)
    everything = b"".join(content(archive).values()).decode()
    assert [secret for secret in (*SECRETS, "erika") if secret in everything] == []


def test_cells_are_the_very_values_for_machines_and_harmless_for_spreadsheets(
    archive: Path, tmp_path: Path
) -> None:
    chief = make_person(Role.CHIEF, name="other")
    event = create_event(
        actor=chief, edition="en", date=DAY, text=HOSTILE, category="other",
        citations=[CitedSource("+49 30 Paper", ""), CitedSource("\t@SUM(1)", "https://gazette.example/z")],
    )  # fmt: skip
    stored = Event.objects.get(pk=event.pk).text
    export_csv(archive)
    assert next(row for row in table(archive, "events") if row["id"] == str(event.pk))["text"] == stored
    assert problems(archive) == []
    sheets = tmp_path / "sheets"
    manifest = export_csv(sheets, spreadsheets=True)
    assert manifest["for"] == "spreadsheets"
    assert (sheets / "events.csv").read_bytes().startswith("\ufeffid,".encode())
    cells = [
        cell
        for path in sheets.glob("*.csv")
        for row in csv.reader(StringIO(path.read_text("utf-8-sig"), newline=""))
        for cell in row
    ]
    assert [cell for cell in cells if cell.lstrip()[:1] in {"=", "+", "-", "@", "＝"}] == []
    assert f"'{stored}" in cells


def test_a_merge_that_is_under_way_leaves_no_reference_to_nothing(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The documents of a context's events are written after the merge, a batch at a time."""
    chief = make_person(Role.CHIEF, name="other")
    event = create_event(
        actor=chief, edition="en", date=DAY, text="A weir is opened.", category="other",
        lead="Weirs", contexts=["Weirs", "Dams"],
    )  # fmt: skip
    monkeypatch.setattr(merge, "rewrite_documents", lambda *_: None)
    weirs, dams = Context.objects.get(name="Weirs"), Context.objects.get(name="Dams")
    merge_contexts(actor=chief, context_id=weirs.pk, into_id=dams.pk)
    export_csv(archive)
    assert problems(archive) == []
    mine = [row for row in table(archive, "event_contexts") if row["event_id"] == str(event.pk)]
    assert [row["context_id"] for row in mine] == [str(dams.pk)]


def test_every_time_and_day_is_read_as_one(archive: Path) -> None:
    chief = make_person(Role.CHIEF, name="other")
    event = Event.objects.published().first()
    assert event is not None
    correct_event(
        actor=chief, event_id=event.pk, version=event.version, values={"text": "Reworded."},
        grade=Grade.CORRECTION, note="Why.",
    )  # fmt: skip
    export_csv(archive)
    read = frictionless.Package(str(archive / "datapackage.json")).get_resource("corrections").read_rows()
    assert {row["note"] for row in read} >= {"Why."}
    assert all(row["at"].year >= 2018 for row in read)


def test_the_command_says_what_it_wrote_and_refuses_another_sort_of_export(archive: Path) -> None:
    said = StringIO()
    call_command("export", "csv", str(archive), "--for", "spreadsheets", stdout=said)
    assert f"Exported at sequence {Sequence.objects.get().last}: origins 1, contexts " in said.getvalue()
    assert "what readers may see" in said.getvalue()
    with pytest.raises(CommandError, match="no earlier export of this sort"):
        call_command("export", "jsonl", str(archive))
