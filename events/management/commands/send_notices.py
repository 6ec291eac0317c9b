"""``manage.py send_notices``: tell those who wish it by mail what waits for them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from events.actions.review.notices import Notice, send_notices


class Command(BaseCommand):
    """Meant for a timer: once an hour or once a day. Safe to repeat: nothing is told twice."""

    help = (
        "Sends each person who wishes it (Desk, “Notices”) one mail with what has come into the review "
        "queue since the last one. Run it by a timer; without anything new nobody is written to."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.SENDS_MAIL:
            raise CommandError("EMAIL_URL is not set, so no mail can be sent (docs/operations.md).")
        sent, failed = send_notices(_send)
        self.stdout.write(f"Sent {sent} notice{'' if sent == 1 else 's'}; {failed} failed.")
        if failed:
            raise CommandError(
                "Some notices were not taken by the mail server; they are tried again next time."
            )


def _send(notice: Notice) -> None:
    total = sum(notice.counts.values())
    lines = [f"{count:>6}  {label}" for label, count in notice.counts.items()]
    queue = f"{settings.BASE_URL}{reverse('admin:queue')}"
    send_mail(
        subject=f"{settings.SITE_NAME}: {total} new question{'' if total == 1 else 's'} for an editor",
        message="\n".join(
            [
                "New in the review queue:",
                "",
                *lines,
                "",
                queue,
                "",
                "You asked for this under “Notices” on the desk.",
            ]
        ),
        from_email=None,
        recipient_list=[notice.wish.user.email],
    )
