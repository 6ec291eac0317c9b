"""Scores are of two events alone; lists leave out what tells the same again, and give reasons."""

from __future__ import annotations

import datetime as dt
import random

import numpy as np
import pytest

from events.related.features import context_term, features_of, terms_of_name
from events.related.picking import Link, Picker
from events.related.rankings import BM25, SHARED_CONTEXTS, STORIES, Ranking
from events.related.rows import Row, Rows
from events.related.scoring import Scorer
from events.related.statistics import NOTHING_COUNTED, Statistics, count_features

SAME = "Divers search the sunken ferry Marlin off the coast near Portville"
Told = tuple[str, str]


def archive(*told: Told, contexts: dict[int, list[int]] | None = None, lead: int | None = None) -> Rows:
    """Events 1, 2, … with a date and a text each."""
    rows = []
    for number, (date, text) in enumerate(told, start=1):
        tags = (contexts or {}).get(number, [])
        found = features_of(text, edition="en", contexts=tags, lead=lead)
        day = dt.date.fromisoformat(date).toordinal()
        rows.append(Row(number, day, "other", found.packed_terms, found.packed_counts))
    return Rows.of(rows)


def links(
    rows: Rows,
    event_id: int,
    text: str = "",
    ranking: Ranking = STORIES,
    without: frozenset[int] = frozenset(),
) -> list[Link]:
    found = features_of(text, edition="en")
    written = dict(zip(found.terms, found.written, strict=True))
    picker = Picker(Scorer(rows, count_features([rows], 1), ranking))
    return picker.links(rows.place_of(event_id), written, without)


def targets(rows: Rows, event_id: int, ranking: Ranking = STORIES) -> list[int]:
    return [link.target for link in links(rows, event_id, ranking=ranking)]


def test_rare_names_and_nearness_in_time_decide() -> None:
    rows = archive(
        ("2004-02-09", "The ferry Marlin sinks."),
        ("2006-02-09", "The ferry Marlin sinks again."),
        ("2004-02-20", "The ferry Marlin sinks deeper."),
        ("2005-02-09", "A ferry sinks in port."),
        ("2004-02-09", "Voters elect a mayor."),
    )
    assert targets(rows, 1) == [3, 2, 4]


def test_one_shared_word_alone_relates_nothing_if_it_is_no_name() -> None:
    rows = archive(
        ("2004-02-09", "The ferry Marlin sinks."),
        ("2004-02-09", "A ferry is built."),
        ("2004-02-09", "Marlin is no more."),
    )
    assert targets(rows, 1) == [3]
    assert targets(rows, 3) == [1]


def test_the_same_again_within_days_is_no_link_and_of_several_alike_one_is() -> None:
    rows = archive(
        ("2004-02-09", f"{SAME}."),
        ("2004-02-10", f"{SAME}."),
        ("2004-05-09", f"{SAME}."),
        ("2004-05-10", f"{SAME}."),
        ("2004-03-09", "The ferry Marlin is raised."),
    )
    assert set(targets(rows, 1)) == {3, 5}


def test_baselines_are_the_ancestors_rule_and_plain_bm25() -> None:
    told = [("2004-02-09", "one"), ("1990-01-01", "two"), ("2020-01-01", "three"), ("2010-01-01", "four")]
    rows = archive(*told, contexts={1: [1, 2, 3], 2: [1, 2], 3: [3], 4: [3]})
    assert targets(rows, 1, SHARED_CONTEXTS) == [2, 3, 4]
    texts = archive(
        ("2004-02-09", "ferry sinks"), ("2014-02-09", "ferry sinks"), ("2004-02-10", "a ferry is built")
    )
    assert targets(texts, 1, BM25) == [2, 3]


