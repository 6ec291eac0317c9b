"""Letting go of what the index knew of events that were removed by law."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from django.db import connection

from events.models import SearchWord
from events.search import backends
from events.search.backends import Span
from events.search.index import VOCABULARY_LENGTHS, remove
from events.search.language import Terms
from events.search.tree import Tree
from events.search.words import plain_words

_WORDS_AT_ONCE: Final = 400
_ALWAYS: Final = Span(0, 2**63 - 1)


def forget(event_ids: Collection[int], said: Iterable[str]) -> int:
    """Take these events out of the index, and the words of *said* that no other event has out of the
    vocabulary; how many of those there were. In the caller's transaction.

    On SQLite the whole index is written anew, so that none of its pages holds the words any more.
    """
    remove(event_ids)
    words = {word for text in said for word in plain_words(text)}
    kept = sorted(word for word in words if len(word) in VOCABULARY_LENGTHS and word.isalpha())
    gone = [word for word in kept if not _stands(word)]
    for start in range(0, len(gone), _WORDS_AT_ONCE):
        SearchWord.objects.filter(word__in=gone[start : start + _WORDS_AT_ONCE]).delete()
    if connection.vendor == "sqlite":
        # Until its segments are merged, FTS5 keeps the words of deleted rows beside a note that they are.
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO events_searchtext (events_searchtext) VALUES ('optimize')")
    return len(gone)


def _stands(word: str) -> bool:
    """Whether a published event has the word."""
    return bool(backends.current().newest(Tree(((Terms((word,), exact=True),),)), _ALWAYS, 1))
