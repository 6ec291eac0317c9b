"""Programs that write, for tests: each role's token, and what they send."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.models import Group, User
from django.test import Client

from events.actions.programs.tokens import make_token
from events.actions.recording import Actor
from events.vocabulary import ROBOTS, Role
from tests.people import make_user

MERGE_PATCH = "application/merge-patch+json"
Answer = Any


def make_robot_account(name: str = "wire-robot") -> User:
    """An account as ``make_token --role robots`` makes it."""
    user = User.objects.create_user(name)
    user.groups.add(Group.objects.get(name=ROBOTS))
    return user


class Program:
    """A program with a token of *user*'s; without one, a stranger."""

    def __init__(self, user: User | None, *, origin: str = "", token: str = "") -> None:
        self.user = user
        self.client = Client(raise_request_exception=False)
        self.token = token
        if user is not None and not token:
            self.token = make_token(actor=Actor.person(user), name="test", days=1, origin=origin).secret

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        seen: Any = None,
        media: str | None = None,
        **headers: str,
    ) -> Answer:
        """Ask; *body* is sent as JSON unless it is bytes, *seen* as ``If-Match``: an answer or a tag."""
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            said.setdefault("Authorization", f"Token {self.token}")
        if seen is not None:
            said["If-Match"] = seen if isinstance(seen, str) else seen.headers["ETag"]
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        if media is None:
            media = "" if body is None else (MERGE_PATCH if method == "patch" else "application/json")
        where = path if path.startswith("/") else f"/api/v1/{path}"
        return self.client.generic(method.upper(), where, data, content_type=media, headers=said)

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("get", path, **headers)

    def post(self, path: str, body: Any = None, **said: Any) -> Answer:
        return self.send("post", path, body, **said)

    def patch(self, path: str, body: Any = None, **said: Any) -> Answer:
        return self.send("patch", path, body, **said)

    def put(self, path: str, body: Any = None, **said: Any) -> Answer:
        return self.send("put", path, body, **said)

    def delete(self, path: str, **said: Any) -> Answer:
        return self.send("delete", path, **said)


def program(role: Role | str | None = Role.EDITOR, *, name: str = "", **more: Any) -> Program:
    """A program of somebody with *role*; ``ROBOTS`` for a robot's account."""
    if role == ROBOTS:
        return Program(make_robot_account(name or "wire-robot"), **more)
    return Program(make_user(role if role is None else Role(role), name=name), **more)


def problem(answer: Answer, status: int, slug: str) -> dict[str, Any]:
    """The problem that an answer is."""
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["type"] == f"/api/problems/{slug}", body
    return body


def pointers(answer: Answer) -> dict[str, str]:
    """The faults in an answer, by JSON pointer."""
    return {fault["pointer"]: fault["detail"] for fault in answer.json()["errors"]}
