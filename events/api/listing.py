"""Lists: pages by position as JSON and XML, and the whole list as a stream of lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from events.api import problems
from events.api.answers import Link, alternates, answer, encode, select, without
from events.api.base import ArchiveView
from events.api.negotiation import CSV, JSON, NDJSON, XML, Media
from events.api.pagination import (
    PARAMETERS,
    Ordering,
    Page,
    Rows,
    address_with,
    read_ordering,
    read_page,
    scope_of,
)
from events.api.streams import ROWS_AT_ONCE, stream
from events.formats.table import table_lines
from events.formats.xml import page_xml

STREAMED: Final = (CSV, NDJSON)
"""The formats that are the whole list, not a page of it."""
OF_PAGES: Final = ("cursor", "page_size")
_READERS: Final = ("machines", "spreadsheets")


class ManyView(ArchiveView):
    """Many things in one answer. ``name``: of the list; ``member``: of one of them in XML."""

    formats: ClassVar[tuple[Media, ...]] = (JSON, XML, CSV, NDJSON)
    name: ClassVar[str]
    member: ClassVar[str]

    def page_answer(
        self, request: Request, texts: Sequence[str], beside: Mapping[str, Any], links: Sequence[Link] = ()
    ) -> HttpResponse:
        """*texts*, the JSON of each result, and what stands *beside* them, in the format asked for."""
        here, first = request.build_absolute_uri(request.path), without(request.query_params, "cursor")
        links = [
            *links,
            ("first", f"{here}?{first}" if first else here, ""),
            *self.other_formats(request, *OF_PAGES),
        ]
        return answer(request, self.page_body(request, texts, beside), media=self.media, links=links)

    def page_body(self, _request: Request, texts: Sequence[str], beside: Mapping[str, Any]) -> str | bytes:
        """The page itself: XML, or JSON that is put together without reading that of the results."""
        if self.media is XML:
            return page_xml(self.member, map(json.loads, texts), **beside)
        return f'{{"results":[{",".join(texts)}],{encode(beside)[1:]}'

    def stream_answer(
        self, request: Request, pieces: Iterator[list[str]], columns: Sequence[str]
    ) -> HttpResponseBase:
        """*pieces*, each the JSON of some results, as NDJSON or as CSV with these *columns*."""
        links = self.other_formats(request, "for")
        if self.media is NDJSON:
            return stream(request, map(_lines, pieces), media=NDJSON, links=links)
        spreadsheet = self.choice(request, "for", _READERS) == "spreadsheets"
        table = _table(pieces, columns, spreadsheet)
        return stream(request, table, media=CSV, filename=f"{self.name}.csv", links=links)

    def other_formats(self, request: Request, *unfit: str) -> list[Link]:
        """Links to the same list in the other formats, without the parameters that do not fit them."""
        query = without(request.query_params, *unfit)
        return alternates(request._request, self.formats, self.media, query=query)

    def refuse_what_does_not_fit(self, request: Request) -> None:
        """Parameters that mean nothing in this form of the list are errors, as unknown ones are."""
        data = request.query_params
        refused: dict[str, str] = {}
        if "for" in data:
            self.choice(request, "for", _READERS)
        if self.media in STREAMED:
            whole = "CSV and NDJSON are the whole list: leave it out, or ask for JSON or XML."
            refused |= {name: whole for name in OF_PAGES if name in data}
        if "count" in data:
            self.choice(request, "count", ("only",))
            if self.media in STREAMED:
                refused["count"] = "A number is no table: ask for JSON or XML."
        if refused:
            raise problems.invalid_parameters(refused)


class ListView(ManyView):
    """A list of rows. A noun says what is in it; all else is the same for all nouns.

    ``fields``: the keys of one thing; ``columns``: what is read of each row, for :meth:`texts`;
    ``ready``: whether :meth:`all_rows` is the same queryset each time, so that its statement is kept.
    """

    parameters = (*PARAMETERS, "fields", "count", "for")
    orderings: ClassVar[tuple[Ordering, ...]]
    fields: ClassVar[tuple[str, ...]]
    columns: ClassVar[tuple[str, ...]] = ("pk",)
    ready: ClassVar[bool] = False

    @staticmethod
    def all_rows() -> QuerySet[Any]:
        """Everything that is public of this noun."""
        raise NotImplementedError

    def texts(self, rows: list[tuple[Any, ...]]) -> list[str]:
        """The JSON of each of these rows."""
        raise NotImplementedError

    def count(self, request: Request) -> int:
        """How many there are of what is asked for."""
        number: int = self.filtered(request, self.all_rows()).order_by().count()
        return number

    def listed(self, request: Request) -> HttpResponseBase:
        """The answer to a GET: a page, a number or a stream."""
        self.require_known_parameters(request)
        fields = self.chosen_fields(request, self.fields)
        self.refuse_what_does_not_fit(request)
        if self.media in STREAMED:
            return self._whole(request, fields)
        scope = scope_of(self.name, request.query_params, self.filters.base_filters)
        page = read_page(request.query_params, self.orderings, scope)
        if "count" in request.query_params:
            number = self.count(request)
            return self.page_answer(request, [], {"next": None, "previous": None, "count": number})
        return self._page(request, page, fields)

    def _page(self, request: Request, page: Page, fields: list[str] | None) -> HttpResponse:
        rows = self.read(request, page)
        following, preceding = address_with(request._request, "cursor", *rows.cursors())
        return self.page_answer(
            request,
            chosen(self.texts(rows.rows), fields),
            {"next": following, "previous": preceding},
            [("next", following, ""), ("prev", preceding, "")],
        )

    def read(self, request: Request, page: Page) -> Rows:
        """The rows of a page."""
        if self.ready and not self.narrowed(request):
            return page.rows_of_all(type(self).all_rows, self.columns)
        return page.rows(self.filtered(request, self.all_rows()), self.columns)

    def _whole(self, request: Request, fields: list[str] | None) -> HttpResponseBase:
        ordering = read_ordering(request.query_params, self.orderings)
        found = self.filtered(request, self.all_rows())
        pieces = (chosen(texts, fields) for texts in self._all_texts(found, ordering))
        return self.stream_answer(request, pieces, fields or self.fields)

    def _all_texts(self, found: QuerySet[Any], ordering: Ordering) -> Iterator[list[str]]:
        page = Page(ROWS_AT_ONCE, ordering, None)
        while True:
            rows = page.rows(found, self.columns)
            yield self.texts(rows.rows)
            if not rows.has_next:
                return
            page = page.behind(rows)


def chosen(texts: list[str], fields: Sequence[str] | None) -> list[str]:
    """The same with these keys only."""
    if fields is None:
        return texts
    return [encode(select(json.loads(text), fields)) for text in texts]


def _lines(texts: list[str]) -> str:
    return "".join(f"{text}\n" for text in texts)


def _table(pieces: Iterator[list[str]], columns: Sequence[str], spreadsheet: bool) -> Iterator[str]:
    head = True
    for texts in pieces:
        yield table_lines(columns, map(json.loads, texts), spreadsheet=spreadsheet, head=head)
        head = False
