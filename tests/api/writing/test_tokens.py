"""Tokens: only they write, they die when they should, and nothing of them is kept or told."""

from __future__ import annotations

import datetime as dt
import io
import logging
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.actions.errors import InvalidAction, MissingRight
from events.actions.programs import tokens
from events.actions.programs.tokens import make_token, revoke_tokens
from events.actions.recording import Actor
from events.api.writing import tokens as api_tokens
from events.models import ApiToken, Event
from events.senders import Allowance
from events.vocabulary import ROBOTS, Role
from tests.api.writing.writers import Program, problem, program
from tests.factories import make_event
from tests.people import PASSWORD, make_person, make_user

pytestmark = pytest.mark.django_db
NEW = {"edition": "en", "date": "2004-02-09", "text": "Envoys sign a treaty.", "category": "politics"}


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


def made(user: User, **said: Any) -> tokens.MadeToken:
    return make_token(actor=Actor.person(user), **{"name": "laptop", "days": 7, **said})


def test_a_token_tells_whom_it_stands_for() -> None:
    editor = program(Role.EDITOR)
    said = editor.get("token/").json()
    assert said["account"] == "editor"
    assert said["rights"] == [
        "propose_change", "correct_event", "curate_event", "manage_contexts", "decide_review",
        "write_editorial",
    ]  # fmt: skip
    assert program(ROBOTS).get("token/").json()["rights"] == ["deliver_records"]


@pytest.mark.parametrize(
    "header",
    [
        "", "Token", "Token ", "Token x", "token nwa_" + "0" * 64, "Bearer nwa_" + "0" * 64,
        "Token nwa_" + "0" * 64 + " x", "Token nwa_" + "É" * 64, "Token nwa_" + "0" * 5000,
        "Basic ZWRpdG9yOng=",
        "Token nwa_" + "٠" * 64,
    ],
)  # fmt: skip
def test_anything_but_a_good_token_is_401(header: str) -> None:
    answer = Client().generic(
        "POST", "/api/v1/events/", b"{}", content_type="application/json",
        headers={"Authorization": header} if header else {},
    )  # fmt: skip
    problem(answer, 401, "token-required")
    assert answer.headers["WWW-Authenticate"].startswith('Token realm="newsarchive"')


def test_what_is_no_token_is_never_looked_up() -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        problem(Program(None, token="x' OR 1=1 --").post("events/", NEW), 401, "token-required")
    assert len(queries) == 0


def test_an_expired_token_is_bad_and_stays_visible() -> None:
    editor = program(Role.EDITOR)
    assert editor.get("token/").status_code == 200
    ApiToken.objects.update(expiry=timezone.now() - dt.timedelta(seconds=1))
    answer = editor.post("events/", NEW)
    problem(answer, 401, "token-required")
    assert "invalid_token" in answer.headers["WWW-Authenticate"]
    assert ApiToken.objects.get().has_expired


def test_a_revoked_token_and_one_of_an_account_that_is_switched_off_die_at_once() -> None:
    one, other = program(Role.EDITOR, name="one"), program(Role.EDITOR, name="other")
    revoke_tokens(actor=Actor.person(one.user), tokens=ApiToken.objects.filter(user=one.user))  # type: ignore[arg-type]
    User.objects.filter(pk=other.user.pk).update(is_active=False)  # type: ignore[union-attr]
    for dead in (one, other):
        problem(dead.post("events/", NEW), 401, "token-required")
    assert not Event.objects.exists()


def test_a_role_that_was_taken_away_counts_at_once() -> None:
    editor = program(Role.EDITOR)
    assert editor.post("events/", NEW).status_code == 201
    editor.user.groups.clear()  # type: ignore[union-attr]
    body = problem(editor.post("events/", NEW), 403, "right-missing")
    assert body["right"] == "correct_event"
    assert "Can create and correct events" in body["detail"]


def test_a_token_revokes_itself() -> None:
    editor = program(Role.EDITOR)
    assert editor.delete("token/").status_code == 204
    problem(editor.get("token/"), 401, "token-required")


def test_a_session_of_the_desk_writes_nothing() -> None:
    make_user(Role.ADMINISTRATOR)
    for strict in (True, False):
        client = Client(enforce_csrf_checks=strict)
        assert client.login(username="administrator", password=PASSWORD) or True
        client.force_login(
            User.objects.get(username="administrator"), backend="django.contrib.auth.backends.ModelBackend"
        )
        answer = client.post("/api/v1/events/", NEW, content_type="application/json")
        problem(answer, 401, "token-required")
    assert not Event.objects.exists()


def test_reading_never_looks_at_a_token() -> None:
    event = make_event()
    paths = [f"events/{event.pk}/", "events/", "contexts/", "changes/"]
    for path in paths:
        counts = []
        for reader in (Program(None), program(Role.EDITOR, name=path), Program(None, token="nonsense")):
            reader.get(path)
            with CaptureQueriesContext(connection) as queries:
                assert reader.get(path).status_code == 200
            counts.append(len(queries))
            assert not any("apitoken" in query["sql"] for query in queries)
        assert len(set(counts)) == 1, path


