"""Accounts: who may sign in, with which role; and each person's own wish for notices."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from events.actions.errors import ActionError
from events.actions.review.notices import wish_notices
from events.admin.base import actor_of, may
from events.admin.site import desk_page
from events.models import MailNotice
from events.vocabulary import ROBOTS, ReviewKind, Right, Role


class PersonAdmin(UserAdmin):  # type: ignore[type-arg]
    """Accounts with their role. Nobody gives rights that he does not manage: a superuser's account is
    out of an administrator's reach, and single permissions are not offered to him. Accounts are
    switched off, never deleted: the record names who did what."""

    list_display = ("username", "email", "roles", "is_active", "last_login")
    list_filter: ClassVar = ("is_active", "groups")
    fieldsets: ClassVar = (
        (None, {"fields": ("username", "password")}),
        ("Who", {"fields": ("first_name", "last_name", "email")}),
        ("What they may do", {"fields": ("is_active", "is_staff", "groups")}),
        ("When", {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal: ClassVar = ()

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    def roles(self, user: User) -> str:
        """The role, or roles, in words."""
        if user.is_superuser:
            return "Superuser"
        return ", ".join(sorted(group.name for group in user.groups.all()))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(request, Right.PEOPLE)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, Right.PEOPLE)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request, Right.PEOPLE)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.is_superuser and not _is_superuser(request):
            return False
        return may(request, Right.PEOPLE)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        found = super().get_fieldsets(request, obj)
        if obj is None or not _is_superuser(request):
            return found
        return (*found, ("Everything", {"fields": ("is_superuser",)}))

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Roles only: a group of the site's own making may hold any right."""
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field is not None and db_field.name == "groups":
            field.label = "Role"
            field.widget = forms.CheckboxSelectMultiple()
            field.help_text = (
                "Each role may do what those before it may. Robots only deliver records through the API."
            )
            if not _is_superuser(request) and field.queryset is not None:
                field.queryset = field.queryset.filter(name__in=[*Role.values, ROBOTS])
        return field


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


class NoticeForm(forms.Form):
    """Whether to be told by mail, and of what."""

    wanted = forms.BooleanField(required=False, label="Tell me by mail what comes into the review queue")
    kinds = forms.MultipleChoiceField(
        required=False, choices=ReviewKind.choices, widget=forms.CheckboxSelectMultiple,
        label="Of these kinds only", help_text="None ticked: all of them.",
    )  # fmt: skip


def notices_view(request: HttpRequest) -> HttpResponse:
    """Everybody's own page."""
    wish = MailNotice.objects.filter(user=request.user.pk).first()
    form = NoticeForm(
        request.POST if request.method == "POST" else None,
        initial={"wanted": wish is not None, "kinds": wish.kinds if wish else []},
    )
    if request.method == "POST" and form.is_valid():
        kinds = form.cleaned_data["kinds"] if form.cleaned_data["wanted"] else None
        try:
            wish_notices(actor=actor_of(request), kinds=kinds)
        except ActionError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, "You will be told." if kinds is not None else "You will not be written to."
            )
            return HttpResponseRedirect(request.path)
    return desk_page(request, "admin/people/notices.html", "Notices by mail", form=form, wish=wish)
