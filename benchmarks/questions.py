"""What is asked of an archive to see how it grows: every page, every list, search, and an editor's work.

A question has a name and some calls, each about another event, context, day or word of the archive that
``DATABASE_URL`` names, drawn by chance but the same each time. Calls answer in this process, through
Django's test client, with the page cache emptied before each: what is measured is a first view.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

API = "/api/v1/"
CALLS = 24
Call = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Question:
    """``writes``: it changes the archive, so it is asked last and once."""

    name: str
    calls: list[Call]
    writes: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the questions are about. ``large`` and ``small`` are contexts by how many events they have."""

    events: list[dict[str, Any]]
    large: list[tuple[int, str]]
    small: list[tuple[int, str]]
    publishers: list[tuple[int, str]]
    sources: list[int]
    rare: list[str]
    frequent: list[str]
    phrases: list[str]


def draw() -> Drawn:
    """Draw them; the archive is read here, and nothing of it measured."""
    from django.db.models import Count

    from events import queries
    from events.models import Citation, Context, Event, Tagging
    from events.search.language import Terms
    from events.search.words import words_of

    chance = random.Random(20040209)
    first, last = Event.objects.earliest("pk").pk, Event.objects.latest("pk").pk
    ids = [chance.randint(first, last) for _ in range(CALLS * 3)]
    events = [*queries.documents(list(dict.fromkeys(ids)))][: CALLS * 2]
    counted = Tagging.objects.active().order_by().values_list("context").annotate(count=Count("pk"))
    by_size = sorted(counted, key=lambda row: (-row[1], row[0]))
    names = dict(Context.objects.values_list("pk", "slug"))
    few = [row for row in by_size if row[1] <= 5]
    cited = Citation.objects.order_by().values_list("publisher", "publisher__name")
    publishers = sorted(cited.annotate(count=Count("pk")), key=lambda row: (-row[2], row[0]))
    sources = Citation.objects.filter(event__in=[one["id"] for one in events], source__isnull=False)
    words = [word.word for one in events for word in words_of(one["text"]) if len(word.word) > 3]
    often = _frequencies(sorted({word for word in words if word.isalpha()}), Terms)
    ranked = sorted(often, key=lambda word: (often[word], word))
    return Drawn(
        events=events,
        large=[(pk, names[pk]) for pk, _ in by_size[:CALLS]],
        small=[(pk, names[pk]) for pk, _ in chance.sample(few, min(CALLS, len(few)))],
        publishers=[(pk, name) for pk, name, _ in publishers[:CALLS]],
        sources=list(sources.order_by("pk").values_list("source", flat=True)[:CALLS]),
        rare=ranked[:CALLS],
        frequent=ranked[-CALLS:],
        phrases=[
            " ".join(said.split(" ")[1:4]).strip(".,") for said in (one["text"] for one in events[:CALLS])
        ],
    )


def _frequencies(words: list[str], terms: Any) -> dict[str, int]:
    from events.search import backends

    counts = backends.current().frequencies([terms((word,), exact=True) for word in words[:300]], 5_000)
    return dict(zip(words, counts, strict=False))


class Asker:
    """Makes calls of addresses. Whoever answers worse than 304 stops the benchmark."""

    def __init__(self) -> None:
        from django.test import Client

        self._client = Client(headers={"host": "localhost"})

    def sign_in(self) -> None:
        """Go on as an administrator."""
        from django.contrib.auth.models import User

        user, _ = User.objects.get_or_create(
            username="growth", defaults={"is_staff": True, "is_superuser": True}
        )
        self._client.force_login(user)

    def get(self, path: str, **query: Any) -> Call:
        """The call of one address."""
        return partial(self._get, f"{path}?{urlencode(query, doseq=True)}" if query else path)

    def _get(self, path: str) -> Any:
        response = self._client.get(path)
        if response.status_code != 200:
            raise RuntimeError(f"{path} answers {response.status_code}.")
        return getattr(response, "content", None) or b"".join(response.streaming_content)


def constant() -> Question:
    """The page without a query beside which everything is measured."""
    return Question("constant page", [Asker().get("/livez")] * CALLS)


def questions() -> Iterator[Question]:
    """All of them, those that write last."""
    drawn = draw()
    yield from _pages(drawn, Asker())
    yield from _lists(drawn, Asker())
    yield from _searches(drawn, Asker())
    yield from _desk(drawn)
    yield from _work(drawn)


def _days(drawn: Drawn) -> list[dt.date]:
    return [dt.date.fromisoformat(one["date"]) for one in drawn.events[:CALLS]]


