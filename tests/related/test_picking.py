"""Scores are of two events alone; lists leave out what tells the same again, and give reasons."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import numpy as np
import pytest

from events.related import statistics as counting
from events.related.features import CONTEXT, NAME, NATION, WORD, context_term, features_of, terms_of_name
from events.related.picking import Link, Picker
from events.related.rankings import BM25, RANKINGS, SHARED_CONTEXTS, STORIES, Ranking
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
        "near": 0.97,
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


def made_up(count: int) -> Rows:
    chance = random.Random(7)
    words = ["ferry", "Marlin", "strike", "Merkel", "Poland", "Peru", "storm", "vote", "Lagos", "miners"]
    told = []
    for _ in range(count):
        date = f"200{chance.randint(1, 9)}-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}"
        told.append((date, " ".join(chance.choices(words, k=9))))
    contexts = {at: chance.sample(range(1, 5), 2) for at in range(1, count + 1, 3)}
    return archive(*told, contexts=contexts)


def scored(scorer: Scorer, event_id: int) -> dict[int, tuple[float, bool]]:
    found = scorer.of(scorer.rows.place_of(event_id))
    ids = scorer.rows.ids[found.places].tolist()
    return dict(zip(ids, zip(found.scores.tolist(), found.worthy.tolist(), strict=True), strict=True))


@pytest.fixture(params=["all are near", "few are near"])
def _nearness(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "few are near":
        monkeypatch.setattr(counting, "NEAR_EVENTS", 10)
        monkeypatch.setattr(counting, "RARE_MOST", 30)


@pytest.mark.usefixtures("_nearness")
def test_a_score_is_the_same_to_the_last_bit_whatever_else_is_scored() -> None:
    rows = made_up(60)
    statistics = count_features([rows], 1)
    whole = Scorer(rows, statistics, STORIES)
    chance = random.Random(8)
    for _ in range(50):
        one, other = chance.sample(range(60), 2)
        some = {one, other, *chance.sample(range(60), 8)}
        part = Rows.of(
            [
                Row(
                    int(rows.ids[at]), int(rows.days[at]), "other",
                    rows.terms[rows.features_at(at)].astype("<i8").tobytes(),
                    rows.counts[rows.features_at(at)].tobytes(),
                )
                for at in some
            ]
        )  # fmt: skip
        asking, asked = int(rows.ids[one]), int(rows.ids[other])
        expected = scored(whole, asking).get(asked)
        assert scored(Scorer(part, statistics, STORIES), asking).get(asked) == expected


@pytest.mark.usefixtures("_nearness")
@pytest.mark.parametrize("name", ["stories", "bm25", "shared-contexts"])
def test_scores_are_those_of_the_definition(name: str) -> None:
    rows, ranking = made_up(60), RANKINGS[name]
    statistics = count_features([rows], 1)
    scorer = Scorer(rows, statistics, ranking)
    compared = 0
    for one in rows.ids.tolist():
        found = scored(scorer, one)
        expected = {
            other: by_definition(rows, statistics, ranking, one, other) for other in rows.ids.tolist()
        }
        assert found.keys() == {other for other, score in expected.items() if score is not None}
        for other, (score, _) in found.items():
            assert score == pytest.approx(expected[other], abs=1e-3)
        compared += len(found)
    assert compared > 60


def by_definition(rows: Rows, statistics: Statistics, ranking: Ranking, one: int, other: int) -> float | None:
    """The score of two events as docs/related.md tells it, one feature after the other."""
    mine, theirs = ({int(t): int(n) for t, n in zip(rows.terms[at], rows.counts[at], strict=True)}
                    for at in (rows.features_at(rows.place_of(pk)) for pk in (one, other)))  # fmt: skip
    shared = {term for term in mine if term in theirs and ranking.weights[term & 3] > 0}
    days = abs(int(rows.days[rows.place_of(one)] - rows.days[rows.place_of(other)]))
    rare = any(statistics.is_rare(np.array([term]))[0] for term in shared)
    words = sum(term & 3 == WORD for term in shared)
    named = any(term & 3 == WORD and (term | NAME in mine or term | NAME in theirs) for term in shared)
    tells = words >= ranking.words_least or named or any(term & 3 == CONTEXT for term in shared)
    if one == other or not shared or not tells or not (rare or days <= statistics.window):
        return None
    total = sum(_said(term, mine, theirs, statistics, ranking) for term in shared)
    total *= ranking.left_by_day(statistics.density)[days] * ranking.category
    peoples = [{term for term in event if term & 3 == NATION} for event in (mine, theirs)]
    return total * (ranking.strangers if all(peoples) and not set.intersection(*peoples) else 1)


def _said(
    term: int, mine: dict[int, int], theirs: dict[int, int], statistics: Statistics, ranking: Ranking
) -> float:
    if ranking.counted:
        return 1.0
    kind = term & 3
    said = float(ranking.weights[kind] * statistics.rarity_of(np.array([term]))[0])
    if kind == CONTEXT:
        return said
    alike = {WORD} if kind == WORD else {NAME, NATION}
    mean = statistics.words_mean if kind == WORD else statistics.names_mean
    for event in (mine, theirs) if ranking.mutual else (theirs,):
        length = sum(count for other, count in event.items() if other & 3 in alike) / mean
        said *= event[term] * 2.2 / (event[term] + 1.2 * (0.25 + 0.75 * length))
    return said


def test_what_is_worth_less_than_a_unique_word_is_no_link_but_the_same_story_is() -> None:
    filler = [(f"2004-{1 + n % 12:02}-{1 + n % 28:02}", f"Nothing{n} of note happens.") for n in range(230)]
    told = [
        ("2004-02-09", "Storm over Lagos harbour."),
        ("2004-02-10", "Storm over Lagos harbour again."),
        ("2012-02-10", "Lagos elects a mayor."),
        ("2012-03-10", "Nothing of all that."),
        *filler,
    ]
    found = {
        link.target: link.score for link in links(archive(*told, contexts={1: [9], 4: [9]}), 1, told[0][1])
    }
    assert set(found) == {2}
    # Under one lead the two tell one story, however little else they share.
    rows = archive(*told, contexts={1: [9], 4: [9]}, lead=9)
    assert {link.target for link in links(rows, 1, told[0][1])} == {2, 4}


def test_what_has_little_in_common_is_loose_however_near_it_happened() -> None:
    filler = [
        (f"2004-{1 + n % 12:02}-{1 + n % 28:02}", " ".join(f"word{n}x{k}" for k in range(9)))
        for n in range(230)
    ]
    told = [
        ("2004-02-09", "Storm over Lagos harbour sinks the ferry Marlin with pilgrims and cattle on board."),
        (
            "2004-02-09",
            "The mayor of Lagos opens a harbour for bread and books, says a man who reads maps.",
        ),
        ("2019-02-09", "The ferry Marlin, which sank with cattle and pilgrims, is raised by two cranes."),
        *filler,
    ]
    found = {link.target: link for link in links(archive(*told), 1, told[0][1])}
    assert found[2].score > found[3].score
    assert {target: link.reason.get("loose", False) for target, link in found.items()} == {2: True, 3: False}
    # Under one lead the two tell one story; where little is counted, nothing is rare.
    of_story = archive(*told, contexts={1: [9], 2: [9]}, lead=9)
    assert not any("loose" in link.reason for link in links(of_story, 1, told[0][1]))
    assert not any("loose" in link.reason for link in links(archive(*told[:3]), 1, told[0][1]))
    assert not any("loose" in link.reason for link in links(archive(*told), 1, told[0][1], ranking=BM25))


def test_loose_is_what_the_definition_says() -> None:
    rows = made_up(260)
    statistics = count_features([rows], 1)
    picker = Picker(Scorer(rows, statistics, replace(STORIES, close=1.5)))
    loose = []
    for event_id in rows.ids.tolist():
        place = rows.place_of(event_id)
        for link in picker.links(place, {}):
            days = abs(int(rows.days[rows.place_of(link.target)] - rows.days[place]))
            left = STORIES.left_by_day(statistics.density)[days]
            loose.append("loose" in link.reason)
            assert loose[-1] == (link.score / left**0.5 < 1.5 * statistics.unseen)
    assert any(loose)
    assert not all(loose)


def test_the_fewer_events_a_day_the_less_a_day_parts_them() -> None:
    dense, sparse, nearly_empty = (STORIES.left_by_day(events) for events in (12.0, 3.0, 0.001))
    assert sparse[[4, 40, 400]].tolist() == pytest.approx(dense[[1, 10, 100]].tolist())
    assert nearly_empty[160] == pytest.approx(dense[10])
    assert STORIES.left_by_day(100.0).tolist() == dense.tolist()


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
