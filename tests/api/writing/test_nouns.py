"""Related links, contexts and editorials written through the API."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from events.models import Change, Context, Curation, Editorial, Event, Revision
from events.vocabulary import Role, State
from tests.api.writing.writers import Program, pointers, problem, program
from tests.factories import make_context, make_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> Program:
    return program(Role.EDITOR)


def read(path: str) -> Any:
    return Program(None).get(path)


def test_related_links_are_pinned_in_order_banned_and_let_go(editor: Program) -> None:
    event, one, two = make_event(), make_event("One."), make_event("Two.")
    base = f"events/{event.pk}/related"
    first = editor.put(f"{base}/{one.pk}/", {"decision": "pin", "note": "Why."}, seen=read(f"{base}/"))
    second = editor.put(f"{base}/{two.pk}/", {"decision": "pin", "position": 1}, seen=first)
    assert [row["id"] for row in second.json()["results"]] == [two.pk, one.pk]
    assert second.json()["results"][1]["note"] == "Why."
    banned = editor.put(f"{base}/{two.pk}/", {"decision": "ban"}, seen=second)
    assert [row["id"] for row in banned.json()["results"]] == [one.pk]
    left = editor.delete(f"{base}/{one.pk}/", seen=banned)
    assert left.json()["results"] == []
    problem(editor.delete(f"{base}/{one.pk}/", seen=left), 422, "refused")
    assert Curation.objects.get().decision == "ban"
    assert [row.kind for row in Revision.objects.filter(event=event)] == ["curated"] * 4


def test_a_link_leads_to_what_is_there(editor: Program) -> None:
    event, draft = make_event(), make_event("A canary.", state=State.DRAFT)
    seen = read(f"events/{event.pk}/")
    problem(editor.put(f"events/{event.pk}/related/99/", {"decision": "pin"}, seen=seen), 404, "not-found")
    hidden = editor.put(f"events/{event.pk}/related/{draft.pk}/", {"decision": "pin"}, seen=seen)
    assert b"canary" not in hidden.content
    problem(hidden, 422, "refused")
    itself = editor.put(f"events/{event.pk}/related/{event.pk}/", {"decision": "pin"}, seen=seen)
    problem(itself, 422, "refused")


def test_a_context_is_made_and_changed(editor: Program) -> None:
    make_context("Diplomacy")
    asked = {
        "edition": "en", "name": "Treaties", "broader": ["Diplomacy"], "aliases": ["Treaty"],
        "profile": "Agreements.", "wikidata": "Q131569", "generic": True,
    }  # fmt: skip
    made = editor.post("contexts/", asked)
    assert made.status_code == 201, made.content
    shown = read(made.headers["Location"])
    assert shown.content == made.content
    assert shown.headers["ETag"] == made.headers["ETag"]
    assert made.json()["aliases"] == ["Treaty"]
    assert [row["name"] for row in made.json()["broader"]] == ["Diplomacy"]
    problem(editor.post("contexts/", asked), 422, "refused")
    problem(editor.post("contexts/", {**asked, "name": "Treaty"}), 422, "refused")
    patch = {"name": "Agreements", "aliases": None, "broader": None, "generic": None, "wikidata": None}
    changed = editor.patch(made.headers["Location"], patch, seen=made)
    assert changed.status_code == 200, changed.content
    said = changed.json()
    assert (said["name"], said["aliases"], said["broader"], said["generic"]) == (
        "Agreements", ["Treaties"], [], False,
    )  # fmt: skip
    assert said["profile"] == "Agreements."
    assert read(made.headers["Location"]).headers["ETag"] == changed.headers["ETag"]


@pytest.mark.parametrize(
    ("patch", "pointer"),
    [
        ({"name": None}, "/name"), ({"name": 5}, "/name"), ({"slug": "x"}, "/slug"), ({"id": 5}, "/id"),
        ({"narrower": []}, "/narrower"), ({"colour": "red"}, "/colour"), ({"generic": "true"}, "/generic"),
        ({"wikipedia": "javascript:alert(1)"}, "/wikipedia"), ({"aliases": ["a", 5]}, "/aliases/1"),
        ({"broader": [{"id": 5}]}, "/broader/0/name"), ({"merged_into": 5}, "/merged_into"),
    ],
)  # fmt: skip
def test_a_fault_in_a_context_is_pointed_at(editor: Program, patch: Any, pointer: str) -> None:
    context = make_context("Treaties")
    answer = editor.patch(f"contexts/{context.pk}/", patch, seen=read(f"contexts/{context.pk}/"))
    problem(answer, 422, "invalid-member")
    assert list(pointers(answer)) == [pointer]


def test_renaming_a_context_rewrites_its_events(editor: Program) -> None:
    event = make_event(contexts=["Treaties"])
    context = Context.objects.get()
    seen = read(f"contexts/{context.pk}/")
    assert editor.patch(f"contexts/{context.pk}/", {"name": "Pacts"}, seen=seen).status_code == 200
    assert [row["name"] for row in read(f"events/{event.pk}/").json()["contexts"]] == ["Pacts"]


def test_contexts_are_merged_and_unmerged() -> None:
    chief = program(Role.CHIEF)
    make_event(contexts=["Treaties"])
    goes, stays = Context.objects.get(), make_context("Pacts")
    seen = read(f"contexts/{goes.pk}/")
    assert list(pointers(chief.post(f"contexts/{goes.pk}/merge/", {"into": 99}, seen=seen))) == ["/into"]
    merged = chief.post(f"contexts/{goes.pk}/merge/", {"into": stays.pk}, seen=seen)
    assert merged.status_code == 200, merged.content
    assert (merged.json()["id"], merged.json()["count"]) == (stays.pk, 1)
    assert merged.headers["ETag"] == read(f"contexts/{stays.pk}/").headers["ETag"]
    assert read(f"contexts/{goes.pk}/").status_code == 301
    told = problem(chief.post(f"contexts/{goes.pk}/unmerge/", seen='"1-0"'), 412, "precondition-failed")
    back = chief.post(f"contexts/{goes.pk}/unmerge/", seen=f'"{told["revision"]}-0"')
    assert back.status_code == 200, back.content
    assert (back.json()["id"], back.json()["count"]) == (goes.pk, 1)


def test_an_editorial_is_written_and_published_at_a_time(editor: Program) -> None:
    asked = {"edition": "en", "date": "2004-02-09", "title": "On bridges", "body": "They *carry*."}
    draft = editor.post("editorials/", asked)
    assert draft.status_code == 201, draft.content
    place = draft.headers["Location"]
    assert draft.json()["state"] == "draft"
    assert read(f"/opinion/2004/02/9/{Editorial.objects.get().slug}/").status_code == 404
    edited = editor.patch(place, {"author": "Erik", "title": "On old bridges", "slug": None}, seen=draft)
    assert edited.json()["author"] == "Erik"
    later = (timezone.now() + dt.timedelta(days=1)).isoformat()
    planned = editor.post(f"{place}publish/", {"at": later}, seen=edited)
    assert planned.json()["state"] == "published"
    assert not Change.objects.exists()
    now = editor.post(f"{place}publish/", {"at": None}, seen=planned)
    assert now.status_code == 200, now.content
    assert "state" not in now.json()
    assert read(f"/opinion/2004/02/9/{Editorial.objects.get().slug}/").status_code == 200
    moved = editor.patch(place, {"slug": "elsewhere"}, seen=now)
    problem(moved, 422, "refused")
    gone = editor.post(f"{place}withdraw/", seen=now)
    assert gone.json()["state"] == "withdrawn"
    assert editor.post(f"{place}restore/", seen=gone).status_code == 200
    assert [row.kind for row in Change.objects.order_by("seq")] == ["created", "withdrawn", "restored"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"at": "tomorrow"}, "/at"), ({"at": "2026-01-31T12:30:00"}, "/at"), ({"at": 5}, "/at"),
        ({"at": "9999-12-31T23:59:59-23:59"}, "/at"), ({"when": "now"}, "/when"),
    ],
)  # fmt: skip
def test_a_time_is_a_moment_with_its_offset(editor: Program, body: Any, pointer: str) -> None:
    asked = {"edition": "en", "date": "2004-02-09", "title": "On bridges", "body": "They carry."}
    draft = editor.post("editorials/", asked)
    answer = editor.post(f"{draft.headers['Location']}publish/", body, seen=draft)
    problem(answer, 422, "invalid-member")
    assert list(pointers(answer)) == [pointer]


def test_nothing_that_is_only_read_can_be_written(editor: Program) -> None:
    """Mass assignment: every member that reading gives, and every column, on each kind of thing."""
    event, context = make_event(), make_context("Treaties")
    asked = {"edition": "en", "date": "2004-02-09", "title": "On bridges", "body": "They carry."}
    draft = editor.post("editorials/", asked)
    targets = {
        f"events/{event.pk}/": ({"date", "text", "summary", "category", "lead_context", "contexts",
                                 "citations", "address"}, Event),
        f"contexts/{context.pk}/": ({"name", "aliases", "broader", "profile", "wikidata", "wikipedia",
                                     "generic"}, Context),
        draft.headers["Location"]: ({"title", "author", "body", "date", "slug"}, Editorial),
    }  # fmt: skip
    for path, (writable, model) in targets.items():
        seen = draft if "editorials" in path else read(path)
        columns = {field.name for field in model._meta.get_fields()}  # type: ignore[attr-defined]
        for name in (seen.json().keys() | columns) - writable:
            answer = editor.patch(path, {name: "1"}, seen=seen)
            problem(answer, 422, "invalid-member")
            assert list(pointers(answer)) == [f"/{name}"]
