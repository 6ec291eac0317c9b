"""What was found, as JSON: hits with their highlights, facets, the histogram (layer 5)."""

from __future__ import annotations

import json
from typing import Any

from events.search.find import Facets, Histogram, Hit
from events.search.highlight import Part, highlight
from events.search.language import Query


def shown_parts(document: dict[str, Any], query: Query) -> list[Part]:
    """The piece of an event's text that shows best why it was found, in parts."""
    return highlight(document["text"], query, document["edition"])


def parts_json(document: dict[str, Any], query: Query) -> list[dict[str, Any]]:
    """The same as JSON: pieces of the original text, and whether each is what was looked for."""
    return [{"text": part.text, "found": part.found} for part in shown_parts(document, query)]


def hit_json(body: str, hit: Hit, query: Query) -> str:
    """A stored document with three more keys, put together without writing it anew."""
    more = {
        "highlight": parts_json(json.loads(body), query),
        "score": hit.score,
        "left_out": hit.left_out,
    }
    return f"{body[:-1]},{json.dumps(more, ensure_ascii=False, separators=(',', ':'))[1:]}"


def facets_json(found: Facets) -> dict[str, Any]:
    """Values with their counts, most first."""
    values = {
        kind: [{"value": row.value, "name": row.name, "count": row.count} for row in rows]
        for kind, rows in found.values.items()
    }
    return {**values, "counted": found.counted, "more": found.more}


def histogram_json(found: Histogram) -> dict[str, Any]:
    """Months that have hits, oldest first."""
    return {
        "months": [
            {"month": f"{year:04d}-{month:02d}", "count": count} for year, month, count in found.months
        ],
        "count": found.count,
        "more": found.more,
    }
