"""The front page: the newest days, what was on such a day, opinion, and the way to any date."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from events import queries
from events.formats.document import front_json
from events.formats.jsonld import headline
from events.formats.markdown import front_markdown
from events.formats.xml import front_xml
from events.public.conditional import answer, etag_of
from events.public.errors import absolute, moved
from events.public.feeds import feed_links
from events.public.frame import FORMATS, Writer, alternates, card, date_link, render, versions
from events.public.ready import href, name, ready
from events.public.words import category_word, count_words, day_of_year_words, words
from events.vocabulary import DEFAULT_EDITION, EDITIONS, Category

_FORMATS: Final[dict[str, Writer]] = {"md": front_markdown, "json": front_json, "xml": front_xml}
_SUMMARY_MOST: Final = 180
"""Characters of a source's summary that the front page quotes."""
_SUMMARY_MOST_CJK: Final = 90
_PUBLISHERS_MOST: Final = 3


@require_safe
def front_page(request: HttpRequest, file: str = "", edition: str = DEFAULT_EDITION) -> HttpResponse:
    """``/`` and its ``index`` files: the newest days that have events, and opinion."""
    home = f"{EDITIONS[edition].prefix}/"
    if file == "README.md":
        return moved(f"{home}index.md")
    suffix = file.partition(".")[2] or "html"
    state = queries.front_state(edition)
    return answer(
        request,
        etag=etag_of(
            "front", edition, suffix, state.rows, state.previous, state.editorials, state.anniversaries
        ),
        content_type=FORMATS[suffix],
        make=lambda: _make(state, suffix),
        key=f"front {edition} {suffix}",
        headers={} if suffix == "html" else {"Link": f'<{absolute(home)}>; rel="canonical"'},
    )


def _make(state: queries.FrontState, suffix: str) -> str | bytes:
    page = queries.front_page(state)
    if suffix != "html":
        return _FORMATS[suffix](page)
    edition = state.edition
    home = f"{EDITIONS[edition].prefix}/"
    return render(
        "public/front.html",
        edition,
        {
            "canonical": absolute(home),
            "alternates": alternates(f"{home}index"),
            "versions": versions(edition, ""),
            "feeds": feed_links(
                settings.SITE_NAME, f"{home}feeds/news.atom", f"{home}index_rss.xml", f"{home}feeds/news.json"
            ),
            "days": [
                {
                    "date": date_link(edition, day["date"]),
                    "count": count_words(edition, len(day["events"])),
                    "groups": _groups(edition, day["events"]),
                }
                for day in page["days"]
            ],
            "anniversary": _anniversary(state),
            "editorials": [
                {**piece, "href": href(piece["path"]), "on": date_link(edition, piece["date"])}
                for piece in page["editorials"]
            ],
            "previous": date_link(edition, page["previous"]),
            "opinion_href": f"{home}opinion/",
        },
    )


def _groups(edition: str, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A day's events under their lead contexts, those without one by category, each in order of arrival."""
    leads: dict[str, dict[str, Any]] = {}
    categories: dict[str, dict[str, Any]] = {}
    for event in events:
        lead, category = event["lead_context"], event["category"]
        if lead:
            fresh = {"heading": name(lead["name"]), "href": href(lead["path"]), "cards": []}
            group = leads.setdefault(lead["path"], fresh)
        else:
            known = "" if category in {"", Category.OTHER} else category
            heading = category_word(edition, known) if known else words(edition)["other_events"]
            group = categories.setdefault(known, {"heading": ready(heading), "href": "", "cards": []})
        group["cards"].append(_card(edition, event))
    other = categories.pop("", None)
    return [*leads.values(), *categories.values(), *([other] if other else [])]


def _card(edition: str, event: dict[str, Any]) -> dict[str, Any]:
    """An event with who reports it, and a source's summary in its own words."""
    publishers = dict.fromkeys(row["publisher"] or row["label"] for row in event["citations"])
    most = _SUMMARY_MOST_CJK if EDITIONS[edition].cjk else _SUMMARY_MOST
    return {
        **card(event),
        "publishers": ready(" · ".join([*filter(None, publishers)][:_PUBLISHERS_MOST])),
        "summary": ready(headline(event["summary"], most)) if event["summary"] else "",
        "summary_by": ready(event["summary_by"] or words(edition)["the_source"]),
    }


def _anniversary(state: queries.FrontState) -> dict[str, Any] | None:
    """An event each of the newest day's anniversaries; None where there are none."""
    rows = queries.documents([row[0] for row in state.anniversaries])
    if not rows:
        return None
    newest = state.days[0]
    return {
        "title": f"{words(state.edition)['on_this_day']}: {day_of_year_words(state.edition, newest)}",
        "href": f"{EDITIONS[state.edition].prefix}/on-this-day/{newest.month:02d}/{newest.day}/",
        "rows": [
            {
                "year": row["date"][:4],
                "iso": row["date"],
                "href": href(row["address"], ".html"),
                "text": ready(row["text"]),
            }
            for row in rows
        ],
    }
