"""Every internal link of a published folder, and which of them a plain static server answers with 404."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urldefrag

_IN_HTML: Final = re.compile(r'(?:href|src|action)="([^"]*)"')
_IN_FEEDS: Final = re.compile(r'<(?:loc|link)>([^<]*)<|<(?:atom:)?link\b[^>]*? href="([^"]*)"')
_FORMS: Final = {".html": _IN_HTML, ".atom": _IN_FEEDS, ".rss": _IN_FEEDS}
_SITEMAP: Final = re.compile(r"(?:.*/)?(?:sitemap/.*|(?:news-)?sitemap|(?:index|opinion)_rss)\.xml")


class Links:
    """The links of the site in *folder* that stands at *base*. ``count``: those looked at so far."""

    def __init__(self, folder: Path, base: str) -> None:
        self.folder = folder
        self.base = base
        self.count = 0
        self._there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}

    def broken(self) -> Iterator[str]:
        """``page: link`` for each link to a file that is not there."""
        for page in sorted(self._there):
            form = _IN_FEEDS if _SITEMAP.fullmatch(page) else _FORMS.get(posixpath.splitext(page)[1])
            if form is None:
                continue
            found = form.findall((self.folder / page).read_text("utf-8"))
            for said in {"".join(one) for one in found}:
                file = self._file(page, html.unescape(said))
                if file is None:
                    continue
                self.count += 1
                if file not in self._there:
                    yield f"{page}: {said}"

    def _file(self, page: str, link: str) -> str | None:
        """The file that *link* leads to; None where it leads out of the site."""
        target = urldefrag(link).url.removeprefix(self.base)
        if not target.startswith("/"):
            if not target or "://" in target or target.startswith("mailto:"):
                return None
            target = posixpath.join(f"/{posixpath.dirname(page)}", target)
        path, asked, _ = target.partition("?")
        place = unquote(path).removeprefix("/")
        if asked and not path.startswith("/static/"):
            return f"{place}?{asked}"  # no static server tells pages apart by what stands behind a "?"
        return f"{place}index.html" if place.endswith("/") or not place else place
