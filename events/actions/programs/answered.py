"""Requests that name themselves (``Idempotency-Key``, draft-ietf-httpapi-idempotency-key-header).

Who repeats one is given the first answer and nothing is done twice, whatever broke in between: the answer is
written in the transaction of the write itself. A request first claims its key, in a transaction of its own,
so that others meanwhile are told at once that it is at work; a claim whose holder died lapses.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TypeVar

from django.contrib.auth.models import User
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from events.actions.errors import ActionError
from events.actions.recording import Actor, recording
from events.models import StoredAnswer

KEPT: Final = dt.timedelta(hours=24)
LAPSES: Final = dt.timedelta(minutes=5)
"""After this a claim without an answer is nobody's any more; what takes long renews it."""
_ATTEMPTS: Final = 3

_Made = TypeVar("_Made")


class KeyReused(ActionError):  # noqa: N818
    """The key was used for something else."""

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used for another request; make a new one for each.")


class KeyInUse(ActionError):  # noqa: N818
    """A request with this key is at work. ``seconds``: when to ask again."""

    def __init__(self, seconds: int) -> None:
        super().__init__("A request with this Idempotency-Key is at work; ask again in a moment.")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller is answered: a status, headers, and a body of JSON."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to carry out a request and to keep its answer."""

    pk: int
    claim: uuid.UUID

    def hold(self) -> None:
        """Make sure, in the transaction of the write, that the claim has not lapsed."""
        rows = StoredAnswer.objects.select_for_update().filter(pk=self.pk, claim=self.claim)
        if not rows.values_list("pk", flat=True).first():
            raise KeyInUse(1)

    def renew(self) -> None:
        """Say that the request is still at work."""
        StoredAnswer.objects.filter(pk=self.pk, claim=self.claim).update(claimed_at=timezone.now())

    def keep(self, answer: Answer) -> None:
        """Store the answer."""
        StoredAnswer.objects.filter(pk=self.pk, claim=self.claim).update(
            status=answer.status, headers=answer.headers, body=answer.body
        )

    def release(self) -> None:
        """Give the key back: nothing was done under it."""
        StoredAnswer.objects.filter(pk=self.pk, claim=self.claim, status__isnull=True).delete()


def claim_key(*, user: User, key: str, fingerprint: str) -> Claim | Answer:
    """The right to carry the request out, or what it was answered before.

    Raises ``KeyReused`` where the key stands for another *fingerprint*, ``KeyInUse`` where it is at work.
    """
    for _attempt in range(_ATTEMPTS):
        now = timezone.now()
        StoredAnswer.objects.filter(user=user, key=key, claimed_at__lt=now - KEPT).delete()
        claim = uuid.uuid4()
        try:
            with transaction.atomic():
                row = StoredAnswer.objects.create(
                    user=user, key=key, fingerprint=fingerprint, claim=claim, claimed_at=now
                )
            return Claim(row.pk, claim)
        except IntegrityError:
            found = StoredAnswer.objects.filter(user=user, key=key).first()
        if found is None:
            continue  # it was given back just now
        if found.fingerprint != fingerprint:
            raise KeyReused
        if found.status is not None:
            return Answer(found.status, found.headers, found.body)
        if found.claimed_at > now - LAPSES:
            raise KeyInUse(2)
        lapsed = StoredAnswer.objects.filter(pk=found.pk, claim=found.claim, status__isnull=True)
        if lapsed.update(claim=claim, claimed_at=now):
            return Claim(found.pk, claim)
    raise KeyInUse(1)


def stored_answer(*, user: User, key: str, fingerprint: str) -> Answer | None:
    """What the request was answered before, if it was. Raises ``KeyReused`` as :func:`claim_key` does."""
    kept = StoredAnswer.objects.filter(user=user, key=key, claimed_at__gte=timezone.now() - KEPT)
    found = kept.first()
    if found is None:
        return None
    if found.fingerprint != fingerprint:
        raise KeyReused
    return None if found.status is None else Answer(found.status, found.headers, found.body)


def carry_out(
    act: Callable[[], _Made], show: Callable[[_Made], Answer], *, actor: Actor, claim: Claim | None = None
) -> Answer:
    """Do *act*, an action or several, in one transaction; what it is answered.

    *show* is asked when everything is written, so that it sees what the next reader will see. Where the
    act fails, a claim is given back.
    """
    shown: list[Answer] = []
    try:
        with recording(actor) as trace:
            if claim is not None:
                claim.hold()
            made = act()

            def answer() -> None:
                shown.append(show(made))
                if claim is not None:
                    claim.keep(shown[0])

            trace.at_last(answer)
    except BaseException:
        if claim is not None:
            with suppress(DatabaseError):  # it lapses by itself; what went wrong first is what counts
                claim.release()
        raise
    return shown[0]


def purge_answers() -> int:
    """Forget what was kept long enough; how many."""
    return StoredAnswer.objects.filter(claimed_at__lt=timezone.now() - KEPT).delete()[0]


def blank_answers() -> None:
    """Forget the words of all answers, as one is removed by law; that they were given stays known."""
    StoredAnswer.objects.exclude(body="").update(body="")
