"""One context with its events, and all contexts by name."""

from __future__ import annotations

import string
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from events import queries
from events.formats.document import context_json
from events.formats.markdown import context_markdown
from events.formats.prose import clean_html
from events.formats.xml import context_xml
from events.models.context import NAME_MAX
from events.public.conditional import answer, etag_of
from events.public.errors import absolute, moved, not_found
from events.public.feeds import feed_links
from events.public.frame import FORMATS, Writer, alternates, groups_by_day, render
from events.public.ready import href
from events.public.words import count_words
from events.vocabulary import DEFAULT_EDITION, EDITIONS

_FORMATS: Final[dict[str, Writer]] = {"md": context_markdown, "json": context_json, "xml": context_xml}
_START: Final = "from"
_MERGES_FOLLOWED: Final = 20


@require_safe
def context_page(request: HttpRequest, slug: str, file: str = "", edition: str | None = None) -> HttpResponse:
    """``/contexts/SLUG/`` and its ``index`` files; a merged context leads to its target."""
    context = queries.find_context(slug, edition)
    if context is None:
        return not_found(request)
    name = "index.md" if file == "README.md" else file
    for _ in range(_MERGES_FOLLOWED):
        if context.merged_into is None:
            break
        context = context.merged_into
    if request.path_info != context.path + name:
        return moved(href(context.path) + name)
    suffix = name.partition(".")[2] or "html"
    state = queries.context_state(context)
    return answer(
        request,
        etag=etag_of("context", suffix, state.validator),
        content_type=FORMATS[suffix],
        make=lambda: _make(state, suffix),
        key=f"context {context.pk} {suffix}",
        headers=({} if suffix == "html" else {"Link": f'<{absolute(href(context.path))}>; rel="canonical"'}),
    )


def _make(state: queries.ContextState, suffix: str) -> str | bytes:
    page = queries.context_page(state)
    if suffix != "html":
        return _FORMATS[suffix](page)
    return render("public/context.html", page["edition"], _shown(page))


def _shown(page: dict[str, Any]) -> dict[str, Any]:
    path, edition = href(page["path"]), page["edition"]
    elsewhere = []
    if page["wikipedia"].startswith("https://"):
        elsewhere.append({"href": page["wikipedia"], "name": "Wikipedia"})
    if page["wikidata"]:
        elsewhere.append(
            {"href": f"https://www.wikidata.org/wiki/{href(page['wikidata'])}", "name": "Wikidata"}
        )
    return {
        "name": page["name"],
        "canonical": absolute(path),
        "alternates": alternates(f"{path}index"),
        "feeds": feed_links(page["name"], f"{path}index.atom", f"{path}index.rss", f"{path}feed.json"),
        "count": count_words(edition, page["count"]),
        "aliases": page["aliases"],
        "profile": clean_html(page["profile"]) if page["profile"] else "",
        "broader": [{"href": href(row["path"]), "name": row["name"]} for row in page["broader"]],
        "narrower": [{"href": href(row["path"]), "name": row["name"]} for row in page["narrower"]],
        "elsewhere": elsewhere,
        "groups": groups_by_day(edition, page["events"], page["id"]),
        "more": page["more"],
    }


@require_safe
def contexts_page(request: HttpRequest, edition: str = DEFAULT_EDITION) -> HttpResponse:
    """``/contexts/``: contexts by name; ``?from=NAME`` begins there."""
    start = request.GET.get(_START, "")[:NAME_MAX].replace("\0", "")
    rows, following = queries.context_list(edition, start)
    path = f"{EDITIONS[edition].prefix}/contexts/"
    page = {
        "canonical": absolute(path) + (f"?{urlencode({_START: start})}" if start else ""),
        "start": start,
        "first_href": path,
        "letters": (
            []
            if EDITIONS[edition].cjk
            else [{"href": f"{path}?{_START}={letter}", "label": letter} for letter in string.ascii_uppercase]
        ),
        "contexts": [{"href": href(row["path"]), "name": row["name"], "count": row["count"]} for row in rows],
        "more_href": f"{path}?{urlencode({_START: following})}" if following else "",
    }
    return answer(
        request,
        etag=etag_of("contexts", page),
        content_type=FORMATS["html"],
        make=lambda: render("public/contexts.html", edition, page),
        key=f"contexts {edition} {start}",
    )
