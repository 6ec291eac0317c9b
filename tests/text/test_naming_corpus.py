"""Names found in real texts: how many, and the ones that would be wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.contexts import ARCHIVE, find_contexts, propose, read_rows
from events.text.naming import composed

pytestmark = pytest.mark.corpus


def test_contexts_are_found_in_texts_and_names_are_proposed(corpus: Callable[[str], Path]) -> None:
    rows = read_rows(corpus(ARCHIVE), lambda date: date.startswith("2015"))
    tagged = find_contexts(rows)
    assert len(rows) > 4_000
    assert len(tagged.tags) >= 450
    assert tagged.seconds < 20
    # A tag was read to be right where the text has the name with its capitals; these are the others.
    lowered = [
        hit
        for row, hit in tagged.tags
        if sum(map(str.isupper, composed(row["text"])[hit.start : hit.end]))
        < sum(map(str.isupper, tagged.names[hit.target]))
    ]
    assert len(lowered) <= 0.05 * len(tagged.tags)
    proposed = propose(rows, tagged.matcher)
    assert len(proposed) >= 90
    assert not {one.name for one in proposed} & set(tagged.names)
