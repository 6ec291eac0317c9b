"""Contexts at the desk."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from events.models import Alias, Context, Revision
from events.vocabulary import Role
from tests.factories import make_context, make_event


def context_form(**changed: object) -> dict[str, object]:
    empty = {
        "alias_lines": "",
        "broader_lines": "",
        "profile": "",
        "wikidata": "",
        "wikipedia": "",
        "version": 1,
    }
    return {**empty, **changed}


def test_a_context_is_renamed_and_described(desk: Client) -> None:
    context = make_context("Defence Ministry")
    make_context("Russia")
    path = reverse("admin:events_context_change", args=[context.pk])
    sent = context_form(
        name="Ministry of Defence", alias_lines="MoD", broader_lines="Russia", wikidata="Q1", generic="on"
    )
    assert desk.post(path, sent).status_code == 302
    context.refresh_from_db()
    assert (context.name, context.generic, context.version) == ("Ministry of Defence", True, 2)
    assert set(Alias.objects.values_list("name", flat=True)) == {"MoD", "Defence Ministry"}
    assert Revision.objects.count() == 1
    refused = desk.post(path, sent)
    assert "It has changed since you opened it" in refused.content.decode()


def test_contexts_are_merged_after_the_counts_were_shown(chief_desk: Client) -> None:
    make_event("One.", contexts=["Old"])
    make_event("Two.", lead="Old")
    old, new = Context.objects.get(), make_context("New")
    path = reverse("admin:events_context_merge", args=[old.pk])
    assert "2 events will be tagged" in chief_desk.get(path).content.decode()
    assert chief_desk.post(path, {"into": new.pk}).status_code == 302
    old.refresh_from_db()
    assert old.merged_into == new
    assert chief_desk.get(path).status_code == 404
    assert chief_desk.get(reverse("admin:events_context_change", args=[old.pk])).status_code == 200


def test_contributors_leave_contexts_alone(sit: Callable[..., Client]) -> None:
    desk = sit(Role.CONTRIBUTOR)
    context = make_context("NATO")
    for name in ("change", "merge"):
        sent = context_form(name="x")
        assert desk.post(reverse(f"admin:events_context_{name}", args=[context.pk]), sent).status_code == 403
    assert not Revision.objects.exists()
