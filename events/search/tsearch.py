"""Full text in PostgreSQL: a ``tsvector`` that is written out here, so that its parser cuts nothing.

Weight A has the text's words, B those around it, C the stems, D the labels.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from itertools import count
from typing import Any, Final

from django.db import connection

from events.search.backends import RANKED_MOST, RECENCY, RECENCY_MONTHS, Span
from events.search.index import ALL, Entry
from events.search.language import Terms
from events.search.tree import Leaf, Tree
from events.search.words import BREAK, stems_of

_PLACES_MOST: Final = 16_383
_AT_ONCE: Final = 500
_MONTH: Final = "((key >> 36) / 10000 * 12 + (key >> 36) / 100 %% 100)"
# A term's rank is divided by the logarithm of the length, as short texts say more with one word.
_TERM: Final = "%s * ts_rank('{0, 0.3, 0.4, 1}', vector, CAST(%s AS tsquery), 1)"
_RANKED: Final = f"""
    SELECT key, ({{terms}})
        * (1 + {RECENCY} / (1 + greatest(0, newest - {_MONTH}) / {RECENCY_MONTHS}.0)) AS points
    FROM (SELECT key, vector FROM events_searchentry
          WHERE vector @@ CAST(%s AS tsquery) AND {{inside}}
          ORDER BY key DESC LIMIT {RANKED_MOST}) found,
         (SELECT {_MONTH.replace("key", "max(key)")} AS newest FROM events_searchentry) last
    ORDER BY points DESC, key DESC LIMIT %s OFFSET %s"""  # noqa: S608  figures of ours
_COUNTED_MOST: Final = 1_000
"""So many events with a word are counted; of more, their number is what the planner thinks it is."""
_COUNTED: Final = (
    "SELECT (SELECT count(*) FROM (SELECT FROM events_searchentry WHERE vector @@ CAST(%s AS tsquery) "
    "LIMIT %s) found)"
)
# A table that was never analysed is counted so far; beyond that the greatest id is the best guess.
_TOTAL: Final = f"""
    SELECT CASE WHEN reltuples > 0 THEN reltuples::bigint ELSE
        (SELECT CASE WHEN count(*) < {_COUNTED_MOST} THEN count(*)
            ELSE (SELECT max(event_id) FROM events_searchentry) END
         FROM (SELECT FROM events_searchentry LIMIT {_COUNTED_MOST}) counted) END
    FROM pg_class WHERE oid = 'events_searchentry'::regclass"""  # noqa: S608  figures of ours
_ESTIMATED: Final = "EXPLAIN (FORMAT JSON) SELECT FROM events_searchentry WHERE vector @@ CAST(%s AS tsquery)"
_REMEMBERED: Final = 10_000
_REMEMBERED_SECONDS: Final = 600
_PLACES: Final = """
    SELECT key, lexeme, positions, weights FROM events_searchentry, unnest(vector)
    WHERE key = ANY(%s) AND 'A' = ANY(weights) AND EXISTS (
        SELECT FROM unnest(%s::text[]) start WHERE starts_with(lexeme, start))"""
_NEWEST: Final = (
    "FROM events_searchentry WHERE vector @@ CAST(%s AS tsquery) AND {inside} ORDER BY {order} DESC LIMIT %s"
)
_RECENT: Final = 20_000
_AMONG_RECENT: Final = """
    WITH asked AS (SELECT CAST(%s AS tsquery) AS said)
    SELECT key FROM asked, (
        SELECT key, vector FROM events_searchentry WHERE {inside} ORDER BY key DESC LIMIT %s) recent
    WHERE vector @@ said ORDER BY key DESC LIMIT %s"""
_RARE: Final = 5_000
"""Of fewer matches, as the planner thinks, the newest are found by looking at all of them."""
_MONTHS: Final = (
    f"SELECT (key >> 36) / 100 AS month, count(*) FROM (SELECT key {_NEWEST}) found "  # noqa: S608  as above
    "GROUP BY 1 ORDER BY 1"
)
_GIVEN: Final = (
    "unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[]) AS row (key, event_id, labels, vector) "
)
_WRITE: Final = (
    "INSERT INTO events_searchentry (key, event_id, labels, vector) "  # noqa: S608  as above
    f"SELECT key, event_id, labels, CAST(vector AS tsvector) FROM {_GIVEN}"
    "ON CONFLICT (event_id) DO UPDATE "
    "SET key = excluded.key, labels = excluded.labels, vector = excluded.vector"
)
_UNKNOWN: Final = (
    "SELECT said FROM unnest(%s::text[]) said "
    "WHERE NOT EXISTS (SELECT FROM events_searchword WHERE word = said)"
)
_DIFFERING: Final = (
    f"SELECT row.event_id FROM {_GIVEN} LEFT JOIN events_searchentry entry USING (event_id) "  # noqa: S608  as above
    "WHERE entry.key IS DISTINCT FROM row.key OR entry.labels IS DISTINCT FROM row.labels "
    "OR entry.vector IS DISTINCT FROM CAST(row.vector AS tsvector)"
)


class TextSearch:
    """The backend of PostgreSQL."""

    def write(self, entries: Sequence[Entry], *, new: bool) -> None:
        """One statement for many rows; two writers of one event come one after the other."""
        del new
        with connection.cursor() as cursor:
            for start in range(0, len(entries), _AT_ONCE):
                chunk = entries[start : start + _AT_ONCE]
                cursor.execute(_WRITE, _columns(chunk))

    def ranked(self, tree: Tree, span: Span, limit: int, offset: int) -> list[tuple[int, float]]:
        """By ``ts_rank`` of each thing sought, weighed by its rarity, with a pull to what is new."""
        sought = [
            _positive(leaf)
            for clause in tree.clauses
            for leaf in clause
            if isinstance(leaf, Terms) and not leaf.negated
        ]
        weights = _rarities(sought)
        terms = " + ".join([_TERM] * len(sought)) or "0::float8"
        weighed = [value for pair in zip(weights, sought, strict=True) for value in pair]
        inside, values = _inside(span)
        sql = _RANKED.format(terms=terms, inside=inside)
        return _rows(sql, [*weighed, tsquery(tree), *values, limit, offset])

    def newest(self, tree: Tree, span: Span, limit: int) -> list[int]:
        """Along the key where many match, else sorted.

        Left alone, the planner walks along the key for few rows of a word that it knows nothing of,
        and reads the whole table where nobody has the word. What it thinks of such a word grows with the
        table, so only the newest :data:`_RECENT` entries are walked for what is not rare for sure.
        """
        order = "key"
        if limit < _RARE:
            order = "key + 0"
            if _estimate(tsquery(tree)) >= _RARE:
                inside, values = _inside(span)
                among = [tsquery(tree), *values, _RECENT, limit]
                recent = [key for (key,) in _rows(_AMONG_RECENT.format(inside=inside), among)]
                if len(recent) == limit:
                    return recent
        return [key for (key,) in _found(f"SELECT key {_NEWEST}", tree, span, limit, order)]

    def matching(self, tree: Tree) -> tuple[str, list[Any]]:
        """By the row's own vector."""
        return "vector @@ CAST(%s AS tsquery)", [tsquery(tree)]

    def frequencies(self, words: Sequence[Terms], most: int) -> list[int]:
        """Counted by the index."""
        return _counts([_positive(word) for word in words], most) if words else []

    def places(self, keys: Sequence[int], starts: Sequence[str]) -> list[tuple[int, str, int]]:
        """The places of the words that are in texts."""
        return [
            (key, word, place)
            for key, word, places, weights in _rows(_PLACES, [list(keys), list(starts)])
            for place, weight in zip(places, weights, strict=True)
            if weight == "A"
        ]

    def labels(self, tree: Tree, span: Span, limit: int) -> list[str]:
        """With the rows."""
        return [labels for (labels,) in _found(f"SELECT labels {_NEWEST}", tree, span, limit)]

    def months(self, tree: Tree, span: Span, limit: int) -> list[tuple[int, int]]:
        """Counted from the keys alone."""
        return _found(_MONTHS, tree, span, limit)

    def unknown(self, words: Sequence[str]) -> list[str]:
        """One statement for any number of words."""
        return [word for (word,) in _rows(_UNKNOWN, [list(words)])]

    def differing(self, entries: Sequence[Entry]) -> list[int]:
        """Compared as the database understands both."""
        found: list[int] = []
        for start in range(0, len(entries), _AT_ONCE):
            rows = _rows(_DIFFERING, _columns(entries[start : start + _AT_ONCE]))
            found += [event_id for (event_id,) in rows]
        return found

    def faults(self) -> list[str]:
        """None: PostgreSQL keeps its index by itself."""
        return []


