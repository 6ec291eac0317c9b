"""What docs/related.md says of links read one by one is what the judgements add up to."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from tests.conftest import ROOT

VERDICTS = ("same story", "same topic", "not related")


def judged(seed: int) -> list[dict[str, Any]]:
    lines = (ROOT / "docs" / "related-judgements.jsonl").read_text("utf-8").splitlines()
    return [event for line in lines if (event := json.loads(line))["seed"] == seed]


@pytest.mark.parametrize(("seed", "name"), [(51, "first"), (77, "second")])
def test_the_figures_in_the_docs_are_those_of_the_judgements(seed: int, name: str) -> None:
    events = judged(seed)
    assert len({event["id"] for event in events}) == 50
    said = (ROOT / "docs" / "related.md").read_text("utf-8").partition(f"| {name} 50 events: all ")[2]
    rows = [[cell.split()[0] for cell in line.split("|")[-5:-1]] for line in said.splitlines()[:2]]
    for row, all_of_them in zip(rows, (True, False), strict=True):
        found = Counter(
            link["verdict"] for event in events for link in event["links"] if all_of_them or not link["loose"]
        )
        assert [int(cell) for cell in row] == [found.total(), *(found[verdict] for verdict in VERDICTS)]
