"""An event as IPTC's ninjs 3.1 (News in JSON), for newsrooms' systems (layer 5).

The standard allows no fields of our own, so some things are said where it has a place for them:
``contentCreated`` is the event's day, at midnight; ``edNote`` lists the corrections; ``altIds`` has
former addresses and the origins' ids. Related events are left to the other formats.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote

from events.formats.jsonld import headline
from events.text.urls import web_uri
from events.vocabulary import EDITIONS, Category, Grade, State

Json = dict[str, Any]
MEDIA_TYPE: Final = "application/ninjs+json"
_STANDARD: Final = {
    "name": "ninjs",
    "version": "3.1",
    "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#",
}
_TOPICS: Final = {
    Category.CONFLICT: ("16000000", "conflict, war and peace"),
    Category.DISASTER: ("03000000", "disaster, accident and emergency incident"),
    Category.BUSINESS: ("04000000", "economy, business and finance"),
    Category.INTERNATIONAL: ("20000638", "international relations"),
    Category.CRIME: ("02000000", "crime, law and justice"),
    Category.POLITICS: ("11000000", "politics"),
    Category.SCIENCE: ("13000000", "science and technology"),
    Category.SPORT: ("15000000", "sport"),
    Category.ARTS: ("01000000", "arts, culture, entertainment and media"),
    Category.HEALTH: ("07000000", "health"),
}
"""The Media Topic that means a category. "Other" has none."""
_ELSEWHERE: Final = "environment"
"""What origins put under one heading with health, and Media Topics under another."""
_PUB_STATUS: Final = {State.WITHDRAWN: "canceled", State.LEGAL: "withheld"}


def event_ninjs(event: Mapping[str, Any], *, base_url: str) -> bytes:
    """The detail answer *event*; *base_url* has no slash at its end."""
    return _encode({"standard": _STANDARD, **_item(event, base_url)})


def events_ninjs(events: Iterable[Mapping[str, Any]], *, base_url: str, uri: str) -> bytes:
    """A page of events, at the address *uri*: one composite object that is associated with each."""
    items = [{"name": headline(event["text"]), "rel": "member", **_item(event, base_url)} for event in events]
    page: Json = {"standard": _STANDARD, "uri": web_uri(uri) or base_url, "type": "composite"}
    return _encode(page | ({"associations": items} if items else {}))


def closed_ninjs(event_id: int, state: State, because: str, *, base_url: str) -> bytes:
    """What is left to say of an event that was withdrawn (canceled) or removed by law (withheld)."""
    left = {
        "standard": _STANDARD,
        "uri": f"{base_url}/e/{event_id}",
        "type": "text",
        "representationType": "partial",
        "pubStatus": _PUB_STATUS[state],
    }
    return _encode(left | ({"edNote": because} if because else {}))


def _item(event: Mapping[str, Any], base_url: str) -> Json:
    address = f"{base_url}{quote(event['address'])}"
    item: Json = {
        "uri": f"{base_url}/e/{event['id']}",
        "type": "text",
        "representationType": "full",
        "profile": "text-only",
        "version": str(event["revision"]),
        "firstCreated": event["created"],
        "versionCreated": event["updated"],
        "contentCreated": f"{event['date']}T00:00:00Z",
        "pubStatus": "usable",
        "language": EDITIONS[event["edition"]].lang,
        "headlines": [{"value": headline(event["text"])}],
        "slugline": event["address"].rpartition("/")[2],
        "bodies": [
            {"contentType": "text/plain", "charCount": len(event["text"]), "value": event["text"]},
        ],
        "renditions": [{"name": "web", "href": f"{address}.html", "contentType": "text/html"}],
    }
    maybe: Json = {
        "descriptions": _summary(event),
        "subjects": [*_topic(event), *_contexts(event, base_url)],
        "infoSources": [_source(citation) for citation in event["citations"]],
        "edNote": _corrections(event),
        "altIds": _other_ids(event, base_url),
        "usageTerms": _terms(event),
        "copyrightNotice": " ".join(row["attribution"] for row in event["licence"] if row["attribution"]),
        "rightsInfo": _rights(event),
    }
    return item | {name: value for name, value in maybe.items() if value}


def _summary(event: Mapping[str, Any]) -> list[Json]:
    if not event["summary"]:
        return []
    return [{"role": "summary", "contentType": "text/plain", "value": event["summary"]}]


def _topic(event: Mapping[str, Any]) -> list[Json]:
    topic = _TOPICS.get(Category(event["category"]))
    if topic is None or (
        event["category"] == Category.HEALTH and _ELSEWHERE in event["category_said"].lower()
    ):
        return []
    code, name = topic
    return [{"name": name, "rel": "category", "uri": f"http://cv.iptc.org/newscodes/mediatopic/{code}"}]


def _contexts(event: Mapping[str, Any], base_url: str) -> list[Json]:
    """The lead context first."""
    lead = event["lead_context"]["id"] if event["lead_context"] else None
    rows = sorted(event["contexts"], key=lambda row: row["id"] != lead)
    return [{"name": row["name"], "rel": "about", "uri": f"{base_url}{quote(row['path'])}"} for row in rows]


def _source(citation: Mapping[str, Any]) -> Json:
    source = {"name": citation["publisher"] or citation["label"] or citation["url"], "role": "source"}
    uri = web_uri(citation["url"])
    return source | ({"uri": uri} if uri else {})


def _corrections(event: Mapping[str, Any]) -> str:
    """Newest first."""
    said = []
    for row in event["corrections"]:
        note = f": {row['note']}" if row["note"] else ""
        said.append(f"{row['at'][:10]} {Grade(row['grade']).label}{note}")
    return "\n".join(said)


def _other_ids(event: Mapping[str, Any], base_url: str) -> list[Json]:
    former = [
        {"role": "former address", "value": f"{base_url}{quote(path)}"} for path in event["former_addresses"]
    ]
    known = {(row["origin"], row["id"]): None for row in event["provenance"] if row["id"]}
    return [*former, *({"role": origin, "value": said} for origin, said in known)]


def _terms(event: Mapping[str, Any]) -> str:
    terms = [
        f"{row['name']} ({row['url']})" if row["url"] else row["name"]
        for row in event["licence"]
        if row["name"]
    ]
    if event["summary"]:
        whose = event["summary_by"] or "the source"
        terms.append(f"The description is the words of {whose}, not licensed by us.")
    return " ".join(terms)


def _rights(event: Mapping[str, Any]) -> Json | None:
    """The licence, where there is one for the whole."""
    links = {uri for row in event["licence"] if (uri := web_uri(row["url"]))}
    return {"linkedRights": links.pop()} if len(links) == 1 else None


def _encode(item: Json) -> bytes:
    """UTF-8; halves of surrogate pairs, which no encoding has, become "?"."""
    return json.dumps(item, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