def _rarities(asked: list[str]) -> list[float]:
    """What each of these queries says where it is found: as BM25 has it, the logarithm of how few have it."""
    if not asked:
        return []
    now = time.monotonic()
    counts = {one: known[0] for one in asked if (known := _frequent.get(one)) and known[1] > now}
    missing = [one for one in dict.fromkeys(asked) if one not in counts]
    total, *found = _counts(missing, _COUNTED_MOST, first=[_TOTAL])
    counts |= dict(zip(missing, found, strict=True))
    for one in missing:
        if counts[one] == _COUNTED_MOST:
            counts[one] = max(_COUNTED_MOST, _estimate(one))
            if len(_frequent) >= _REMEMBERED:
                _frequent.clear()
            _frequent[one] = counts[one], now + _REMEMBERED_SECONDS
    return [
        max(math.log((max(total - counts[one], 0) + 0.5) / (counts[one] + 0.5)), _RARITY_LEAST)
        for one in asked
    ]


_RARITY_LEAST: Final = 1e-6
_frequent: dict[str, tuple[int, float]] = {}


def _estimate(asked: str) -> int:
    """How many events match, as the planner thinks."""
    ((plan,),) = _rows(_ESTIMATED, [asked])
    return int(plan[0]["Plan"]["Plan Rows"])


