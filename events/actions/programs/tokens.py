"""API tokens: made for oneself or, on the command line, for a robot; shown once; revoked for good."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final, NamedTuple

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from events.actions.errors import InvalidAction
from events.actions.recording import Actor
from events.actions.values import one_paragraph
from events.harvest.limits import ORIGIN_SLUG
from events.models import ApiToken
from events.models.programs import TOKEN_NAME_MAX
from events.vocabulary import Right

DAYS_MOST: Final = 366
TOKENS_MOST: Final = 20
"""How many one account may have."""


class MadeToken(NamedTuple):
    """A token, and the secret that is known only now."""

    row: ApiToken
    secret: str


def make_token(*, actor: Actor, name: str, days: int, origin: str = "") -> MadeToken:
    """Make a token with which a program acts as the actor, for so many days.

    *origin*: bind it to the records of that one origin. Raises ``InvalidAction``.
    """
    if actor.user is None:
        raise PermissionDenied("Sign in first.")
    name = one_paragraph(name)
    if not name or len(name) > TOKEN_NAME_MAX:
        raise InvalidAction(f"Name the token, in at most {TOKEN_NAME_MAX} characters: what is it for?")
    if not 1 <= days <= DAYS_MOST:
        raise InvalidAction(f"A token lives from 1 to {DAYS_MOST} days.")
    if origin and not ORIGIN_SLUG.fullmatch(origin):
        raise InvalidAction("An origin is named by up to 60 letters, digits, “-” and “_”.")
    with transaction.atomic():
        # One at a time for each account, so that the bound holds.
        user = User.objects.select_for_update().get(pk=actor.user.pk)
        if ApiToken.objects.filter(user=user).count() >= TOKENS_MOST:
            raise InvalidAction(f"{TOKENS_MOST} tokens are the most; revoke one that is no longer used.")
        row, secret = ApiToken.objects.create(user, expiry=dt.timedelta(days=days), name=name, origin=origin)
        _log(user, user, f"API token made: {row}, until {row.expiry:%Y-%m-%d}.")
    return MadeToken(row, secret)


def revoke_tokens(*, actor: Actor | None, tokens: Iterable[ApiToken]) -> int:
    """Revoke them at once; how many there still were. Others' tokens need ``Right.PEOPLE``.

    No *actor*: the operator at the command line.
    """
    revoked = 0
    with transaction.atomic():
        for token in tokens:
            if actor is not None and (actor.user is None or token.user_id != actor.user.pk):
                actor.require(Right.PEOPLE)
            if ApiToken.objects.filter(pk=token.pk).delete()[0]:
                by = token.user if actor is None or actor.user is None else actor.user
                _log(by, token.user, f"API token revoked: {token}.")
                revoked += 1
    return revoked


def account_for(username: str, group: str | None) -> User:
    """The account of this name; one that cannot sign in is made, in *group*, where there is none.

    Raises ``InvalidAction`` where there is none and no *group* is named, or where it is not in that group.
    """
    with transaction.atomic():
        user = User.objects.filter(username=username).first()
        if user is None:
            if group is None:
                raise InvalidAction(f"There is no account “{username}”; name a role, and one is made.")
            user = User.objects.create_user(username)
            user.groups.add(Group.objects.get(name=group))
        elif group is not None and not user.groups.filter(name=group).exists():
            raise InvalidAction(f"The account “{username}” is there, and not in the role “{group}”.")
    return user


def note_use(token: ApiToken) -> None:
    """Note that the token was used today; one write a day."""
    today = timezone.now().date()
    if token.last_used_on != today:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)


def _log(by: User, about: User, message: str) -> None:
    LogEntry.objects.log_actions(by.pk, [about], CHANGE, message, single_object=True)
