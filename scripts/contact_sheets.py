"""``make pictures``: every kind of page that readers see, on one sheet for each width and theme.

``sample`` takes the sample archive, ``chinese`` the Chinese archive of June 2019 (CC BY-SA 3.0; it must be at
hand, see ``NEWSARCHIVE_CORPUS``). The sheets are ``docs/pages/ARCHIVE-WIDTH-THEME.webp``.
"""

from __future__ import annotations

import base64
import html
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from scripts.picture_site import (
    ROOT,
    Kind,
    chinese_archive,
    chromium,
    kinds_of_pages,
    sample_archive,
    serving,
    set_up,
    visit,
)

SHEETS: Final = ROOT / "docs" / "pages"
THEMES: Final = ("light", "dark")
SHAPES: Final = {360: (9, 250, 950), 768: (6, 400, 1050), 1440: (4, 620, 1150)}
"""For each width: how many pages stand side by side, how wide each is shown, and how much of its height."""
QUALITY: Final = 40
_GAP: Final = 16
_STYLE: Final = """
body { margin: 16px; background: #8a8a86; font: 13px "Noto Sans", sans-serif; }
div { display: grid; gap: 16px; }
figure { margin: 0; overflow: hidden; }
figcaption { padding: 0 0 4px; color: #fff; }
img { display: block; object-fit: cover; object-position: top; }
"""
_CREDIT: Final = {
    "sample": "newsarchive: the sample archive, made up for the project (BSD-3-Clause)",
    "chinese": "Texts: the Context (thecontext.net), June 2019, CC BY-SA 3.0",
}


def take(browser: Any, base: str, kinds: list[Kind], width: int, theme: str) -> list[bytes]:
    """The top of each page as a picture, the page of a broken server last."""
    _, _, height = SHAPES[width]
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=theme)
    broken = _broken()
    page.route(f"{base}/broken/", lambda route: route.fulfill(body=broken, content_type="text/html"))
    pictures = []
    for kind in [*kinds, Kind("broken", "/broken/")]:
        visit(page, base, kind.name, kind.path, kind.status)
        pictures.append(page.screenshot(type="png"))
    page.close()
    return pictures


def _broken() -> bytes:
    from django.test import RequestFactory

    from events.public.errors import server_error

    return server_error(RequestFactory().get("/")).content


def sheet(browser: Any, archive: str, names: list[str], pictures: list[bytes], width: int) -> bytes:
    """The pictures side by side, each under its name."""
    columns, shown, height = SHAPES[width]
    figures = "".join(
        f"<figure><figcaption>{html.escape(name)}</figcaption>"
        f'<img width="{shown}" height="{round(height * shown / width)}" alt=""'
        f' src="data:image/png;base64,{base64.b64encode(picture).decode()}"></figure>'
        for name, picture in zip(names, pictures, strict=True)
    )
    whole = columns * (shown + _GAP) + _GAP
    page = browser.new_page(viewport={"width": whole, "height": 100})
    page.set_content(
        f"<style>{_STYLE} div {{ grid-template-columns: repeat({columns}, {shown}px) }}</style>"
        f"<p style='margin:0 0 12px;color:#fff'>{_CREDIT[archive]}</p><div>{figures}</div>"
    )
    tall = page.evaluate("document.documentElement.scrollHeight")
    taken = page.context.new_cdp_session(page).send(
        "Page.captureScreenshot",
        {
            "format": "webp", "quality": QUALITY, "captureBeyondViewport": True,
            "clip": {"x": 0, "y": 0, "width": whole, "height": tall, "scale": 1},
        },
    )  # fmt: skip
    page.close()
    return base64.b64decode(taken["data"])


def main(archive: str) -> int:
    """Make the archive, serve it, take its sheets, stop."""
    from playwright.sync_api import sync_playwright

    SHEETS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        set_up(Path(folder))
        if archive == "sample":
            kinds = kinds_of_pages("en", sample_archive(Path(folder))["event"])
        else:
            kinds = kinds_of_pages("zh", chinese_archive(Path(folder)))
        with serving() as base, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
            names = [*(kind.name for kind in kinds), "broken"]
            for width in SHAPES:
                for theme in THEMES:
                    made = sheet(browser, archive, names, take(browser, base, kinds, width, theme), width)
                    file = SHEETS / f"{archive}-{width}-{theme}.webp"
                    if not file.is_file() or file.read_bytes() != made:
                        file.write_bytes(made)
                    sys.stdout.write(f"{file.relative_to(ROOT)}: {len(made) // 1024} kB\n")
            browser.close()
    return 0


if __name__ == "__main__":
    if sys.argv[1:] not in (["sample"], ["chinese"]):
        sys.exit("python -m scripts.contact_sheets sample|chinese")
    sys.exit(main(sys.argv[1]))
