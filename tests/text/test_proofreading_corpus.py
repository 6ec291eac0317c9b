"""Proofreading over the real archives: still what was judged, and in time."""

from __future__ import annotations

import json
import lzma
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from events.text.proofreading import PRECISION, RULES, acts, find
from tests.text.test_proofreading import JUDGEMENTS

pytestmark = [pytest.mark.corpus, pytest.mark.slow]
PORTAL = "portal-en-2002-2018"


def test_what_was_judged_is_what_is_found(corpus: Callable[[str], Path]) -> None:
    """Judged findings are found again, and few that nobody judged are new, so the figures stay true."""
    judged: dict[str, dict[tuple[str, int], bool]] = defaultdict(dict)
    for line in JUDGEMENTS.read_text("utf-8").splitlines():
        one = json.loads(line)
        if one["origin"] == PORTAL and "id" in one:
            judged[one["rule"]][one["id"], one["start"]] = one["verdict"] == "right"
    found: dict[str, set[tuple[str, int]]] = defaultdict(set)
    seconds, events = 0.0, 0
    with lzma.open(corpus(f"{PORTAL}.jsonl.xz"), "rt", encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            started = time.process_time()
            for finding in find(event["text"], "en"):
                found[finding.rule].add((event["id"], finding.start))
            seconds += time.process_time() - started
            events += 1
    assert events == 71_913
    assert seconds < 60, "three minutes for a whole run, with the database"
    for rule in RULES:
        if acts(rule) and judged[rule]:
            again = judged[rule].keys() & found[rule]
            assert len(again) >= 0.95 * len(judged[rule]), rule
            assert sum(judged[rule][one] for one in again) >= 0.9 * len(again), rule
            if PRECISION[rule].of < 50:
                new = found[rule] - judged[rule].keys()
                assert len(new) <= 0.1 * len(found[rule]), f"{rule}: judge {new}"
