"""The list of sources on an event page of the Markdown layout (docs/archive-layout.md, "An event page")."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from events.harvest.limits import fit_web_address
from events.harvest.records import CitedSource

NO_SOURCE: Final = "is no source: write [LABEL](https://…), or a bare label"
_COVER: Final = "Cover Image"


def read_citations(lines: Iterable[tuple[int, str]]) -> tuple[tuple[CitedSource, ...], list[int]]:
    """The citations in numbered *lines* (their numbering taken off), and the numbers of those that are none.

    A picture listed as if it were a source goes to the citation it belongs to; without any, it is
    kept as a citation that has only a picture.
    """
    cited: list[CitedSource] = []
    covers: list[str] = []
    bad: list[int] = []
    for index, line in lines:
        source = _source(line)
        if not _fit(source):
            bad.append(index)
        elif source.label == _COVER and source.url:
            covers.append(source.url)
        else:
            cited.append(source)
    for cover in covers:
        _attach(cited, cover)
    return tuple(cited), bad


def _fit(source: CitedSource) -> bool:
    return bool(source.label or source.url or source.picture) and all(
        not url or fit_web_address(url) for url in (source.url, source.picture)
    )


def _source(line: str) -> CitedSource:
    """``[label](url) [IMG](picture)``, ``[label](url)`` or a bare name."""
    if not (line.startswith("[") and "](" in line):
        return CitedSource(line)
    if not line.endswith(")"):
        return CitedSource("", line)
    line, _, picture = line.partition(" [IMG](")
    middle = line.find("](http")
    if middle < 0:
        middle = line.rfind("](")
    return CitedSource(
        line[1:middle].strip(), line[middle + 2 :].removesuffix(")"), picture.removesuffix(")")
    )


def _attach(cited: list[CitedSource], picture: str) -> None:
    """Give *picture* to the first citation of its host that has none, else to the first that has none."""
    free = [index for index, source in enumerate(cited) if not source.picture]
    same = [index for index in free if _host(cited[index].url) == _host(picture)]
    if any(source.picture == picture for source in cited):
        return
    if not free:
        cited.append(CitedSource("", "", picture))
        return
    chosen = (same or free)[0]
    cited[chosen] = CitedSource(cited[chosen].label, cited[chosen].url, picture)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
