"""``make pictures``: the pictures of the docs, taken in Chromium from a running site with the sample archive.

The site is its own, in a temporary folder; people and their work are made by the real verbs, so that
every page has something to show. Needs Chromium (``CHROMIUM`` names another one).
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, Final

from scripts.picture_site import EDITOR, PASSWORD, ROOT, chromium, sample_archive, serving, set_up, visit

IMAGES: Final = ROOT / "docs" / "images"
SIZE: Final = {"width": 1200, "height": 800}


def webhook() -> int:
    """A webhook that took one message and could not take another; its id."""
    from django.contrib.auth.models import User
    from django.core.management import call_command

    from events.actions.recording import Actor
    from events.actions.webhooks.keep import create_webhook, send_test

    editor = Actor.person(User.objects.get(username=EDITOR))
    made, _ = create_webhook(actor=editor, url=newsroom(), note="The newsroom")
    for _message in range(2):
        send_test(actor=editor, webhook_id=made.pk)
        call_command("deliver_webhooks", "--once", verbosity=0)
    return int(made.pk)


def newsroom() -> str:
    """A receiver of webhooks that fails at the second message; its URL."""
    statuses = [204, 503]

    class Newsroom(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(statuses.pop(0) if statuses else 204)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Newsroom)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/newsarchive"


def pages(ids: dict[str, int]) -> dict[str, str]:
    """Each picture's name and the path it is taken of."""
    event, context = f"/admin/events/event/{ids['event']}", f"/admin/events/context/{ids['context']}"
    return {
        "desk": "/admin/",
        "event": f"{event}/change/",
        "history": f"{event}/history/",
        "related": f"{event}/related/",
        "withdraw": f"{event}/act/withdraw/",
        "legal": f"{event}/act/legal/",
        "merge": f"{event}/act/merge/?target={ids['other']}",
        "context": f"{context}/change/",
        "context-merge": f"{context}/merge/",
        "context-split": f"{context}/split/",
        "queue": "/admin/queue/",
        "question": f"/admin/queue/{ids['item']}/",
        "proofreading": "/admin/proofreading/",
        "replace": "/admin/replace/?q=treaty",
        "harvest-undo": f"/admin/events/harvest/{ids['harvest']}/undo/",
        "audit": "/admin/audit/",
        "webhook": f"/admin/webhooks/{ids['webhook']}/",
        "editorial": "/admin/events/editorial/1/change/",
    }


def reader_pages() -> dict[str, str]:
    """Each picture of what readers see, and the path it is taken of."""
    return {
        "front": "/",
        "day": "/news/2004/02/9/",
        "year": "/news/2004/",
        "context": "/contexts/nato/",
        "contexts": "/contexts/",
        "search": "/search/?q=treaty",
        "corrections": "/corrections/",
    }


def take_readers(browser: Any, base: str, event: int) -> None:
    """The pages that readers see, and one of them at night."""
    page = browser.new_page(viewport=SIZE)
    for name, path in reader_pages().items():
        visit(page, base, name, path)
        shoot(page, f"readers-{name}")
    page.emulate_media(color_scheme="dark")
    visit(page, base, "event", f"/e/{event}")
    shoot(page, "readers-event-dark")
    page.close()


def take(base: str, ids: dict[str, int]) -> None:
    """Take the pictures of readers' pages; sign in and take the editors'."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        take_readers(browser, base, ids["event"])
        page = browser.new_page(viewport=SIZE)  # type: ignore[arg-type]
        page.goto(f"{base}/admin/")
        page.fill("#id_username", EDITOR)
        page.fill("#id_password", PASSWORD)
        page.click("input[type=submit]")
        for name, path in pages(ids).items():
            visit(page, base, name, path)
            shoot(page, f"editors-{name}")
        review(page, base, ids)
        browser.close()


def review(page: Any, base: str, ids: dict[str, int]) -> None:
    """The page between writing a correction and publishing it."""
    page.goto(f"{base}/admin/events/event/{ids['event']}/change/")
    page.fill("#id_text", page.input_value("#id_text").replace("Moscow", "Russia"))
    page.click("input[name=_save]")
    shoot(page, "editors-review")


def shoot(page: Any, name: str) -> None:
    page.screenshot(path=str(IMAGES / f"{name}.png"))
    sys.stdout.write(f"docs/images/{name}.png\n")


def main() -> int:
    """Make the archive, serve it, take the pictures, stop."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WEBHOOKS_PRIVATE"] = "127.0.0.0/8"
        set_up(Path(folder))
        ids = sample_archive(Path(folder)) | {"webhook": webhook()}
        with serving() as base:
            take(base, ids)
    return 0


if __name__ == "__main__":
    sys.exit(main())
