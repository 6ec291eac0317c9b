"""An event as readers will see it, from values that need not be saved yet."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from events.models import Document, Event
from events.text.urls import web
from events.vocabulary import EDITIONS, Grade

Json = dict[str, Any]


def stored_document(event: Event) -> Json:
    """The event's stored document; empty where it has none yet."""
    body = Document.objects.filter(event=event).values_list("body", flat=True).first()
    return json.loads(body) if body else {}


def preview_of(
    edition: str, values: Mapping[str, Any], document: Mapping[str, Any], *, correction: Json | None = None
) -> Json:
    """What the preview's template prints: *values* as revisions keep them, the rest as in *document*.

    *correction*: one that is about to be published (``grade``, ``note``); it stands first.
    """
    known = {(row["label"], row["url"]): row["publisher"] for row in document.get("citations", ())}
    citations = [
        {**row, "publisher": known.get((row["label"], row["url"]), "")} for row in values["citations"] or ()
    ]
    for row in citations:
        row["shown"] = row["label"] or row["publisher"] or row["url"]
        row["url"] = web(row["url"])
    first = citations[0] if citations else {}
    published = [
        {**row, "grade": Grade(row["grade"]).label, "on": row["at"][:10]}
        for row in document.get("corrections", ())
    ]
    return {
        "lang": EDITIONS[edition].lang,
        "date": dt.date.fromisoformat(values["date"]),
        "lead": values["lead"],
        "text": values["text"],
        "summary": values["summary"],
        "summary_by": first.get("publisher") or first.get("shown") or "the source",
        "contexts": values["contexts"],
        "citations": citations,
        "corrections": [*([correction] if correction else []), *published],
    }
