"""The full-text index: derived from the stored documents of published events (``events.search``)."""

from __future__ import annotations

from django.db import models


class SearchEntry(models.Model):
    """One published event in the index.

    ``key`` is its date and its id in one number (``events.keys``), so that the
    index itself has the order of all lists. ``labels`` are its edition, category, contexts and
    publishers, a line each. What texts are searched by stands beside it and is no business of
    Django's: a column of this table on PostgreSQL, a table of FTS5 on SQLite (migration 0002).
    """

    key = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField("events.Event", models.CASCADE, related_name="search_entry")
    labels = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "search entries"

    def __str__(self) -> str:
        return f"search entry {self.event_id}"


class SearchWord(models.Model):
    """A word that the archive has or had; what "did you mean" chooses from.

    ``bucket``: its first letter and its length, by which words of a likeness are found.
    """

    word = models.CharField(max_length=60, primary_key=True)
    bucket = models.CharField(max_length=4, db_index=True)

    def __str__(self) -> str:
        return self.word
