"""Webhooks on the desk: who is told, how each is doing, and what can be done about it.

A secret is on one page once, in the answer to the request that made it; it is in no message, log or cookie.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from django import forms
from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from events.actions.errors import ActionError
from events.actions.webhooks.keep import (
    change_webhook,
    create_webhook,
    delete_webhook,
    disable_webhook,
    enable_webhook,
    number_before,
    replay,
    retry_now,
    rotate_secret,
    send_test,
)
from events.admin.base import actor_of, number_of
from events.admin.logbook import log_act
from events.admin.site import desk_page
from events.models import Change, Webhook, WebhookDelivery
from events.vocabulary import CHANGE_TYPES, EDITION_CHOICES, DeliveryState

_AT_ONCE: Final = 50
_PATIENCE: Final = dt.timedelta(minutes=1)
"""How long something may be due before the page says that nobody sends it."""
_ACTS: Final = {
    "test": (send_test, "A test is on its way; reload the page to see what came of it."),
    "retry": (retry_now, "Everything that waits is tried now."),
    "disable": (disable_webhook, "It is disabled. What happens meanwhile is not lost."),
    "enable": (enable_webhook, "It is enabled and goes on where it stopped."),
}


class WebhookForm(forms.Form):
    """Where it goes, and what it is told of."""

    url = forms.CharField(
        max_length=500, label="URL", widget=forms.URLInput(attrs={"size": 70}),
        help_text="https://, at an address that anybody can reach. It gets POST requests.",
    )  # fmt: skip
    note = forms.CharField(max_length=200, required=False, help_text="Whose it is; for this page only.")
    edition = forms.ChoiceField(
        choices=[("", "All"), *EDITION_CHOICES], required=False,
        help_text="With one chosen it is not told of sources, which belong to none.",
    )  # fmt: skip
    types = forms.MultipleChoiceField(
        choices=[(name, name) for name in CHANGE_TYPES], required=False, label="Of these changes only",
        widget=forms.CheckboxSelectMultiple, help_text="None ticked: of all of them.",
    )  # fmt: skip


class ReplayForm(forms.Form):
    """From where on to send again."""

    after = forms.IntegerField(min_value=0, required=False, label="All after change number")
    since = forms.CharField(
        required=False, label="or all since",
        help_text="A moment in UTC, 2026-01-31T12:30; counted is when we recorded a change.",
    )  # fmt: skip

    def clean_since(self) -> dt.datetime | None:
        """The moment, in UTC."""
        said = self.cleaned_data["since"].strip()
        if not said:
            return None
        try:
            moment = parse_datetime(said)
            if moment is not None:
                return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
        except (ValueError, OverflowError):
            pass
        raise forms.ValidationError("Write a moment as 2026-01-31T12:30.")

    def clean(self) -> dict[str, Any]:
        """The number, from either."""
        asked = super().clean() or {}
        if not self.errors and (asked.get("after") is None) == (asked.get("since") is None):
            raise forms.ValidationError("Name a number or a moment.")
        return asked

    def number(self) -> int:
        """After which number; of a valid form."""
        asked = self.cleaned_data
        return asked["after"] if asked["since"] is None else number_before(asked["since"])


def list_view(request: HttpRequest) -> HttpResponse:
    """All of them, with how they are doing."""
    rows = list(_described(Webhook.objects.all()))
    return desk_page(
        request, "admin/webhooks/list.html", "Webhooks", rows=[_row(webhook) for webhook in rows],
        neglected=any(_neglected(webhook) for webhook in rows),
    )  # fmt: skip


def new_view(request: HttpRequest) -> HttpResponse:
    """The form (GET); make it, and show its secret (POST)."""
    form = WebhookForm(request.POST if request.method == "POST" else None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            webhook, secret = create_webhook(actor=actor_of(request), **form.cleaned_data)
        except ActionError as refusal:
            form.add_error(None, str(refusal))
        else:
            log_act(request, webhook, "Made.")
            return _secret_page(request, webhook, secret)
    return desk_page(request, "admin/webhooks/form.html", "New webhook", form=form)


def webhook_view(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """One: how it is doing, what it was sent last, what can be done."""
    webhook = _found(webhook_id)
    sent = webhook.deliveries.select_related("change").order_by("-pk")
    if before := number_of(request.GET.get("before")):
        sent = sent.filter(pk__lt=before)
    deliveries = list(sent[: _AT_ONCE + 1])
    more, deliveries = len(deliveries) > _AT_ONCE, deliveries[:_AT_ONCE]
    return desk_page(
        request, "admin/webhooks/webhook.html", str(webhook), row=_row(webhook),
        neglected=_neglected(webhook), replay=ReplayForm(label_suffix=""),
        deliveries=[_delivery(delivery) for delivery in deliveries],
        older=urlencode({"before": deliveries[-1].pk}) if more else "", paged=bool(before),
    )  # fmt: skip


def edit_view(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Change where it goes and what it is told of."""
    webhook = _found(webhook_id)
    now = {name: getattr(webhook, name) for name in WebhookForm.base_fields}
    form = WebhookForm(request.POST if request.method == "POST" else None, initial=now, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            change_webhook(actor=actor_of(request), webhook_id=webhook_id, **form.cleaned_data)
        except ActionError as refusal:
            form.add_error(None, str(refusal))
        else:
            log_act(request, webhook, f"Changed: {', '.join(form.changed_data) or 'nothing'}.")
            return _back(webhook_id)
    return desk_page(request, "admin/webhooks/form.html", f"Change “{webhook}”", form=form, webhook=webhook)


def act_view(request: HttpRequest, webhook_id: int, name: str) -> HttpResponse:
    """Test, try again, disable, enable (POST)."""
    if name not in _ACTS:
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    act, said = _ACTS[name]
    try:
        act(actor=actor_of(request), webhook_id=webhook_id)
    except ActionError as refusal:
        messages.error(request, str(refusal))
    else:
        log_act(request, _found(webhook_id), f"{name.capitalize()}.")
        messages.success(request, said)
    return _back(webhook_id)


def rotate_view(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Say what a new secret means (GET); make it and show it (POST)."""
    webhook = _found(webhook_id)
    if request.method == "POST":
        try:
            webhook, secret = rotate_secret(
                actor=actor_of(request), webhook_id=webhook_id, seen=request.POST.get("seen", "")
            )
        except ActionError as refusal:
            messages.error(request, str(refusal))
            return _back(webhook_id)
        log_act(request, webhook, "Secret rotated.")
        return _secret_page(request, webhook, secret)
    return desk_page(request, "admin/webhooks/rotate.html", f"A new secret for “{webhook}”?", webhook=webhook)


def replay_view(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Say how much would be sent again (GET); have it sent (POST)."""
    webhook = _found(webhook_id)
    form = ReplayForm(request.POST if request.method == "POST" else request.GET, label_suffix="")
    spanned = None
    if form.is_valid():
        after = form.number()
        if request.method == "POST":
            try:
                spanned = replay(actor=actor_of(request), webhook_id=webhook_id, after=after)
            except ActionError as refusal:
                messages.error(request, str(refusal))
            else:
                log_act(request, webhook, f"Replayed after change {after}.")
                messages.success(request, f"The changes after number {after} are sent again.")
            return _back(webhook_id)
        spanned = max(0, webhook.position - after)
    return desk_page(
        request, "admin/webhooks/replay.html", f"Send “{webhook}” again", webhook=webhook, form=form,
        spanned=spanned, after=form.number() if spanned is not None else None,
    )  # fmt: skip


def delete_view(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Ask (GET); take it away (POST)."""
    webhook = _found(webhook_id)
    if request.method == "POST":
        log_act(request, webhook, f"Deleted; it went to {_host(webhook)}.")
        delete_webhook(actor=actor_of(request), webhook_id=webhook_id)
        messages.success(request, "It is deleted.")
        return HttpResponseRedirect(reverse("admin:webhooks"))
    return desk_page(
        request, "admin/webhooks/delete.html", f"Delete “{webhook}”?", webhook=webhook, host=_host(webhook)
    )


def _secret_page(request: HttpRequest, webhook: Webhook, secret: str) -> HttpResponse:
    """An answer that browsers do not keep: Django's admin says so of all its pages (``never_cache``)."""
    return desk_page(
        request, "admin/webhooks/secret.html", f"The secret of “{webhook}”", webhook=webhook, secret=secret
    )


def _described(webhooks: QuerySet[Webhook]) -> QuerySet[Webhook]:
    """With how many messages wait, and whether anything has been due for a while."""
    then = timezone.now() - _PATIENCE
    due = WebhookDelivery.objects.filter(
        webhook=OuterRef("pk"), state=DeliveryState.PENDING, next_try_at__lte=then
    )
    ahead = Change.objects.filter(seq__gt=OuterRef("position"), at__lte=then)
    pending = WebhookDelivery.objects.filter(webhook=OuterRef("pk"), state=DeliveryState.PENDING)
    counted = Subquery(pending.order_by().values("webhook").annotate(number=Count("pk")).values("number"))
    return webhooks.annotate(waiting=Coalesce(counted, 0), due=Exists(due), ahead=Exists(ahead))


def _neglected(webhook: Any) -> bool:
    then = timezone.now() - _PATIENCE
    idle = webhook.next_try_at <= then and webhook.leased_until <= then
    return bool(webhook.enabled and idle and (webhook.due or webhook.ahead))


def _row(webhook: Any) -> dict[str, Any]:
    if not webhook.enabled:
        state, label = "stopped", "Disabled"
    elif webhook.failures:
        state, label = "stopped", "Failing"
    elif webhook.delivered_at:
        state, label = "done", "Healthy"
    else:
        state, label = "queued", "Nothing sent yet"
    return {"webhook": webhook, "host": _host(webhook), "state": state, "label": label}


def _delivery(delivery: WebhookDelivery) -> dict[str, Any]:
    change = delivery.change
    tries = [{**one, "at": parse_datetime(one["at"])} for one in reversed(delivery.tries)]
    return {
        "delivery": delivery, "tries": tries, "change": change,
        "type": f"{change.subject}.{change.kind}" if change else "test",
    }  # fmt: skip


def _found(webhook_id: int) -> Webhook:
    webhook = _described(Webhook.objects.filter(pk=webhook_id)).first()
    if webhook is None:
        raise Http404
    return webhook


def _host(webhook: Webhook) -> str:
    return urlsplit(webhook.url).netloc


def _back(webhook_id: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:webhook", args=[webhook_id]))
