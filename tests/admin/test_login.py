"""The desk's door: who guesses passwords is locked out for a while."""

from __future__ import annotations

import pytest
from django.conf import settings as site
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from events.vocabulary import Role
from tests.people import PASSWORD, make_user


@pytest.mark.django_db
def test_after_ten_wrong_passwords_the_right_one_does_not_help(settings: Settings) -> None:
    settings.AXES_ENABLED = True
    make_user(Role.EDITOR, name="erika")
    login = reverse("admin:login")
    client = Client()
    for _ in range(site.AXES_FAILURE_LIMIT):
        answer = client.post(login, {"username": "erika", "password": "wrong"})
    assert answer.status_code == 429
    assert client.post(login, {"username": "erika", "password": PASSWORD}).status_code == 429


@pytest.mark.django_db
def test_the_right_password_opens_the_desk(settings: Settings) -> None:
    settings.AXES_ENABLED = True
    make_user(Role.EDITOR, name="erika")
    client = Client()
    answer = client.post(reverse("admin:login"), {"username": "erika", "password": PASSWORD})
    assert answer.status_code == 302
    assert client.get(reverse("admin:events_event_changelist")).status_code == 200
