"""Who may use each address of the API by each method: each cell is declared, a new address fails."""

from __future__ import annotations

from typing import Any, Final

import pytest
from django.core.cache import cache
from django.db import transaction
from django.urls import URLPattern

from events.api.urls import urlpatterns
from events.models import Context
from events.vocabulary import ROBOT_RIGHTS, ROBOTS, ROLE_RIGHTS, Right, Role
from tests.api.writing.writers import Program, program
from tests.factories import make_context, make_editorial, make_event

METHODS: Final = ("get", "post", "put", "patch", "delete")
ANYBODY, ANY_TOKEN, NO_SUCH_METHOD = "anybody", "any token", "no such method"
Who = Right | str
_READ_ONLY: Final = (
    "root", "docs",
    "index", "related", "revisions", "sources", "source", "publishers", "publisher", "corrections", "days",
    "day", "search", "suggest", "stats", "changes", "openapi", "problems", "problem",
)  # fmt: skip
_READ: Final[dict[str, Who]] = {"get": ANYBODY}
CELLS: Final[dict[str, dict[str, Who]]] = {
    **dict.fromkeys(_READ_ONLY, _READ),
    "events": {"get": ANYBODY, "post": Right.PROPOSE},
    "event": {"get": ANYBODY, "patch": Right.PROPOSE},
    "contexts": {"get": ANYBODY, "post": Right.TAG},
    "context": {"get": ANYBODY, "patch": Right.TAG},
    "editorials": {"get": ANYBODY, "post": Right.WRITE},
    "editorial": {"get": ANYBODY, "patch": Right.WRITE},
    "event_withdraw": {"post": Right.WITHDRAW},
    "event_restore": {"post": Right.WITHDRAW},
    "event_release": {"post": Right.REVIEW},
    "event_reject": {"post": Right.REVIEW},
    "event_revert": {"post": Right.CORRECT},
    "event_merge": {"post": Right.MERGE},
    "event_unmerge": {"post": Right.MERGE},
    "related_decision": {"put": Right.CURATE, "delete": Right.CURATE},
    "context_merge": {"post": Right.MERGE},
    "context_unmerge": {"post": Right.MERGE},
    "editorial_publish": {"post": Right.WRITE},
    "editorial_withdraw": {"post": Right.WRITE},
    "editorial_restore": {"post": Right.WRITE},
    "harvest_records": {"post": Right.DELIVER},
    "proposal": {"get": Right.PROPOSE},
    "token": {"get": ANY_TOKEN, "delete": ANY_TOKEN},
}  # fmt: skip
"""What is not named here is answered with 405."""
ROLES: Final = ("stranger", "nobody", *Role, ROBOTS)
"""Whoever sends no token; an account without a role; the roles; the robots."""
_ASKED: Final[dict[str, Any]] = {
    "events": {"edition": "en", "date": "2004-02-09", "text": "Envoys sign.", "category": "politics"},
    "event": {"text": "Other.", "grade": "typo", "note": "Why."},
    "contexts": {"edition": "en", "name": "Pacts"},
    "context": {"profile": "Agreements."},
    "editorials": {"edition": "en", "date": "2004-02-09", "title": "T", "body": "B"},
    "editorial": {"title": "Other"},
    "event_withdraw": {"reason": "x"},
    "event_revert": {"revision": 1, "note": "x"},
    "event_merge": {"into": 1},
    "context_merge": {"into": 1},
    "related_decision": {"decision": "pin"},
}


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


def named_patterns() -> dict[str, URLPattern]:
    return {pattern.name: pattern for pattern in urlpatterns if pattern.name}


def holds(role: str, right: Right) -> bool:
    if role == ROBOTS:
        return right in ROBOT_RIGHTS
    return role in ROLE_RIGHTS and right in ROLE_RIGHTS[Role(role)]


def expected(role: str, who: Who) -> set[int]:
    """The statuses of an answer that may be; who may, may still ask for what cannot be done."""
    if who == NO_SUCH_METHOD:
        return {405}
    if who == ANYBODY:
        return {200, 301, 302, 404}
    if role == "stranger":
        return {401}
    if who == ANY_TOKEN or (isinstance(who, Right) and holds(role, who)):
        return {200, 201, 202, 204, 404, 422}
    return {403}


def path_of(name: str, pattern: URLPattern, ids: dict[str, Any]) -> str:
    stem = name.partition("_")[0]
    said = {
        "pk": ids.get(stem, 1), "target": ids["other"], "date": "2004-02-09", "slug": "not-found",
    }  # fmt: skip
    route = str(pattern.pattern)
    for parameter in pattern.pattern.converters:
        start = route.index("<")
        route = f"{route[:start]}{said[parameter]}{route[route.index('>') + 1 :]}"
    return f"/api/{route}"


def status_of(writer: Program, method: str, path: str, name: str) -> int:
    """The answer's status; what was done is taken back, so that no cell depends on another."""
    media = None
    body: Any = None if method in {"get", "delete"} else _ASKED.get(name, {})
    if name == "harvest_records":
        body, media = b'{"date": "2004-02-09", "text": "Envoys sign."}\n', "application/x-ndjson"
        path += "?origin=gazette&dry_run=true"
    if name in {"search", "suggest"}:
        path += "?q=envoys"
    with transaction.atomic():
        seen = None if method == "get" else '"1-0"'
        status: int = writer.send(method, path, body, seen=seen, media=media).status_code
        transaction.set_rollback(True)
    return status


def test_every_address_is_declared_and_every_declared_one_is_there() -> None:
    assert named_patterns().keys() == CELLS.keys()


@pytest.mark.django_db
def test_every_cell_is_as_declared() -> None:
    ids = {
        "event": make_event("Envoys sign.", contexts=["Treaties"]).pk, "related": make_event("B.").pk,
        "other": make_event("C.").pk, "revisions": make_event("D.").pk,
        "editorial": make_editorial("A case").pk,
    }  # fmt: skip
    make_context("Treaties")
    ids["context"] = Context.objects.get().pk
    ids["related"] = ids["event"]
    writers = {"stranger": Program(None), "nobody": program(None, name="nobody")}
    writers |= {role: program(role) for role in (*Role, ROBOTS)}
    wrong = []
    for name, pattern in named_patterns().items():
        path = path_of(name, pattern, ids)
        for method in METHODS:
            who = CELLS[name].get(method, NO_SUCH_METHOD)
            for role in ROLES:
                cache.clear()
                status = status_of(writers[role], method, path, name)
                if status not in expected(role, who):
                    wrong.append(f"{name} {method} {role}: {status}, declared: {who}")
    assert wrong == []


@pytest.mark.django_db
def test_no_address_with_a_suffix_is_written() -> None:
    chief, event, context = program(Role.CHIEF), make_event(), make_context("Treaties")
    for path in (f"events/{event.pk}.json", f"contexts/{context.pk}.xml"):
        assert chief.patch(path, {"text": "x"}, seen='"1-0"').status_code == 405
    assert chief.post("events.json", _ASKED["events"]).status_code == 405
