"""What stands in the index, and keeping it: rows are made of the stored documents of published events.

``actions.documents`` writes here in the transaction that writes the document. Nothing here is
revisioned or told anybody: the index is derived data, and ``rebuild search`` makes it anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from django.db import connection

from events.inserting import insert_values
from events.keys import key_of
from events.models import SearchEntry
from events.search import backends
from events.search.words import BREAK, plain_words, stems
from events.text.normalise import fold

VOCABULARY_LENGTHS: Final = range(4, 31)
"""Words of so many letters are remembered for "did you mean"."""
_REMEMBER: Final = "INSERT INTO events_searchword (word, bucket)"
_UNLESS_THERE: Final = "ON CONFLICT (word) DO NOTHING"
ALL: Final = "all"
"""The label that every event has."""


class Entry(NamedTuple):
    """One event in the index: its text's words, those around it, the stems of both, and its labels.

    Words have blanks between them; ``labels`` have line ends, and are what facets count.
    """

    event_id: int
    key: int
    words: str
    around: str
    stems: str
    labels: str

    @property
    def tokens(self) -> str:
        """The labels as words of the index."""
        return " ".join((ALL, *map(label_token, self.labels.split("\n"))))


def label(kind: str, value: object) -> str:
    """A label: ``e`` edition, ``k`` category, ``c`` context (its id) or ``p`` publisher (its name)."""
    return f"{kind}{str(value).replace(chr(10), ' ')}"


@lru_cache(maxsize=10_000)
def label_token(label: str) -> str:
    """A label as the one word that the index has for it; publishers' names without regard to case."""
    if label.isalnum() and label.isascii():
        return label
    return f"{label[0]}{blake2b(fold(label[1:]).encode('utf-8', 'replace'), digest_size=9).hexdigest()}"


def entry_of(document: Mapping[str, Any]) -> Entry:
    """The entry for a published event's stored document (as a dict)."""
    words = plain_words(document["text"])
    contexts = document["contexts"]
    lead = document["lead_context"]
    names = [context["name"] for context in contexts]
    if lead and lead["name"] not in names:
        names.append(lead["name"])
    around: list[str] = []
    for said in (*names, document["summary"]):
        if said:
            around += [BREAK, *plain_words(said)] if around else plain_words(said)
    edition = document["edition"]
    labels = [label("e", edition), label("k", document["category"])]
    labels += [label("c", context["id"]) for context in contexts]
    if lead and lead["name"] not in {context["name"] for context in contexts}:
        labels.append(label("c", lead["id"]))
    publishers = dict.fromkeys(citation["publisher"] for citation in document["citations"])
    labels += [label("p", name) for name in publishers if name]
    return Entry(
        document["id"],
        key_of(document["date"], document["id"]),
        " ".join(words),
        " ".join(around),
        " ".join(stems((*words, *around), edition)),
        "\n".join(labels),
    )


def write(documents: Iterable[Mapping[str, Any]], *, new: bool = False) -> set[str]:
    """Have these published events' documents in the index; their words, for :func:`remember`.

    In the caller's transaction. *new*: none of them is in it yet.
    """
    entries = [entry_of(document) for document in documents]
    if entries:
        backends.current().write(entries, new=new)
    words: set[str] = set()
    for entry in entries:
        words.update(entry.words.split(" "), entry.around.split(" "))
    return words


def remove(event_ids: Collection[int]) -> None:
    """Take these events out of the index; those that are not in it do not matter."""
    if event_ids:
        SearchEntry.objects.filter(event_id__in=event_ids).delete()


def remember(found: Iterable[str]) -> None:
    """Add the words that the vocabulary lacks.

    Last in a write and, on PostgreSQL, one writer at a time until its commit: two that add the
    same words in different order would wait for each other.
    """
    words = [word for word in found if len(word) in VOCABULARY_LENGTHS and word.isalpha()]
    backend = backends.current()
    missing = backend.unknown(words) if words else []
    if not missing:
        return
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('events_searchword'))")
    insert_values(_REMEMBER, [(word, bucket(word[0], len(word))) for word in sorted(missing)], _UNLESS_THERE)


def bucket(first: str, length: int) -> str:
    """What words of this first letter and this length are found by."""
    return f"{first}{length}"
