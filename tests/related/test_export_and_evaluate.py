"""``export related`` and ``evaluate_related``: links by the origins' ids, and how good rankings are."""

from __future__ import annotations

import json
import lzma
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from events.actions.relate import relate_due
from events.related.evaluation import Corpus, Item, evaluate
from events.related.rankings import BM25, RANKINGS, SHARED_CONTEXTS, STORIES
from tests.factories import DAY, make_event

STORIES_TOLD = {
    "Ferry": ["The ferry Marlin sinks off Portville.", "Divers reach the ferry Marlin.", "Marlin is raised."],
    "Vote": [
        "Voters in Peru elect Ana Prieto.",
        "Ana Prieto is sworn in.",
        "Prieto names a cabinet in Peru.",
    ],
}


def rows() -> list[dict[str, Any]]:
    return [
        {
            "id": f"{heading}{day}",
            "date": f"2004-02-{day:02}",
            "category": "Other",
            "topics": [heading],
            "text": text,
        }
        for heading, texts in STORIES_TOLD.items()
        for day, text in enumerate(texts, start=1)
    ]


def items() -> list[Item]:
    return [
        Item(row["id"], DAY.replace(day=int(row["id"][-1])), "other", row["text"], row["topics"][0])
        for row in rows()
    ]


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command("evaluate_related", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_figures_are_those_of_the_definition() -> None:
    count, found = evaluate(Corpus(items(), "en"), ["Ferry1", "Vote2"], STORIES)
    assert count == 2
    # Each has two others under its heading, found at the first two places.
    assert {name: estimate.mean for name, estimate in found.items()} == {
        "recall@10": 1.0,
        "nDCG@10": 1.0,
        "MRR": 1.0,
        "hit@10": 1.0,
    }


def test_headings_are_hidden_and_known_from_earlier_years_only() -> None:
    told = [
        Item("old", DAY.replace(year=2001), "other", "A quarrel begins.", "River War"),
        Item("old2", DAY.replace(year=2001), "other", "A quarrel ends.", "River War"),
        Item("a", DAY, "other", "The River War goes on.", "Later Heading"),
        Item("b", DAY, "other", "Talks about the River War.", "Later Heading"),
        Item("c", DAY, "other", "Nothing is said here of the Later Heading.", "Third"),
    ]
    tagged, _ = Corpus(told, "en").by_names
    contexts = [int((tagged.terms[tagged.features_at(place)] & 3 == 3).sum()) for place in range(5)]
    assert contexts == [0, 0, 1, 1, 0]


def test_headings_of_one_event_or_more_than_fifty_are_no_stories() -> None:
    many = [Item(f"m{n}", DAY, "other", f"Storm {n}.", "Season") for n in range(51)]
    alone = Item("alone", DAY, "other", "A storm.", "Storm")
    count, found = evaluate(Corpus([*many, alone], "en"), ["m1", "alone"], BM25)
    assert (count, found["nDCG@10"].mean) == (0, 0.0)


def test_intervals_are_the_same_for_a_seed() -> None:
    corpus = Corpus(items(), "en")
    keys = [item.key for item in items()]
    assert evaluate(corpus, keys, SHARED_CONTEXTS, seed=3) == evaluate(corpus, keys, SHARED_CONTEXTS, seed=3)


def test_the_command_prints_a_row_for_each_ranking(tmp_path: Path) -> None:
    path, queries = tmp_path / "corpus.jsonl.xz", tmp_path / "queries.txt"
    with lzma.open(path, "wt", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(row)}\n" for row in rows())
    queries.write_text("Ferry1\nVote1\n", "utf-8")
    said = printed(str(path), "--queries", str(queries))
    assert [line.split()[0] for line in said.splitlines()[2:]] == list(RANKINGS)
    assert "1.000 [1.000, 1.000]" in said
    queries.write_text("Ferry9\n", "utf-8")
    with pytest.raises(CommandError, match="Ferry9"):
        printed(str(path), "--queries", str(queries))


@pytest.mark.parametrize("content", ["", "[", "{}", '{"id": 1}', "no JSON"])
def test_a_file_that_is_no_corpus_is_an_error_or_empty(tmp_path: Path, content: str) -> None:
    path = tmp_path / "corpus.jsonl"
    path.write_text(content, "utf-8")
    if content:
        with pytest.raises(CommandError, match="no corpus"):
            printed(str(path))
    else:
        assert "of 0 events" in printed(str(path))


@pytest.mark.django_db
def test_the_archives_own_events_are_judged_by_their_lead_contexts() -> None:
    for heading, texts in STORIES_TOLD.items():
        for text in texts:
            make_event(text, lead=heading)
    assert "all with a truth, of 6 events" in printed("--ranking", "stories")


@pytest.mark.django_db
def test_related_events_are_exported_by_their_origins_ids(tmp_path: Path) -> None:
    one, other = (make_event(text) for text in STORIES_TOLD["Ferry"][:2])
    relate_due()
    for options in ((), ("--as-ranked",)):
        call_command("export", "related", str(tmp_path / "links.jsonl"), *options, stdout=StringIO())
        found = [json.loads(line) for line in (tmp_path / "links.jsonl").read_text("utf-8").splitlines()]
        assert found == [
            {"id": str(one.pk), "related": [str(other.pk)]},
            {"id": str(other.pk), "related": [str(one.pk)]},
        ]
