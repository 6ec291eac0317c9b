"""Static sites for tests: what a run did to the folder, and whether every link in it leads somewhere."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urldefrag

from events.public.static_site.folder import MANIFEST
from events.public.static_site.publish import Published, publish

BASE = "https://news.example"
_LINK = re.compile(r'(?:href|src|action)="([^"]*)"')


def run(folder: Path, **options: object) -> Published:
    """Publish to *folder* as the command does."""
    return publish(folder, base_url=BASE, **options)  # type: ignore[arg-type]


def files(folder: Path) -> dict[str, bytes]:
    """The files of the site with what they hold."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    """The files that are new, gone or different."""
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def broken_links(folder: Path) -> Iterator[str]:
    """Every internal link of the pages that a plain static server would answer with 404."""
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for page in sorted(there):
        if not page.endswith(".html"):
            continue
        for said in set(_LINK.findall((folder / page).read_text("utf-8"))):
            target = urldefrag(html.unescape(said)).url.removeprefix(BASE)
            if not target.startswith("/"):
                if not target or "://" in target or target.startswith("mailto:"):
                    continue
                target = posixpath.join(f"/{posixpath.dirname(page)}", target)
            path, asked, _ = target.partition("?")
            place = unquote(path).removeprefix("/")
            if place.endswith("/") or not place:
                place += "index.html"
            if place not in there or (asked and not path.startswith("/static/")):
                yield f"{page}: {said}"
