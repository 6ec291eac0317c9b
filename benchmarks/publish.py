"""The static site of the Chinese archive (June 2019): files, speed, and what a change rewrites.

    python -m benchmarks.publish [--workers N] [--folder DIR]

Harvests the archive without its newest days (about a hundred events), publishes it, publishes again
without a change, after a corrected typo, after the newest days came, and after an event was withdrawn;
says which kinds of files each run wrote and why event pages were among them, looks at every link, and for
the words of the withdrawn event.
Where the archive is not there it takes the sample that ships with the project. ``--folder`` is kept.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from benchmarks.kill import MOMENT, ROOT, environment, manage, unpacked
from benchmarks.links import Links
from events.public.static_site.folder import entries

ARCHIVE: Final = "thecontext-zh-2019-06.tar.xz"
BASE: Final = "https://news.example"
HELD_BACK: Final = 100
"""How many events at least the newest days have that come later."""
_EVENT: Final = r"news/[0-9]{4}/[0-9]{2}/[0-9]{1,2}/(?!index\.)[^/]+"
_KINDS: Final = {
    "event pages (.html)": rf"{_EVENT}\.html",
    "events (.md .json .xml)": rf"{_EVENT}\.(?:md|json|xml)",
    "events (.bib .ris)": rf"{_EVENT}\.(?:bib|ris)",
    "short addresses": r"e/[0-9]+/index\.html",
    "days (4 formats, 2 feeds)": r"news/[0-9]{4}/[0-9]{2}/[0-9]{1,2}/index\.\w+",
    "calendar": r"news/(?:[0-9]{4}/(?:[0-9]{2}/)?)?index\.html",
    "contexts (.html)": r"contexts/[^/]+/(?:before/[^/]+/)?index\.html",
    "contexts (.md .json .xml)": r"contexts/[^/]+/index\.(?:md|json|xml)",
    "contexts' feeds": r"contexts/[^/]+/(?:index\.(?:atom|rss)|feed\.json)",
    "lists of contexts": r"contexts/(?:from/[^/]+/)?index\.html",
    "publishers": r"sources/.*",
    "on this day": r"on-this-day/.*",
    "feeds, sitemaps, maps": r".*(?:\.atom|\.rss|_rss\.xml|feeds/.*|\.map|robots\.txt)|(?:news-)?sitemap.*",
    "front page": r"index\.\w+",
    "corrections": r"corrections/.*",
}
_PARTS: Final = {
    "related events": re.compile(r'<section aria-labelledby="related">.*?</section>', re.DOTALL),
    "steps in contexts": re.compile(r'<span class="steps">.*?</span>', re.DOTALL),
    "nearest days": re.compile(r'<nav class="pager".*?</nav>|<link rel="(?:prev|next)"[^>]*>', re.DOTALL),
}
"""What stands on an event's page and is of other events."""
_HREF: Final = re.compile(r'href="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the command did: ``cpu`` seconds of all its processes, ``peak`` MB of the largest."""

    said: str
    seconds: float
    cpu: float
    peak: float


def publish(url: str, folder: Path, workers: int) -> Run:
    """Run the command on the archive at *url*."""
    asked = ["publish", str(folder), "--base-url", BASE, f"--workers={workers}"]
    command = [sys.executable, "manage.py", *asked]
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environment(url), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None  # noqa: S101  it was asked for
    said = process.stdout.read().strip()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"publish ended with status {process.returncode}: {said}")
    return Run(said, time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def kind(path: str) -> str:
    """What the file at *path* is, in either edition."""
    path = re.sub(r"^(?:zh/)", "", path)
    return next((name for name, form in _KINDS.items() if re.fullmatch(form, path)), "other")


def state(folder: Path) -> dict[str, str]:
    """Each file of the site with the digest of what it holds."""
    return {entry.path: entry.sha256 for entry in entries(folder)}


def table(before: dict[str, str], after: dict[str, str]) -> None:
    """Print by kind how many files are new, changed and gone."""
    new = Counter(kind(path) for path in after.keys() - before.keys())
    gone = Counter(kind(path) for path in before.keys() - after.keys())
    changed = Counter(kind(path) for path in after.keys() & before.keys() if after[path] != before[path])
    print(f"  {'':28}{'new':>8}{'changed':>9}{'gone':>8}{'of':>9}")
    of = Counter(kind(path) for path in after)
    for name in (*_KINDS, "other"):
        if new[name] or changed[name] or gone[name]:
            print(f"  {name:28}{new[name]:8,}{changed[name]:9,}{gone[name]:8,}{of[name]:9,}")
    print(f"  {'':28}{new.total():8,}{changed.total():9,}{gone.total():8,}{len(after):9,}", flush=True)


def parts_of(page: str) -> dict[str, str]:
    """An event's page cut into what is of other events, and the rest."""
    found = {}
    for name, form in _PARTS.items():
        found[name] = "".join(match[0] for match in form.finditer(page))
        page = form.sub("", page)
    return {**found, "itself": page}


def pages_of_events(folder: Path) -> dict[str, str]:
    """The HTML pages of events by their paths."""
    paths = [entry.path for entry in entries(folder) if kind(entry.path) == "event pages (.html)"]
    return {path: (folder / path).read_text("utf-8") for path in paths}


def why(before: dict[str, str], after: dict[str, str], new: set[str]) -> None:
    """Print by part how many event pages changed there, and how many lead to a *new* file there."""
    changed, leading = Counter[str](), Counter[str]()
    pages = unexplained = 0
    for path in before.keys() & after.keys():
        if before[path] == after[path]:
            continue
        pages += 1
        was, now = parts_of(before[path]), parts_of(after[path])
        moved = [name for name in now if was[name] != now[name]]
        there = {name: {_file(link) for link in _HREF.findall(now[name])} & new for name in moved}
        changed.update(moved)
        leading.update(name for name in moved if there[name])
        unexplained += not any(there.values())
    if pages:
        print(f"  {pages:,} event pages changed, {unexplained:,} of them lead to nothing new; where:")
    for name, number in changed.most_common():
        print(f"    {name:20}{number:8,} changed,{leading[name]:8,} lead to a new page there", flush=True)


def _file(link: str) -> str:
    place = unquote(link.removeprefix(BASE).partition("#")[0]).removeprefix("/")
    return f"{place}index.html" if place.endswith("/") else place


def told(what: str, run: Run) -> None:
    """Print one run's line."""
    print(f"{what}: {run.said}\n  {run.seconds:.1f} s with starting, {run.cpu:.1f} s of CPU, "
          f"{run.peak:.0f} MB at most", flush=True)  # fmt: skip


def act(url: str, what: str) -> dict[str, Any]:
    """Do something to the archive in a process of its own: what came of it."""
    command = [sys.executable, "-m", "benchmarks.publish", "--child", what]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(url), check=True, stdout=subprocess.PIPE, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def child(what: str) -> dict[str, Any]:
    """``events``: how fast events alone are written. ``typo``, ``withdraw``: act on one event."""
    import django

    django.setup()
    return _events() if what == "events" else _act(what)


def _events() -> dict[str, Any]:
    """All events in all their formats into a folder that is gone afterwards."""
    from events.actions.export.snapshot import snapshot
    from events.public.addresses import places_between
    from events.public.static_site import months
    from events.public.static_site.folder import Writer, open_folder
    from events.public.static_site.pages import Pages
    from events.vocabulary import EDITIONS, State

    def write(pages: Pages, edition: str, first: dt.date) -> None:
        pages.writer.begin(f"{edition} {first}")
        places = places_between(edition, *months.bounds(first))
        months.write_events(pages, [row for row in places if row.current and row.state == State.PUBLISHED])
        pages.writer.end()

    units = [(edition, first) for edition in sorted(EDITIONS) for first in months.months(edition)]
    with tempfile.TemporaryDirectory() as warm, tempfile.TemporaryDirectory() as name, snapshot():
        for folder, chosen in ((warm, units[-1:]), (name, units)):  # templates and statements are made ready
            open_folder(Path(folder), {})
            with Writer(Path(folder), 0) as writer:
                started = time.process_time()
                for edition, first in chosen:
                    write(Pages(writer, ""), edition, first)
                seconds = time.process_time() - started
        return {"seconds": seconds, **writer.counts}


def _act(what: str) -> dict[str, Any]:
    from django.contrib.auth.models import Group, User

    from events.actions.correct import correct_event
    from events.actions.recording import Actor
    from events.actions.values import EventValues
    from events.actions.withdraw import withdraw_event
    from events.models import Event
    from events.vocabulary import Grade

    user, _ = User.objects.get_or_create(username="benchmark")
    user.groups.add(Group.objects.get(name="administrators"))
    actor = Actor.person(user)
    public = Event.objects.published().order_by("pk")
    event = public[public.count() // 2 + (what == "withdraw")]
    text = event.text
    if what == "typo":
        values = EventValues(text=f"{text[:-2]}{text[-1]}")
        correct_event(actor=actor, event_id=event.pk, version=event.version, values=values, grade=Grade.TYPO)
    else:
        withdraw_event(actor=actor, event_id=event.pk, version=event.version, reason="An exercise.")
    return {"id": event.pk, "text": text}


def hold_back(source: Path, aside: Path) -> int:
    """Move the newest days out of the archive at *source* until they have enough events; how many days."""
    days = sorted(
        (path for path in (source / "news").glob("*/*/*") if path.is_dir()),
        key=lambda path: tuple(int(part) for part in path.parts[-3:]),
    )
    taken = listed = 0
    while listed < HELD_BACK:
        day = days.pop()
        listed += (day / "index.md").read_text("utf-8").count("\n### [")
        place = aside / day.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        day.rename(place)
        taken += 1
    return taken


def steps(folder: Path, workers: int) -> bool:
    """All runs on an archive below *folder*; whether what must be so was so."""
    url, site = f"sqlite:///{folder}/archive.sqlite3", folder / "site"
    manage(url, "migrate", "--verbosity=0")
    corpus = Path(os.environ.get("NEWSARCHIVE_CORPUS", ROOT.parent / "shared" / "data")) / ARCHIVE
    real = corpus.exists()
    with unpacked(corpus, folder) if real else tempfile.TemporaryDirectory() as name:
        later: list[str] = []
        if real:
            source = Path(name)
            later = ["harvest", "markdown", str(source), "--edition", "zh", "--moment", MOMENT]
            days = hold_back(source, folder / "later")
            print(f"{ARCHIVE} without its last {days} days: {manage(url, *later).strip()}", flush=True)
        else:
            print(f"The sample archive ({ARCHIVE} is not here): {manage(url, 'seed_demo', '--first-only')}")
            later = ["seed_demo"]
        alone = act(url, "events")
        rate = alone["events"] / alone["seconds"]
        print(f"events alone, each as HTML, Markdown, JSON, XML, BibTeX and RIS: {rate:,.0f} a second and "
              f"core (goal 300: {'kept' if rate >= 300 else 'MISSED'})", flush=True)  # fmt: skip
        first = publish(url, site, workers)
        told(f"first run, {workers} workers", first)
        before = state(site)
        size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
        print(
            f"  {len(before):,} files, {size / 1e6:,.0f} MB, {len(before) / first.cpu:,.0f} a second of CPU"
        )
        again = publish(url, site, workers)
        told("nothing changed", again)
        print(f"  {again.cpu / first.cpu:.2f} of the first run's CPU")
        kept = state(site) == before and " 0 files written" in f" {again.said}"
        act(url, "typo")
        before = _after("one typo corrected", url, site, workers, before)
        if real:
            shutil.copytree(folder / "later", source, dirs_exist_ok=True)
        print(f"\n{manage(url, *later).strip()}")
        before = _after("the newest days came", url, site, workers, before)
        gone = act(url, "withdraw")
        _after("one event withdrawn", url, site, workers, before)
    return _whole(site, gone["text"]) and kept


def _after(what: str, url: str, site: Path, workers: int, before: dict[str, str]) -> dict[str, str]:
    """Publish once no related links are due; the files after it."""
    manage(url, "rebuild", "related")
    pages = pages_of_events(site)
    told(f"\n{what}", publish(url, site, workers))
    after = state(site)
    table(before, after)
    why(pages, pages_of_events(site), after.keys() - before.keys())
    return after


def _whole(site: Path, words: str) -> bool:
    """Whether every link leads somewhere and *words*, of a withdrawn event, stand nowhere."""
    links = Links(site, BASE)
    broken = list(links.broken())
    print(f"\n{links.count:,} internal links, {len(broken)} broken", *broken[:5], sep="\n  ")
    sought = words[:60].encode()
    told_of = [path for path in site.rglob("*") if path.is_file() and sought in path.read_bytes()]
    print(f"files that tell of the withdrawn event: {len(told_of)}", *told_of[:5])
    return not broken and not told_of


def main() -> int:
    """Run all of it."""
    parser = argparse.ArgumentParser(description="The static site of the Chinese archive.")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="an empty or new one that is kept")
    parser.add_argument("--child", choices=("events", "typo", "withdraw"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(child(options.child)))
        return 0
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
        return 0 if steps(options.folder.resolve(), options.workers) else 1
    with tempfile.TemporaryDirectory() as name:
        return 0 if steps(Path(name), options.workers) else 1


if __name__ == "__main__":
    sys.exit(main())
