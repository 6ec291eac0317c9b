"""A public change as a message in the form of Standard Webhooks 1.0 (standardwebhooks.com).

The payload is thin: it says what happened to what, and where to read the rest.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from events.formats.document import timestamp

TEST_TYPE: Final = "webhook.test"
_SECRET_PREFIX: Final = "whsec_"  # noqa: S105  no secret, only how they begin


def message_body(change: Mapping[str, Any], *, base_url: str) -> bytes:
    """The payload of a change (``events.messages.change_message``).

    ``address`` is the path for readers, null for what is no longer public; ``url`` is where the API
    answers for it: with the thing, a redirect (merged), or 404, 410, 451.
    """
    return _encode(
        change["type"],
        change["at"],
        {
            "seq": change["seq"],
            "id": change["id"],
            "other": change["other"],
            "revision": change["revision"],
            "address": change["address"],
            "url": f"{base_url}/api/v1/{change['subject']}s/{change['id']}/",
        },
    )


def test_body(at: dt.datetime, *, base_url: str) -> bytes:
    """The payload of a test."""
    return _encode(TEST_TYPE, at, {"url": f"{base_url}/api/v1/changes/"})


def message_headers(
    body: bytes, *, message_id: str, at: dt.datetime, secrets: Iterable[bytes]
) -> dict[str, str]:
    """The headers of a message that is sent *at*, signed with each of the *secrets*, newest first."""
    seconds = str(int(at.timestamp()))
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(
            _signature(secret, f"{message_id}.{seconds}.".encode() + body) for secret in secrets
        ),
    }


def secret_text(secret: bytes) -> str:
    """A secret as the receiver writes it down."""
    return _SECRET_PREFIX + base64.b64encode(secret).decode("ascii")


def _signature(secret: bytes, signed: bytes) -> str:
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode("ascii")


def _encode(kind: str, at: dt.datetime, data: Mapping[str, Any]) -> bytes:
    message = {"type": kind, "timestamp": timestamp(at), "data": data}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
