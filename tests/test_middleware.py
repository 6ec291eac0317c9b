"""Public pages pass by what only editors need; nobody loses a header by it."""

from __future__ import annotations

import pytest
from csp.constants import NONCE
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings

from newsarchive.middleware import (
    ContentSecurityPolicy,
    EditorsAuthentication,
    EditorsMessages,
    EditorsSession,
)

EDITORS_ONLY = ("session", "user", "_messages")


def answered(path: str, response: HttpResponse | None = None) -> tuple[HttpRequest, HttpResponse]:
    """*path* through the middleware of these tests, innermost first."""
    request = HttpRequest()
    request.path = request.path_info = path
    given = response or HttpResponse("page")
    chain = lambda _request: given  # noqa: E731
    for layer in (EditorsMessages, EditorsAuthentication, EditorsSession, ContentSecurityPolicy):
        chain = layer(chain)
    return request, chain(request)


@pytest.mark.parametrize("path", ["/", "/news/2004/02/9/", "/api/v1/events/", "/adminother/", "/zh/admin/"])
def test_a_public_request_has_neither_session_nor_user(path: str) -> None:
    request, _ = answered(path)
    assert [name for name in EDITORS_ONLY if hasattr(request, name)] == []


def test_a_request_to_the_admin_has_them_all() -> None:
    request, _ = answered("/admin/events/")
    assert [name for name in EDITORS_ONLY if hasattr(request, name)] == list(EDITORS_ONLY)


@pytest.mark.django_db
def test_signing_in_to_the_admin_works_and_no_public_page_sets_a_cookie(client: Client) -> None:
    User.objects.create_superuser("ada", password="secret")
    client.force_login(User.objects.get())
    assert client.get("/admin/").status_code == 200
    for path in ("/", "/nowhere", "/api/v1/events/", "/livez"):
        answer = client.get(path)
        assert not answer.cookies
        assert "cookie" not in answer.headers.get("Vary", "").lower()


@pytest.mark.parametrize("path", ["/", "/admin/"])
def test_every_answer_has_the_policy_of_the_settings(path: str) -> None:
    _, response = answered(path)
    assert response.headers["Content-Security-Policy"] == build_policy()
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_a_views_own_policy_and_its_exemption_stay() -> None:
    own = HttpResponse("page")
    own._csp_update = {"img-src": "https://pictures.example"}  # type: ignore[attr-defined]  # as django-csp does
    _, response = answered("/", own)
    assert "https://pictures.example" in response.headers["Content-Security-Policy"]
    exempt = HttpResponse("page")
    exempt._csp_exempt = True  # type: ignore[attr-defined]  # as django-csp does
    _, response = answered("/", exempt)
    assert "Content-Security-Policy" not in response.headers


@override_settings(CONTENT_SECURITY_POLICY={"DIRECTIVES": {"script-src": [NONCE]}})
def test_a_nonce_that_was_used_is_in_the_policy() -> None:
    request = HttpRequest()
    layer = ContentSecurityPolicy(lambda asked: HttpResponse(str(asked.csp_nonce)))  # type: ignore[attr-defined]
    response = layer(request)
    assert f"'nonce-{response.content.decode()}'" in response.headers["Content-Security-Policy"]


def test_the_guards_of_forms_and_frames_stand_before_every_page() -> None:
    for name in (
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
        "axes.middleware.AxesMiddleware",
    ):
        assert name in settings.MIDDLEWARE
