"""Who of the editors has taken on which question."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User

from events.actions.errors import InvalidAction
from events.actions.recording import Actor, recording
from events.models import ReviewItem
from events.vocabulary import Right


def assign_review(*, actor: Actor, item_ids: Collection[int], user_id: int | None) -> list[ReviewItem]:
    """Give these open questions to somebody who may decide them, or (``None``) to nobody; those it changed.

    Raises ``PermissionDenied`` without ``Right.REVIEW``, ``InvalidAction`` for a person who may not decide.
    """
    actor.require(Right.REVIEW)
    user = None
    if user_id is not None:
        user = get_user_model().objects.filter(pk=user_id, is_active=True).first()
        if user is None or not may_decide(user):
            raise InvalidAction("This person may not decide review items.")
    with recording(actor):
        rows = (
            ReviewItem.objects.open().filter(pk__in=item_ids).select_for_update(of=("self",)).order_by("pk")
        )
        changed = [item for item in rows if item.assigned_to_id != user_id]
        ReviewItem.objects.filter(pk__in=[item.pk for item in changed]).update(assigned_to=user)
    for item in changed:
        item.assigned_to = user
    return changed


def may_decide(user: User) -> bool:
    """Whether questions can be given to *user*."""
    return user.is_active and user.has_perm(f"events.{Right.REVIEW.value}")
