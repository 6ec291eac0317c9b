"""The worker that serves all webhooks: a few lanes side by side, so that a slow receiver holds up no other.

Each lane is a thread that serves one webhook for a slice of time. Those whose last answer took long
have at most half of the lanes, so that the others always find one.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Final

from django.db import DatabaseError, connection
from django.utils import timezone

from events.actions.webhooks.send import Served, purge_deliveries, ready_webhooks, serve
from events.fetching.client import Client
from events.models import Webhook

LANES: Final = 8
SLOW_SECONDS: Final = 2.0
_POLL_SECONDS: Final = 1.0
_REST_SECONDS: Final = 5.0
_TELL_AGAIN_SECONDS: Final = 600.0
_HOUSEKEEPING_SECONDS: Final = 3_600.0

Tell = Callable[[Webhook], None]
"""Tells the owner of a webhook that it stopped; raises ``OSError`` where that fails."""

_log: Final = logging.getLogger(__name__)


@dataclass(slots=True)
class Sums:
    """What a run did."""

    arrived: int = 0
    failed: int = 0
    purged: int = 0


class Dispatcher:
    """One worker; several may run at once, on several machines too."""

    def __init__(self, client: Client, *, lanes: int = LANES, tell: Tell | None = None) -> None:
        self._client = client
        self._lanes = lanes
        self._tell = tell
        self._stopping = threading.Event()
        self._running: dict[Future[Served], Webhook] = {}
        self._idle: set[int] = set()
        self._tell_at = time.monotonic()
        self.sums = Sums()

    def stop(self) -> None:
        """Begin nothing more; :meth:`run` returns when what is on its way has been answered."""
        self._stopping.set()

    def run(self, *, once: bool = False) -> Sums:
        """Serve until :meth:`stop`; with *once*, until nothing is due any more."""
        cleaned = -_HOUSEKEEPING_SECONDS
        with ThreadPoolExecutor(self._lanes, thread_name_prefix="webhooks") as pool:
            while not self._stopping.is_set():
                try:
                    if time.monotonic() - cleaned >= _HOUSEKEEPING_SECONDS:
                        self.sums.purged += purge_deliveries()
                        cleaned = time.monotonic()
                    self._tell_owners()
                    if not once:
                        self._idle.clear()
                    self._begin(pool)
                except DatabaseError:
                    if once:
                        raise
                    _log.exception("the database did not answer; trying again")
                    connection.close()
                    self._stopping.wait(_REST_SECONDS)
                if self._running:
                    self._gather(_POLL_SECONDS)
                elif once:
                    break
                else:
                    self._stopping.wait(_POLL_SECONDS)
            while self._running:
                self._gather(None)
        self._tell_owners()
        return self.sums

    def _begin(self, pool: ThreadPoolExecutor) -> None:
        """Have ready webhooks served while there are lanes for them."""
        under_way = {webhook.pk for webhook in self._running.values()}
        slow = sum(webhook.last_seconds > SLOW_SECONDS for webhook in self._running.values())
        for webhook in ready_webhooks(but=under_way | self._idle):
            is_slow = webhook.last_seconds > SLOW_SECONDS
            if len(self._running) >= self._lanes:
                break
            if is_slow and slow >= max(1, self._lanes // 2):
                continue
            slow += is_slow
            self._running[pool.submit(self._serve, webhook.pk)] = webhook

    def _serve(self, webhook_id: int) -> Served:
        try:
            return serve(webhook_id, client=self._client, stopping=self._stopping.is_set)
        finally:
            connection.close()

    def _gather(self, timeout: float | None) -> None:
        done, _ = wait(self._running, timeout=timeout, return_when=FIRST_COMPLETED)
        for future in done:
            webhook = self._running.pop(future)
            if (error := future.exception()) is not None:
                _log.error("webhook %s could not be served", webhook.pk, exc_info=error)
                self._idle.add(webhook.pk)
                continue
            served = future.result()
            if not any(served):
                self._idle.add(webhook.pk)
            self.sums.arrived += served.arrived
            self.sums.failed += served.failed

    def _tell_owners(self) -> None:
        """Tell whose webhook was disabled by us; who could not be told is told later."""
        if self._tell is None or time.monotonic() < self._tell_at:
            return
        for webhook in Webhook.objects.filter(enabled=False, told_at=None).select_related("by"):
            try:
                self._tell(webhook)
            except OSError:
                _log.warning("the owner of webhook %s could not be told", webhook.pk)
                self._tell_at = time.monotonic() + _TELL_AGAIN_SECONDS
            else:
                Webhook.objects.filter(pk=webhook.pk, told_at=None).update(told_at=timezone.now())
