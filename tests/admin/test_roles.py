"""Who may open and who may use each address of the desk: each role, address and method is declared."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client

from events.admin.event.acts import ACTS
from events.vocabulary import ROLE_RIGHTS, Right, Role
from tests.admin.addresses import DeskAddress, desk_addresses
from tests.admin.furniture import furnish
from tests.people import make_user

ANYBODY, ANY_ROLE, NOBODY, NO_SUCH_METHOD = "anybody who may sign in", "any role", "nobody", "no such method"
Who = Right | str
Cell = tuple[Who, Who]
"""Who may GET and who may POST."""

_LISTS: Final = ("context", "editorial", "event", "harvest", "origin", "publisher", "source")
_WRITERS: Final[dict[str, Right]] = {
    "context": Right.TAG, "editorial": Right.WRITE, "event": Right.CORRECT, "publisher": Right.TAG,
    "source": Right.CORRECT,
}  # fmt: skip
_MAKERS: Final[dict[str, Right]] = {"editorial": Right.WRITE, "event": Right.CORRECT}


def _models() -> Iterator[tuple[str, Cell]]:
    """What Django's admin gives each model: anybody with a role reads, nobody deletes."""
    for name in _LISTS:
        maker = _MAKERS.get(name, NOBODY)
        yield f"events_{name}_add", (maker, maker)
        yield f"events_{name}_changelist", (ANY_ROLE, ANY_ROLE)
        yield f"events_{name}_change", (ANY_ROLE, _WRITERS.get(name, NOBODY))
        yield f"events_{name}_history", (ANY_ROLE, ANY_ROLE)
        yield f"events_{name}_delete", (NOBODY, NOBODY)
    for name in ("add", "change", "changelist", "history"):
        yield f"auth_user_{name}", (Right.PEOPLE, Right.PEOPLE)
    for name in ("add", "change", "changelist", "delete", "history"):
        yield f"auth_group_{name}", (NOBODY, NOBODY)


def both(who: Who) -> Cell:
    return (who, who)


CELLS: Final[dict[str, Cell]] = {
    **dict(_models()),
    "index": both(ANYBODY),
    "login": both(ANYBODY),
    "logout": (NO_SUCH_METHOD, ANYBODY),
    "password_change": both(ANYBODY),
    "password_change_done": (ANYBODY, NO_SUCH_METHOD),
    "jsi18n": (ANYBODY, NO_SUCH_METHOD),
    "notices": both(ANYBODY),
    "tokens": both(ANYBODY),
    "tokens_revoke": (NO_SUCH_METHOD, ANYBODY),
    "auth_user_delete": both(NOBODY),
    "auth_user_password_change": both(Right.PEOPLE),
    "audit": both(Right.AUDIT),
    "bulk": both(Right.BULK),
    "bulk_change": both(Right.BULK),
    "bulk_progress": both(Right.BULK),
    "bulk_act": (Right.BULK, Right.BULK),
    "bulk_undo": both(Right.BULK),
    "replace": both(Right.BULK),
    "harvest_undo": both(Right.HARVEST),
    "context_suggestions": both(Right.TAG),
    "context_decide": (Right.REVIEW, Right.REVIEW),
    "context_profile": (NO_SUCH_METHOD, Right.TAG),
    "events_context_merge": both(Right.MERGE),
    "events_context_unmerge": both(Right.MERGE),
    "events_context_split": both(Right.TAG),
    "events_context_split_undo": both(Right.TAG),
    "events_editorial_act": both(Right.WRITE),
    "events_editorial_preview": (NO_SUCH_METHOD, Right.WRITE),
    "events_event_revert": both(Right.CORRECT),
    "events_event_sources": both(Right.CORRECT),
    "events_event_curate": (NO_SUCH_METHOD, Right.CURATE),
    "events_event_related": both(ANY_ROLE),
    "events_event_related_find": both(ANY_ROLE),
    "events_event_related_generic": both(Right.TAG),
    "events_publisher_host": both(Right.MERGE),
    "events_publisher_merge": both(Right.MERGE),
    "events_publisher_unmerge": both(Right.MERGE),
    "proofreading": both(ANY_ROLE),
    "proofreading_rule": both(ANY_ROLE),
    "proofreading_accept": both(Right.BULK),
    "proofreading_decide": (Right.REVIEW, Right.REVIEW),
    "proposals": both(Right.PROPOSE),
    "propose": both(Right.PROPOSE),
    **{
        name: both(Right.HOOKS)
        for name in (
            "webhooks",
            "webhook",
            "webhook_new",
            "webhook_edit",
            "webhook_rotate",
            "webhook_replay",
            "webhook_delete",
            "webhook_act",
        )
    },
    "queue": both(ANY_ROLE),
    "queue_item": both(ANY_ROLE),
    "queue_assign": both(Right.REVIEW),
    "queue_bulk": both(Right.REVIEW),
    "queue_decide": (Right.REVIEW, Right.REVIEW),
    # An editor asks again what he answered himself; a chief editor, anything.
    "queue_reopen": (Right.REVIEW, Right.BULK),
    # Both only lead to the queue.
    "events_reviewitem_changelist": both(ANYBODY),
    "events_reviewitem_change": both(ANYBODY),
    "events_reviewitem_add": both(NOBODY),
    "events_reviewitem_delete": both(NOBODY),
    "events_reviewitem_history": both(ANY_ROLE),
    **{f"events_event_act {name}": both(act.right) for name, act in ACTS.items()},
}
ELSEWHERE: Final = {
    "app_list": "an index of one application, no more than the index shows",
    "autocomplete": "answers for a field of a form whose page is in the table (tests/admin/test_lists.py)",
    "view_on_site": "redirects to the public site",
}
_OTHERS_OWN: Final = ("axes_", "django_tasks_database_")
"""Pages of other applications: superusers' own."""
ROLES: Final[tuple[Role | None, ...]] = (None, *Role)


