"""A receiver of webhooks in Python's standard library: what a real one must do, and little else.

    WEBHOOK_SECRET=whsec_… python3 webhook_receiver.py --port 9000

It checks the signature before it believes anything, refuses old messages, knows a message that came
before by its id, and answers at once. `--fail 2` answers the first two messages with 503, to show that
they are sent again. On the Internet a server that speaks TLS stands in front of it.
"""

import argparse
import base64
import contextlib
import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

TOLERANCE_SECONDS = 300
BODY_MOST = 64 * 1024


def verify(secret: str, headers: dict[str, str], body: bytes) -> str:
    """The message's id; raises ValueError where it is not ours, or too old."""
    message_id, sent = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not sent.isdigit() or abs(time.time() - int(sent)) > TOLERANCE_SECONDS:
        raise ValueError("sent at another time")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{sent}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    # While a secret is being replaced there are two signatures.
    signatures = headers.get("webhook-signature", "").split(" ")
    if not any(hmac.compare_digest(expected.encode(), one.encode()) for one in signatures):
        raise ValueError("signed by somebody else")
    return message_id


class Receiver(BaseHTTPRequestHandler):
    """Takes POST requests."""

    secret = ""
    failures = 0
    seen: ClassVar[set[str]] = set()

    def do_POST(self) -> None:
        """Check, remember, answer. Whatever takes longer is for later: the sender waits for seconds only."""
        length = int(self.headers.get("Content-Length", 0))
        if length > BODY_MOST:
            self.reply(413)
            return
        body = self.rfile.read(length)
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            message_id = verify(self.secret, headers, body)
        except ValueError as error:
            print(f"refused: {error}", flush=True)
            self.reply(401)
            return
        if Receiver.failures > 0:
            Receiver.failures -= 1
            print(f"failed on purpose: {message_id}", flush=True)
            self.reply(503)
            return
        message = json.loads(body)
        again = " (again)" if message_id in self.seen else ""
        self.seen.add(message_id)
        print(f"received {message['type']} {message_id}{again}: {json.dumps(message['data'])}", flush=True)
        self.reply(204)

    def reply(self, status: int) -> None:
        """An answer without a body."""
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Nothing: what happened is printed already."""


def main() -> None:
    """Listen until Ctrl-C."""
    parser = argparse.ArgumentParser(description="Receives webhooks and prints them.")
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--fail", type=int, default=0, help="answer so many messages with 503 first")
    options = parser.parse_args()
    Receiver.secret, Receiver.failures = os.environ.get("WEBHOOK_SECRET", ""), options.fail
    if not Receiver.secret:
        sys.exit("Set WEBHOOK_SECRET to the secret that was shown when the webhook was made.")
    server = HTTPServer(("127.0.0.1", options.port), Receiver)
    print(f"listening on http://127.0.0.1:{server.server_port}/", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()


if __name__ == "__main__":
    main()
