"""The goal figures of "Same event, reworded" on real data (goals: ≥ 0.95 recognised, ≥ 0.98 precise)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.sameness import (
    CAPTURES,
    CHINESE,
    REWORDINGS,
    STRANGERS,
    left_overs,
    read_lines,
    replay,
    strangers,
)
from events.text.sameness import Verdict
from events.text.suspicion import suspicion

pytestmark = pytest.mark.corpus

Corpus = Callable[[str], Path]


def test_rewordings_are_recognised_and_few_are_doubtful(corpus: Corpus) -> None:
    result = replay(corpus(CAPTURES), corpus(REWORDINGS))
    assert result.recognised >= 0.95 * result.listed
    assert result.count(Verdict.DOUBTFUL) <= 15
    # Every further automatic decision was read once; all of them were the same event.
    unlisted = sum(one.verdict is Verdict.SAME and not one.listed for one in result.decisions)
    assert unlisted <= 60


def test_events_of_one_day_are_strangers_to_each_other(corpus: Corpus) -> None:
    pairs, found = strangers(corpus(STRANGERS), lambda date: date.startswith("2011"))
    verdicts = [match.verdict for match, _, _ in found]
    assert pairs > 40_000
    assert verdicts.count(Verdict.SAME) <= 2
    assert verdicts.count(Verdict.DOUBTFUL) <= 5


def test_chinese_left_overs_are_matched_with_the_event_they_are_a_version_of(corpus: Corpus) -> None:
    counts, _ = left_overs(corpus(CHINESE[1]))
    assert counts["left over"] == 228
    assert counts["same"] >= 110
    assert counts["doubtful"] <= 10


def test_chinese_left_overs_that_are_other_events_stay_apart(corpus: Corpus) -> None:
    counts, _ = left_overs(corpus(CHINESE[0]))
    assert counts["left over"] == 429
    assert counts["same"] == 0


def test_real_rewordings_hardly_ever_look_suspicious(corpus: Corpus) -> None:
    hits = [row for row in read_lines(corpus(REWORDINGS)) if suspicion(row["before"], row["after"])]
    assert len(hits) <= 3
