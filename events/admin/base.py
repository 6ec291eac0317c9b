"""What all our admin classes share: rows are found and read; forms call actions; nothing is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from django.contrib import admin
from django.contrib.admin.models import ADDITION
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from events.actions.errors import ActionError
from events.actions.recording import Actor
from events.admin.counting import CountingPaginator
from events.admin.logbook import log_act
from events.filter_fields import parse_id
from events.vocabulary import Right

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin
else:

    class ModelAdmin(admin.ModelAdmin):
        """Django's, with a type parameter for the checker."""

        def __class_getitem__(cls, _parameter: Any) -> type:
            return cls


M = TypeVar("M", bound=Model)


def actor_of(request: HttpRequest) -> Actor:
    """The person who sent the request."""
    return Actor.person(request.user)


def may(request: HttpRequest, right: Right) -> bool:
    """Whether to offer something; the action itself checks again."""
    return bool(request.user.has_perm(f"events.{right.value}"))


class ReadingAdmin(ModelAdmin[M]):
    """A list and a page to read. ``view_…`` permissions decide who may (every role has them)."""

    show_full_result_count = False
    paginator = CountingPaginator
    show_facets = admin.ShowFacets.NEVER  # each would count every row
    list_per_page = 50
    actions: Any = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False


def number_of(said: str | None) -> int:
    """A positive number, as ids and versions are, from a form or an address; 0 for anything else."""
    return parse_id(said or "") or 0


class ActingAdmin(ReadingAdmin[M]):
    """A form whose saving is an action.

    What the action refuses is shown as an error of the form, with what was typed kept. The
    request runs outside Django's own transaction: actions have theirs, and take the numbers of
    the public sequence as its last statements.
    """

    right: ClassVar[Right]

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return may(request, self.right)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return self._show_form(request, object_id, form_url, extra_context)
        except ActionError as refusal:
            request.refusal = refusal  # type: ignore[attr-defined]
            return self._show_form(request, object_id, form_url, extra_context)

    def _show_form(self, *args: Any) -> HttpResponse:
        return cast(HttpResponse, self._changeform_view(*args))  # type: ignore[attr-defined]

    def get_form(
        self, request: HttpRequest, obj: M | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.refusal = getattr(request, "refusal", None)  # type: ignore[attr-defined]
        return form

    def save_model(self, request: HttpRequest, obj: M, form: Any, change: bool) -> None:
        """Call the action; Django's own saving is not used."""
        raise NotImplementedError

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing: the action has written everything."""

    def log_addition(self, request: HttpRequest, obj: M, message: Any) -> None:  # type: ignore[override]
        log_act(request, obj, message, flag=ADDITION)

    def log_change(self, request: HttpRequest, obj: M, message: Any) -> None:  # type: ignore[override]
        log_act(request, obj, message)


class RefusalMixin:
    """A form that shows what the action refused, and is then not valid."""

    refusal: ClassVar[ActionError | None] = None

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()  # type: ignore[misc]
        if self.refusal is not None:
            self.add_error(None, str(self.refusal))  # type: ignore[attr-defined]
        return cast("dict[str, Any] | None", cleaned)
