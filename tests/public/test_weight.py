"""What a page weighs, compressed, with its style sheet: 15 kB at most (goals: "Weight")."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests import factories as make

pytestmark = pytest.mark.django_db
MOST = 15_000
WORDS = (
    "bridge",
    "treaty",
    "minister",
    "river",
    "crosses",
    "opens",
    "signs",
    "the",
    "war",
    "of",
    "ports",
    "in",
    "says",
)


def text(number: int) -> str:
    """Some forty words that compress as badly as news does."""
    chosen = random.Random(number)
    return (
        " ".join(chosen.choice(WORDS) + chosen.choice(["", "s", "ed", "ing", "er"]) for _ in range(40)) + "."
    )


def weight(body: bytes) -> int:
    sheet = Path(settings.BASE_DIR, "static", "css", "public.css").read_bytes()
    return len(gzip.compress(body)) + len(gzip.compress(sheet))


def test_an_event_with_everything_weighs_little(client: Client) -> None:
    event = make.make_event(
        text(0), slug="event", lead="War", summary=text(1),
        contexts=[f"Context {number} of the event" for number in range(12)],
        citations=[(f"Gazette {at}", f"https://gazette.example/{at}/{text(at)[:60]}", "") for at in range(8)],
    )  # fmt: skip
    for number in range(10):
        make.relate(
            event, make.make_event(text(10 + number), date=f"200{number}-05-01", lead="War"), shared=["War"]
        )
    assert weight(client.get("/news/2004/02/9/event.html").content) < MOST


def test_a_context_shows_a_page_of_events_within_the_weight(client: Client) -> None:
    for number in range(60):
        make.make_event(text(number)[:200], date=f"2004-03-{number % 28 + 1:02d}", lead="War", document=True)
    assert weight(client.get("/contexts/war/").content) < MOST
