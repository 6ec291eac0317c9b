"""``tag_texts``, ``propose_contexts`` and ``harvest``: contexts without hands, from the command line."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from events.models import Document, ReviewItem, Tagging
from tests.factories import make_context, make_event

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_texts_are_tagged_and_their_links_computed() -> None:
    make_context("Freedonia")
    for number in range(3):
        make_event(f"Envoys of Freedonia meet {number} times.")
    assert run("tag_texts", "--edition", "zh").startswith("0 events read, 0 changed")
    assert run("tag_texts") == "3 events read, 3 changed: 3 contexts added, 0 taken back.\n"
    assert not Document.objects.filter(related_due=True).exists()
    assert run("tag_texts") == "3 events read, 0 changed: 0 contexts added, 0 taken back.\n"


def test_links_may_be_left_due() -> None:
    make_context("Freedonia")
    make_event("Envoys of Freedonia meet.")
    Document.objects.update(related_due=False)
    run("tag_texts", "--no-relate")
    assert Document.objects.filter(related_due=True).count() == 1


def test_names_are_proposed() -> None:
    for number in range(3):
        make_event("Envoys gather in Port Azure.", date=f"2004-02-{number + 1:02d}")
    assert "0 proposed" in run("propose_contexts")
    said = run("propose_contexts", "--count", "3", "--days", "3")
    assert said.startswith("1 recurring names that are no contexts; 1 proposed, 0 brought")
    assert ReviewItem.objects.get().data["name"] == "Port Azure"


def test_each_kind_is_proposed_by_itself_or_all_at_once() -> None:
    make_event("Envoys gather in Port Azure.", contexts=["Port azure"])
    make_context("Port Azure", slug="other")
    said = run("propose_contexts", "--only", "duplicates")
    assert said == "1 pairs of contexts that are likely one; 1 proposed, 0 closed as merged by now.\n"
    assert "1 contexts proposed for events" in run("propose_contexts", "--only", "named")
    assert len(run("propose_contexts").splitlines()) == 3


@pytest.mark.parametrize("figure", ["0", "-1", "many"])
def test_a_limit_is_a_whole_number(figure: str) -> None:
    with pytest.raises(CommandError, match="is no whole number"):
        call_command("propose_contexts", f"--limit={figure}")


@pytest.mark.parametrize(("options", "tags"), [((), 1), (("--no-tags",), 0), (("--dry-run",), 0)])
def test_a_harvest_tags_what_it_touched(options: tuple[str, ...], tags: int, tmp_path: Path) -> None:
    make_context("Freedonia")
    make_event("Freedonia of old.")
    row = {"id": "1", "date": "2004-02-09", "text": "Envoys of Freedonia meet.", "sources": []}
    (tmp_path / "news.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    assert "1 created" in run("harvest", "jsonl", str(tmp_path / "news.jsonl"), *options)
    assert Tagging.objects.filter(how="text").count() == tags
