"""Which items of the review queue are asked for, in which order, and the pages of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Self
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Count, Min, Q
from django.http import QueryDict
from django.utils import timezone

from events.actions.contexts.naming import find_contexts
from events.admin.base import number_of
from events.models import Harvest, ReviewItem, Tagging
from events.querysets import ReviewQuerySet
from events.vocabulary import EDITION_CHOICES, EDITIONS, ReviewKind, ReviewState, Right

PAGE: Final = 50
ALL: Final = "all"
_WORDS_MAX: Final = 200
_WORDS_MOST: Final = 8
_CHOICES_MOST: Final = 100
_AGES: Final = {
    "day": ("Since yesterday", 1, False),
    "week": ("In the last week", 7, False),
    "older": ("Older than a week", 7, True),
    "month": ("Older than a month", 30, True),
    "year": ("Older than a year", 365, True),
}
_ORDERS: Final = {"oldest": "Oldest first", "newest": "Newest first"}


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What a page of the queue shows; it travels in the address, and with every decision.

    ``who``: "me", "nobody" or a user's id; ``state``: a state or "all". Empty fields ask nothing.
    """

    kind: str = ""
    state: str = str(ReviewState.OPEN)
    edition: str = ""
    who: str = ""
    harvest: str = ""
    context: str = ""
    age: str = ""
    q: str = ""
    order: str = "oldest"

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Self:
        """From an address's parameters; what makes no sense is left out."""
        known: dict[str, Any] = {
            "kind": ReviewKind.values, "state": [*ReviewState.values, ALL], "edition": EDITIONS, "age": _AGES,
            "order": _ORDERS,
        }  # fmt: skip
        asked = {}
        for field in fields(cls):
            value = str(said.get(field.name) or "").strip()[:_WORDS_MAX]
            if value and (field.name not in known or value in known[field.name]):
                asked[field.name] = value
        if not number_of(asked.get("harvest", "")):
            asked.pop("harvest", None)
        if asked.get("who") not in ("me", "nobody") and not number_of(asked.get("who", "")):
            asked.pop("who", None)
        return cls(**asked)

    @classmethod
    def read_query(cls, query: str) -> Self:
        """From the address's part after the question mark, as :meth:`query` gave it."""
        return cls.read(QueryDict(query[: 10 * _WORDS_MAX]))

    def query(self, **changed: object) -> str:
        """The address's part after the question mark, with *changed* parameters."""
        plain = {field.name: field.default for field in fields(self)}
        asked = {name: value for name, value in asdict(self).items() if value != plain[name]}
        return urlencode({name: value for name, value in {**asked, **changed}.items() if value})

    def rows(self, user: User | AnonymousUser) -> ReviewQuerySet:
        """The items asked for; *user* is "me"."""
        rows = ReviewItem.objects.all()
        if self.state != ALL:
            rows = rows.filter(state=self.state)
        if self.kind:
            rows = rows.filter(kind=self.kind)
        if self.edition:
            rows = rows.filter(
                Q(event__edition=self.edition) | Q(event=None, key__startswith=f"{self.edition}:")
            )
        if self.who:
            chosen = {"me": user.pk, "nobody": None}
            rows = rows.filter(assigned_to=chosen[self.who] if self.who in chosen else int(self.who))
        if self.harvest:
            rows = rows.filter(harvest=int(self.harvest))
        if self.context:
            ids = [
                context.pk for code in EDITIONS for context in find_contexts(code, [self.context]).values()
            ]
            tagged = Tagging.objects.active().filter(context__in=ids).values("event")
            rows = rows.filter(Q(context__in=ids) | Q(event__in=tagged))
        if self.age:
            _, days, older = _AGES[self.age]
            edge = timezone.now() - dt.timedelta(days=days)
            rows = rows.filter(created_at__lt=edge) if older else rows.filter(created_at__gte=edge)
        for word in self.q.split()[:_WORDS_MOST]:
            rows = rows.filter(Q(event__text__icontains=word) | Q(key__icontains=word))
        return rows

    def page(self, user: User | AnonymousUser, *, after: int = 0, before: int = 0) -> Page:
        """The ids of the page after, or before, an item; the first page without either."""
        rows = self.rows(user)
        if before:
            ids = self._ids(rows, before, forward=False, most=PAGE + 1)
            shown = ids[:PAGE][::-1]
            return Page(shown, earlier=len(ids) > PAGE, later=True)
        ids = self._ids(rows, after, forward=True, most=PAGE + 1)
        return Page(ids[:PAGE], earlier=bool(after), later=len(ids) > PAGE)

    def neighbour(self, user: User | AnonymousUser, item_id: int, *, forward: bool = True) -> int | None:
        """The item after (or before) *item_id* in this order; that one need not be asked for itself."""
        return next(iter(self._ids(self.rows(user), item_id, forward=forward, most=1)), None)

    def _ids(self, rows: ReviewQuerySet, edge: int, *, forward: bool, most: int) -> list[int]:
        rising = (self.order == "oldest") == forward
        if edge:
            rows = rows.filter(pk__gt=edge) if rising else rows.filter(pk__lt=edge)
        # Ids only: the database answers from its index, and sorts no texts.
        return list(rows.order_by("pk" if rising else "-pk").values_list("pk", flat=True)[:most])