def _pages(drawn: Drawn, ask: Asker) -> Iterator[Question]:
    get, days = ask.get, _days(drawn)
    paths = [one["address"] for one in drawn.events[:CALLS]]
    folders = [path.rpartition("/")[0] for path in paths]
    yield Question("front page", [get("/")] * CALLS)
    yield Question("event page", [get(f"{path}.html") for path in paths])
    yield Question("event, JSON", [get(f"{path}.json") for path in paths])
    yield Question("event's history", [get(f"{path}/history/") for path in paths])
    yield Question("day", [get(f"{folder}/") for folder in folders])
    yield Question("month", [get(f"/news/{day:%Y/%m}/") for day in days])
    yield Question("year", [get(f"/news/{day:%Y}/") for day in days])
    yield Question("all years", [get("/news/")] * CALLS)
    yield Question("on this day", [get(f"/on-this-day/{day:%m}/{day.day}/") for day in days])
    yield Question("context, large", [get(f"/contexts/{slug}/") for _, slug in drawn.large])
    yield Question("context, small", [get(f"/contexts/{slug}/") for _, slug in drawn.small])
    yield Question(
        "context, deep", [get(f"/contexts/{drawn.large[0][1]}/", before=f"{day}.1") for day in days]
    )
    yield Question("context, feed", [get(f"/contexts/{slug}/index.atom") for _, slug in drawn.large])
    yield Question("context, TimeMap", [get(f"/timemap/contexts/{slug}/") for _, slug in drawn.large])
    yield Question(
        "all contexts", [get("/contexts/", **{"from": letter}) for letter in "ABCDEFGIJKLMNPRSTUVW"]
    )
    yield Question("contexts by a beginning", [get("/contexts/", q=slug[:4]) for _, slug in drawn.large])
    yield Question("publishers", [get("/sources/", **{"from": letter}) for letter in "ABCDEFGHIJKLMNPRST"])
    yield Question("publisher", [get(f"/sources/{pk}/") for pk, _ in drawn.publishers])
    yield Question("corrections", [get("/corrections/")] * CALLS)
    yield Question("sitemap index", [get("/sitemap.xml")] * CALLS)
    yield Question("sitemap of a month", [get(f"/sitemap/en-{day:%Y-%m}.xml") for day in days])
    yield Question("news sitemap", [get("/news-sitemap.xml")] * CALLS)
    yield Question("feed of news", [get("/feeds/news.atom")] * CALLS)


def _lists(drawn: Drawn, ask: Asker) -> Iterator[Question]:
    events, days = f"{API}events/", _days(drawn)
    get = partial(ask.get, events)
    at = _places(ask)
    spans = [{"date_from": day - dt.timedelta(days=90), "date_to": day} for day in days]
    yield Question("list, first page", [get()] * CALLS)
    yield Question("list, anywhere", [get(cursor=at(day)) for day in days])
    yield Question("list, oldest first", [get(ordering="date")] * CALLS)
    yield Question("list, last changed", [get(ordering="-updated")] * CALLS)
    yield Question("list, of a context", [get(context=pk) for pk, _ in drawn.large])
    yield Question("list, of a small context", [get(context=pk) for pk, _ in drawn.small])
    yield Question(
        "list, of a context and dates",
        [get(context=pk, **span) for (pk, _), span in zip(drawn.large, spans, strict=False)],
    )
    yield Question(
        "list, of one of two contexts",
        [get(context=[one[0], two[0]]) for one, two in zip(drawn.large, drawn.small, strict=False)],
    )
    yield Question(
        "list, of both of two contexts",
        [get(context_all=[one[0], two[0]]) for one, two in zip(drawn.large, drawn.large[1:], strict=False)],
    )
    yield Question("list, of a category", [get(category=one["category"]) for one in drawn.events[:CALLS]])
    yield Question("list, of a publisher", [get(publisher=name) for _, name in drawn.publishers])
    yield Question("list, of a source", [get(source=pk) for pk in drawn.sources])
    yield Question("list, corrected", [get(has_correction="true")] * CALLS)
    yield Question("list, of a day in every year", [get(on_day=f"{day:%m-%d}") for day in days])
    yield Question("list, changed since", [get(changed_since=f"{dt.datetime.now(dt.UTC).date()}")] * CALLS)
    yield Question("list, of a context by its slug", [get(context=slug) for _, slug in drawn.large])
    yield Question("list, of a rare word", [get(q=word) for word in drawn.rare])
    yield Question("count of all events", [get(count="only")] * CALLS)
    yield Question("list, by ids", [get(ids=",".join(str(one["id"]) for one in drawn.events[:20]))] * CALLS)
    yield Question("detail", [ask.get(f"{events}{one['id']}/") for one in drawn.events[:CALLS]])
    yield Question(
        "related of an event", [ask.get(f"{events}{one['id']}/related/") for one in drawn.events[:CALLS]]
    )
    yield Question("days", [ask.get(f"{API}days/")] * CALLS)
    yield Question("days, by years", [ask.get(f"{API}days/", by="year")] * CALLS)
    yield Question("days, of a context", [ask.get(f"{API}days/", context=pk) for pk, _ in drawn.large])
    yield Question(
        "days, of a publisher", [ask.get(f"{API}days/", publisher=name) for _, name in drawn.publishers]
    )
    yield Question("list of contexts", [ask.get(f"{API}contexts/")] * CALLS)
    yield Question("contexts by slug", [ask.get(f"{API}contexts/", slug=slug) for _, slug in drawn.large])
    yield Question("contexts by name", [ask.get(f"{API}contexts/", name=slug) for _, slug in drawn.small])
    yield Question("a context", [ask.get(f"{API}contexts/{pk}/") for pk, _ in drawn.large])
    yield Question("list of sources", [ask.get(f"{API}sources/")] * CALLS)
    yield Question("changes", [ask.get(f"{API}changes/", after=one["id"]) for one in drawn.events[:CALLS]])


