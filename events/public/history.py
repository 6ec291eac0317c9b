"""``/news/2004/02/9/SLUG/history/``: every public version of an event, with what changed in it."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from events import history, queries
from events.filter_fields import parse_id
from events.formats.jsonld import headline
from events.public.addresses import Place
from events.public.conditional import answer, etag_of
from events.public.errors import absolute, moved
from events.public.frame import FORMATS, render
from events.public.memento import links_of, past_path
from events.public.ready import href, moment
from events.public.standing import standing_place
from events.public.words import day_words, grade_word, words
from events.text.diff import word_diff
from events.vocabulary import EDITIONS

_AT_ONCE: Final = 50
_WORDED: Final = frozenset({"text", "summary"})


@require_safe
def history_page(
    request: HttpRequest, year: str, month: str, day: str, slug: str, edition: str | None = None
) -> HttpResponse:
    """Newest first; ``?before=REVISION`` goes on behind one. The event's other addresses lead here."""
    place = standing_place(request, (year, month, day), slug, edition)
    if isinstance(place, HttpResponse):
        return place
    if request.path_info != f"{place.path}/history/":
        return moved(href(place.path, "/history/"))
    before = parse_id(request.GET.get("before", ""))
    return answer(
        request,
        etag=etag_of("history", place.event_id, place.version, before),
        content_type=FORMATS["html"],
        make=lambda: _make(place, before),
        key=f"history {place.event_id} {before is None}",
        modified=place.written_at,
        headers={"Link": links_of(href(place.path, ".html"), original=True)},
    )


def _make(place: Place, before: int | None) -> str:
    rows = history.versions(history.chronicle(place.event_id), before=before, limit=_AT_ONCE + 1)
    path, edition = href(place.path, "/history/"), place.edition
    shown = rows[:_AT_ONCE]
    entries = [_entry(place, row) for row in shown]
    document = queries.documents([place.event_id])
    return render(
        "public/history.html",
        edition,
        {
            "title": headline(document[0]["text"], 90) if document else "",
            "canonical": absolute(path) + (f"?before={before}" if before else ""),
            "event_href": href(place.path, ".html"),
            "groups": [
                {"robots": folded, "entries": list(group)}
                for folded, group in groupby(entries, key=lambda entry: entry["folded"])
            ],
            "first_href": path if before else "",
            "older_href": f"{path}?before={shown[-1]['number']}" if len(rows) > _AT_ONCE else "",
        },
    )


def _entry(place: Place, row: dict[str, Any]) -> dict[str, Any]:
    edition = place.edition
    at = dt.datetime.fromisoformat(row["at"])
    said = words(edition)
    return {
        "number": row["number"],
        "folded": row["robot"] and row["kind"] != "created",
        "href": past_path(at, href(place.path, ".html")),
        "what": grade_word(edition, row["grade"]) if row["grade"] else said[f"kind_{row['kind']}"],
        "at": moment(row["at"]),
        "on": day_words(edition, at.date()),
        "time": row["at"][11:16],
        "by": row["by"],
        "note": row["note"],
        "changes": [_change(edition, change) for change in row["changes"]],
    }


def _change(edition: str, change: dict[str, Any]) -> dict[str, Any]:
    """A field's change: words as a difference, all else by what went and what came."""
    field, old, new = change["field"], change["old"], change["new"]
    shown: dict[str, Any] = {"label": words(edition)[f"field_{field}"]}
    if field in _WORDED and old is not None:
        return shown | {"parts": word_diff(old, new, cjk=EDITIONS[edition].cjk)}
    before, after = _listed(old), _listed(new)
    if old is None:
        return shown | {"plain": after}
    gone = [one for one in before if one not in after]
    come = [one for one in after if one not in before]
    return shown | ({"gone": gone, "come": come} if gone or come else {"plain": after})


def _listed(value: Any) -> list[str]:
    if isinstance(value, list):
        return [" ".join(filter(None, row.values())) if isinstance(row, dict) else str(row) for row in value]
    return [str(value)] if value else []
