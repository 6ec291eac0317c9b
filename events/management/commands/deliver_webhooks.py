"""``manage.py deliver_webhooks``: tell webhooks of public changes."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from events.actions.webhooks.keep import webhook_client
from events.actions.webhooks.lanes import LANES, Dispatcher
from events.models import Webhook


class Command(BaseCommand):
    """Meant as a service beside the web server; two at once send nothing twice."""

    help = (
        "Sends webhooks what they ask for, as it happens, and tries again what failed, until it is stopped "
        "(SIGTERM, Ctrl-C: what is on its way is waited for). Webhooks are made in the admin."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Options."""
        parser.add_argument("--once", action="store_true", help="send what is due now, then end")
        parser.add_argument(
            "--lanes", type=int, default=LANES, help="how many receivers are spoken to at once (1 to 64)"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if not 1 <= options["lanes"] <= 64:
            raise CommandError("--lanes takes a number from 1 to 64.")
        tell = _tell if settings.SENDS_MAIL else None
        dispatcher = Dispatcher(webhook_client(), lanes=options["lanes"], tell=tell)

        if not options["once"] and options["verbosity"]:
            self.stdout.write("Delivering; Ctrl-C stops it.")
        with _stopped_by_signals(dispatcher):
            sums = dispatcher.run(once=options["once"])
        if options["verbosity"]:
            self.stdout.write(
                f"Delivered {sums.arrived} message{'' if sums.arrived == 1 else 's'}; {sums.failed} "
                f"attempt{'' if sums.failed == 1 else 's'} failed; {sums.purged} old records deleted."
            )


@contextmanager
def _stopped_by_signals(dispatcher: Dispatcher) -> Iterator[None]:
    """SIGTERM and Ctrl-C stop it meanwhile; afterwards they do again what they did before."""
    if threading.current_thread() is not threading.main_thread():  # only there can signals be handled
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        dispatcher.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _tell(webhook: Webhook) -> None:
    """A mail to whom it belongs; who has no address is told on the page only."""
    if webhook.by is None or not webhook.by.email:
        return
    page = f"{settings.BASE_URL}{reverse('admin:webhook', args=[webhook.pk])}"
    send_mail(
        subject=f"{settings.SITE_NAME}: a webhook was disabled",
        message="\n".join(
            [
                f"Webhook {webhook.pk}{f' ({webhook.note})' if webhook.note else ''} was disabled:",
                "",
                webhook.stopped_why,
                "",
                "Nothing is lost: when the receiver is well again, enable it; it goes on where it stopped.",
                page,
            ]
        ),
        from_email=None,
        recipient_list=[webhook.by.email],
    )
