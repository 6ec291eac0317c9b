"""A site of its own for pictures and checks: an archive in a temporary folder, served, and gone afterwards.

What is on it is made by the real verbs, under a clock that begins at the same moment each time, so that
a picture changes only where a page did.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
CORPUS: Final = Path(os.environ.get("NEWSARCHIVE_CORPUS", ROOT.parent / "shared" / "data"))
CHINESE: Final = "thecontext-zh-2019-06.tar.xz"
EDITOR: Final = "erika"
PASSWORD: Final = hashlib.sha256(os.urandom(16)).hexdigest()[:16]
THEN: Final = dt.datetime(2025, 6, 1, 12, tzinfo=dt.UTC)
"""When everything happens on these sites, a second after another."""
PATIENCE_SECONDS: Final = 60


def chromium() -> str:
    """Where the browser is; ``CHROMIUM`` names another one."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"


def set_up(folder: Path) -> None:
    """Make Django's settings name an archive in *folder*, and stop the clock of this process."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "newsarchive.settings", "DEBUG": "1", "LOG_LEVEL": "ERROR",
        "SECRET_KEY": hashlib.sha256(b"a site for pictures").hexdigest(),
        "DATABASE_URL": f"sqlite:///{folder}/archive.sqlite3",
    }  # fmt: skip
    from django.utils import timezone

    seconds = itertools.count()
    # Before models are loaded: their defaults keep the function that they find.
    timezone.now = lambda: THEN + dt.timedelta(seconds=next(seconds))  # type: ignore[assignment]
    import django

    django.setup()


@contextmanager
def serving() -> Iterator[str]:
    """The archive's site; its address without a slash at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "manage.py", "runserver", "--noreload", "--insecure", f"127.0.0.1:{port}"]
    site = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{base}/livez")
        yield base
    finally:
        site.terminate()
        site.wait(PATIENCE_SECONDS)


def _wait_for(url: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=2)  # noqa: S310  our own, on loopback
            return
        except OSError:
            time.sleep(0.2)
    sys.exit("The site did not start.")


def visit(page: Any, base: str, name: str, path: str, status: int = 200) -> None:
    """Open *path*; end the program if it does not answer as it should."""
    answer = page.goto(base + path)
    if answer is None or answer.status != status:
        sys.exit(f"{name}: {path} answers {answer and answer.status}, not {status}")


def sample_archive(folder: Path) -> dict[str, int]:
    """The sample archive with work on it; the ids of what the work was on."""
    _call("migrate")
    _call("seed_demo")
    _call("proofread")

    from events.actions.correct import correct_event
    from events.actions.curate import pin_related
    from events.actions.sources import describe_source
    from events.models import Event, RelatedLink, ReviewItem, Source
    from events.vocabulary import Grade

    editor = _editor()
    event = Event.objects.published().filter(date="2004-02-09", text__contains="Ivanov").latest("pk")
    correct_event(
        actor=editor, event_id=event.pk, version=event.version, grade=Grade.CLARIFICATION,
        values={"text": event.text.replace("lets it be known", "says")}, note="He said it himself.",
    )  # fmt: skip
    linked = RelatedLink.objects.filter(event=event).order_by("rank").values_list("target", flat=True)
    pin_related(actor=editor, event_id=event.pk, target_id=linked[1], note="The treaty itself.")
    source = Source.objects.filter(citations__event__date="2024-12-10").earliest("pk")
    describe_source(
        actor=editor, source_id=source.pk, seen=("", ""), title="The Nobel Peace Prize for 2024",
        description="A page of the prize's own, with the committee's reasons, the lecture and pictures.",
    )  # fmt: skip
    reword(folder)
    conflict = ReviewItem.objects.open().filter(kind="conflict").first()
    asked = conflict or ReviewItem.objects.open().earliest("pk")
    other = Event.objects.published().filter(date=event.date).exclude(pk=event.pk).earliest("pk")
    return {
        "event": event.pk, "other": other.pk, "item": asked.pk, "context": event.lead_id or 1, "harvest": 2,
    }  # fmt: skip


def reword(folder: Path) -> None:
    """Have the origin reword what the editor corrected, and harvest that: a conflict."""
    copy = folder / "third-harvest"
    shutil.copytree(ROOT / "sample" / "second-harvest", copy)
    for page in (copy / "news" / "2004" / "02" / "9").glob("*.md"):
        text = page.read_text("utf-8")
        page.write_text(text.replace("lets it be known", "hints"), "utf-8")
    _call("harvest", "markdown", str(copy), "--moment", "2025-06-01T00:00:00Z", "--origin", "sample")


