"""People of each role for tests, and a robot."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, User

from events.actions.recording import Actor
from events.models import Harvest
from events.vocabulary import Role
from tests.factories import SOME_TIME, make_origin

PASSWORD = "correct horse battery staple"


def make_user(role: Role | None = Role.EDITOR, *, name: str = "", **fields: Any) -> User:
    """Somebody who may sign in to the admin, with the rights of *role*."""
    user = User.objects.create_user(
        name or (role.name.lower() if role else "visitor"), password=PASSWORD, is_staff=True, **fields
    )
    if role is not None:
        user.groups.add(Group.objects.get(name=role))
    return user


def make_person(role: Role | None = Role.EDITOR, *, name: str = "") -> Actor:
    """An actor with the rights of *role*."""
    return Actor.person(make_user(role, name=name))


def make_robot(origin: str = "gazette") -> Actor:
    """A robot at work."""
    harvest = Harvest.objects.create(
        origin=make_origin(origin), reader="markdown", edition="en", source_name="folder", moment=SOME_TIME
    )
    return Actor.robot(harvest)
