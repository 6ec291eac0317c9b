"""``/search/``: a form, the hits with what was found in them, facets and a chart of the whole result."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_safe

from events import contexts, queries
from events.filter_fields import parse_id
from events.formats.charts import Chart, Point, columns, spans
from events.formats.hits import shown_parts
from events.public.conditional import answer, etag_of
from events.public.errors import absolute
from events.public.frame import FORMATS, date_link, render
from events.public.ready import href
from events.public.words import category_word, count_words, words
from events.search.asking import Filters
from events.search.find import (
    FACETED_MOST,
    Facets,
    Histogram,
    Hit,
    Order,
    facets,
    histogram,
    search,
)
from events.search.language import QUERY_MAX, Query, parse, read_day, storable
from events.search.suggest import did_you_mean
from events.search.widen import FEW
from events.vocabulary import DEFAULT_EDITION, EDITIONS, Category

_VALUES_MOST: Final = 10
_NARROWING: Final = ("context", "category", "publisher")
_CHART_HEIGHT: Final = 110
_CHART_WIDTH: Final = 300
_CHART_LABELS: Final = 5


class _Asked(NamedTuple):
    """What the reader asked: parameters as given, and as search takes them."""

    given: list[tuple[str, str]]
    query: Query
    filters: Filters
    order: Order
    after: int | None

    def address(self, path: str, *more: tuple[str, str], without: tuple[tuple[str, str], ...] = ()) -> str:
        """The address of this search with *more* and *without* some of it, from its first page."""
        return f"{path}?{urlencode([*(pair for pair in self.given if pair not in without), *more])}"


@require_safe
def search_page(request: HttpRequest, edition: str = DEFAULT_EDITION) -> HttpResponse:
    """Any query is answered; what no search can mean is passed over."""
    asked = _read(request.GET, edition)
    path = f"{EDITIONS[edition].prefix}/search/"
    page: dict[str, Any] = {
        "title": asked.query.said,
        "canonical": absolute(asked.address(path) if asked.given else path),
        "action": path,
        "q": asked.query.said,
        "from": _one(request.GET, "from"),
        "to": _one(request.GET, "to"),
        "by_date": asked.order == "date",
        "kept": [pair for pair in asked.given if pair[0] in _NARROWING],
        "asked": bool(asked.given),
        "cut": asked.query.cut,
    }
    if asked.given:
        page |= _found(asked, path, edition)
    return answer(
        request,
        etag=etag_of("search", page),
        content_type=FORMATS["html"],
        make=lambda: render("public/search.html", edition, page),
        key=f"search {edition}",  # only the last one is kept: nobody should fill the cache by asking
    )


def found_by(data: QueryDict, edition: str, *, limit: int) -> tuple[str, list[int]]:
    """The words of a search as its page would read them, and the newest events that it finds."""
    asked = _read(data, edition)
    if not asked.given:
        return "", []
    found = search(asked.query, filters=asked.filters, order="date", limit=limit)
    return asked.query.said, [hit.event_id for hit in found.hits]


def _read(data: QueryDict, edition: str) -> _Asked:
    given = [
        (name, text)
        for name in ("q", "from", "to", *_NARROWING)
        for value in data.getlist(name)[:_VALUES_MOST]
        if (text := storable(value)[:QUERY_MAX].strip())
    ]
    if data.get("order") == "date":
        given.append(("order", "date"))
    values = {name: [value for key, value in given if key == name] for name in _NARROWING}
    narrowed = Filters(
        contexts=tuple(_contexts(value, edition) for value in values["context"]),
        categories=tuple(value for value in values["category"] if value in set(Category.values)),
        publishers=tuple(values["publisher"]),
        editions=(edition,),
        first=read_day(_one(data, "from")),
        last=_last_day(_one(data, "to")),
    )
    order: Order = "date" if data.get("order") == "date" else "relevance"
    return _Asked(given, parse(_one(data, "q")), narrowed, order, parse_id(_one(data, "after")))


def _one(data: QueryDict, name: str) -> str:
    return storable(data.get(name, ""))[:QUERY_MAX].strip()


def _contexts(value: str, edition: str) -> frozenset[int]:
    """The context of this slug, a merged one's target; none matches what does not exist."""
    context = contexts.find_context(value, edition)
    return frozenset() if context is None else frozenset({context.merged_into_id or context.pk})