def chinese_archive(folder: Path) -> int:
    """The Chinese archive of June 2019 with one correction; the id of the corrected event.

    Ends the program where the corpus is not at hand.
    """
    if not (CORPUS / CHINESE).is_file():
        sys.exit(f"{CORPUS / CHINESE} is not there; set NEWSARCHIVE_CORPUS.")
    pages = folder / "pages"
    with tarfile.open(CORPUS / CHINESE) as archive:
        archive.extractall(pages, filter="data")
    _call("migrate")
    _call(
        "harvest", "markdown", str(pages), "--edition", "zh", "--moment", "2019-06-30T00:00:00Z",
        "--origin", "thecontext", "--origin-name", "the Context", "--licence", "CC BY-SA 3.0",
        "--licence-url", "https://creativecommons.org/licenses/by-sa/3.0/", "--attribution", "thecontext.net",
    )  # fmt: skip

    from events.actions.correct import correct_event
    from events.models import Event
    from events.vocabulary import Grade

    torn = Event.objects.published().filter(date="2018-05-14", text__contains=" [https:--").earliest("pk")
    head, _, rest = torn.text.partition(" [https:--")
    correct_event(
        actor=_editor(), event_id=torn.pk, version=torn.version, grade=Grade.TYPO,
        values={"text": head + rest.partition("] ")[2]}, note="删去文中多余的网址。",
    )  # fmt: skip
    return torn.pk


def _editor() -> Any:
    from django.contrib.auth.models import Group, User

    from events.actions.recording import Actor
    from events.vocabulary import Role

    user = User.objects.create_user(EDITOR, password=PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name=Role.ADMINISTRATOR))
    return Actor.person(user)


def _call(name: str, *arguments: str) -> None:
    from django.core.management import call_command

    call_command(name, *arguments, verbosity=0)


class Kind:
    """A kind of page that readers see: where one stands, and with which status it answers."""

    def __init__(self, name: str, path: str, status: int = 200) -> None:
        self.name = name
        self.path = path
        self.status = status


def kinds_of_pages(edition: str, event_id: int) -> list[Kind]:
    """A page of every kind of *edition*; an event is withdrawn, one removed and one reported for it.

    *event_id*: an event with a correction.
    """
    from events.editorials import editorials
    from events.models import Context, Event, Publisher
    from events.vocabulary import EDITIONS

    prefix = EDITIONS[edition].prefix
    event = Event.objects.published().with_address().get(pk=event_id)
    day = _day_path(prefix, event.address_date)
    address = f"{day}{event.address_slug}"
    context = Context.objects.get(pk=event.lead_id)
    known = "nato" if edition == "en" else "中国"
    word = "treaty" if edition == "en" else "中国 选举"
    publisher = Publisher.objects.filter(citations__event__edition=edition).earliest("pk")
    past = f"/as-of/{THEN + dt.timedelta(days=1):%Y%m%d%H%M%S}"
    kinds = [
        Kind("front", f"{prefix}/"),
        Kind("day", day),
        Kind("event", f"{address}.html"),
        Kind("context", f"{prefix}/contexts/{known}/"),
        Kind("search", f"{prefix}/search/?q={word}"),
        Kind("nothing found", f"{prefix}/search/?q=zzzz"),
        Kind("years", f"{prefix}/news/"),
        Kind("year", f"{prefix}/news/{event.date.year}/"),
        Kind("month", f"{prefix}/news/{event.date:%Y/%m}/"),
        Kind("same day", f"{prefix}/on-this-day/{event.date:%m}/{event.date.day}/"),
        Kind("contexts", f"{prefix}/contexts/"),
        Kind("publishers", f"{prefix}/sources/"),
        Kind("publisher", f"{prefix}/sources/{publisher.pk}/"),
        Kind("corrections", f"{prefix}/corrections/"),
        Kind("history", f"{address}/history/"),
        Kind("event then", f"{past}{address}.html"),
        Kind("day then", f"{past}{day}"),
        Kind("context then", f"{past}{context.path}"),
        Kind("not yet", f"/as-of/20000101000000{address}.html", 404),
        Kind("opinion", f"{prefix}/opinion/"),
        Kind("about", f"{prefix}/about/"),
        Kind("for programs", f"{prefix}/about/api/"),
        Kind("report", f"/report/{event_id}/"),
        Kind("outcome", f"/report/outcome/{_reported(event)}/"),
        Kind("not found", f"{day}nothing-like-this.html", 404),
        *_closed(event),
    ]
    return kinds + [Kind("editorial", piece.path) for piece in editorials(edition, limit=1)]


def _day_path(prefix: str, date: dt.date) -> str:
    return f"{prefix}/news/{date:%Y/%m}/{date.day}/"


def _reported(event: Any) -> str:
    from events.actions.review.reports import Said, report_error

    said = Said(quote=event.text[:12].strip(), fix=event.text[:11].strip(), source="", message="")
    return report_error(event_id=event.pk, version=event.version, said=said, nonce="pictures")


def _closed(event: Any) -> list[Kind]:
    """Two other events of the edition, one withdrawn and one removed."""
    from django.contrib.auth.models import User

    from events.actions.recording import Actor
    from events.actions.removal.remove import remove_event
    from events.actions.withdraw import withdraw_event
    from events.models import Event
    from events.vocabulary import EDITIONS

    actor = Actor.person(User.objects.get(username=EDITOR))
    others = Event.objects.published().of_edition(event.edition).with_address().order_by("date", "pk")
    kinds = []
    for other, act, name, status in zip(
        others[:2], (withdraw_event, remove_event), ("withdrawn", "removed"), (410, 451), strict=True
    ):
        day = _day_path(EDITIONS[event.edition].prefix, other.address_date)
        act(actor=actor, event_id=other.pk, version=other.version, reason="It was told twice.")
        kinds.append(Kind(name, f"{day}{other.address_slug}.html", status))
    return kinds
