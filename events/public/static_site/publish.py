"""The whole public site as files that any static host serves (docs/operations.md, "A static site").

Pages are made by the same functions that answer readers, and validated by the same: what has not
changed since the last run is not even made.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import Max, Min

from events.actions.export.snapshot import snapshot
from events.models import Context, Publisher
from events.public.conditional import build_id, cache_left_alone
from events.public.frame import frame
from events.public.static_site import lists, maps, months
from events.public.static_site.folder import Writer, close_folder, open_folder
from events.public.static_site.links import fitted_link, static_path
from events.public.static_site.pages import Pages
from events.public.static_site.workers import run_together
from events.queries import documents_kept
from events.vocabulary import EDITIONS

_IDS_AT_ONCE: Final = 500
Progress = Callable[[int, int], None]
"""Told how many parts of the site are done, and of how many."""
Unit = tuple[str, Callable[[Pages], None]]


@dataclass(slots=True)
class Published:
    """What a run did, in files, and what went wrong without stopping it."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0


def publish(
    root: Path, *, base_url: str = "", live_url: str = "", workers: int = 1, progress: Progress | None = None
) -> Published:
    """Bring the folder *root* to what is public now.

    *base_url*: where the files will stand (default: ``BASE_URL``). *live_url*: where the site with
    a server stands, for links that need one; without it there are none. Raises ``UnfitFolderError``
    where *root* holds anything but an earlier run's files, and ``WorkerFailedError``.
    """
    started = time.monotonic()
    done = Published()
    live_url = live_url.rstrip("/")
    with _standing_at(base_url.rstrip("/") or settings.BASE_URL), cache_left_alone():
        head = {"build": build_id(), "base_url": settings.BASE_URL, "live_url": live_url}
        open_folder(root, head)
        if workers > 1:
            parts = run_together(workers, partial(_work, root, live_url), progress)
        else:
            with snapshot():
                parts = [_work(root, live_url, 0, count(), progress)]
        for counts, problems in parts:
            done.counts.update(counts)
            done.problems += problems
        done.counts["removed"] = close_folder(root, head)
    done.seconds = time.monotonic() - started
    return done


@contextmanager
def _standing_at(base_url: str) -> Iterator[None]:
    """While this lasts, pages are made for the site at *base_url*."""
    before = settings.BASE_URL
    remembering = (build_id, frame, static_path, fitted_link)
    try:
        settings.BASE_URL = base_url
        for function in remembering:
            function.cache_clear()
        yield
    finally:
        settings.BASE_URL = before
        for function in remembering:
            function.cache_clear()


def units() -> Iterator[Unit]:
    """The parts of the site in ascending order of their names; each is written by one worker."""
    yield "0 assets", lists.write_assets
    yield "1 machines", lists.write_machines
    for edition in sorted(EDITIONS):
        yield f"2 fixed {edition}", partial(lists.write_fixed, edition=edition)
    for edition in sorted(EDITIONS):
        yield f"3 anniversaries {edition}", partial(lists.write_anniversaries, edition=edition)
    for edition in sorted(EDITIONS):
        yield f"4 opinion {edition}", partial(lists.write_opinion, edition=edition)
    for edition in sorted(EDITIONS):
        for first in months.months(edition):
            yield (
                f"5 month {edition} {first:%Y-%m}",
                partial(months.write_month, edition=edition, first=first),
            )
    for edition in sorted(EDITIONS):
        bounds = Context.objects.of_edition(edition).aggregate(first=Min("pk"), last=Max("pk"))
        for start in _ranges(bounds["first"] or 0, bounds["last"] or 0):
            yield (
                f"6 contexts {edition} {start:019}",
                partial(lists.write_contexts, edition=edition, first=start, last=start + _IDS_AT_ONCE - 1),
            )
    publishers = Publisher.objects.aggregate(first=Min("pk"), last=Max("pk"))
    for edition in sorted(EDITIONS):
        for start in _ranges(publishers["first"] or 0, publishers["last"] or 0):
            yield (
                f"7 sources {edition} {start:019}",
                partial(lists.write_sources, edition=edition, first=start, last=start + _IDS_AT_ONCE - 1),
            )
    for start in _ranges(1, maps.last_event_id()):
        yield f"8 short {start:019}", partial(lists.write_short, first=start, last=start + _IDS_AT_ONCE - 1)
    yield "9 maps", maps.write_maps


def _ranges(first: int, last: int) -> Iterator[int]:
    """Where parts of ids begin, the same in each run."""
    if last:
        yield from range(first // _IDS_AT_ONCE * _IDS_AT_ONCE, last + 1, _IDS_AT_ONCE)


def _work(
    root: Path, live_url: str, number: int, turns: Iterator[int], progress: Progress | None
) -> tuple[Counter[str], list[str]]:
    """Write the units whose places in the order *turns* gives, ascending: what was done, and the problems."""
    with Writer(root, number) as writer, documents_kept():
        pages = Pages(writer, live_url)
        parts = list(units())
        for turn in turns:
            if turn >= len(parts):
                break
            name, write = parts[turn]
            writer.begin(name)
            write(pages)
            writer.end()
            if progress is not None:
                progress(turn + 1, len(parts))
    return writer.counts, writer.problems