@dataclass(frozen=True, slots=True)
class Page:
    """A page's ids, and whether there is something on either side."""

    ids: list[int]
    earlier: bool
    later: bool


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many items of a kind there are, and since when the oldest waits."""

    kind: str
    label: str
    count: int
    since: dt.datetime | None


def counts_by_kind(state: str) -> list[KindCount]:
    """The counts of every kind in *state* ("all": in any), in two queries."""
    rows = ReviewItem.objects.all() if state == ALL else ReviewItem.objects.filter(state=state)
    found = {
        row["kind"]: (row["count"], row["first"])
        for row in rows.order_by().values("kind").annotate(count=Count("pk"), first=Min("pk"))
    }
    first = [pk for _, pk in found.values()]
    since = dict(ReviewItem.objects.filter(pk__in=first).values_list("pk", "created_at"))
    counts = []
    for kind in ReviewKind:
        count, pk = found.get(kind.value, (0, None))
        counts.append(KindCount(kind.value, str(kind.label), count, since.get(pk) if pk else None))
    return counts


def people() -> list[tuple[int, str]]:
    """Who may decide review items: id and name."""
    holding = Q(groups__permissions__codename=Right.REVIEW.value) | Q(is_superuser=True)
    users = User.objects.filter(holding, is_active=True).distinct().order_by("username")
    return list(users.values_list("pk", "username")[:_CHOICES_MOST])


class QueueForm(forms.Form):
    """The filter as fields. ``kind`` is chosen by the counts above them."""

    state = forms.ChoiceField(choices=[*ReviewState.choices, (ALL, "Any")])
    edition = forms.ChoiceField(choices=[("", "Any"), *EDITION_CHOICES])
    who = forms.ChoiceField(label="Assigned to")
    harvest = forms.ChoiceField()
    context = forms.CharField(max_length=_WORDS_MAX, help_text="A name or another name of it.")
    age = forms.ChoiceField(choices=[("", "Any"), *((name, row[0]) for name, row in _AGES.items())])
    q = forms.CharField(max_length=_WORDS_MAX, label="Words")
    order = forms.ChoiceField(choices=list(_ORDERS.items()))

    def __init__(self, asked: QueueFilter, persons: list[tuple[int, str]]) -> None:
        super().__init__(initial=asdict(asked), label_suffix="")
        self.use_required_attribute = False
        harvests = Harvest.objects.order_by("-pk").values_list("pk", "origin__name", "moment")[:_CHOICES_MOST]
        for name, choices in (
            ("who", [("", "Anybody"), ("me", "Me"), ("nobody", "Nobody"), *persons]),
            (
                "harvest",
                [("", "Any"), *((pk, f"{pk}: {origin}, {at:%Y-%m-%d}") for pk, origin, at in harvests)],
            ),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
