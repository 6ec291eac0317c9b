"""The desk's page of API tokens: made for oneself, shown once, revoked by their owner or an administrator."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from events.models import ApiToken
from events.vocabulary import Role
from tests.api.writing.writers import Program
from tests.people import make_user

SECRET = re.compile(r"nwa_[0-9a-f]{64}")
Sit = Callable[..., Client]


def make(client: Client, **said: object) -> str:
    answer = client.post(reverse("admin:tokens"), {"name": "laptop", "days": "30", **said})
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    return answer.content.decode()


def test_a_token_is_shown_once_and_works(sit: Sit) -> None:
    desk = sit(Role.EDITOR)
    (secret,) = set(SECRET.findall(make(desk)))
    page = desk.get(reverse("admin:tokens")).content.decode()
    assert not SECRET.search(page)
    assert "laptop" in page
    assert Program(None, token=secret).get("token/").json()["account"] == "editor"


@pytest.mark.parametrize("said", [{"name": ""}, {"days": "4000"}, {"days": "0"}])
def test_a_slip_is_told(sit: Sit, said: dict[str, object]) -> None:
    page = make(sit(Role.EDITOR), **said)
    assert "errorlist" in page
    assert not ApiToken.objects.exists()


def test_one_revokes_ones_own_and_nobody_elses(sit: Sit) -> None:
    make(sit(Role.EDITOR))
    token = ApiToken.objects.get()
    other = sit(Role.CHIEF)
    assert token.pk not in other.get(reverse("admin:tokens")).content.decode()
    assert other.post(reverse("admin:tokens_revoke"), {"token": token.pk}).status_code == 403
    assert ApiToken.objects.exists()
    own = Client()
    own.force_login(User.objects.get(username="editor"), backend="django.contrib.auth.backends.ModelBackend")
    assert own.post(reverse("admin:tokens_revoke"), {"token": token.pk}).status_code == 302
    assert not ApiToken.objects.exists()


def test_an_administrator_sees_and_revokes_everybodys(sit: Sit) -> None:
    make(sit(Role.EDITOR))
    token = ApiToken.objects.get()
    office = sit(Role.ADMINISTRATOR)
    assert token.pk in office.get(reverse("admin:tokens")).content.decode()
    office.post(reverse("admin:tokens_revoke"), {"token": token.pk})
    assert not ApiToken.objects.exists()
    again = office.post(reverse("admin:tokens_revoke"), {"token": token.pk}, follow=True)
    assert "revoked already" in again.content.decode()


def test_an_administrator_may_make_an_account_a_robots(sit: Sit) -> None:
    office, robot = sit(Role.ADMINISTRATOR), make_user(None, name="wire")
    page = office.get(reverse("admin:auth_user_change", args=[robot.pk])).content.decode()
    assert "robots" in page
