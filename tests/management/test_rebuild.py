"""``rebuild related``: what is due, or everything, is computed; it says how many and fails honestly."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper

from events.management.progress import Progress
from events.models import Document, RelatedLink
from tests.factories import make_event

pytestmark = pytest.mark.django_db


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def rebuild(*options: str) -> str:
    out = StringIO()
    call_command("rebuild", "related", *options, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_only_what_is_due_is_computed_unless_all_is_asked_for() -> None:
    for n in range(3):
        make_event(f"Treaty {n}", contexts=["Treaty"])
    assert rebuild() == "3 lists of related events computed.\n"
    assert rebuild() == "0 lists of related events computed.\n"
    RelatedLink.objects.all().delete()
    assert rebuild("--all") == "3 lists of related events computed.\n"
    assert RelatedLink.objects.count() == 6


def test_events_left_due_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    make_event()
    monkeypatch.setattr("events.management.commands.rebuild.relate_due", lambda **_: 0)
    with pytest.raises(CommandError, match="1 events are still due"):
        rebuild()
    assert Document.objects.filter(related_due=True).exists()


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("rebuild", "everything")


def test_a_bar_is_drawn_on_a_terminal_and_cleared() -> None:
    terminal = Terminal()
    with Progress(OutputWrapper(terminal), "events") as progress:
        progress.show(5, 10)
        progress.show(10, 10)
    drawn = terminal.getvalue()
    assert " 50%  5 of 10 events" in drawn
    assert "100%  10 of 10 events" in drawn
    assert drawn.rsplit("\r", 2)[1].strip() == ""


def test_an_unknown_total_is_a_count() -> None:
    terminal = Terminal()
    with Progress(OutputWrapper(terminal), "pages") as progress:
        progress.show(1200)
    assert "\r1,200 pages" in terminal.getvalue()


def test_nothing_is_drawn_where_nobody_watches() -> None:
    silent = StringIO()
    with Progress(OutputWrapper(silent), "events") as progress:
        progress.show(10, 10)
    assert silent.getvalue() == ""
