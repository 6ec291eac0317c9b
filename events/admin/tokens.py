"""API tokens: one's own, made and revoked; an administrator sees and revokes everybody's."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from events.actions.errors import ActionError
from events.actions.programs.tokens import DAYS_MOST, make_token, revoke_tokens
from events.admin.base import actor_of, may
from events.admin.site import desk_page
from events.models import ApiToken
from events.models.programs import TOKEN_NAME_MAX
from events.vocabulary import Right

_SHOWN: Final = 500
_DAYS: Final = ((7, "a week"), (30, "a month"), (90, "three months"), (DAYS_MOST, "a year"))


class TokenForm(forms.Form):
    """A new token."""

    name = forms.CharField(
        max_length=TOKEN_NAME_MAX,
        label="What it is for",
        help_text="For example: laptop, nightly corrections.",
    )
    days = forms.TypedChoiceField(choices=_DAYS, coerce=int, initial=90, label="It works for")


@never_cache
@sensitive_variables("made")
def tokens_view(request: HttpRequest) -> HttpResponse:
    """The list, and a form for a new one. The new one's secret stands in this one answer and nowhere else."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    made = None
    if request.method == "POST" and form.is_valid():
        try:
            made = make_token(actor=actor_of(request), **form.cleaned_data)
        except ActionError as refusal:
            form.add_error(None, str(refusal))
        else:
            form = TokenForm()
    everybody = may(request, Right.PEOPLE)
    own = ApiToken.objects.filter(user=request.user.pk)
    shown: dict[str, Any] = {
        "form": form,
        "made": made,
        "own": own.order_by("-created"),
        "everybody": everybody,
    }
    if everybody:
        others = ApiToken.objects.exclude(user=request.user.pk).select_related("user")
        shown["others"] = others.order_by("user__username", "-created")[:_SHOWN]
    return desk_page(request, "admin/people/tokens.html", "API tokens", **shown)


@require_POST
def revoke_view(request: HttpRequest) -> HttpResponse:
    """Revoke one, named by its digest, which tells nothing of the token."""
    tokens = ApiToken.objects.filter(pk=request.POST.get("token", "")[:128]).select_related("user")
    if revoke_tokens(actor=actor_of(request), tokens=tokens):
        messages.success(request, "Revoked: it works no more.")
    else:
        messages.info(request, "It was revoked already.")
    return HttpResponseRedirect(reverse("admin:tokens"))
