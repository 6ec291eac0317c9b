"""Editorials: the list, and one piece."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from events.breaks import page_break
from events.editorials import editorial_document, editorials, find_editorial
from events.filter_fields import parse_id
from events.formats.document import editorial_json
from events.formats.markdown import editorial_markdown
from events.formats.prose import clean_html
from events.formats.xml import editorial_xml
from events.public.addresses import read_date
from events.public.conditional import answer, etag_of
from events.public.errors import absolute, gone, moved, not_found
from events.public.feeds import feed_links
from events.public.frame import FORMATS, Writer, alternates, date_link, render, versions
from events.public.ready import href
from events.public.words import words
from events.vocabulary import DEFAULT_EDITION, EDITIONS, State

AT_ONCE: Final = 100
_FEEDS: Final = ("feeds/opinion.atom", "opinion_rss.xml", "feeds/opinion.json")
_FORMATS: Final[dict[str, Writer]] = {"md": editorial_markdown, "json": editorial_json, "xml": editorial_xml}


@require_safe
def opinion_page(request: HttpRequest, file: str = "", edition: str = DEFAULT_EDITION) -> HttpResponse:
    """``/opinion/``: the newest editorials; ``?after=KEY`` goes on with older ones.

    The ancestor's ``index`` and ``README`` files lead to the first page, as does a place behind the last one.
    """
    path = f"{EDITIONS[edition].prefix}/opinion/"
    if file:
        return moved(path)
    after = parse_id(request.GET.get("after", ""))
    try:
        rows = editorials(edition, after=after, limit=AT_ONCE + 1)
    except ValueError:  # a number, but no key
        rows, after = editorials(edition, limit=AT_ONCE + 1), None
    if after is not None and not rows:
        return moved(path)
    older = ""
    if len(rows) > AT_ONCE:
        rows = rows[: page_break([row.id for row in rows[:AT_ONCE]])]
        older = f"{path}?after={rows[-1].key}"
    page = {
        "canonical": absolute(path) + (f"?after={after}" if after is not None else ""),
        "versions": [] if after is not None else versions(edition, "opinion/"),
        "feeds": feed_links(
            words(edition)["opinion"],
            *(f"{EDITIONS[edition].prefix}/{name}" for name in _FEEDS),
        ),
        "editorials": [
            {
                "href": href(row.path),
                "title": row.title,
                "author": row.author,
                "on": date_link(edition, row.date),
            }
            for row in rows
        ],
        "first_href": path if after is not None else "",
        "older_href": older,
    }
    return answer(
        request,
        etag=etag_of("opinion", page),
        content_type=FORMATS["html"],
        make=lambda: render("public/opinions.html", edition, page),
        key=f"opinion {edition} {after is None}",
    )


@require_safe
def editorial_page(
    request: HttpRequest,
    year: str,
    month: str,
    day: str,
    slug: str,
    file: str = "",
    edition: str = DEFAULT_EDITION,
) -> HttpResponse:
    """``/opinion/2017/04/4/SLUG/`` and its ``index`` files."""
    date = read_date(year, month, day)
    editorial = find_editorial(edition, date, slug) if date else None
    if editorial is None:
        return not_found(request)
    if editorial.state == State.WITHDRAWN:
        return gone(request)
    if editorial.state != State.PUBLISHED or editorial.publish_at > timezone.now():
        return not_found(request)
    page = editorial_document(editorial)
    name = "index.md" if file == "README.md" else file
    if request.path_info != page["path"] + name:
        return moved(href(page["path"]) + name)
    suffix = name.partition(".")[2] or "html"
    return answer(
        request,
        etag=etag_of("editorial", editorial.pk, editorial.version, suffix),
        content_type=FORMATS[suffix],
        make=lambda: _make(page, suffix),
        key=f"editorial {editorial.pk} {suffix}",
        modified=editorial.updated_at,
        headers=({} if suffix == "html" else {"Link": f'<{absolute(href(page["path"]))}>; rel="canonical"'}),
    )


def _make(page: dict[str, Any], suffix: str) -> str | bytes:
    if suffix != "html":
        return _FORMATS[suffix](page)
    path, edition = href(page["path"]), page["edition"]
    return render(
        "public/opinion.html",
        edition,
        {
            "title": page["title"],
            "author": page["author"],
            "canonical": absolute(path),
            "alternates": alternates(f"{path}index"),
            "on": date_link(edition, page["date"]),
            "body": clean_html(page["body"]),
            "list_href": f"{EDITIONS[edition].prefix}/opinion/",
        },
    )
