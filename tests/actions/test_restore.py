"""``restore``: the same archive again, or a clear error and nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from events.actions import relate
from events.actions.errors import InvalidAction
from events.actions.export import jsonl
from events.actions.export.jsonl import export_jsonl
from events.actions.harvesting.run import run_harvest
from events.actions.merge import unmerge_event
from events.actions.relate import mark_all_due, relate_due
from events.actions.restore import restore_export
from events.formats.jsonl import CHILDREN, FILES
from events.harvest.jsonl import JsonlReader
from events.models import (
    Change,
    Context,
    Document,
    Event,
    FeatureCounts,
    Origin,
    RelatedLink,
    Revision,
    Sequence,
)
from events.vocabulary import Role, State
from tests.actions.archives import HARVESTED, content, empty_database, fill_archive, rows
from tests.factories import make_context, make_event, make_origin
from tests.people import make_person

MODELS = [kind.model for kind in (*(kind for kinds in FILES.values() for kind in kinds), *CHILDREN.values())]
USERS = ("by", "actor", "decided_by")


NOWHERE = 10**12
"""An id that nothing has."""
_made: dict[str, bytes] = {}


@pytest.fixture
def exported(db: None, tmp_path: Path) -> Path:
    """A full export of an archive that is gone; made once, because that takes a while."""
    folder = tmp_path / "export"
    if not _made:
        fill_archive(tmp_path)
        export_jsonl(folder)
        empty_database()
        _made.update(content(folder))
    folder.mkdir(exist_ok=True)
    for name, data in _made.items():
        (folder / name).write_bytes(data)
    return folder


def restore(folder: Path) -> str:
    """What the command says."""
    said = StringIO()
    call_command("restore", str(folder), stdout=said, stderr=said)
    return said.getvalue()


def change(folder: Path, name: str, mend: Callable[[list[str]], list[str]]) -> None:
    """Change the lines of one file and make the manifest agree."""
    path = folder / name
    data = "".join(f"{line}\n" for line in mend(path.read_text("utf-8").split("\n")[:-1])).encode()
    path.write_bytes(data)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["files"][name] |= {"lines": data.count(b"\n"), "sha256": hashlib.sha256(data).hexdigest()}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def change_line(folder: Path, name: str, number: int, values: dict[str, Any]) -> None:
    def mend(lines: list[str]) -> list[str]:
        lines[number - 1] = json.dumps({**json.loads(lines[number - 1]), **values})
        return lines

    change(folder, name, mend)


def refusal(folder: Path) -> str:
    """What restoring says; and nothing of it stays."""
    with pytest.raises(InvalidAction) as caught:
        restore_export(folder)
    assert [model for model in (*MODELS, Document) if model is not Sequence and rows(model)] == []
    return str(caught.value)


def test_every_row_comes_back_as_it_was(tmp_path: Path, small_archive: None) -> None:
    kept = [model for model in (*MODELS, Document) if model is not FeatureCounts]
    before = {model: rows(model, *USERS) for model in kept}
    links = rows(RelatedLink, "id")
    export_jsonl(tmp_path / "export")
    empty_database()
    assert restore(tmp_path / "export").startswith("Restored: 10 events, ")
    for model, found in before.items():
        assert rows(model, *USERS) == found, model
    assert sorted(rows(RelatedLink, "id")) == sorted(links)
    assert links


def test_an_export_of_the_restored_archive_has_the_same_bytes(exported: Path, tmp_path: Path) -> None:
    restore(exported)
    assert not Document.objects.filter(related_due=True).exists()
    export_jsonl(tmp_path / "related")
    assert content(tmp_path / "related") == content(exported)


def test_links_are_those_of_before_though_they_go_by_older_counts(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relate, "SMALL", 0)
    monkeypatch.setattr(jsonl, "SMALL", 0)
    Sequence.objects.get_or_create(id=1)
    grown(6)
    relate_due()
    grown(4, after=6)
    relate_due()
    counts, links = FeatureCounts.objects.get(), rows(RelatedLink, "id")
    assert counts.events < counts.present, "the case is not the one that is meant"
    export_jsonl(tmp_path / "export")
    files = content(tmp_path / "export")
    empty_database()
    restore(tmp_path / "export")
    assert sorted(rows(RelatedLink, "id")) == sorted(links)
    again = FeatureCounts.objects.get()
    assert (again.version, again.events, again.present) == (counts.version, counts.events, counts.present)
    export_jsonl(tmp_path / "again")
    assert content(tmp_path / "again") == files
    mark_all_due(recount=True)
    relate_due()
    assert sorted(rows(RelatedLink, "id")) != sorted(links), "newer counts would have made no difference"


def grown(count: int, *, after: int = 0) -> None:
    """So many events more, of three kinds; the kinds get more frequent in turn."""
    for number in range(after, after + count):
        kind = ("ferry", "vote", "storm")[number // 4 % 3]
        make_event(f"A {kind} near Lagos and Quito, {number} miners say.", contexts=[kind.title(), "Peru"])


def test_an_export_of_before_counts_were_kept_is_restored(exported: Path) -> None:
    manifest = json.loads((exported / "manifest.json").read_text("utf-8"))
    (exported / "manifest.json").write_text(json.dumps(manifest | {"schema": 1}), encoding="utf-8")
    restore(exported)
    assert FeatureCounts.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, ""),
        ({"terms": "AAAAAAAAAAA=", "counts": "AAAA"}, '"counts" four, for each feature'),
        ({"terms": "é"}, '"terms" must hold bytes in base64'),
        ({"words_mean": "7"}, '"words_mean" must hold a number'),
        ({"days": -1}, '"days" must hold a whole number'),
    ],
)
def test_counts_that_cannot_be_right_are_refused(exported: Path, values: dict[str, Any], reason: str) -> None:
    good = {
        "type": "counts", "edition": "en", "version": 3, "events": 10, "days": 3, "words_mean": 7.5,
        "names_mean": 2, "terms": "AAAAAAAAAAA=", "counts": "AgAAAA==",
    }  # fmt: skip
    change(exported, "curation.jsonl", lambda lines: [*lines, json.dumps({**good, **values})])
    if reason:
        assert reason in refusal(exported)
    else:
        restore_export(exported)
        assert FeatureCounts.objects.get().words_mean == 7.5


def test_a_packed_export_is_restored_too(exported: Path, tmp_path: Path) -> None:
    restore(exported)
    export_jsonl(tmp_path / "packed", packed=True)
    empty_database()
    restore(tmp_path / "packed")
    export_jsonl(tmp_path / "again")
    assert content(tmp_path / "again") == content(exported)


def test_an_empty_archive_is_restored_as_one(db: None, tmp_path: Path) -> None:
    Sequence.objects.get_or_create(id=1)
    export_jsonl(tmp_path / "export")
    restore_export(tmp_path / "export")
    assert Sequence.objects.get().last == 0
    assert not Event.objects.exists()


def test_the_restored_archive_goes_on_as_the_old_one_would(exported: Path, tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_text(HARVESTED, encoding="utf-8")
    restore(exported)
    last, most = Sequence.objects.get().last, max(Event.objects.values_list("pk", flat=True))
    revisions = Revision.objects.count()
    harvest = run_harvest(JsonlReader(tmp_path / "events.jsonl", edition="en"), origin=Origin.objects.get())
    assert harvest.counts["unchanged"] == 2
    assert (Revision.objects.count(), Sequence.objects.get().last) == (revisions, last)
    double = Event.objects.get(state=State.MERGED)
    assert (
        unmerge_event(actor=make_person(Role.CHIEF, name="anna"), event_id=double.pk).state == State.PUBLISHED
    )
    assert Change.objects.count() == Sequence.objects.get().last > last
    assert make_event("A new event comes after all others.").pk == most + 1


def test_only_an_empty_database_is_restored_into(exported: Path) -> None:
    make_context("Mine")
    with pytest.raises(CommandError, match=r"Nothing was restored\. The database holds contexts already"):
        call_command("restore", str(exported))
    assert [context.name for context in Context.objects.all()] == ["Mine"]
    Context.objects.all().delete()
    make_origin("mine")
    with pytest.raises(InvalidAction, match="The database holds origins already"):
        restore_export(exported)


@pytest.mark.parametrize(
    ("name", "number", "values", "reason"),
    [
        ("events.jsonl", 2, {"date": "2004-02-30"}, '"date" must hold a date'),
        ("events.jsonl", 2, {"date": "20040209"}, '"date" must hold a date'),
        ("events.jsonl", 2, {"state": "secret"}, '"state" holds "secret", which is none of draft'),
        ("events.jsonl", 2, {"id": "7"}, '"id" must hold a whole number'),
        ("events.jsonl", 2, {"id": 2**70}, '"id" must hold a whole number'),
        ("events.jsonl", 2, {"id": True}, '"id" must hold a whole number'),
        ("events.jsonl", 2, {"text": None}, '"text" must hold a string'),
        ("events.jsonl", 2, {"text": "a\0b"}, '"text" contains a NUL'),
        ("events.jsonl", 2, {"text": "a\ud800b"}, "half of a character"),
        ("events.jsonl", 2, {"text": ""}, "breaks a rule of the archive"),
        ("events.jsonl", 2, {"category_said": "x" * 201}, "has 201 characters, more than 200"),
        ("events.jsonl", 2, {"created_at": "2004-02-09T12:00:00Z"}, '"created_at" must hold a time'),
        ("events.jsonl", 2, {"created_at": "9999-12-31T23:59:59.999999-10:00"}, "must hold a time"),
        ("events.jsonl", 2, {"surprise": 1}, 'has "surprise", which is unknown here'),
        ("events.jsonl", 2, {"type": "context"}, 'has the type "context": this file holds event'),
        ("events.jsonl", 2, {"addresses": {}}, '"addresses" must hold a list'),
        ("events.jsonl", 2, {"addresses": [1]}, '"addresses" must hold objects'),
        ("events.jsonl", 2, {"taggings": [{}]}, 'taggings, number 1: has no "'),
        ("events.jsonl", 2, {"document": {"version": 1}}, 'document: has no "related_version"'),
        ("events.jsonl", 2, {"lead": NOWHERE}, f"names lead {NOWHERE}, which the export does not hold"),
        ("events.jsonl", 2, {"merged_into": 1}, "breaks a rule of the archive"),
        ("contexts.jsonl", 2, {"name": ""}, "breaks a rule of the archive"),
        ("contexts.jsonl", 3, {"generic": 1}, '"generic" must hold true or false'),
        ("contexts.jsonl", 1, {"type": ["context"]}, "has the type"),
        ("sources.jsonl", 2, {"name": ""}, "breaks a rule of the archive"),
        ("curation.jsonl", 1, {"target": NOWHERE}, f"names target {NOWHERE}"),
        ("curation.jsonl", 1, {"position": 70_000}, "a whole number from 0 to 32767"),
        ("revisions.jsonl", 3, {"harvest": NOWHERE}, f"names harvest {NOWHERE}"),
        ("revisions.jsonl", 1, {"counts": {"a": "\0"}}, "NUL"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_right_is_named_with_the_reason(
    exported: Path, name: str, number: int, values: dict[str, Any], reason: str
) -> None:
    change_line(exported, name, number, values)
    said = refusal(exported)
    assert said.startswith(f"{name}:{number}: ")
    assert reason in said


@pytest.mark.parametrize("name", [name for name in FILES if name != "editorials.jsonl"])
def test_a_row_that_comes_twice_is_named(exported: Path, name: str) -> None:
    change(exported, name, lambda lines: [*lines, lines[0]])
    number = (exported / name).read_text("utf-8").count("\n")
    assert refusal(exported).startswith(f"{name}:{number}: breaks a rule of the archive")


def test_a_line_that_lacks_a_key_is_named(exported: Path) -> None:
    def mend(lines: list[str]) -> list[str]:
        line = json.loads(lines[0])
        del line["summary"]
        return [json.dumps(line), *lines[1:]]

    change(exported, "events.jsonl", mend)
    assert refusal(exported).startswith('events.jsonl:1: has no "summary"')


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "is no JSON"),
        ("[]", "holds a list, not an object"),
        ('{"type": "event", "type": "event"}', 'has the key "type" twice'),
        ('{"type": NaN}', "NaN"),
        ("[" * 100_000, "is nested too deeply"),
        ("", "is no JSON"),
    ],
)
def test_a_line_that_is_no_object_is_named(exported: Path, line: str, reason: str) -> None:
    change(exported, "curation.jsonl", lambda lines: [lines[0], line, *lines[1:]])
    said = refusal(exported)
    assert said.startswith("curation.jsonl:2: ")
    assert reason in said


def test_gaps_in_the_public_sequence_are_refused(exported: Path) -> None:
    def without_change(lines: list[str]) -> list[str]:
        at = next(at for at, line in enumerate(lines) if '"type":"change"' in line)
        return lines[:at] + lines[at + 1 :]

    change(exported, "revisions.jsonl", without_change)
    assert "the public changes have gaps" in refusal(exported)
    change(exported, "revisions.jsonl", lambda lines: lines[:-1])
    assert "has no line of the type sequence" in refusal(exported)


def test_files_that_are_not_what_the_manifest_says_are_refused_before_anything_is_read(
    exported: Path,
) -> None:
    whole = content(exported)

    def mend() -> None:
        for name, data in whole.items():
            (exported / name).unlink(missing_ok=True)
            (exported / name).write_bytes(data)

    events = exported / "events.jsonl"
    events.write_bytes(whole["events.jsonl"].replace(b"ferry", b"fairy"))
    assert "events.jsonl is not what manifest.json says" in refusal(exported)
    events.write_bytes(whole["events.jsonl"][:-100])
    assert "events.jsonl is not what manifest.json says" in refusal(exported)
    events.unlink()
    assert "events.jsonl is missing" in refusal(exported)
    events.symlink_to("/etc/hostname")
    assert "events.jsonl is missing" in refusal(exported)
    mend()
    manifest = json.loads(whole["manifest.json"])
    for changed, reason in (
        ({"schema": 99}, "has schema 99, this version reads 1 and 2"),
        ({"files": []}, "names no events.jsonl"),
        ({"files": {"events.jsonl": {"lines": "1"}}}, "does not say the lines"),
        ({"format": 1}, "holds no manifest.json of an export or a backup"),
    ):
        (exported / "manifest.json").write_text(json.dumps(manifest | changed), encoding="utf-8")
        assert reason in refusal(exported)
    (exported / "manifest.json").write_text("{", encoding="utf-8")
    assert "holds no manifest.json of an export or a backup" in refusal(exported)
    assert "is no folder" in refusal(exported / "nowhere")


def test_a_line_too_long_costs_a_clear_error(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("events.actions.export.check._LINE_MAX", 1_000)
    assert "events.jsonl:1: has more than 1,000 bytes" in refusal(exported)
