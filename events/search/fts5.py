"""Full text in SQLite: a table of FTS5 that holds words only, with the entry's key as its row id."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from django.db import DatabaseError, connection

from events.keys import ID_MOST
from events.search.backends import EVER, RANKED_MOST, RECENCY, RECENCY_MONTHS, Span
from events.search.index import ALL, Entry
from events.search.language import Terms
from events.search.tree import Labels, Leaf, Tree
from events.search.words import stems_of

_WEIGHTS: Final = "1.0, 0.4, 0.3, 0.0"
_MONTH: Final = "((rowid >> 36) / 10000 * 12 + (rowid >> 36) / 100 %% 100)"
_AT_ONCE: Final = 400
_RANKED: Final = f"""
    SELECT rowid, -score * (1 + {RECENCY} / (1 + max(0, newest - {_MONTH}) / {RECENCY_MONTHS}.0)) AS points
    FROM (SELECT rowid, bm25(events_searchtext, {_WEIGHTS}) AS score FROM events_searchtext
          WHERE events_searchtext MATCH %s AND {{among}}
          ORDER BY rowid DESC LIMIT {RANKED_MOST}),
         (SELECT {_MONTH.replace("rowid", "max(key)")} AS newest FROM events_searchentry)
    ORDER BY points DESC, rowid DESC LIMIT %s OFFSET %s"""  # noqa: S608  figures of ours
# BM25 counts the events of each thing that is looked for, and an edition may have a million.
_OF_EDITION: Final = f"""
    WITH kept AS MATERIALIZED (
        SELECT rowid AS key FROM events_searchtext WHERE events_searchtext MATCH %s AND {{inside}}
        ORDER BY rowid DESC LIMIT {RANKED_MOST}){_RANKED}"""  # noqa: S608  as above
_KEPT: Final = (
    "rowid >= (SELECT min(key) FROM kept) AND rowid <= (SELECT max(key) FROM kept) "
    "AND +rowid IN (SELECT key FROM kept)"
)
_NEWEST: Final = (
    "SELECT rowid FROM events_searchtext WHERE events_searchtext MATCH %s AND {inside} "
    "ORDER BY rowid DESC LIMIT %s"
)

_UNKNOWN: Final = (
    "SELECT value FROM json_each(%s) WHERE NOT EXISTS (SELECT 1 FROM events_searchword WHERE word = value)"
)
_LABELS: Final = (
    f"SELECT labels FROM ({_NEWEST}) found "  # noqa: S608  as above
    "CROSS JOIN events_searchentry entry ON entry.key = found.rowid"
)
_MONTHS: Final = (
    f"SELECT (rowid >> 36) / 100 AS month, count(*) FROM ({_NEWEST}) GROUP BY month ORDER BY month"  # noqa: S608
)


_EVENT: Final = f"events_searchtext.rowid & {ID_MOST}"


class Fts5:
    """The backend of SQLite."""

    def write(self, entries: Sequence[Entry], *, new: bool) -> None:
        """Replace by removing: FTS5 has no update in place."""
        with connection.cursor() as cursor:
            if not new:
                cursor.executemany(
                    "DELETE FROM events_searchentry WHERE event_id = %s",
                    [(entry.event_id,) for entry in entries],
                )
            cursor.executemany(
                "INSERT INTO events_searchentry (key, event_id, labels) VALUES (%s, %s, %s)",
                [(entry.key, entry.event_id, entry.labels) for entry in entries],
            )
            cursor.executemany(
                "INSERT INTO events_searchtext (rowid, words, around, stems, labels) "
                "VALUES (%s, %s, %s, %s, %s)",
                [(entry.key, entry.words, entry.around, entry.stems, entry.tokens) for entry in entries],
            )

    def ranked(self, tree: Tree, span: Span, limit: int, offset: int) -> list[tuple[int, float]]:
        """By BM25, with a pull to what is new."""
        inside, values = _inside(span)
        of_any = Tree(tuple(clause for clause in tree.clauses if not _is_edition(clause)), tree.without)
        if of_any == tree or not any(isinstance(leaf, Terms) for clause in of_any.clauses for leaf in clause):
            return _rows(_RANKED.format(among=inside), [match(tree), *values, limit, offset])
        sql = _OF_EDITION.format(inside=inside, among=_KEPT)
        return _rows(sql, [match(tree), *values, match(of_any), limit, offset])

    def newest(self, tree: Tree, span: Span, limit: int) -> list[int]:
        """In the index's own order."""
        return [key for (key,) in _found(_NEWEST, tree, span, limit)]

    def matching(self, tree: Tree) -> tuple[str, list[Any]]:
        """Its key is among those that the other table finds."""
        return "key IN (SELECT rowid FROM events_searchtext WHERE events_searchtext MATCH %s)", [match(tree)]

    def frequencies(self, words: Sequence[Terms], most: int) -> list[int]:
        """Counted in the index itself."""
        return [len(self.newest(Tree(((word,),)), EVER, most)) for word in words]

    def places(self, keys: Sequence[int], starts: Sequence[str]) -> list[tuple[int, str, int]]:
        """The words stand in the table as they were cut."""
        places = ", ".join(["%s"] * len(keys))
        begins = tuple(starts)
        rows = _rows(f"SELECT rowid, words FROM events_searchtext WHERE rowid IN ({places})", [*keys])  # noqa: S608
        return [
            (key, word, place)
            for key, words in rows
            for place, word in enumerate(words.split(" "), start=1)
            if word.startswith(begins)
        ]

    def labels(self, tree: Tree, span: Span, limit: int) -> list[str]:
        """Looked up one by one."""
        return [labels for (labels,) in _found(_LABELS, tree, span, limit)]

    def months(self, tree: Tree, span: Span, limit: int) -> list[tuple[int, int]]:
        """Counted from the keys alone."""
        return _found(_MONTHS, tree, span, limit)

    def unknown(self, words: Sequence[str]) -> list[str]:
        """One statement for any number of words."""
        return [word for (word,) in _rows(_UNKNOWN, [json.dumps(words)])]

    def differing(self, entries: Sequence[Entry]) -> list[int]:
        """Compared word by word."""
        found: dict[int, tuple[Any, ...]] = {}
        for start in range(0, len(entries), _AT_ONCE):
            chunk = entries[start : start + _AT_ONCE]
            places = ", ".join(["%s"] * len(chunk))
            rows = _rows(
                "SELECT entry.event_id, entry.key, words, around, stems, entry.labels, found.labels "  # noqa: S608
                "FROM events_searchentry entry JOIN events_searchtext found ON found.rowid = entry.key "
                f"WHERE entry.event_id IN ({places})",
                [entry.event_id for entry in chunk],
            )
            found.update((row[0], row) for row in rows)
        return [entry.event_id for entry in entries if found.get(entry.event_id) != (*entry, entry.tokens)]

    def faults(self) -> list[str]:
        """Rows without an entry, and what FTS5's own check says."""
        ((lost,),) = _rows(
            "SELECT count(*) FROM events_searchtext WHERE rowid NOT IN (SELECT key FROM events_searchentry)",
            [],
        )
        said = [f"{lost} rows of events_searchtext belong to no entry."] if lost else []
        try:
            _rows("INSERT INTO events_searchtext (events_searchtext) VALUES ('integrity-check')", [])
        except DatabaseError as error:
            said.append(f"FTS5's own check: {error}")
        return said