def test_a_token_is_kept_as_a_hash_and_never_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    editor = program(Role.EDITOR)
    secret = editor.token
    editor.post("events/", NEW)
    editor.post("events/", b"{")
    editor.send("post", "events/", NEW, Authorization=f"Token {secret}x")
    row = ApiToken.objects.get()
    assert len(secret) == 68
    assert secret not in str([getattr(row, field.name) for field in ApiToken._meta.concrete_fields])
    assert len(row.token_key) == 15
    assert secret[20:] not in caplog.text
    assert secret[20:] not in str(list(LogEntry.objects.values_list("change_message", "object_repr")))


def test_failed_tokens_are_limited_without_keeping_out_good_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_tokens, "FAILURES", Allowance("bad token", 2, 900))
    bad, good = Program(None, token="nwa_" + "0" * 64), program(Role.EDITOR)
    assert [bad.post("events/", NEW).status_code for _ in range(4)] == [401, 401, 429, 429]
    answer = bad.post("events/", NEW)
    problem(answer, 429, "too-many-requests")
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    assert good.post("events/", NEW).status_code == 201
    assert Program(None).get("events/").status_code == 200
    assert "127.0.0.1" not in str(getattr(cache, "_cache", ""))


def test_writes_of_one_account_are_limited_and_reading_is_not(settings: LazySettings) -> None:
    settings.API_WRITES_PER_MINUTE = 2
    one, other = program(Role.EDITOR, name="one"), program(Role.EDITOR, name="other")
    answers = [one.post("events/", {**NEW, "text": f"Event {number}."}) for number in range(3)]
    assert [answer.status_code for answer in answers] in ([201, 201, 429], [201, 201, 201])
    answers = [one.post("events/", {**NEW, "text": f"More {number}."}) for number in range(3)]
    assert answers[-1].status_code == 429
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert other.post("events/", {**NEW, "text": "Other."}).status_code == 201
    assert one.get("events/").status_code == 200
    assert one.get("token/").status_code == 200


def test_what_a_token_costs_each_write() -> None:
    """One query for the token and its account, two for its rights; once a day one more notes its use."""
    viewer = program(Role.VIEWER)
    problem(viewer.post("events/", NEW), 403, "right-missing")
    with CaptureQueriesContext(connection) as queries:
        problem(viewer.post("events/", NEW), 403, "right-missing")
    assert len(queries) == 3
    assert ApiToken.objects.get().last_used_on == timezone.now().date()


@pytest.mark.parametrize(
    "said",
    [{"days": 0}, {"days": 367}, {"name": " "}, {"name": "x" * 101}, {"origin": "a b"}, {"origin": "é"}],
)
def test_a_token_must_be_named_and_expire(said: dict[str, Any]) -> None:
    with pytest.raises(InvalidAction):
        made(make_user(), **said)


def test_nobody_has_tokens_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "TOKENS_MOST", 2)
    user = make_user()
    for _ in range(2):
        made(user)
    with pytest.raises(InvalidAction, match="revoke one"):
        made(user)


def test_others_tokens_are_an_administrators_to_revoke() -> None:
    row = made(make_user()).row
    with pytest.raises(MissingRight):
        revoke_tokens(actor=make_person(Role.CHIEF), tokens=[row])
    assert revoke_tokens(actor=make_person(Role.ADMINISTRATOR), tokens=[row]) == 1
    assert LogEntry.objects.filter(user__username="administrator", object_id=str(row.user_id)).exists()


def run(*args: Any, **said: Any) -> str:
    out, err = io.StringIO(), io.StringIO()
    call_command(*args, stdout=out, stderr=err, **said)
    return out.getvalue()


def test_an_operator_makes_and_revokes_a_robots_token() -> None:
    secret = run("make_token", "wire", "--role", ROBOTS, "--origin", "wire", "--days", "30").strip()
    robot = Program(None, token=secret)
    assert robot.get("token/").json()["rights"] == ["deliver_records"]
    assert robot.get("token/").json()["origin"] == "wire"
    user = User.objects.get(username="wire")
    assert (user.is_staff, user.has_usable_password()) == (False, False)
    assert not Client().login(username="wire", password="")
    assert run("make_token", "wire", "--role", ROBOTS).strip() != secret
    assert run("revoke_tokens", "wire") == "Revoked 2 tokens of wire.\n"
    problem(robot.get("token/"), 401, "token-required")


@pytest.mark.parametrize(
    "args",
    [("nobody",), ("editor", "--role", ROBOTS), ("editor", "--days", "400"), ("editor", "--origin", "a b")],
)
def test_an_operators_slip_makes_no_token(args: tuple[str, ...]) -> None:
    make_user()
    with pytest.raises(CommandError):
        run("make_token", *args)
    assert not ApiToken.objects.exists()
    assert not User.objects.filter(username="nobody").exists()


def test_an_account_that_is_switched_off_gets_none_and_loses_what_it_has() -> None:
    user = make_user()
    made(user)
    User.objects.update(is_active=False)
    with pytest.raises(CommandError, match="switched off"):
        run("make_token", "editor")
    with pytest.raises(CommandError, match="no account"):
        run("revoke_tokens", "nobody")
    assert run("revoke_tokens", "editor", "--name", "phone") == "Revoked 0 tokens of editor.\n"
    assert run("revoke_tokens", "editor", "--name", "laptop") == "Revoked 1 token of editor.\n"
