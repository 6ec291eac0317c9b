"""What a browser sends from an event's form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.test import Client
from django.urls import reverse

from events.models import Event


def page(event: Event) -> str:
    return reverse("admin:events_event_change", args=[event.pk])


def act(event: Event, name: str) -> str:
    return reverse("admin:events_event_act", args=[event.pk, name])


def fields_of(form: Any) -> dict[str, Any]:
    """The names and values of an unbound event form, its rows of sources included."""
    sent = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    sent |= {f"sources-{name}": value for name, value in form.sources.management_form.initial.items()}
    for row in form.sources:
        for name, field in row.fields.items():
            if name != "DELETE":
                sent[row.add_prefix(name)] = row.get_initial_for_field(field, name)
    return {name: "" if value is None else value for name, value in sent.items()}


def filled(desk: Client, event: Event, **changed: Any) -> dict[str, Any]:
    """What the browser sends when the form is saved as it stands but for *changed*."""
    return {**fields_of(desk.get(page(event)).context["adminform"].form), **changed}


def rows(
    *sources: tuple[str, str, str], start: int = 0, order: Iterable[int] | None = None
) -> dict[str, Any]:
    """So many rows of sources, from row *start* on."""
    places = list(order or range(start + 1, start + len(sources) + 1))
    sent: dict[str, Any] = {"sources-TOTAL_FORMS": start + len(sources), "sources-INITIAL_FORMS": 0}
    for index, source in enumerate(sources):
        sent |= {
            f"sources-{start + index}-{name}": value
            for name, value in zip(("label", "url", "picture"), source, strict=True)
        }
        sent[f"sources-{start + index}-ORDER"] = places[index]
    return sent


def kept(review: Any) -> dict[str, Any]:
    """What the page between saving and publishing carries along in hidden fields."""
    sent: dict[str, list[str]] = {}
    for name, value in review.context["kept"]:
        sent.setdefault(name, []).append(value)
    return {name: values if name == "contexts" else values[0] for name, values in sent.items()}
