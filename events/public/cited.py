"""A source as readers are shown it: its publisher's words marked as such, an archive's copy beside it."""

from __future__ import annotations

from typing import Any, Final

from events.formats.jsonld import headline
from events.text.urls import kept_page, normalise_url, web

_DESCRIPTION_MOST: Final = 300


def original_and_copy(url: str) -> tuple[str, str]:
    """The address of the page itself, and that of the archived copy where *url* is one ("" where not)."""
    original = kept_page(normalise_url(url) or "")
    return (original, web(url)) if original else (web(url), "")


def own_description(description: str) -> str:
    """The publisher's description of its document, cut to what stands beside a link."""
    return headline(description, _DESCRIPTION_MOST)


def shown_citation(row: dict[str, Any], summary: str) -> dict[str, str]:
    """A citation of a stored document as an event's page prints it.

    The document's title is the link where it is known, else the label. A description that stands above
    as the event's *summary* is not said again.
    """
    label = row["label"] or row["publisher"] or row["url"]
    # Stored documents from before sources were described have neither key.
    title, description = row.get("title", ""), row.get("description", "")
    by = row["publisher"] or (row["label"] if title else "")
    original, kept = original_and_copy(row["url"])
    return {
        "label": title or label,
        "href": original,
        "publisher": by if by != (title or label) else "",
        "kept": kept,
        "picture": web(row["picture"]),
        "description": "" if description == summary else own_description(description),
    }
