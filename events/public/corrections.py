"""The public ledger of corrections: what an event said, what it says now, who changed it and why."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from events import ledger
from events.breaks import page_break
from events.filter_fields import parse_id
from events.public.conditional import answer, etag_of
from events.public.errors import absolute
from events.public.feeds import feed_links
from events.public.frame import FORMATS, render, versions
from events.public.ready import href, moment
from events.public.words import day_words, grade_word, words
from events.text.diff import word_diff
from events.vocabulary import DEFAULT_EDITION, EDITIONS

AT_ONCE: Final = 50
_WORDED: Final = frozenset({"text", "summary"})


@require_safe
def corrections_page(request: HttpRequest, edition: str = DEFAULT_EDITION) -> HttpResponse:
    """``/corrections/``, by day; ``?before=ID`` goes on behind an entry."""
    path = f"{EDITIONS[edition].prefix}/corrections/"
    before = parse_id(request.GET.get("before", ""))
    rows = ledger.corrections(edition, before=before, limit=AT_ONCE + 1)
    older = ""
    if len(rows) > AT_ONCE:
        rows = rows[: page_break([row["id"] for row in rows[:AT_ONCE]])]
        older = f"{path}?before={rows[-1]['id']}"
    return answer(
        request,
        etag=etag_of("corrections", edition, before, rows, older),
        content_type=FORMATS["html"],
        make=lambda: render("public/corrections.html", edition, _context(path, edition, before, rows, older)),
        key=f"corrections {edition} {before is None}",
    )


def _context(
    path: str, edition: str, before: int | None, rows: list[dict[str, Any]], older: str
) -> dict[str, Any]:
    return {
        "canonical": absolute(path) + (f"?before={before}" if before else ""),
        "versions": [] if before else versions(edition, "corrections/"),
        "feeds": feed_links(
            words(edition)["ledger"], f"{path}index.atom", f"{path}index.rss", f"{path}index.json"
        ),
        "first_href": path if before else "",
        "older_href": older,
        "days": [
            {
                "iso": day,
                "words": day_words(edition, dt.date.fromisoformat(day)),
                "entries": [shown_correction(edition, row) for row in of_day],
            }
            for day, of_day in groupby(rows, key=lambda row: row["at"][:10])
        ],
    }


def shown_correction(edition: str, row: dict[str, Any]) -> dict[str, Any]:
    """An entry of the ledger, its words as a difference."""
    return {
        "id": f"revision-{row['event']}-{row['revision']}",
        "href": href(row["address"], ".html"),
        "on": day_words(edition, dt.date.fromisoformat(row["date"])),
        "text": row["text"],
        "grade": grade_word(edition, row["grade"]),
        "at": moment(row["at"]),
        "time": row["at"][11:16],
        "by": row["by"],
        "note": row["note"],
        "changes": [shown_change(edition, change) for change in row["changes"]],
    }


def shown_change(edition: str, change: dict[str, Any]) -> dict[str, Any]:
    """A field's change: words as parts of a difference, other values as before and after."""
    field, old, new = change["field"], change["old"] or "", change["new"] or ""
    label = words(edition)[f"field_{field}"]
    if field in _WORDED:
        return {"label": label, "parts": word_diff(old, new, cjk=EDITIONS[edition].cjk)}
    return {"label": label, "old": _said(old), "new": _said(new)}


def _said(value: Any) -> str:
    """A date, a category, a context's name, or sources by label and address."""
    if not isinstance(value, list):
        return str(value)
    return "; ".join(" ".join(filter(None, (row["label"], row["url"]))) for row in value)
