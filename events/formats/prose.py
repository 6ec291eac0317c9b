"""Markdown that people write (profiles, editorials) as clean HTML."""

from __future__ import annotations

from typing import Final

import nh3
from markdown_it import MarkdownIt

_TAGS: Final = {
    "a", "abbr", "blockquote", "br", "code", "del", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p",
    "pre", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES: Final = {"a": {"href", "title"}, "th": {"scope"}, "ol": {"start"}}
_markdown: Final = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


class CleanHtml(str):
    """HTML that went through the cleaner; templates print it as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        """What Django's autoescaping takes instead of escaping."""
        return str(self)


def clean_html(markdown: str, *, heading: int = 2) -> CleanHtml:
    """*markdown* as HTML without scripts, styles, pictures or foreign attributes.

    Its topmost heading becomes one of level *heading*, so that it fits under the page's own.
    """
    tokens = _markdown.parse(markdown)
    levels = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
    shift = heading - min(levels, default=heading)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + shift)}"
    rendered = _markdown.renderer.render(tokens, _markdown.options, {})
    return CleanHtml(
        nh3.clean(
            rendered, tags=set(_TAGS), attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto"},
            link_rel="nofollow",
        )
    )  # fmt: skip
