"""Who writes: the token in ``Authorization``, and nothing else. Reading never looks at it.

Cookies count for nothing here, so a page of another site can make no browser write. A good token is
never held back by others' bad ones.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.views.decorators.debug import sensitive_variables
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from events.actions.programs.tokens import note_use
from events.actions.recording import Actor
from events.api import problems
from events.models import ApiToken
from events.senders import Allowance, sender_of

SCHEME: Final = "Token"
_CHALLENGE: Final = f'{SCHEME} realm="newsarchive"'
_SECRET: Final = re.compile(r"nwa_[0-9a-f]{64}")
FAILURES: Final = Allowance("bad token", most=30, seconds=15 * 60)


class Writer(NamedTuple):
    """Whom a token stands for, and the token."""

    actor: Actor
    token: ApiToken


class _Tokens(TokenAuthentication):  # type: ignore[misc]  # knox has no types
    """knox's, which would delete expired tokens while it looks: their owners shall see them as expired."""

    def _cleanup_token(self, auth_token: Any) -> bool:
        return bool(auth_token.has_expired)


@sensitive_variables("said", "secret")
def require_writer(request: Request) -> Writer:
    """Whoever the request's token stands for; raises ``Problem`` (401, 429)."""
    said = request._request.headers.get("Authorization", "")
    if not said:
        raise problems.Problem(
            problems.TOKEN_REQUIRED,
            f"Send your token as the header `Authorization: {SCHEME} …`.",
            headers={"WWW-Authenticate": _CHALLENGE},
        )
    scheme, _, secret = said.partition(" ")
    try:
        if scheme.lower() != SCHEME.lower() or not _SECRET.fullmatch(secret):
            raise AuthenticationFailed
        user, token = _Tokens().authenticate_credentials(secret.encode())
    except AuthenticationFailed:
        raise _refusal(request) from None
    if request.method not in SAFE_METHODS:
        _count_write(user.pk)
    note_use(token)
    return Writer(Actor.person(user), token)


def _refusal(request: Request) -> problems.Problem:
    if not FAILURES.take(sender_of(request._request)):
        return problems.Problem(
            problems.TOO_MANY_REQUESTS,
            "Too many bad tokens came from your network.",
            headers={"Retry-After": str(FAILURES.wait)},
        )
    return problems.Problem(
        problems.TOKEN_REQUIRED,
        "The token is unknown, expired or revoked, or its account is switched off.",
        headers={"WWW-Authenticate": f'{_CHALLENGE}, error="invalid_token"'},
    )


def _count_write(user_id: int) -> None:
    allowance = Allowance("writes", settings.API_WRITES_PER_MINUTE, 60)
    if not allowance.take(str(user_id)):
        raise problems.Problem(
            problems.TOO_MANY_REQUESTS,
            f"More than {allowance.most} writes in a minute.",
            headers={"Retry-After": str(allowance.wait)},
        )