def _places(ask: Asker) -> Callable[[dt.date], str]:
    """What makes the cursor of a place in the list of all events, from the one that the list gives itself."""
    following = json.loads(ask.get(f"{API}events/")())["next"]
    (given,) = parse_qs(urlsplit(following).query)["cursor"]
    *head, _day, _event = json.loads(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)))

    def at(day: dt.date) -> str:
        parts = json.dumps([*head, day.isoformat(), "1"]).encode()
        return base64.urlsafe_b64encode(parts).decode().rstrip("=")

    return at


def _searches(drawn: Drawn, ask: Asker) -> Iterator[Question]:
    get = partial(ask.get, f"{API}search/")
    pairs = [f"{one} {two}" for one, two in zip(drawn.frequent, drawn.rare, strict=False)]
    yield Question("search, a rare word", [get(q=word) for word in drawn.rare])
    yield Question("search, a frequent word", [get(q=word) for word in drawn.frequent])
    yield Question("search, two words", [get(q=pair) for pair in pairs])
    yield Question("search, a phrase", [get(q=f'"{said}"') for said in drawn.phrases])
    yield Question(
        "search, a word in a context",
        [get(q=word, context=pk) for word, (pk, _) in zip(drawn.frequent, drawn.large, strict=False)],
    )
    yield Question(
        "search, in a named context",
        [
            get(q=f"context:{slug} {word}")
            for word, (_, slug) in zip(drawn.frequent, drawn.large, strict=False)
        ],
    )
    yield Question("search, newest first", [get(q=word, ordering="-date") for word in drawn.frequent])
    yield Question("search page, a rare word", [ask.get("/search/", q=word) for word in drawn.rare])
    yield Question("search page, a frequent word", [ask.get("/search/", q=word) for word in drawn.frequent])
    yield Question("suggest", [ask.get(f"{API}suggest/", q=word[:4]) for word in drawn.frequent])


def _desk(drawn: Drawn) -> Iterator[Question]:
    ask = Asker()
    ask.sign_in()
    get = ask.get
    yield Question("desk, first page", [get("/admin/")] * CALLS)
    yield Question("desk, events", [get("/admin/events/event/")] * CALLS)
    yield Question("desk, events of an edition", [get("/admin/events/event/", edition__exact="en")] * CALLS)
    yield Question("desk, drafts", [get("/admin/events/event/", state__exact="draft")] * CALLS)
    yield Question("desk, events by a word", [get("/admin/events/event/", q=word) for word in drawn.frequent])
    yield Question(
        "desk, an event", [get(f"/admin/events/event/{one['id']}/change/") for one in drawn.events[:CALLS]]
    )
    yield Question("desk, contexts", [get("/admin/events/context/")] * CALLS)
    yield Question("desk, a context", [get(f"/admin/events/context/{pk}/change/") for pk, _ in drawn.large])
    yield Question(
        "desk, contexts by a word", [get("/admin/events/context/", q=slug[:4]) for _, slug in drawn.large]
    )
    yield Question("desk, sources", [get("/admin/events/source/")] * CALLS)
    yield Question("desk, publishers", [get("/admin/events/publisher/")] * CALLS)
    yield Question(
        "desk, a publisher",
        [get(f"/admin/events/publisher/{pk}/change/") for pk, _ in drawn.publishers[CALLS // 2 :]],
    )
    yield Question("desk, queue", [get("/admin/queue/")] * CALLS)


def _work(drawn: Drawn) -> Iterator[Question]:
    from django.contrib.auth.models import User

    from events.actions.correct import correct_event
    from events.actions.recording import Actor
    from events.actions.relate import relate_now
    from events.models import Event
    from events.queries import related_of
    from events.vocabulary import Grade

    ids = [one["id"] for one in drawn.events[:CALLS]]
    actor = Actor.person(User.objects.get(username="growth"))

    def correct(event_id: int) -> None:
        event = Event.objects.get(pk=event_id)
        correct_event(
            actor=actor, event_id=event_id, version=event.version, grade=Grade.TYPO, note="",
            values={"text": f"{event.text} {event.version}"},
        )  # fmt: skip

    yield Question("related links, read", [partial(related_of, [pk]) for pk in ids])
    yield Question("related links, computed", [partial(relate_now, pk) for pk in ids], writes=True)
    yield Question("a correction saved", [partial(correct, pk) for pk in ids], writes=True)