def declared(address: DeskAddress) -> list[str]:
    """The table's keys of an address: one, or one for each act."""
    if address.name == "events_event_act":
        return [f"{address.name} {name}" for name in ACTS]
    return [address.name]


def path_of(address: DeskAddress, key: str, ids: dict[str, int]) -> str:
    """The address with ids of the furniture."""
    own = {
        "events_context_unmerge": {"context_id": ids["merged context"]},
        "events_context_split_undo": {"context_id": ids["split context"], "number": ids["split"]},
        "events_publisher_unmerge": {"pk": ids["merged publisher"]},
        "events_publisher_merge": {"pk": ids["publisher"]},
        "events_publisher_host": {"pk": ids["host"]},
        "context_decide": {"item_id": ids["named"]},
        "proofreading_decide": {"item_id": ids["finding"]},
    }
    _, _, rest = address.name.partition("_")
    model = {"reviewitem": "item"}.get(rest.partition("_")[0], rest.partition("_")[0])
    said: dict[str, object] = {
        "event_id": ids["event"], "context_id": ids["context"], "item_id": ids["item"],
        "harvest_id": ids["harvest"], "change_id": ids["change"], "editorial_id": ids["editorial"],
        "id": ids["user"], "rule": "doubled-word",
        "name": {"bulk_act": "stop", "webhook_act": "test"}.get(address.name, "withdraw"),
        "webhook_id": ids["webhook"],
        "object_id": ids.get(model, 1),
        **own.get(address.name, {}),
    }  # fmt: skip
    if " " in key:
        said["name"] = key.partition(" ")[2]
    return address.path(**said)


def allowed(role: Role | None, who: Who) -> bool:
    if isinstance(who, Right):
        return role is not None and who in ROLE_RIGHTS[role]
    return who == ANYBODY or (who == ANY_ROLE and role is not None)


def edge(who: Who) -> list[Role | None]:
    """The lowest role that may, and the highest that may not."""
    may = [role for role in ROLES if allowed(role, who)]
    may_not = [role for role in ROLES if not allowed(role, who)]
    return [*may[:1], *may_not[-1:]]


def mismatches(roles: dict[Role | None, Client], *, all_roles: bool) -> list[str]:
    """What is not as declared: address, method, role, status."""
    ids, found = furnish(), []
    for address in desk_addresses():
        if address.name in ELSEWHERE or address.name.startswith(_OTHERS_OWN):
            continue
        for key in declared(address):
            for method, who in zip(("get", "post"), CELLS[key], strict=True):
                for role in ROLES if all_roles else edge(who):
                    status = status_of(roles[role], method, path_of(address, key, ids))
                    if not fits(status, role, who):
                        found.append(f"{key} {method} {role}: {status}, declared: {who}")
                    if address.name == "logout":
                        sign_in(roles)
    return found


def status_of(client: Client, method: str, path: str) -> int:
    """The answer's status; whatever the request did is taken back, so that no cell depends on another."""
    with transaction.atomic():
        status: int = getattr(client, method)(path).status_code
        transaction.set_rollback(True)
    return status


def fits(status: int, role: Role | None, who: Who) -> bool:
    """Whether an answer is what the cell says. 405: no such method there, for those who may use it."""
    if who == NO_SUCH_METHOD:
        return status == 405
    if not allowed(role, who):
        return status == 403
    return status in {200, 302, 400, 405}


def sign_in(roles: dict[Role | None, Client]) -> None:
    for role, client in roles.items():
        user = User.objects.get(username=role.name.lower() if role else "visitor")
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")


@pytest.fixture
def roles(db: None) -> dict[Role | None, Client]:
    found: dict[Role | None, Client] = {}
    for role in ROLES:
        make_user(role)
        found[role] = Client(raise_request_exception=False)
    sign_in(found)
    return found


def test_every_address_is_declared_and_every_declared_one_is_there() -> None:
    there = {
        key
        for address in desk_addresses()
        if address.name not in ELSEWHERE and not address.name.startswith(_OTHERS_OWN)
        for key in declared(address)
    }
    assert there == set(CELLS)


def test_no_role_may_less_or_more_than_declared(roles: dict[Role | None, Client]) -> None:
    """At each address: the lowest role that may, and the highest that may not."""
    assert "\n".join(mismatches(roles, all_roles=False)) == ""


@pytest.mark.slow
def test_every_cell_is_as_declared(roles: dict[Role | None, Client]) -> None:
    assert "\n".join(mismatches(roles, all_roles=True)) == ""


def test_strangers_are_sent_to_sign_in(db: None) -> None:
    ids = furnish()
    for address in desk_addresses():
        if address.name in {*ELSEWHERE, "login", "jsi18n"} or address.name.startswith(_OTHERS_OWN):
            continue
        for key in declared(address):
            for method in ("get", "post"):
                answer = getattr(Client(), method)(path_of(address, key, ids))
                assert answer.status_code == 302, (key, method, answer.status_code)
                assert answer.headers["Location"].startswith("/admin/"), (key, method)


def test_a_higher_role_may_all_that_a_lower_one_may() -> None:
    rights = [ROLE_RIGHTS[role] for role in Role]
    assert all(lower <= higher for lower, higher in itertools.pairwise(rights))
    assert set(Right) == rights[-1]
