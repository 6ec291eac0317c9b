"""Telling people by mail what waits for them; off until somebody wishes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from events.actions.errors import InvalidAction
from events.actions.recording import Actor
from events.models import MailNotice, ReviewItem
from events.vocabulary import ReviewKind, Right


@dataclass(frozen=True, slots=True)
class Notice:
    """What one person is told: to whom, how many new questions of each kind (by label), and up to which."""

    wish: MailNotice
    counts: dict[str, int]
    last_item: int


Send = Callable[[Notice], None]
"""Hands one notice to the mail server; raises ``OSError`` where it does not take it."""


def wish_notices(*, actor: Actor, kinds: Collection[str] | None) -> None:
    """Have the actor told of new review items of these kinds (none named: of all); ``None``: of nothing.

    What waits already is not told of. Raises ``InvalidAction`` for an unknown kind, or where the
    account has no mail address to write to.
    """
    user = actor.user
    if user is None:
        raise PermissionDenied("Sign in first.")
    if kinds is None:
        MailNotice.objects.filter(user=user).delete()
        return
    if unknown := sorted(set(kinds) - set(ReviewKind.values)):
        raise InvalidAction(f"There is no kind of question “{unknown[0]}”.")
    if not user.email:
        raise InvalidAction("Your account has no mail address; ask an administrator to enter one.")
    last = ReviewItem.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    MailNotice.objects.update_or_create(
        user=user,
        defaults={"kinds": sorted(set(kinds))},
        create_defaults={"kinds": sorted(set(kinds)), "last_item": last},
    )


def send_notices(send: Send) -> tuple[int, int]:
    """Send everybody what is new since their last notice: how many were sent, and how many failed.

    Nobody is written to without something new. A notice that failed is tried again next time;
    the others go out.
    """
    sent = failed = 0
    for notice in due_notices():
        try:
            send(notice)
        except OSError:
            failed += 1
            continue
        MailNotice.objects.filter(pk=notice.wish.pk).update(
            last_item=notice.last_item, last_sent_at=timezone.now()
        )
        sent += 1
    return sent, failed


def due_notices() -> Iterator[Notice]:
    """Each person's notice, if something new waits that they may decide."""
    wishes = MailNotice.objects.filter(user__is_active=True, user__is_staff=True).exclude(user__email="")
    for wish in wishes.select_related("user").order_by("pk"):
        if not wish.user.has_perm(f"events.{Right.REVIEW.value}"):
            continue
        items = ReviewItem.objects.open().filter(pk__gt=wish.last_item)
        if wish.kinds:
            items = items.filter(kind__in=wish.kinds)
        rows = list(items.values_list("pk", "kind"))
        if rows:
            counts = Counter(ReviewKind(kind).label for _, kind in rows)
            yield Notice(wish, dict(counts.most_common()), max(pk for pk, _ in rows))
