"""Static sites for tests: what a run did to the folder, and whether every link in it leads somewhere."""

from __future__ import annotations

from pathlib import Path

from benchmarks.links import Links
from events.public.static_site.folder import MANIFEST
from events.public.static_site.publish import Published, publish

BASE = "https://news.example"


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


def broken_links(folder: Path) -> list[str]:
    """Every internal link of the pages that a plain static server would answer with 404."""
    return list(Links(folder, BASE).broken())
