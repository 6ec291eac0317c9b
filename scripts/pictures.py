"""``make pictures``: the pictures of the docs, taken in Chromium from a running site with the sample archive.

The site is its own, in a temporary folder; people and their work are made by the real verbs, so that
every page has something to show. Needs Chromium (``CHROMIUM`` names another one).
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
IMAGES: Final = ROOT / "docs" / "images"
SIZE: Final = {"width": 1200, "height": 800}
PASSWORD: Final = secrets.token_urlsafe(12)
EDITOR: Final = "erika"
PATIENCE_SECONDS: Final = 30


def prepare(folder: Path) -> dict[str, int]:
    """The sample archive with work on it; the ids that the pictures are of."""
    from django.contrib.auth.models import Group, User
    from django.core.management import call_command

    for command, *arguments in (("migrate",), ("seed_demo",), ("proofread",)):
        call_command(command, *arguments, verbosity=0)

    from events.actions.correct import correct_event
    from events.actions.curate import pin_related
    from events.actions.recording import Actor
    from events.actions.webhooks.keep import create_webhook, send_test
    from events.models import Event, RelatedLink, ReviewItem
    from events.vocabulary import Grade, Role

    user = User.objects.create_user(EDITOR, password=PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name=Role.ADMINISTRATOR))
    editor = Actor.person(user)
    webhook, _ = create_webhook(actor=editor, url=newsroom(), note="The newsroom")
    event = Event.objects.published().filter(date="2004-02-09", text__contains="Ivanov").latest("pk")
    correct_event(
        actor=editor, event_id=event.pk, version=event.version, grade=Grade.CLARIFICATION,
        values={"text": event.text.replace("lets it be known", "says")}, note="He said it himself.",
    )  # fmt: skip
    linked = RelatedLink.objects.filter(event=event).order_by("rank").values_list("target", flat=True)
    pin_related(actor=editor, event_id=event.pk, target_id=linked[1], note="The treaty itself.")
    call_command("deliver_webhooks", "--once", verbosity=0)
    send_test(actor=editor, webhook_id=webhook.pk)
    call_command("deliver_webhooks", "--once", verbosity=0)
    reword(folder)
    conflict = ReviewItem.objects.open().filter(kind="conflict").first()
    asked = conflict or ReviewItem.objects.open().earliest("pk")
    other = Event.objects.published().filter(date=event.date).exclude(pk=event.pk).earliest("pk")
    return {
        "webhook": webhook.pk, "event": event.pk, "other": other.pk, "item": asked.pk,
        "context": event.lead_id or 1, "harvest": 2,
    }  # fmt: skip


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

    server = HTTPServer(("127.0.0.1", free_port()), Newsroom)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/newsarchive"


def reword(folder: Path) -> None:
    """Have the origin reword what the editor corrected, and harvest that: a conflict."""
    from django.core.management import call_command

    copy = folder / "third-harvest"
    shutil.copytree(ROOT / "sample" / "second-harvest", copy)
    for page in (copy / "news" / "2004" / "02" / "9").glob("*.md"):
        text = page.read_text("utf-8")
        page.write_text(text.replace("lets it be known", "hints"), "utf-8")
    call_command(
        "harvest",
        "markdown",
        str(copy),
        "--moment",
        "2025-06-01T00:00:00Z",
        "--origin",
        "sample",
        verbosity=0,
    )


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


def visit(page: Any, base: str, name: str, path: str) -> None:
    """Open *path*; end the program if it does not answer as it should."""
    answer = page.goto(base + path)
    if answer is None or answer.status != 200:
        sys.exit(f"{name}: {path} answers {answer and answer.status}")


def take(base: str, ids: dict[str, int]) -> None:
    """Take the pictures of readers' pages; sign in and take the editors'."""
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("CHROMIUM", shutil.which("chromium") or "/usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str) -> None:
    """Until the site answers; ends the program if it never does."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=2)  # noqa: S310  our own, on loopback
            return
        except OSError:
            time.sleep(0.2)
    sys.exit("The site did not start.")


def main() -> int:
    """Make the archive, serve it, take the pictures, stop."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "newsarchive.settings", "SECRET_KEY": secrets.token_urlsafe(50),
            "DATABASE_URL": f"sqlite:///{folder}/archive.sqlite3", "DEBUG": "1", "LOG_LEVEL": "ERROR",
            "WEBHOOKS_PRIVATE": "127.0.0.0/8",
        }  # fmt: skip
        sys.path.insert(0, str(ROOT))
        import django

        django.setup()
        ids = prepare(Path(folder))
        port = free_port()
        command = [sys.executable, "manage.py", "runserver", "--noreload", "--insecure", f"127.0.0.1:{port}"]
        site = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for(f"http://127.0.0.1:{port}/livez")
            take(f"http://127.0.0.1:{port}", ids)
        finally:
            site.terminate()
            site.wait(PATIENCE_SECONDS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
