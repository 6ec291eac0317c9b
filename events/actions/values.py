"""The values of an event that people and robots change, in the forms in which they are written.

Three forms: what an editor sends (:class:`EventValues`), what a revision keeps (JSON, see
``models.Revision``), and what an origin's record keeps (``models.Provenance.upstream``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final, TypedDict

from events.actions.errors import InvalidAction
from events.harvest.limits import LABEL_MAX, TEXT_MAX, YEARS
from events.harvest.records import CitedSource
from events.models import Event, Provenance
from events.text.normalise import published
from events.text.urls import normalise_url
from events.vocabulary import Category, category_of

_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_BREAKS: Final = re.compile("\\s*[\n\r\x0b\x0c\x85\u2028\u2029]\\s*")


class EventValues(TypedDict, total=False):
    """What to change; a key that is absent leaves its field alone. Contexts go by their names."""

    text: str
    summary: str
    date: dt.date
    category: str
    lead: str | None
    contexts: Collection[str]
    citations: Sequence[CitedSource]


def one_paragraph(text: str) -> str:
    """*text* as it is published: outer blanks off, line breaks as blanks, control characters gone."""
    return published(_BREAKS.sub(" ", _CONTROLS.sub("", text)))


def clean_values(values: EventValues, event: Event | None = None) -> EventValues:
    """*values* in the form in which they are stored; those of *event* are taken as they stand.

    Raises ``InvalidAction`` for an empty or overlong text, an unknown category, a source or
    picture that is no web address.
    """
    clean: EventValues = {}
    if "text" in values:
        clean["text"] = _words(values["text"], "" if event is None else event.text)
        if not clean["text"]:
            raise InvalidAction("An event needs a text.")
    if "summary" in values:
        clean["summary"] = _words(values["summary"], "" if event is None else event.summary)
    if "date" in values:
        if values["date"].year not in YEARS:
            raise InvalidAction(f"The year must lie between {YEARS[0]} and {YEARS[-1]}.")
        clean["date"] = values["date"]
    if "category" in values:
        if values["category"] not in Category.values:
            raise InvalidAction(f"There is no category “{values['category']}”.")
        clean["category"] = values["category"]
    if "lead" in values:
        clean["lead"] = published(values["lead"] or "") or None
    if "contexts" in values:
        clean["contexts"] = [name for name in values["contexts"] if published(name)]
    if "citations" in values:
        present = set() if event is None else set(cited(event))
        clean["citations"] = [_citation(citation, present) for citation in values["citations"]]
    return clean


def _words(new: str, present: str) -> str:
    """*new* as one paragraph; *present* where it differs from it in nothing that is published."""
    clean = one_paragraph(new)
    if len(clean) > TEXT_MAX:
        raise InvalidAction(f"This is longer than {TEXT_MAX:,} characters; shorten it.")
    return present if one_paragraph(present) == clean else clean


def _citation(citation: CitedSource, present: set[CitedSource]) -> CitedSource:
    label, url, picture = (one_paragraph(value) for value in (citation.label, citation.url, citation.picture))
    clean = CitedSource(label, url, picture)
    if clean in present:
        return clean
    if not (label or url or picture):
        raise InvalidAction("A source needs a label or an address.")
    if len(label) > LABEL_MAX:
        raise InvalidAction(f"A source's label is longer than {LABEL_MAX} characters.")
    for address in (url, picture):
        if address and normalise_url(address) is None:
            raise InvalidAction(f"“{address}” is no web address; write it with https:// in front.")
    return clean


def cited(event: Event) -> list[CitedSource]:
    """The event's citations, in order, as plain values."""
    return [CitedSource(row.label, row.raw_url, row.picture) for row in event.citations.all()]


def citations_json(citations: Collection[CitedSource]) -> list[dict[str, str]]:
    """Citations as revisions keep them."""
    return [{"label": one.label, "url": one.url, "picture": one.picture} for one in citations]


def read_citations(stored: Collection[Any]) -> list[CitedSource]:
    """Citations as revisions keep them, or as records do (``[label, url, picture]``)."""
    return [
        CitedSource(one["label"], one["url"], one["picture"]) if isinstance(one, dict) else CitedSource(*one)
        for one in stored
    ]


def values_from_json(fields: Mapping[str, Any]) -> EventValues:
    """Values kept as JSON, by revision field, as an editor would send them; other fields are left out."""
    readers: dict[str, Callable[[Any], Any]] = {
        "text": str,
        "summary": str,
        "date": dt.date.fromisoformat,
        "category": str,
        "lead": lambda name: name or None,
        "contexts": list,
        "citations": read_citations,
    }
    values: EventValues = {}
    for name, read in readers.items():
        if name in fields and (fields[name] is not None or name == "lead"):
            values[name] = read(fields[name])  # type: ignore[literal-required]
    return values


def said_of(upstream: Mapping[str, Any]) -> dict[str, Any]:
    """What an origin's record says (``Provenance.upstream``), by revision field."""
    said: dict[str, Any] = {
        name: published(upstream[name]) for name in ("text", "summary") if upstream.get(name)
    }
    said |= {name: upstream[name] for name in ("date", "lead") if upstream.get(name)}
    if upstream.get("category"):
        said["category"] = str(category_of(upstream["category"]))
    if names := {*upstream.get("contexts", ()), *upstream.get("day", ())}:
        said["contexts"] = sorted(names)
    if "citations" in upstream:
        said["citations"] = citations_json(read_citations(upstream["citations"]))
    return said


def upstream_of(event: Event) -> dict[str, Any]:
    """What the origins said last about *event*, by revision field; empty for an event made here."""
    leading = Provenance.objects.filter(event=event, leading=True).order_by("-moment", "-pk").first()
    return {} if leading is None else said_of(leading.upstream)


def change_of(old: Any, new: Any, base: Any = None) -> dict[str, Any]:
    """One field of a revision."""
    return {"base": base, "old": old, "new": new}
