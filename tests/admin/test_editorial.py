"""Editorials at the desk: a preview without saving, publishing as an act of its own, nothing overwritten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from events.actions.editorials import edit_editorial
from events.harvest.limits import TEXT_MAX
from events.models import Editorial
from events.vocabulary import Role, State
from tests.factories import make_editorial
from tests.people import make_person

ADD = "admin:events_editorial_add"
NEW = {"edition": "en", "title": "On patience", "body": "*Patience* <script>x</script>", "date": "2004-02-09"}


def page(piece: Editorial) -> str:
    return reverse("admin:events_editorial_change", args=[piece.pk])


def act(piece: Editorial, name: str) -> str:
    return reverse("admin:events_editorial_act", args=[piece.pk, name])


def sent(piece: Editorial, **changed: Any) -> dict[str, Any]:
    return {
        "title": piece.title, "author": piece.author, "body": piece.body, "date": piece.date.isoformat(),
        "slug": piece.slug, "version": piece.version, **changed,
    }  # fmt: skip


def test_a_piece_is_previewed_then_saved_then_published(desk: Client) -> None:
    shown = desk.post(reverse(ADD), {**NEW, "_preview": "1"}).content.decode()
    assert "<em>Patience</em>" in shown
    assert "<script>x" not in shown
    assert "Nothing is saved yet" in shown
    assert not Editorial.objects.exists()
    assert desk.post(reverse(ADD), NEW).status_code == 302
    piece = Editorial.objects.get()
    assert piece.state == State.DRAFT
    assert desk.get(act(piece, "publish")).status_code == 200
    assert desk.post(act(piece, "publish"), {"version": 1, "at": ""}).status_code == 302
    assert piece.pk in Editorial.objects.published().values_list("pk", flat=True)
    assert "as readers see it" in desk.get(page(piece)).content.decode()
    assert [row.change_message for row in LogEntry.objects.order_by("pk")][1:] == ["Publish."]
    assert {row.object_id for row in LogEntry.objects.all()} == {str(piece.pk)}


def test_a_time_to_come_is_shown_and_can_be_changed(desk: Client) -> None:
    piece = make_editorial(state=State.DRAFT)
    desk.post(act(piece, "publish"), {"version": 1, "at": "2099-01-02T08:30"})
    shown = desk.get(page(piece)).content.decode()
    assert "readers get it on 2099-01-02 08:30" in shown
    assert "Change the time" in shown
    assert 'value="2099-01-02T08:30"' in desk.get(act(piece, "publish")).content.decode()
    assert not Editorial.objects.published().exists()


def test_the_preview_alone_is_for_writers_and_clean(desk: Client, sit: Callable[..., Client]) -> None:
    path = reverse("admin:events_editorial_preview")
    answer = desk.post(path, {"body": "**Bold** <img src=x onerror=y>"}).content.decode()
    assert "<strong>Bold</strong>" in answer
    assert "<img" not in answer
    assert "<html" not in answer
    assert desk.get(path).status_code == 405
    assert sit(Role.CONTRIBUTOR).post(path, {"body": "x"}).status_code == 403


def test_a_preview_is_made_of_what_may_be_saved_and_no_more(desk: Client) -> None:
    body = "*a* " * 20_000
    for answer in (
        desk.post(reverse("admin:events_editorial_preview"), {"body": body}),
        desk.post(reverse(ADD), {**NEW, "body": body, "_preview": "1"}),
    ):
        assert 0 < answer.content.decode().count("<em>") <= TEXT_MAX / 4


def test_the_way_to_the_site_is_escaped(desk: Client) -> None:
    piece = make_editorial(slug="what?-100%")
    assert 'href="/opinion/2004/02/9/what%3F-100%25/"' in desk.get(page(piece)).content.decode()


def test_who_comes_second_sees_both_and_may_then_save(desk: Client) -> None:
    piece = make_editorial()
    mine = sent(piece, body="My own words.")
    edit_editorial(
        actor=make_person(Role.EDITOR, name="other"), editorial_id=piece.pk, version=1,
        values={"body": "Their words."},
    )  # fmt: skip
    answer = desk.post(page(piece), mine)
    shown = answer.content.decode()
    assert "It has changed since you opened it" in shown
    assert "Their words." in shown
    assert "My own words.</textarea>" in shown
    assert "<ins>" in shown
    assert Editorial.objects.get().body == "Their words."
    again = {**mine, "version": answer.context["adminform"].form["version"].value()}
    assert desk.post(page(piece), again).status_code == 302
    assert Editorial.objects.get().body == "My own words."


@pytest.mark.parametrize(("name", "state"), [("withdraw", State.WITHDRAWN), ("restore", State.PUBLISHED)])
def test_withdrawing_and_restoring_ask_first(desk: Client, name: str, state: State) -> None:
    piece = make_editorial(state=State.PUBLISHED if name == "withdraw" else State.WITHDRAWN)
    assert "/opinion/2004/02/9/" in desk.get(act(piece, name)).content.decode()
    assert "It has changed" in desk.post(act(piece, name), {"version": 9}).content.decode()
    assert desk.post(act(piece, name), {"version": 1}).status_code == 302
    piece.refresh_from_db()
    assert piece.state == state


def test_what_is_refused_keeps_what_was_typed(desk: Client) -> None:
    piece = make_editorial()
    answer = desk.post(page(piece), sent(piece, slug="elsewhere", body="Typed."))
    assert "date and address stay" in answer.content.decode()
    assert "Typed.</textarea>" in answer.content.decode()


def test_contributors_read_and_change_nothing(sit: Callable[..., Client]) -> None:
    piece, desk = make_editorial(), sit(Role.CONTRIBUTOR)
    assert desk.get(page(piece)).status_code == 200
    assert desk.post(page(piece), sent(piece, body="Mine.")).status_code == 403
    assert desk.post(reverse(ADD), NEW).status_code == 403
    for name in ("publish", "withdraw", "restore"):
        assert desk.post(act(piece, name), {"version": 1}).status_code == 403
    assert Editorial.objects.get().version == 1
