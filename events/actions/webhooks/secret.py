"""The secrets of webhooks: made of the site's own secret, never stored.

So a copy of the database signs nothing. Where ``SECRET_KEY`` has changed, the fingerprint tells, and
nothing is sent that the receiver could not verify
(docs/decisions/2026-11-30-webhooks-follow-the-sequence.md).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import Final

from django.utils.crypto import salted_hmac

from events.models import Webhook

FORMER_SIGNS: Final = dt.timedelta(hours=24)
"""How long the secret before goes on signing after a rotation."""
_PURPOSE: Final = "newsarchive.webhook"


def new_salt() -> str:
    """What a new secret is made of, besides the site's."""
    return secrets.token_hex(16)


def secret_of(salt: str) -> bytes:
    """The secret, 32 bytes."""
    return salted_hmac(_PURPOSE, salt, algorithm="sha256").digest()


def fingerprint_of(secret: bytes) -> str:
    """Eight digits by which people, and we, know a secret again."""
    return hashlib.sha256(secret).hexdigest()[:8]


def signing_secrets(webhook: Webhook, *, now: dt.datetime) -> list[bytes]:
    """What signs its messages now, newest first; none where ``SECRET_KEY`` is no longer what it was."""
    secret = secret_of(webhook.salt)
    if fingerprint_of(secret) != webhook.fingerprint:
        return []
    former = webhook.former_salt
    if former and webhook.former_until is not None and now < webhook.former_until:
        return [secret, secret_of(former)]
    return [secret]