def _is_edition(clause: tuple[Leaf, ...]) -> bool:
    """Whether it asks for nothing but an edition (``index.label``)."""
    return all(
        isinstance(leaf, Labels) and not leaf.negated and all(token[0] == "e" for token in leaf.tokens)
        for leaf in clause
    )


def _inside(span: Span) -> tuple[str, list[Any]]:
    return span.condition("rowid", _EVENT)


def _found(sql: str, tree: Tree, span: Span, limit: int) -> list[Any]:
    inside, values = _inside(span)
    return _rows(sql.format(inside=inside), [match(tree), *values, limit])


def _rows(sql: str, parameters: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def match(tree: Tree) -> str:
    """*tree* in FTS5's query language. Words are letters and digits only, and stand in quotes."""
    clauses = [" OR ".join(map(_leaf, clause)) for clause in tree.clauses] or [_ALL]
    asked = " AND ".join(f"({clause})" for clause in clauses)
    for leaf in tree.without:
        asked = f"({asked}) NOT {_positive(leaf)}"
    return asked


_ALL: Final = f'(labels : "{ALL}")'


def _leaf(leaf: Leaf) -> str:
    return f"({_ALL} NOT {_positive(leaf)})" if leaf.negated else _positive(leaf)


def _positive(leaf: Leaf) -> str:
    if not isinstance(leaf, Terms):
        return f"(labels : ({' OR '.join(map(_quoted, leaf.tokens or ('none',)))}))"
    phrase = f"{{words around}} : {_quoted(' '.join(leaf.words))}{' *' if leaf.prefix else ''}"
    if leaf.exact or leaf.prefix or len(leaf.words) > 1:
        return f"({phrase})"
    return f"({' OR '.join([phrase, *(f'stems : {_quoted(found)}' for found in stems_of(leaf.words[0]))])})"


def _quoted(words: str) -> str:
    return f'"{words}"'