def test_the_reason_names_contexts_words_and_story_with_numbers() -> None:
    rows = archive(
        ("2004-02-09", "The ferry Marlin sinks."),
        ("2004-02-12", "Marlin is raised."),
        ("2004-02-12", "Voters elect a mayor."),
        contexts={1: [4, 5], 2: [4, 5], 3: [5]},
        lead=4,
    )
    (first, _) = links(rows, 1, "The ferry Marlin sinks.")
    assert first.target == 2
    assert {**first.reason, "points": 0} == {
        "contexts": [4, 5],
        "counts": [2, 3],
        "points": 0,
        "words": [["Marlin", 2, first.reason["words"][0][2]]],
        "near": 0.746,
        "story": 4,
    }


def test_what_is_banned_brings_nothing_and_is_no_reason() -> None:
    text = "Voters in Poland strike with Tusk."
    rows = archive(
        ("2004-02-09", text),
        ("2004-02-09", "Poland is cold."),
        ("2004-02-09", "In Warsaw sits Tusk."),
        contexts={1: [4], 2: [4]},
    )
    without = frozenset({context_term(4), *terms_of_name("Poland", "en")})
    assert {link.target for link in links(rows, 1, text)} == {2, 3}
    assert [link.target for link in links(rows, 1, text, without=without)] == [3]


def test_a_score_is_the_same_to_the_last_bit_whatever_else_is_scored() -> None:
    random.seed(7)
    words = ["ferry", "Marlin", "strike", "Merkel", "Poland", "storm", "vote", "Lagos", "Quito", "miners"]
    told = [
        (f"200{random.randint(1, 9)}-0{random.randint(1, 9)}-1{n % 9}", " ".join(random.choices(words, k=9)))
        for n in range(60)
    ]
    rows = archive(*told)
    statistics = count_features([rows], 1)
    whole = Scorer(rows, statistics, STORIES)
    for _ in range(50):
        one, other = random.sample(range(60), 2)
        some = sorted({one, other, *random.sample(range(60), 8)})
        part = Rows.of(
            [
                Row(
                    int(rows.ids[at]), int(rows.days[at]), "other",
                    rows.terms[rows.features_at(at)].astype("<i8").tobytes(),
                    rows.counts[rows.features_at(at)].astype(np.uint8).tobytes(),
                )
                for at in some
            ]
        )  # fmt: skip
        expected = dict(zip(*(found.tolist() for found in whole.of(one)), strict=True)).get(other)
        found = Scorer(part, statistics, STORIES).of(some.index(one))
        assert dict(zip(*(part_.tolist() for part_ in found), strict=True)).get(some.index(other)) == expected


def test_counting_part_by_part_is_counting_at_once() -> None:
    rows = archive(("2004-02-09", "ferry Marlin"), ("2004-02-11", "ferry strike"), ("2004-02-10", "strike"))
    parts = [
        archive(("2004-02-09", "ferry Marlin")),
        archive(("2004-02-11", "ferry strike"), ("2004-02-10", "strike")),
    ]
    one, other = count_features([rows], 1), count_features(parts, 1)
    assert one.terms.tolist() == other.terms.tolist()
    assert one.counts.tolist() == other.counts.tolist() == [2, 2]
    assert (
        (one.events, one.days, one.words_mean)
        == (other.events, other.days, other.words_mean)
        == (3, 3, 5 / 3)
    )


@pytest.mark.parametrize(("events", "days", "window"), [(0, 0, 3650), (3_000, 100, 50), (10**6, 365, 7)])
def test_the_window_holds_about_as_many_events_in_any_archive(events: int, days: int, window: int) -> None:
    none = np.empty(0, np.int64)
    assert Statistics(1, events, days, 1.0, 1.0, none, none).window == window


def test_before_anything_is_counted_everything_is_as_rare() -> None:
    assert (
        NOTHING_COUNTED.rarity_of(np.array([4, 8])).tolist()
        == NOTHING_COUNTED.rarity_of(np.array([12, 16])).tolist()
    )
    assert NOTHING_COUNTED.counts_of(np.array([4])).tolist() == [1]
