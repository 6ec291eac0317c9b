"""Two-character Chinese words in the real Chinese archive: all found, none falsely, on both databases."""

from __future__ import annotations

import itertools
import random
import re
import tarfile
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path

import pytest

from events.actions.harvesting import run
from events.harvest.markdown import MarkdownReader
from events.models import Event
from events.search.find import LIMIT_MOST, search
from events.search.language import parse
from events.text.normalise import is_cjk
from events.text.script import simplified
from tests.factories import make_origin
from tests.harvests import EARLY

pytestmark = [pytest.mark.corpus, pytest.mark.django_db]

PAIRS = 400
_RUNS_ON = re.compile("[·・‧•-]")
"""What joins the parts of one name: search reads on over it."""


def pairs(text: str) -> set[str]:
    """Neighbouring Chinese characters of a text."""
    plain = simplified(_RUNS_ON.sub("", text))
    return {one + other for one, other in itertools.pairwise(plain) if is_cjk(one) and is_cjk(other)}


@pytest.mark.parametrize(
    ("years", "least"), [("2016", 6_000), pytest.param("20*", 10_000, marks=pytest.mark.slow)]
)
def test_words_of_two_characters_are_found_and_none_falsely(
    corpus: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, years: str, least: int
) -> None:
    monkeypatch.setattr(run, "relate_due", lambda: 0)  # no link is looked at
    with tarfile.open(corpus("thecontext-zh-2019-01.tar.xz")) as tar:
        # Before Python 3.11.4 there is no filter; the data is our own.
        tar.extraction_filter = getattr(tarfile, "data_filter", None)
        tar.extractall(tmp_path, [one for one in tar if fnmatch(one.name, f"news/{years}/*")])  # noqa: S202
    run.run_harvest(MarkdownReader(tmp_path, edition="zh"), origin=make_origin(), moment=EARLY)
    having: dict[str, set[int]] = {}
    for event in Event.objects.published().for_detail():
        names = [tagging.context.name for tagging in event.taggings.all() if not tagging.removed]
        for said in (event.text, event.summary, *names, event.lead.name if event.lead else ""):
            for pair in pairs(said):
                having.setdefault(pair, set()).add(event.pk)
    assert len(having) > least
    chance = random.Random(2019)
    for pair in chance.sample(sorted(having), PAIRS):
        found = {hit.event_id for hit in search(parse(pair), order="date", limit=LIMIT_MOST).hits}
        if len(having[pair]) < LIMIT_MOST:
            assert found == having[pair], pair
    first, second = sorted({pair[0] for pair in having}), sorted({pair[1] for pair in having})
    absent = {chance.choice(first) + chance.choice(second) for _ in range(PAIRS)} - set(having)
    assert [pair for pair in absent if search(parse(pair)).hits] == []