def _last_day(value: str) -> dt.date | None:
    """The last day of a year, month or day."""
    first = read_day(value)
    if first is None or value.count("-") == 2:
        return first
    month = first.month if "-" in value else 12
    return first.replace(month=month, day=calendar.monthrange(first.year, month)[1])


def _found(asked: _Asked, path: str, edition: str) -> dict[str, Any]:
    found = search(asked.query, filters=asked.filters, order=asked.order, after=asked.after, widen=True)
    chart = histogram(asked.query, filters=asked.filters, wider=found.wider)
    few = len(found.hits) < FEW or bool(found.wider)
    better = did_you_mean(asked.query) if few and asked.after is None else None
    others = tuple(pair for pair in asked.given if pair[0] == "q")
    by_order = ("order", "date")
    return {
        "wider": bool(found.wider),
        "hits": _hits(found.hits, asked.query, edition),
        "count": f"{words(edition)['more_than']} " * chart.more + count_words(edition, chart.count),
        "did_you_mean": better,
        "did_you_mean_href": better and asked.address(path, ("q", better), without=others),
        "orders": [
            {
                "label": words(edition)["by_relevance"],
                "href": asked.address(path, without=(by_order,)),
                "here": asked.order != "date",
            },
            {
                "label": words(edition)["by_date"],
                "href": asked.address(path, by_order, without=(by_order,)),
                "here": asked.order == "date",
            },
        ],
        "chosen": [
            {"label": _named(edition, name, value), "href": asked.address(path, without=((name, value),))}
            for name, value in asked.given
            if name not in {"q", "order"}
        ],
        "facets": _facets(
            facets(asked.query, filters=asked.filters, wider=found.wider), asked, path, edition
        ),
        "chart": _chart(chart, asked, path, edition),
        "more_href": asked.address(path, ("after", str(found.after))) if found.after is not None else "",
        "first_href": asked.address(path) if asked.after is not None else "",
    }


def _hits(hits: list[Hit], query: Query, edition: str) -> list[dict[str, Any]]:
    documents = queries.documents([hit.event_id for hit in hits])
    left_out = {hit.event_id: hit.left_out for hit in hits}
    return [
        {
            "href": href(document["address"], ".html"),
            "parts": [tuple(part) for part in shown_parts(document, query)],
            "left_out": " ".join(left_out[document["id"]]),
            "date": date_link(edition, document["date"]),
            "contexts": [
                {"href": href(row["path"]), "name": row["name"]}
                for row in document["contexts"][:_VALUES_MOST]
            ],
        }
        for document in documents
    ]


def _named(edition: str, name: str, value: str) -> str:
    return category_word(edition, value) if name == "category" and value in set(Category.values) else value


def _facets(found: Facets, asked: _Asked, path: str, edition: str) -> list[dict[str, Any]]:
    said = words(edition)
    slugs = contexts.context_slugs([int(row.value) for row in found.values["context"]])
    groups = []
    for kind, heading in (("context", "contexts"), ("category", "category"), ("publisher", "publishers")):
        rows = []
        for row in found.values[kind]:
            value = slugs.get(int(row.value), "") if kind == "context" else row.value
            if value and (kind, value) not in asked.given:
                rows.append(
                    {
                        "name": _named(edition, kind, row.name),
                        "count": row.count,
                        "href": asked.address(path, (kind, value)),
                    }
                )
        if rows:
            groups.append({"heading": said[heading], "rows": rows})
    if groups and found.more:
        groups[0]["note"] = f"{said['newest_counted']} {FACETED_MOST:,}"
    return groups


def _chart(found: Histogram, asked: _Asked, path: str, edition: str) -> Chart | None:
    """A bar a year, or so many years, each of them leading to its hits; None for what one year has."""
    years = found.years()
    if len(years) < 2:
        return None
    dates = tuple(pair for pair in asked.given if pair[0] in {"from", "to"})
    points = []
    for first, last, count in spans(dict(years)):
        begin, end = f"{first:04d}", f"{last:04d}"
        said = begin if first == last else f"{begin}–{end}"
        url = asked.address(path, ("from", begin), ("to", end), without=dates)
        points.append(Point(said, count, f"{said}: {count_words(edition, count)}", url))
    return columns(
        words(edition)["over_the_years"],
        points,
        width=_CHART_WIDTH,
        height=_CHART_HEIGHT,
        labels=_CHART_LABELS,
    )
