"""Middleware where Django's and others' own costs each page more than the page itself."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.utils.deprecation import MiddlewareMixin

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

EDITORS: Final = "/admin/"
"""Where people sign in. Nothing else reads or sets a cookie (architecture.md, decision 10)."""
_REPORT_ONLY: Final = "CONTENT_SECURITY_POLICY_REPORT_ONLY"


class _ForEditors(MiddlewareMixin):
    """Takes part in requests below ``EDITORS`` only; to all others it is not there."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(EDITORS):
            return super().__call__(request)  # type: ignore[return-value]  # a coroutine only under ASGI
        return self.get_response(request)  # type: ignore[return-value]  # as above


class EditorsSession(_ForEditors, SessionMiddleware):
    """``request.session``, for editors."""


class EditorsAuthentication(_ForEditors, AuthenticationMiddleware):
    """``request.user``, for editors."""


class EditorsMessages(_ForEditors, MessageMiddleware):
    """What the admin says about the last action."""


class ContentSecurityPolicy(CSPMiddleware):
    """django-csp, with the policy of the settings written out once; a view's own is made as ever."""

    @cached_property
    def _written_out(self) -> str:
        return str(build_policy())

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Set the header; nonces, exemptions and other policies are left to django-csp."""
        special = settings.DEBUG or hasattr(request, "_csp_nonce") or hasattr(settings, _REPORT_ONLY)
        if special or any(name.startswith("_csp_") for name in vars(response)):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self._written_out)
        return response
