"""Pages as XML, valid against ``docs/schema/archive-1.xsd`` (layer 5).

The names are those of the JSON. ``null`` leaves the element out; the members of a list are
elements of the name that ``_MEMBERS`` gives. Characters that XML 1.0 does not allow are dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

NAMESPACE: Final = "urn:newsarchive:1"
_DECLARATION: Final = '<?xml version="1.0" encoding="utf-8"?>\n'
_MEMBERS: Final = {
    "former_addresses": "address",
    "contexts": "context",
    "citations": "citation",
    "corrections": "correction",
    "related": "link",
    "shares": "share",
    "provenance": "record",
    "licence": "terms",
    "aliases": "alias",
    "broader": "context",
    "narrower": "context",
    "events": "event",
    "days": "day",
    "editorials": "editorial",
    "hosts": "host",
    "former_names": "name",
    "changes": "change",
    "old": "value",
    "new": "value",
}
# A bare carriage return would be read as a line feed.
_ESCAPES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL: Final = re.compile("[&<>\r]|[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def event_xml(event: Mapping[str, Any]) -> bytes:
    """An event, from its detail answer."""
    return _document("event", event)


def day_xml(day: Mapping[str, Any]) -> bytes:
    """A day with its events."""
    return _document("day", day)


def context_xml(context: Mapping[str, Any]) -> bytes:
    """A context with its events."""
    return _document("context", context)


def front_xml(front: Mapping[str, Any]) -> bytes:
    """The front page."""
    return _document("front", front)


def editorial_xml(editorial: Mapping[str, Any]) -> bytes:
    """An opinion piece."""
    return _document("editorial", editorial)


def related_xml(answer: Mapping[str, Any]) -> bytes:
    """What an event is related to: ``{"results": […]}``."""
    return page_xml("link", answer["results"])


def source_xml(source: Mapping[str, Any]) -> bytes:
    """A web document that events cite."""
    return _document("source", source)


def publisher_xml(publisher: Mapping[str, Any]) -> bytes:
    """Who publishes sources."""
    return _document("publisher", publisher)


def page_xml(member: str, results: Iterable[Mapping[str, Any]], **beside: Any) -> bytes:
    """A page of a list: its *results*, an element *member* each, and what stands beside them."""
    out = [f'{_DECLARATION}<page xmlns="{NAMESPACE}"><results>']
    for result in results:
        _write(out, member, result)
    out.append("</results>")
    _write_fields(out, beside)
    out.append("</page>\n")
    return "".join(out).encode()


def _document(root: str, page: Mapping[str, Any]) -> bytes:
    out = [f'{_DECLARATION}<{root} xmlns="{NAMESPACE}">']
    _write_fields(out, page)
    out.append(f"</{root}>\n")
    return "".join(out).encode()


def _write_fields(out: list[str], fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        if value is not None:
            _write(out, name, value)


def _write(out: list[str], name: str, value: Any) -> None:
    if isinstance(value, list):
        out.append(f"<{name}>")
        for member in value:
            _write(out, _MEMBERS[name], member)
        out.append(f"</{name}>")
    elif isinstance(value, dict):
        out.append(f"<{name}>")
        _write_fields(out, value)
        out.append(f"</{name}>")
    else:
        out.append(f"<{name}>{_content(value)}</{name}>")


def allowed_characters(text: str) -> str:
    """*text* without the characters that XML 1.0 has no way to write."""
    return _FORBIDDEN.sub("", text)


def _content(value: str | float | bool) -> str:
    if isinstance(value, str):
        return _SPECIAL.sub(lambda match: _ESCAPES.get(match[0], ""), value)
    return str(value).lower() if isinstance(value, bool) else str(value)
