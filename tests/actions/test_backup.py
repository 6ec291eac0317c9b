"""``backup``: the whole database in a folder, and back again; or a clear error and nothing."""

from __future__ import annotations

import hashlib
import json
import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection

from events.actions.backup import back_up, restore_backup
from events.actions.errors import InvalidAction
from events.models import Event, Sequence
from tests.actions.archives import rows
from tests.people import make_user

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "postgresql" and not (shutil.which("pg_dump") and shutil.which("pg_restore")),
        reason="pg_dump is not installed (on Debian: apt-get install postgresql-client)",
    ),
]


@pytest.fixture
def backup(small_archive: None, tmp_path: Path) -> Path:
    """The backup of an archive in which everything stands once, and of the accounts."""
    make_user(name="ann")
    back_up(tmp_path / "backup")
    return tmp_path / "backup"


def test_what_was_backed_up_comes_back_accounts_and_all(backup: Path) -> None:
    before = everything()
    call_command("flush", interactive=False, verbosity=0)
    assert not Event.objects.exists()
    out = StringIO()
    call_command("restore", backup, stdout=out)
    assert everything() == before
    assert User.objects.get(username="ann").pk
    assert out.getvalue().startswith("Restored: ")


def test_the_manifest_says_what_was_kept(backup: Path) -> None:
    manifest = json.loads((backup / "manifest.json").read_text())
    ((name, file),) = manifest["files"].items()
    assert (manifest["format"], manifest["engine"]) == ("newsarchive-backup", connection.vendor)
    assert manifest["sequence"] == Sequence.objects.get().last
    assert file["kinds"]["events_event"] == Event.objects.count()
    assert file["bytes"] == (backup / name).stat().st_size
    assert any(row.startswith("events.0001") for row in manifest["migrations"])
    assert (backup / name).stat().st_mode & 0o077 == 0


def test_a_second_backup_takes_the_place_of_the_first(backup: Path) -> None:
    Event.objects.filter(pk=Event.objects.latest("pk").pk).update(summary="later")
    out = StringIO()
    call_command("backup", backup, stdout=out)
    assert f"at number {Sequence.objects.get().last:,}" in out.getvalue()
    assert {path.name for path in backup.iterdir()} == {"manifest.json", *_file(backup)}
    call_command("flush", interactive=False, verbosity=0)
    restore_backup(backup)
    assert Event.objects.filter(summary="later").count() == 1


def test_a_backup_of_an_older_version_is_brought_up_to_date_by_migrate(backup: Path) -> None:
    """As if the newest migration had made a table that the backup does not know."""
    call_command("flush", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE events_later (id integer PRIMARY KEY)")
    restore_backup(backup)
    assert "events_later" not in connection.introspection.table_names()
    assert Event.objects.exists()


@pytest.mark.parametrize("fault", ["changed", "lost", "newer", "elsewhere", "full", "accounts"])
def test_what_is_not_right_is_refused_and_nothing_is_restored(backup: Path, fault: str) -> None:
    (name,) = _file(backup)
    manifest = json.loads((backup / "manifest.json").read_text())
    if fault != "full":
        call_command("flush", interactive=False, verbosity=0)
    if fault == "changed":
        data = bytearray((backup / name).read_bytes())
        data[len(data) // 2] ^= 1
        (backup / name).write_bytes(data)
    elif fault == "lost":
        (backup / name).unlink()
    elif fault == "newer":
        manifest["migrations"].append("events.9999_later")
    elif fault == "accounts":
        make_user(name="bob")
    elif fault == "elsewhere":
        manifest["engine"] = "postgresql" if connection.vendor == "sqlite" else "sqlite"
    (backup / "manifest.json").write_text(json.dumps(manifest))
    before = Event.objects.count()
    with pytest.raises(CommandError, match="was not restored"):
        call_command("restore", backup)
    assert Event.objects.count() == before


DAMAGES: list[dict[str, Any]] = [
    {"engine": None},
    {"engine": []},
    {"migrations": None},
    {"migrations": [["events"]]},
    {"files": []},
    {"files": {}},
    {"sha256": None},
    {"kinds": None},
    {"kinds": {}},
    {"kinds": ["events_event"]},
    {"kinds": {"events_event": "ten"}},
    {"kinds": {'events_event"; --': 1}},
    {"kinds": {"events_event": 10**9}},
    {"kinds": {"events_nothing": 0}},
]


def test_a_damaged_manifest_is_told_and_nothing_is_restored(backup: Path) -> None:
    call_command("flush", interactive=False, verbosity=0)
    whole = (backup / "manifest.json").read_text()
    for damage in DAMAGES:
        manifest = json.loads(whole)
        for name, value in damage.items():
            entry = manifest["files"][_file(backup)[0]]
            (entry if name in entry else manifest)[name] = value
        (backup / "manifest.json").write_text(json.dumps(manifest))
        with pytest.raises(CommandError) as caught:
            call_command("restore", backup)
        said = str(caught.value)
        assert said.startswith("The backup was not restored. "), damage
        assert "manifest.json" in said or "events_nothing" in said, damage
        assert not Event.objects.exists() and not User.objects.exists(), damage  # noqa: PT018


def test_a_manifest_that_was_cut_off_is_told(backup: Path) -> None:
    call_command("flush", interactive=False, verbosity=0)
    whole = (backup / "manifest.json").read_bytes()
    (backup / "manifest.json").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CommandError, match=r"holds no manifest\.json .* or a damaged one: .* copy it again"):
        call_command("restore", backup)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's file is copied in one step")
@pytest.mark.parametrize("fault", ["cut off", "rows"])
def test_a_restore_that_fails_on_its_way_leaves_the_database_as_it_was(backup: Path, fault: str) -> None:
    """The tables of a newer version, too, which go away first."""
    call_command("flush", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE events_later (id integer PRIMARY KEY, event_id bigint REFERENCES events_event)"
        )
    try:
        before = connection.introspection.table_names()
        (name,) = _file(backup)
        manifest = json.loads((backup / "manifest.json").read_text())
        if fault == "cut off":
            data = (backup / name).read_bytes()
            (backup / name).write_bytes(data[: len(data) * 3 // 4])
            manifest["files"][name]["sha256"] = hashlib.sha256((backup / name).read_bytes()).hexdigest()
        else:
            manifest["files"][name]["kinds"]["events_event"] += 1
        (backup / "manifest.json").write_text(json.dumps(manifest))
        with pytest.raises(CommandError, match=r"The backup was not restored\. pg_restore failed: "):
            call_command("restore", backup)
        assert connection.introspection.table_names() == before
        assert not Event.objects.exists()
        assert not User.objects.exists()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS events_later")


def test_a_folder_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(InvalidAction, match="holds files"):
        back_up(tmp_path)
    with pytest.raises(CommandError, match="Nothing was backed up"):
        call_command("backup", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every model that migrations made."""
    return {model._meta.label: rows(model) for model in apps.get_models() if model._meta.managed}


def _file(backup: Path) -> list[str]:
    return [path.name for path in backup.iterdir() if path.name != "manifest.json"]
