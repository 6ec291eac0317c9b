"""A static site that is published again: after a correction, after a kill, by two processes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from events.actions.correct import correct_event
from events.actions.values import EventValues
from events.models import Event
from events.public.static_site import lists, maps
from events.public.static_site.folder import MANIFEST, Writer, entries
from events.public.static_site.workers import WorkerFailedError, run_together
from events.vocabulary import Grade, State
from tests import factories as make
from tests.people import make_person
from tests.public.sites import broken_links, changed, files, run

pytestmark = pytest.mark.django_db
DAY = "news/2004/02/9"
FORMATS = ("html", "md", "json", "xml")
ALL = (*FORMATS, "bib", "ris")


@pytest.fixture(autouse=True)
def short_year(monkeypatch: pytest.MonkeyPatch) -> None:
    """A year of four days."""
    monkeypatch.setattr(lists, "DAYS", range(38, 42))


def make_archive() -> None:
    """An event among others: of its day, of another month and related to it, of another edition."""
    event = make.make_event("A traety is signed.", slug="a-treaty", contexts=["Treaties"])
    make.make_event("A bridge opens.", slug="a-bridge", contexts=["Bridges"])
    other = make.make_event("A ferry sinks.", slug="a-ferry", date="2004-03-11", contexts=["Ferries"])
    make.relate(other, event)
    for day in range(1, 5):
        make.make_event(f"News of day {day}.", slug=f"news-{day}", date=f"2005-01-{day:02d}")
    make.make_event("一座桥开通。", slug="一座桥开通", edition="zh", contexts=["桥梁"])


@pytest.fixture
def event(db: None, begin_with: Callable[..., None]) -> Event:
    """The event of the treaty, among the others."""
    begin_with("archive_published_again", make_archive)
    return Event.objects.get(text="A traety is signed.")


@pytest.fixture
def site(event: Event, published: Callable[..., None], tmp_path: Path) -> Path:
    """The folder of the archive's site."""
    published("again", tmp_path / "site")
    return tmp_path / "site"


def test_a_corrected_typo_rewrites_the_pages_that_show_the_words_and_no_other(
    event: Event, site: Path
) -> None:
    before = files(site)
    values = EventValues(text="A treaty is signed.")
    correct_event(
        actor=make_person(), event_id=event.pk, version=event.version, values=values, grade=Grade.TYPO
    )
    done = run(site)
    rewritten = changed(before, files(site))
    assert rewritten == {
        *(f"{DAY}/a-treaty.{suffix}" for suffix in ALL),
        *(f"{DAY}/index.{suffix}" for suffix in (*FORMATS, "atom", "rss")),
        *(f"news/2004/03/11/a-ferry.{suffix}" for suffix in FORMATS),
        *(f"contexts/treaties/index.{suffix}" for suffix in (*FORMATS, "atom", "rss")),
        "contexts/treaties/feed.json",
        "feeds/news.atom", "feeds/news.rss", "feeds/news.json", "index_rss.xml",
        "corrections/index.html", "corrections/index.atom", "corrections/index.rss", "corrections/index.json",
        "on-this-day/02/9/index.html", "sitemap/en-2004-02.xml", "sitemap.xml",
    }  # fmt: skip
    assert done.counts["written"] == len(rewritten)


def test_only_what_changed_is_made(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for name in ("write", "stream"):
        monkeypatch.setattr(Writer, name, lambda _self, path, *_rest: made.append(path))
    run(site)
    # Those that have no validator, and are compared by what they hold.
    assert set(made) == {"robots.txt", "redirects.map", "gone.map"}


def test_a_killed_run_is_taken_up_and_what_it_wrote_is_known(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(lists, "write_contexts", lambda *_args, **_more: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run(tmp_path / "killed")
    assert (tmp_path / "killed" / DAY / "a-treaty.html").exists()
    assert not (tmp_path / "killed" / "contexts/treaties").exists()
    Event.objects.filter(addresses__slug="a-bridge").update(state=State.WITHDRAWN)
    done = run(tmp_path / "killed")
    run(site)
    assert files(tmp_path / "killed") == files(site)
    assert not list((tmp_path / "killed" / DAY).glob("a-bridge.*"))
    assert done.counts["removed"] == 6
    assert done.counts["unchanged"] > 50


def test_a_run_killed_at_any_file_is_taken_up(
    event: Event, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after a page was written and before its unit was whole, then the archive goes back."""
    good = files(site)
    Event.objects.filter(pk=event.pk).update(state=State.WITHDRAWN)
    real, left = Writer.write, iter(range(12))

    def dying(self: Writer, *args: object) -> None:
        real(self, *args)  # type: ignore[arg-type]
        next(left)

    with monkeypatch.context() as broken:
        broken.setattr(Writer, "write", dying)
        with pytest.raises(StopIteration):
            run(site)
    assert files(site) != good
    Event.objects.filter(pk=event.pk).update(state=State.PUBLISHED)
    run(site)
    assert files(site) == good
    assert [path.name for path in site.glob(f"{MANIFEST}*")] == [MANIFEST]


@pytest.mark.django_db(transaction=True)
def test_two_workers_write_what_one_does(event: Event, tmp_path: Path) -> None:
    one = run(tmp_path / "one")
    two = run(tmp_path / "two", workers=2)
    assert files(tmp_path / "one") == files(tmp_path / "two")
    assert one.counts == two.counts
    assert list(entries(tmp_path / "one")) == list(entries(tmp_path / "two"))
    again = run(tmp_path / "one", workers=2)
    assert (again.counts["written"], again.counts["removed"]) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_fails_is_reported(tmp_path: Path) -> None:
    def fail(number: int, *_args: object) -> None:
        raise ValueError(f"worker {number} stumbled")

    with pytest.raises(WorkerFailedError, match="stumbled"):
        run_together(2, fail, None)


def test_lines_of_maps_say_what_nginx_reads() -> None:
    assert list(maps._line('/news/a"b\\c', "/news/d", State.PUBLISHED)) == [
        (b'"/news/a\\"b\\\\c" "/news/d";\n', True)
    ]
    assert list(maps._line("/e/1", None, State.LEGAL)) == [(b'"/e/1" 451;\n', False)]
    assert list(maps._line("/e/1", None, State.HELD)) == []
    assert list(maps._line("/e/\n1", "/x", State.PUBLISHED)) == []


def test_a_style_sheet_that_changed_is_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(tmp_path)
    monkeypatch.setattr(lists, "_asset", lambda *_args: b"body { color: red }")
    run(tmp_path)
    assert (tmp_path / "static/css/public.css").read_bytes() == b"body { color: red }"


@pytest.mark.slow
def test_the_sample_archive_has_no_broken_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample_archive: None
) -> None:
    monkeypatch.setattr(lists, "DAYS", range(366))
    done = run(tmp_path)
    assert done.counts["events"] > 400
    assert not done.problems
    assert broken_links(tmp_path) == []
