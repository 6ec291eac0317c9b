"""``export markdown``: what is public, in the layout that is read back as the same events."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from events.actions.documents import write_documents
from events.actions.errors import InvalidAction
from events.actions.export.markdown import export_markdown
from events.actions.harvesting.run import run_harvest
from events.actions.merge import merge_events
from events.actions.relate import mark_all_due, relate_due
from events.actions.withdraw import withdraw_event
from events.harvest.markdown import MarkdownReader
from events.models import Address, Context, Editorial, Event, RelatedLink, Sequence
from events.vocabulary import HarvestState, Role
from tests.actions.archives import SECRETS, content, empty_database, public_events
from tests.factories import former_address, make_editorial, make_event, make_origin
from tests.people import make_person

FERRY = "news/2004/02/9/a-ferry-line.md"


def harvest(folder: Path, *, moment: dt.datetime | None = None) -> None:
    done = run_harvest(MarkdownReader(folder, edition="en"), origin=make_origin("sample"), moment=moment)
    assert (done.state, done.errors) == (HarvestState.FINISHED, [])


@pytest.fixture
def archive(small_archive: None, tmp_path: Path) -> Path:
    return tmp_path / "export"


def test_the_sample_archive_harvested_from_its_export_holds_the_same_events(
    sample_archive: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.actions.harvesting.run.relate_due", lambda: 0)  # no link is looked at
    one, other = Event.objects.published().filter(date=dt.date(1990, 2, 13))[:1].get(), _tagged_with_comma()
    merge_events(actor=make_person(Role.CHIEF), event_id=other.pk, into_id=one.pk)
    relate_due()
    before = public_events()
    opinions = list(Editorial.objects.order_by("slug").values_list("date", "slug", "title", "author", "body"))
    export_markdown(tmp_path / "export", edition="en")
    empty_database()
    Sequence.objects.get_or_create(id=1)
    harvest(tmp_path / "export")
    after = public_events()
    assert len(after) == len(before) > 400
    assert any(event["former"] for event in before.values())
    assert any(", " in name for event in before.values() for name in event["contexts"])
    for address, event in before.items():
        assert after[address] == event | {"category": after[address]["category"]}  # not in the layout
    again = list(Editorial.objects.order_by("slug").values_list("date", "slug", "title", "author", "body"))
    assert again == opinions


def test_an_archive_harvested_from_its_export_has_the_links_that_counting_anew_would_give(
    db: None, tmp_path: Path
) -> None:
    for number in range(12):
        kind = ("ferry", "vote", "storm")[number // 4]
        make_event(f"A {kind} near Lagos and Quito, {number} miners say.", contexts=[kind.title(), "Peru"])
    relate_due()
    mark_all_due(recount=True)
    relate_due()
    before = _links_by_address()
    export_markdown(tmp_path / "export", edition="en")
    empty_database()
    Sequence.objects.get_or_create(id=1)
    harvest(tmp_path / "export")
    assert _links_by_address() == before != set()


def _links_by_address() -> set[tuple[str, str, float]]:
    """The related links, with their scores and without ids."""
    paths = {row.event_id: row.path for row in Address.objects.filter(current=True)}
    rows = RelatedLink.objects.values_list("event", "target", "score")
    return {(paths[event], paths[target], round(score, 6)) for event, target, score in rows}


def _tagged_with_comma() -> Event:
    """Another event of the sample, with a context whose name could be taken for two."""
    event = Event.objects.published().filter(date=dt.date(1990, 3, 11)).get()
    name = "Ottawa, Ontario"
    context = Context.objects.create(edition="en", name=name, slug="ottawa-ontario")
    event.taggings.create(context=context, how="origin")
    write_documents([event.pk])
    return event


def test_the_manifest_tells_every_file(archive: Path) -> None:
    counts = export_markdown(archive, edition="en")
    files = content(archive)
    manifest = json.loads(files.pop("manifest.json"))
    assert (manifest["complete"], manifest["sequence"]) == (True, Sequence.objects.get().last)
    assert manifest["files"] == {
        name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()
    }
    assert counts["written"] == len(files)
    assert {name for name in files if not name.startswith("news/")} == {
        "index.md", "README.md", "opinion/index.md", "opinion/2004/02/9/a-case-for-patience/index.md",
    }  # fmt: skip
    for name, data in files.items():
        if name.endswith("README.md"):
            assert files[name.replace("README.md", "index.md")] == data


def test_only_what_is_public_is_written(archive: Path) -> None:
    export_markdown(archive, edition="en")
    everything = b"".join(content(archive).values()).decode()
    assert [secret for secret in SECRETS if secret in everything] == []
    assert "渡轮" not in everything
    assert "two-mayors-open-a-bridge.md) _" not in everything
    assert "(/news/2004/02/9/two-mayors-open-a-bridge.md)" in everything


def test_another_edition_has_a_folder_of_its_own(archive: Path) -> None:
    export_markdown(archive, edition="zh")
    names = {name for name in content(archive) if name.endswith(".md")}
    slug = Address.objects.get(edition="zh").slug
    assert names == {
        "index.md", "README.md", *(f"news/2004/02/9/{name}.md" for name in ("index", "README", slug)),
    }  # fmt: skip
    with pytest.raises(InvalidAction, match="holds edition zh"):
        export_markdown(archive, edition="en")


def test_a_second_run_writes_what_changed_and_removes_what_is_gone(archive: Path) -> None:
    export_markdown(archive, edition="en")
    before = content(archive)
    stamps = {path: path.stat().st_mtime_ns for path in archive.rglob("*.md")}
    counts = export_markdown(archive, edition="en")
    assert (counts["written"], counts["removed"]) == (0, 0)
    assert content(archive) == before
    assert {path: path.stat().st_mtime_ns for path in archive.rglob("*.md")} == stamps

    chief = make_person(Role.CHIEF, name="anna")
    tunnel = Event.objects.get(text__startswith="A tunnel")
    withdraw_event(actor=chief, event_id=tunnel.pk, version=tunnel.version, reason="No tunnel.")
    resigned = Event.objects.get(date=dt.date(2004, 2, 10))
    withdraw_event(actor=chief, event_id=resigned.pk, version=resigned.version, reason="He did not.")
    Editorial.objects.all().update(state="withdrawn")
    (archive / "news/2004/02/10/photo.jpg").write_bytes(b"mine")
    export_markdown(archive, edition="en")
    after = content(archive)
    assert set(before) - set(after) == {
        "news/2004/02/9/a-tunnel-is-dug-under-the-bay.md",
        *(f"news/2004/02/11/{name}.md" for name in ("index", "README")),
        *(name for name in before if name.startswith("news/2004/02/10/")),
        *(name for name in before if name.startswith("opinion/")),
    }
    assert set(after) - set(before) == {"news/2004/02/10/photo.jpg"}
    assert not (archive / "news/2004/02/11").exists()
    assert FERRY in after


def test_an_event_whose_date_was_corrected_lies_at_its_address_and_is_listed_on_its_day(
    archive: Path,
) -> None:
    export_markdown(archive, edition="en")
    files = {name: data.decode() for name, data in content(archive).items()}
    page = files["news/2004/02/9/a-tunnel-is-dug-under-the-bay.md"]
    assert "### [2004-02-11](/news/2004/02/11/index.md)" in page
    link = "[A tunnel is dug under the bay.](/news/2004/02/9/a-tunnel-is-dug-under-the-bay.md)"
    assert link in files["news/2004/02/11/index.md"]
    assert link not in files["news/2004/02/9/index.md"]


def test_anything_but_an_earlier_export_is_refused(archive: Path, tmp_path: Path) -> None:
    archive.mkdir()
    (archive / "letter.md").write_text("mine", encoding="utf-8")
    with pytest.raises(CommandError, match="no earlier export"):
        call_command("export", "markdown", str(archive))
    assert [path.name for path in archive.iterdir()] == ["letter.md"]
    with pytest.raises(InvalidAction, match="is no folder"):
        export_markdown(archive / "letter.md", edition="en")


def test_a_run_that_was_killed_can_be_repeated(archive: Path) -> None:
    def kill(done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_markdown(archive, edition="en", progress=kill)
    assert json.loads((archive / "manifest.json").read_text("utf-8"))["complete"] is False
    export_markdown(archive, edition="en")
    assert json.loads((archive / "manifest.json").read_text("utf-8"))["complete"] is True
    assert FERRY in content(archive)
    assert list(archive.rglob(".*")) == []


def test_addresses_that_cannot_be_names_of_files_are_reported(db: None, tmp_path: Path) -> None:
    Sequence.objects.get_or_create(id=1)
    good = make_event("A good event is written.")
    former_address(good, "an-older-one")
    make_event("A long one is not.", slug="x" * 255)
    make_event("One that would climb is not.", slug="..\\..\\up")
    said = StringIO()
    with pytest.raises(CommandError, match="2 pages could not be written"):
        call_command("export", "markdown", str(tmp_path / "export"), stdout=said, stderr=said)
    assert "5 files written, 0 unchanged, 0 removed." in said.getvalue()
    assert f"/news/2004/02/9/{'x' * 255}: cannot be the name of a file" in said.getvalue()
    day = (tmp_path / "export/news/2004/02/9/index.md").read_text("utf-8")
    assert "A long one is not." in day


def test_opinion_pieces_are_listed_newest_first(db: None, tmp_path: Path) -> None:
    Sequence.objects.get_or_create(id=1)
    make_editorial("An older one", date=dt.date(2003, 1, 2), author="")
    make_editorial("A newer one")
    export_markdown(tmp_path / "export", edition="en")
    assert (tmp_path / "export/opinion/index.md").read_text("utf-8") == (
        "## [Opinion](/opinion/index.md)\n\n"
        "### [A newer one](/opinion/2004/02/9/a-newer-one/index.md)\n#### by A. Writer\n\n"
        "### [An older one](/opinion/2003/01/2/an-older-one/index.md)\n"
    )
    assert Address.objects.count() == 0
