"""``export markdown``: the public archive of one edition in the Markdown layout, day by day.

What is written lies where the layout has it (docs/archive-layout.md): events by the day in their
address, also those whose date was corrected; they are listed on the page of their present day.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Final

from events import editorials, queries
from events.actions.export.pages import PageFolder
from events.actions.export.snapshot import snapshot
from events.formats.markdown import (
    day_markdown,
    editorial_markdown,
    event_markdown,
    front_markdown,
    opinions_markdown,
)
from events.harvest.files import Refused
from events.harvest.limits import read_address
from events.models import Context, Editorial, Event
from events.slugs import day_path

_INDEX: Final = "index.md"
_COPY: Final = "README.md"
_NAME_MAX: Final = 255
"""Bytes that a file's name may have on common file systems."""
_AT_ONCE: Final = 200
_ALL: Final = 10**9

Progress = Callable[[int, int], None]
"""Told how many days are written, and of how many."""


def export_markdown(
    destination: Path,
    *,
    edition: str,
    progress: Progress | None = None,
    on_unfit: Callable[[str], None] | None = None,
) -> Counter[str]:
    """Bring the folder *destination* to what is public now; what was done, in files.

    ``written``, ``unchanged``, ``removed``, and ``unfit``: events that have no page because their
    address cannot be a file's name (*on_unfit* is told the address; their day lists them). Raises
    ``InvalidAction`` where the folder holds anything but an earlier export of this edition.
    """
    with snapshot() as sequence:
        folder = PageFolder(destination, edition=edition, sequence=sequence, owned=("news", "opinion"))
        with folder:
            known = _comma_names(edition)
            front = front_markdown(queries.front_page(queries.front_state(edition)), known=known)
            folder.write("", {_INDEX: front, _COPY: front})
            days = _days(edition)
            for done, date in enumerate(days, start=1):
                pages, unfit = _day_pages(edition, date, known)
                folder.write(day_path(date).strip("/"), pages)
                folder.counts["unfit"] += len(unfit)
                if on_unfit is not None:
                    for address in unfit:
                        on_unfit(address)
                if progress is not None:
                    progress(done, len(days))
            _write_opinion(folder, edition)
            folder.finish()
    return folder.counts


def _comma_names(edition: str) -> set[str]:
    """Context names that could be taken for two: every list of names is written in view of them."""
    names = Context.objects.of_edition(edition).filter(name__contains=", ").order_by()
    return set(names.values_list("name", flat=True))


def _days(edition: str) -> list[dt.date]:
    """Every day that has events, or pages of events whose date was corrected."""
    public = Event.objects.published().of_edition(edition).order_by()
    own = public.values_list("date", flat=True).distinct()
    addressed = public.filter(addresses__current=True).values_list("addresses__date", flat=True).distinct()
    return sorted({*own, *addressed})


def _day_pages(edition: str, date: dt.date, known: Collection[str]) -> tuple[dict[str, str], list[str]]:
    """The files of a day's folder, and the addresses that cannot be the name of one."""
    pages: dict[str, str] = {}
    state = queries.day_state(edition, date)
    day = queries.day_page(state)
    if day["events"]:
        pages[_INDEX] = pages[_COPY] = day_markdown(day, known=known)
    loaded = {event["id"]: event for event in day["events"]}
    here = _addressed_on(edition, date)
    others = queries.documents([pk for pk in here if pk not in loaded])
    loaded |= {event["id"]: event for event in others}
    related = queries.related_of(here)
    unfit = []
    for pk in here:
        event: dict[str, Any] | None = loaded.get(pk)
        if event is None:
            continue
        name = _file_name(event["address"], edition)
        if name is None:
            unfit.append(event["address"])
        else:
            pages[name] = event_markdown({**event, "related": related.get(pk, [])}, known=known)
    return pages, unfit


def _addressed_on(edition: str, date: dt.date) -> list[int]:
    """The public events whose current address lies in the day's folder."""
    public = Event.objects.published().filter(
        addresses__edition=edition, addresses__date=date, addresses__current=True
    )
    return list(public.order_by("pk").values_list("pk", flat=True))


def _file_name(address: str, edition: str) -> str | None:
    """The name of the page at *address*; None where a reader of the layout could not find it again."""
    name = f"{address.rpartition('/')[2]}.md"
    try:
        found = read_address(f"{address}.md", edition)
    except Refused:
        return None
    return name if f"{found.slug}.md" == name and len(name.encode()) <= _NAME_MAX else None


def _write_opinion(folder: PageFolder, edition: str) -> None:
    listed = editorials.editorials(edition, limit=_ALL)
    if not listed:
        return
    folder.write("opinion", {_INDEX: opinions_markdown(edition, listed)})
    rows = Editorial.objects.published().filter(edition=edition).order_by("-date", "-pk")
    for editorial in rows.iterator(chunk_size=_AT_ONCE):
        place = f"opinion{day_path(editorial.date).removeprefix('/news')}{editorial.slug}"
        if ".." in editorial.slug or "/" in editorial.slug or len(editorial.slug.encode()) > _NAME_MAX:
            folder.counts["unfit"] += 1
            continue
        page = editorial_markdown(editorials.editorial_document(editorial))
        folder.write(place, {_INDEX: page})
