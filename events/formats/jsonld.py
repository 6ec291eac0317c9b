"""An event as schema.org's NewsArticle (JSON-LD), for the machines that read pages."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from events.text.urls import web
from events.vocabulary import EDITIONS, Grade

_HEADLINE = 110


class ScriptData(str):
    """JSON that cannot leave a ``<script>`` element; templates print it as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        """What Django's autoescaping takes instead of escaping."""
        return str(self)


def script_data(value: Any) -> ScriptData:
    """*value* as JSON in which ``<``, ``>`` and ``&`` are escaped: no text in it can end the script."""
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return ScriptData(plain.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def headline(text: str, length: int = _HEADLINE) -> str:
    """*text* cut at a word, with an ellipsis, to at most *length* characters."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    head, space, _ = cut.rpartition(" ")
    return f"{head if space and len(head) > length // 2 else cut}…"


def news_article(event: dict[str, Any], *, base_url: str, site: str) -> dict[str, Any]:
    """The detail answer *event* as NewsArticle; *base_url* has no slash at its end."""
    url = f"{base_url}{quote(event['address'])}.html"
    article: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": f"{base_url}/e/{event['id']}",
        "url": url,
        "mainEntityOfPage": url,
        "headline": headline(event["text"]),
        "articleBody": event["text"],
        "datePublished": event["date"],
        "dateModified": event["updated"],
        "inLanguage": EDITIONS[event["edition"]].lang,
        "publisher": {"@type": "Organization", "name": site, "url": f"{base_url}/"},
        "isAccessibleForFree": True,
    }
    many = {
        "about": [
            {"@type": "Thing", "name": context["name"], "url": f"{base_url}{quote(context['path'])}"}
            for context in event["contexts"]
        ],
        "citation": [_source(citation) for citation in event["citations"]],
        "isBasedOn": [
            {"@type": "Dataset", "name": row["name"]} for row in event["provenance"] if row["name"]
        ],
        "correction": [
            {
                "@type": "CorrectionComment",
                "datePublished": row["at"],
                "text": row["note"] or Grade(row["grade"]).label,
            }
            for row in event["corrections"]
        ],
        "license": [row["url"] for row in event["licence"] if row["url"]],
    }
    return article | {name: values for name, values in many.items() if values}


def _source(citation: dict[str, Any]) -> dict[str, Any]:
    name = citation.get("title") or citation["label"] or citation["publisher"] or citation["url"]
    source = {"@type": "CreativeWork", "name": name}
    if url := web(citation["url"]):
        source["url"] = url
    if citation["publisher"]:
        source["publisher"] = {"@type": "Organization", "name": citation["publisher"]}
    return source
