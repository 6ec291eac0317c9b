"""Which of the hits come first: by rarity, closeness and story, on both databases alike."""

from __future__ import annotations

import pytest

from events.models import Event
from events.search import find
from events.search.language import parse
from tests.factories import make_event

pytestmark = pytest.mark.django_db


def texts(said: str, limit: int = 20, after: int | None = None) -> list[str]:
    ids = [hit.event_id for hit in find.search(parse(said), limit=limit, after=after).hits]
    found = dict(Event.objects.published().filter(pk__in=ids).values_list("pk", "text"))
    return [found[pk] for pk in ids]


def make(*said: str, days: int = 40) -> None:
    """Events too far from each other to be one story."""
    for number, text in enumerate(said):
        month = number * days // 28
        make_event(text, date=f"{2000 + month // 12}-{month % 12 + 1:02d}-09")


def test_a_rare_word_counts_more_than_a_frequent_one() -> None:
    make(*(f"Talks in city number {number}." for number in range(12)))
    make("Talks, talks and more talks on sugar.", "Envoys speak of zinc and sugar and steel.", days=100)
    assert texts("talks OR zinc")[0].startswith("Envoys")
    assert texts("zinc OR talks")[0].startswith("Envoys")


def test_words_that_stand_together_come_first() -> None:
    make(
        "The cup that a minister of the world gave to a museum is stolen.",
        "In the final of the World Cup, one side wins.",
        "A world of tea: the museum of the cup opens its doors at last.",
    )
    assert texts("world cup")[0].startswith("In the final")
    assert texts("cup wins world")[0].startswith("In the final")


def test_words_at_the_beginning_come_before_those_at_the_end() -> None:
    make("Five towns wait for food after the flood there.", "Flood: five towns there wait for food after it.")
    assert texts("flood five")[0].startswith("Flood")


def test_the_days_of_a_story_come_first() -> None:
    make_event("An earthquake in one city.", date="2001-01-26")
    for day in (10, 12, 13):
        make_event(f"An earthquake in city {day}.", date=f"2003-05-{day}")
    make_event("An earthquake in that city.", date="2005-03-28")
    assert [text[-3:-1] for text in texts("earthquake")[:3]] == ["12", "13", "10"]


def test_beyond_the_window_every_hit_comes_once_and_scores_fall(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "WINDOW", 6)
    monkeypatch.setattr("events.search.rank.WINDOW", 6)
    for day in range(1, 16):
        make_event(f"Treaty {'and so on ' * (day % 5)}of day {day}.", date=f"2004-02-{day:02d}")
    seen, scores, after = [], [], None
    while True:
        page = find.search(parse("treaty day"), limit=4, after=after)
        seen += [hit.event_id for hit in page.hits]
        scores += [hit.score for hit in page.hits]
        if (after := page.after) is None:
            break
    assert len(seen) == len(set(seen)) == 15
    assert scores == sorted(scores, reverse=True)


CORPUS = (
    "Voters elect a parliament; the treaty was not their subject.",
    "A storm floods the harbour of a northern city and a treaty museum.",
    "Envoys sign the harbour treaty in a northern city.",
    "The parliament approves the treaty on harbours.",
    "A football side wins the cup in extra time.",
    "Football: the world cup begins in a southern city.",
    "The court hears a football club over a harbour that it owns.",
    "Storms close a court and two harbours for a day.",
)


@pytest.mark.parametrize(
    ("said", "order"),
    [
        ("city -storm", [5, 2]),
        ("football cup", [5, 4]),
        ("harbour OR parliament treaty", [3, 0, 2, 1]),
        ("northern city treaty", [2, 1]),
        ("storm", [1, 7]),
        ("treaty OR football", [5, 4, 6, 3, 2, 0, 1]),
        ("treaty harbour", [2, 1, 3]),
        ("treaty parliament", [3, 0]),
    ],
)
def test_both_databases_rank_alike(said: str, order: list[int]) -> None:
    """One order is written down here and holds on each."""
    make(*CORPUS)
    assert [CORPUS.index(text) for text in texts(said)] == order