def _counts(asked: list[str], most: int, first: Sequence[str] = ()) -> list[int]:
    """How many have each of *asked*, counted up to *most*; before them the figures that *first* asks for."""
    sql = " UNION ALL ".join([*first, *[_COUNTED] * len(asked)])
    return [number for (number,) in _rows(sql, [value for one in asked for value in (one, most)])]


def _columns(entries: Sequence[Entry]) -> list[list[Any]]:
    return [
        [entry.key for entry in entries],
        [entry.event_id for entry in entries],
        [entry.labels for entry in entries],
        [vector(entry) for entry in entries],
    ]


def _inside(span: Span) -> tuple[str, list[Any]]:
    return span.condition("key", "events_searchentry.event_id")


def _found(sql: str, tree: Tree, span: Span, limit: int, order: str = "key") -> list[Any]:
    inside, values = _inside(span)
    return _rows(sql.format(inside=inside, order=order), [tsquery(tree), *values, limit])


def _rows(sql: str, parameters: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def vector(entry: Entry) -> str:
    """The entry as a ``tsvector`` written out. A break is a place that nothing stands at."""
    places: dict[str, list[str]] = {}
    place = count(1)
    for weight, words in (("A", entry.words), ("B", entry.around), ("C", entry.stems), ("D", entry.tokens)):
        for word in words.split(" "):
            at = next(place)
            if word and word != BREAK:
                places.setdefault(word, []).append(f"{min(at, _PLACES_MOST)}{weight}")
        next(place)
    return " ".join(f"'{word}':{','.join(found)}" for word, found in places.items())


def tsquery(tree: Tree) -> str:
    """*tree* as a ``tsquery`` written out. Words are letters and digits only, and stand in quotes."""
    parts = [f"({' | '.join(map(_leaf, clause))})" for clause in tree.clauses] or [_ALL]
    parts += [f"!{_positive(leaf)}" for leaf in tree.without]
    return " & ".join(parts)


_ALL: Final = f"'{ALL}':D"


def _leaf(leaf: Leaf) -> str:
    return f"({_ALL} & !{_positive(leaf)})" if leaf.negated else _positive(leaf)


def _label(token: str) -> str:
    return f"'{token}':D"


def _positive(leaf: Leaf) -> str:
    if not isinstance(leaf, Terms):
        return f"({' | '.join(_label(token) for token in leaf.tokens or ('none',))})"
    asked, distance = "", 1
    for position, word in enumerate(leaf.words):
        if word == BREAK:
            distance += 1
            continue
        last = position == len(leaf.words) - 1
        step = f" <{distance}> " if asked else ""
        asked += f"{step}'{word}':{'*' if leaf.prefix and last else ''}AB"
        distance = 1
    if not (leaf.exact or leaf.prefix or len(leaf.words) > 1):
        asked = " | ".join([asked, *(f"'{found}':C" for found in stems_of(leaf.words[0]))])
    return f"({asked})"
