"""How long searches take, as ratios to a raw query of the same database in the same run (goals.md, "Search").

``python -m benchmarks.search [--rounds N]`` asks the archive that ``DATABASE_URL`` names, as large as
it is: run it on one of ten thousand events and on one of seventy thousand. The queries are words of
the archive itself: frequent, middling and rare ones, pairs of them, prefixes and phrases. The raw
query finds twenty ids of the same hits by FTS5 or by the GIN index, unranked; a second one ranks all
hits by the database's own rank. "Most of the words" adds a word that no event has.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any, Final

_NOBODYS_WORD: Final = "qqzzxxqq"


def queries(count: int) -> list[str]:
    """*count* queries from the words of texts drawn by chance, the same each time."""
    from events.models import Event
    from events.search.words import words_of

    chance = random.Random(20040209)
    ids = list(Event.objects.published().order_by("pk").values_list("pk", flat=True))
    drawn = dict(
        Event.objects.filter(pk__in=chance.sample(ids, min(count * 2, len(ids)))).values_list("pk", "text")
    )
    made: list[str] = []
    for pk in sorted(drawn):
        words = [word.word for word in words_of(drawn[pk]) if len(word.word) > 3 and word.word.isalpha()]
        if len(words) < 4:
            continue
        at = chance.randrange(len(words) - 2)
        one, other = chance.sample(words, 2)
        kinds = [one, f"{one} {other}", f"{one} OR {other}", f"{one[:4]}*", f"{one} -{other}"]
        kinds.append('"' + " ".join(words[at : at + 1]) + '"')
        made.append(kinds[len(made) % len(kinds)])
    return made[:count]


def raw(said: str, *, ranked: bool = False) -> Callable[[], Any]:
    """The plainest query of this database for the same words: twenty ids, as they come or the best."""
    from django.db import connection

    from events.search import fts5, tsearch
    from events.search.asking import ask
    from events.search.language import parse

    asked = ask(parse(said), None)
    if asked is None:
        sys.exit(f"A query of nothing: {said}")
    if connection.vendor == "sqlite":
        found = "SELECT rowid FROM events_searchtext WHERE events_searchtext MATCH %s"
        order, value = " ORDER BY rank", fts5.match(asked.tree)
    else:
        found = "SELECT event_id FROM events_searchentry, CAST(%s AS tsquery) query WHERE vector @@ query"
        order, value = " ORDER BY ts_rank(vector, query) DESC", tsearch.tsquery(asked.tree)
    sql = f"{found}{order if ranked else ''} LIMIT 20"

    def run() -> Any:
        with connection.cursor() as cursor:
            cursor.execute(sql, [value])
            return cursor.fetchall()

    return run


def measured(made: list[Callable[[], Any]], rounds: int) -> list[float]:
    """Milliseconds of each call, the middle one of *rounds*."""
    times = []
    for call in made:
        taken = []
        for _ in range(rounds):
            start = time.perf_counter()
            call()
            taken.append((time.perf_counter() - start) * 1000)
        times.append(statistics.median(taken))
    return times


def main() -> None:
    """Print a line for each kind of search."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--queries", type=int, default=60)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsarchive.settings")
    os.environ.setdefault("SECRET_KEY", "only-for-a-benchmark")
    import django

    django.setup()
    from django.db import connection
    from django.test import Client

    from events.models import SearchEntry
    from events.search.find import facets, histogram, search
    from events.search.language import parse
    from events.search.suggest import suggest

    said = queries(options.queries)
    client = Client()

    def calls(make: Callable[[str], Any]) -> list[Callable[[], Any]]:
        return [lambda one=one: make(one) for one in said]  # type: ignore[misc]

    kinds = {
        "raw": [raw(one) for one in said],
        "raw, ranked": [raw(one, ranked=True) for one in said],
        "ranked, 20 hits": calls(lambda one: search(parse(one))),
        "most of the words": calls(lambda one: search(parse(f"{one} {_NOBODYS_WORD}"), widen=True)),
        "newest first": calls(lambda one: search(parse(one), order="date")),
        "facets": calls(lambda one: facets(parse(one))),
        "histogram": calls(lambda one: histogram(parse(one))),
        "suggest": calls(suggest),
        "API, 20 hits": calls(
            lambda one: client.get("/api/v1/search/", {"q": one}, headers={"host": "localhost"})
        ),
    }
    print(f"{connection.vendor}, {SearchEntry.objects.count():,} events, {len(said)} queries")
    print(f"{'':18}{'p50 ms':>9}{'p95 ms':>9}{'p50 : raw':>11}{'p95 : raw':>11}")
    base: tuple[float, float] | None = None
    for name, made in kinds.items():
        times = sorted(measured(made, options.rounds))
        p50, p95 = statistics.median(times), times[int(len(times) * 0.95)]
        base = base or (p50, p95)
        print(f"{name:18}{p50:9.2f}{p95:9.2f}{p50 / base[0]:11.1f}{p95 / base[1]:11.1f}")


if __name__ == "__main__":
    main()
