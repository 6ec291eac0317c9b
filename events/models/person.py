"""What the archive keeps of its people beside Django's own account."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models


class MailNotice(models.Model):
    """Somebody's wish to be told by mail what waits; without a row, nobody is written to.

    ``kinds`` names the kinds of review items (``ReviewKind``); empty: all of them.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mail_notice")
    kinds: models.JSONField[Any] = models.JSONField(default=list)
    last_item = models.PositiveBigIntegerField(default=0, help_text="The last review item told of.")
    last_sent_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Notices for {self.user_id}"
