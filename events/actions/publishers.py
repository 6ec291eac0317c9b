"""From citations to sources and publishers, many at once.

A source is one web document, by its normalised address. Its publisher is known by the host; a
host that nobody knows yet is named by the citation's label where the label is the host's name
("The Guardian" at theguardian.com, "New York Times" at nytimes.com), else by the host itself:
labels too often name an agency whose report somebody else printed. Editors merge the rest.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

from events.actions.holding import held
from events.models import Publisher, PublisherHost, Source
from events.text.normalise import fold, published
from events.text.urls import host_of, kept_page, normalise_url

if TYPE_CHECKING:
    from events.actions.recording import Recording

_NAME_MAX: Final = 200
_HOST_MAX: Final = 253
_AT_ONCE: Final = 5_000
_ATTEMPTS: Final = 5
_NO_NAMES: Final = frozenset(
    {"news", "edition", "world", "blog", "blogs", "live", "english", "online", "archive", "co", "com", "org",
     "net", "gov", "gob", "ac", "edu", "or", "ne", "go"}
)  # fmt: skip


class Cited(NamedTuple):
    """What a citation cites: a source with its publisher, a publisher alone (a bare name), or neither."""

    source: Source | None
    publisher: Publisher | None


def sources_for(citations: Collection[tuple[str, str]], *, trace: Recording) -> dict[tuple[str, str], Cited]:
    """What each citation ``(label, raw URL or "")`` cites, created where it is new.

    An address that cannot be cited (``events.text.urls``) counts as a bare name. New sources are as
    old as *trace*; the public sequence tells of them when a published event cites them. What is given
    stays as it is until the commit. Three queries at most where all is known, on PostgreSQL five. Among
    citations of one new host the first decides its publisher's name, so the order counts.
    """
    given = {citation: normalise_url(citation[1]) if citation[1] else None for citation in citations}
    labels: dict[str, str] = {}
    for (label, _raw), url in given.items():
        if url is not None:
            labels.setdefault(url, label)
    bare = {publisher_name(label) for (label, _raw), url in given.items() if url is None} - {""}
    for _attempt in range(_ATTEMPTS):
        sources, publishers = _found(labels, bare, trace)
        cited = {source.pk for source in sources.values()}
        rows = [*publishers.values(), *(source.publisher for source in sources.values())]
        standing = {row.pk for row in rows if row.merged_into_id is None}
        held_sources = held(Source.objects.all(), cited)
        if (held_sources, held(Publisher.objects.filter(merged_into=None), standing)) == (cited, standing):
            break
    else:
        raise RuntimeError(f"Sources were deleted again and again: {list(labels)[:3]}")
    return {
        citation: Cited(sources[url], sources[url].publisher)
        if url is not None
        else Cited(None, publishers.get(publisher_name(citation[0])))
        for citation, url in given.items()
    }


def publishing_host(url: str) -> str:
    """The host whose publisher published this normalised address; that of the page kept, for kept pages."""
    return (host_of(kept_page(url) or url) or "unknown")[:_HOST_MAX]


def standing_publishers(publishers: Iterable[Publisher]) -> dict[int, Publisher]:
    """The publisher that each of these leads to, by its id: itself, or the last one along its merges.

    One query for each step of the longest chain, none where nothing was merged.
    """
    known = {publisher.pk: publisher for publisher in publishers}
    asked = list(known)
    while missing := {row.merged_into_id for row in known.values()} - {None} - known.keys():
        known.update(Publisher.objects.in_bulk(list(missing)))
    standing = {}
    for start in asked:
        publisher = known[start]
        while publisher.merged_into_id is not None:
            publisher = known[publisher.merged_into_id]
        standing[start] = publisher
    return standing


def names_host(label: str, host: str) -> bool:
    """Whether *label* is the name that *host* is made of: a whole part of it, or its initials."""
    words = [word for word in re.findall(r"\w+", fold(label)) if word != "the"]
    spellings = {
        "".join(word[0] for word in words[:count]) + "".join(words[count:]) for count in range(len(words) + 1)
    }
    parts = {part.removeprefix("the").replace("-", "") for part in host.split(".")[:-1]} - _NO_NAMES
    return any(len(part) > 1 and part in spellings for part in parts)


def publisher_name(label: str) -> str:
    """The publisher's name in a citation's label, as it is stored."""
    return " ".join(published(label).split())[:_NAME_MAX].rstrip()


def _found(
    labels: dict[str, str], bare: set[str], trace: Recording
) -> tuple[dict[str, Source], dict[str, Publisher]]:
    """The sources of the addresses in *labels* and the publishers of *bare* names; made where new."""
    sources = _find_sources(labels)
    missing = [url for url in labels if url not in sources]
    publishers, by_host = _publishers(bare, {url: labels[url] for url in missing})
    if missing:
        rows = [
            Source(url=url, publisher=by_host[publishing_host(url)], created_at=trace.at, updated_at=trace.at)
            for url in sorted(missing)
        ]
        Source.objects.bulk_create(rows, ignore_conflicts=True, batch_size=_AT_ONCE)
        sources |= _find_sources(missing)
    return sources, publishers


def _find_sources(urls: Iterable[str]) -> dict[str, Source]:
    found: dict[str, Source] = {}
    for chunk in _chunks(urls):
        for source in Source.objects.filter(url__in=chunk).select_related("publisher"):
            found[source.url] = source
    return found


def _publishers(bare: set[str], new: dict[str, str]) -> tuple[dict[str, Publisher], dict[str, Publisher]]:
    """The publishers of the *bare* names, by name, and of the *new* sources (URL → label), by host."""
    by_host: dict[str, Publisher] = {}
    first: dict[str, str] = {}
    for url, label in new.items():
        first.setdefault(publishing_host(url), publisher_name(label))
    for chunk in _chunks(first):
        for known in PublisherHost.objects.filter(host__in=chunk).select_related("publisher"):
            by_host[known.host] = known.publisher
    standing = standing_publishers(by_host.values())
    by_host = {host: standing[publisher.pk] for host, publisher in by_host.items()}
    name_of = {
        host: label if names_host(label, host) else host[:_NAME_MAX]
        for host, label in first.items()
        if host not in by_host
    }
    by_name = _named(bare | set(name_of.values()))
    if name_of:
        rows = [PublisherHost(host=host, publisher=by_name[name]) for host, name in sorted(name_of.items())]
        PublisherHost.objects.bulk_create(rows, ignore_conflicts=True, batch_size=_AT_ONCE)
        by_host |= {host: by_name[name] for host, name in name_of.items()}
    return by_name, by_host


def _named(names: Collection[str]) -> dict[str, Publisher]:
    """The publishers of these names, created where they are new."""
    found = _find_publishers(names)
    missing = sorted(set(names) - set(found))
    if missing:
        rows = [Publisher(name=name) for name in missing]
        Publisher.objects.bulk_create(rows, ignore_conflicts=True, batch_size=_AT_ONCE)
        found |= _find_publishers(missing)
    standing = standing_publishers(found.values())
    return {name: standing[publisher.pk] for name, publisher in found.items()}


def _find_publishers(names: Iterable[str]) -> dict[str, Publisher]:
    found: dict[str, Publisher] = {}
    for chunk in _chunks(names):
        found |= {publisher.name: publisher for publisher in Publisher.objects.filter(name__in=chunk)}
    return found


def _chunks(values: Iterable[str]) -> Iterable[list[str]]:
    ordered = list(values)
    return (ordered[start : start + _AT_ONCE] for start in range(0, len(ordered), _AT_ONCE))
