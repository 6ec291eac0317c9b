"""Feeds: RSS 2.0, Atom (RFC 4287, tombstones by RFC 6721) and JSON Feed 1.1 of the same entries (layer 5).

An entry's id is permanent: it names the thing, never its title or its present address.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed, rfc3339_date
from django.utils.xmlutils import SimplerXMLGenerator

from events.formats.xml import allowed_characters

MEDIA_TYPES: Final = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json",
}
_EPOCH: Final = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
"""The time of a feed that never had an entry."""
_TOMBSTONES: Final = "http://purl.org/atompub/tombstones/1.0"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a feed tells of.

    ``updated`` moves for real changes only; ``url`` is where it stands now.
    """

    id: str
    url: str
    title: str
    text: str
    published: dt.datetime
    updated: dt.datetime
    author: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """What all three formats are written from.

    ``author``: who answers for entries that name nobody (RFC 4287, 4.2.1, wants one). ``gone``: ids that
    are no longer public, and since when.
    """

    title: str
    about: str
    home: str
    url: str
    lang: str
    author: str
    entries: tuple[Entry, ...]
    gone: tuple[tuple[str, dt.datetime], ...] = field(default=())

    @property
    def updated(self) -> dt.datetime:
        """When it last changed."""
        times = [*(entry.updated for entry in self.entries), *(when for _, when in self.gone)]
        return max(times, default=_EPOCH)


class _Rss(Rss201rev2Feed):
    """Django's, with the time of its last real change instead of the present for an empty one."""

    content_type = MEDIA_TYPES["rss"]

    def latest_post_date(self) -> dt.datetime:
        return self.feed["changed"]  # type: ignore[no-any-return]


class _Atom(Atom1Feed):
    """Django's, with tombstones."""

    content_type = MEDIA_TYPES["atom"]

    def latest_post_date(self) -> dt.datetime:
        return self.feed["changed"]  # type: ignore[no-any-return]

    def root_attributes(self) -> dict[str, str]:
        found: dict[str, str] = super().root_attributes()
        return {**found, "xmlns:at": _TOMBSTONES} if self.feed["gone"] else found

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        for gone, when in self.feed["gone"]:
            handler.addQuickElement("at:deleted-entry", "", {"ref": gone, "when": rfc3339_date(when)})


def rss_feed(feed: Feed) -> bytes:
    """*feed* as RSS 2.0."""
    return _written(_Rss, feed)


def atom_feed(feed: Feed) -> bytes:
    """*feed* as Atom."""
    return _written(_Atom, feed)


def _written(kind: type[SyndicationFeed], feed: Feed) -> bytes:
    made = kind(
        title=allowed_characters(feed.title), link=feed.home, description=allowed_characters(feed.about),
        language=feed.lang, author_name=allowed_characters(feed.author), feed_url=feed.url,
        changed=feed.updated, gone=feed.gone,
    )  # fmt: skip
    for entry in feed.entries:
        made.add_item(
            title=allowed_characters(entry.title), link=entry.url, description=allowed_characters(entry.text),
            unique_id=entry.id, unique_id_is_permalink=False, pubdate=entry.published,
            updateddate=entry.updated, author_name=allowed_characters(entry.author) or None,
            categories=[allowed_characters(tag) for tag in entry.tags],
        )  # fmt: skip
    return made.writeString("utf-8").encode()


def json_feed(feed: Feed) -> bytes:
    """*feed* as JSON Feed 1.1."""
    made = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.about,
        "home_page_url": feed.home,
        "feed_url": feed.url,
        "language": feed.lang,
        "authors": [{"name": feed.author}],
        "items": [_item(entry) for entry in feed.entries],
    }
    return json.dumps(made, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace")


def _item(entry: Entry) -> Mapping[str, Any]:
    item: dict[str, Any] = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "content_text": entry.text,
        "date_published": rfc3339_date(entry.published),
        "date_modified": rfc3339_date(entry.updated),
    }
    if entry.author:
        item["authors"] = [{"name": entry.author}]
    if entry.tags:
        item["tags"] = list(entry.tags)
    return item


WRITERS: Final = {"rss": rss_feed, "atom": atom_feed, "json": json_feed}
