"""Who sits at the desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from events.vocabulary import Role
from tests.people import make_user


@pytest.fixture
def sit(db: None) -> Callable[..., Client]:
    """``sit(role)``: the browser of somebody with that role, signed in."""

    def signed_in(role: Role | None = Role.EDITOR, *, name: str = "") -> Client:
        client = Client()
        client.force_login(make_user(role, name=name), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in


@pytest.fixture
def desk(sit: Callable[..., Client]) -> Client:
    """An editor's browser."""
    return sit(Role.EDITOR)


@pytest.fixture
def chief_desk(sit: Callable[..., Client]) -> Client:
    """A chief editor's browser."""
    return sit(Role.CHIEF)
