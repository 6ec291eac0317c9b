"""What is not public is in no answer: words of such events, sources, publishers, editorials, by any address.

The addresses are all that the API has, with the ids of everything there is, public or not, in every
format. Contexts are public from when they are made, so their names are not looked for
(docs/decisions/2026-11-30-contexts-are-public.md).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import URLPattern
from django.utils import timezone

from events.actions.documents import write_documents
from events.actions.recording import Actor, recording
from events.api.stats import kept
from events.api.urls import urlpatterns
from events.models import (
    Citation,
    Context,
    Curation,
    Editorial,
    Event,
    Publisher,
    ReviewItem,
    Revision,
    Source,
)
from events.vocabulary import ChangeKind, Grade, ReviewKind, State
from tests.api.nouns import content, fill
from tests.factories import former_address, make_editorial, make_event, make_provenance, relate

pytestmark = pytest.mark.django_db
Get = Callable[..., Any]
WORD = "Zanzibarcanary"
HIDDEN = (State.DRAFT, State.HELD, State.WITHDRAWN, State.LEGAL)
SUFFIXES = ("json", "xml", "csv", "ndjson", "md", "html", "ninjs", "ttl", "jsonld", "rdf", "txt")
QUERIES = {
    "events": [
        "?has_correction=true",
        "?ordering=updated",
        "?page_size=1",
        "?count=only",
        "?q=zanzibarcanar*",
    ],
    "days": ["?by=month", "?by=year", "?q=zanzibarcanar*"],
    "search": ["?q=treaty&facets=true", "?q=zanzibarcanar*&facets=true", "?q=treaty OR zanzibarcanar*"],
    "suggest": ["?q=zanzibarcana", "?q=trea"],
    "changes": ["?include=object", "?page_size=500"],
    "corrections": ["?ordering=id"],
    "publishers": ["?host=gazette.example"],
}


def hide() -> None:
    """Events of each state that is not public, with the word in everything they have."""
    public = Event.objects.get(text="A treaty is signed.")
    for state in HIDDEN:
        event = make_event(
            f"{WORD} {state}.", state=state, contexts=["Treaty"], lead="Treaty",
            summary=f"{WORD} in a summary.", category_said=WORD,
            citations=[
                (f"{WORD} Times", f"https://{WORD.lower()}.example/{state}", f"https://{WORD}.example/p.jpg")
            ],
        )  # fmt: skip
        Source.objects.filter(url__contains=WORD.lower()).update(title=WORD, description=WORD)
        former_address(event, f"{WORD.lower()}-was-{state}")
        make_provenance(event, external_id=WORD, slug=WORD.lower(), date=event.date)
        relate(public, event, rank=10 + len(state), shared=["Treaty"])
        relate(event, public, shared=["Treaty"])
        Curation.objects.create(event=event, target=public, decision="pin", by_name="e", note=WORD)
        Curation.objects.create(event=public, target=event, decision="pin", by_name="e", note=WORD)
        with recording(Actor(name="e")) as trace:
            trace.revise_event(
                event, ChangeKind.CORRECTED, {"text": {"old": WORD, "new": f"{WORD}."}},
                grade=Grade.CORRECTION, note=WORD,
            )  # fmt: skip
            event.save()
        ReviewItem.objects.create(kind=ReviewKind.HELD, key=f"{event.pk}", event=event, data={"said": WORD})
    for number, (state, at) in enumerate(
        [
            (State.DRAFT, timezone.now()),
            (State.WITHDRAWN, timezone.now()),
            (State.PUBLISHED, timezone.now() + dt.timedelta(days=1)),
        ]
    ):
        make_editorial(
            f"{WORD} {number}", slug=f"{WORD.lower()}-{number}", body=WORD, author=WORD, state=state,
            publish_at=at,
        )  # fmt: skip
    born_held()


def born_held() -> None:
    """An event that is public now and said the word only while it was held."""
    event = make_event("It is public now.")
    for number, kind, fields, grade in (
        (1, ChangeKind.CREATED, {"text": {"old": None, "new": WORD}}, ""),
        (2, ChangeKind.CORRECTED, {"text": {"old": WORD, "new": "It is public now."}}, Grade.UPDATE),
        (3, ChangeKind.UPDATED, {"state": {"old": State.HELD, "new": State.PUBLISHED}}, ""),
    ):
        Revision.objects.create(
            event=event, number=number, kind=kind, actor_name="e", fields=fields, grade=grade
        )
    Event.objects.filter(pk=event.pk).update(version=3)
    write_documents([event.pk], at=timezone.now())


def addresses() -> Iterator[str]:
    """Every address of the API, for everything there is."""
    ids: set[int] = {pk for model in (Event, Source, Publisher, Editorial, Context) for pk in _ids(model)}
    for pattern in urlpatterns:
        route = str(pattern.pattern)
        if not isinstance(pattern, URLPattern) or route in {"", "^"}:
            continue
        filled = [route]
        for place in re.findall(r"<[^>]+>", route):
            filled = [one.replace(place, str(value)) for one in filled for value in _values(place, ids)]
        yield from (f"/api/{one}" for one in filled)


def _ids(model: Any) -> list[int]:
    return list(model.objects.values_list("pk", flat=True))


def _values(place: str, ids: set[int]) -> list[Any]:
    if place.startswith("<int:"):
        return sorted(ids)
    if place == "<slug:format>":
        return list(SUFFIXES)
    if place == "<day:date>":
        return ["2004-02-09"]
    return ["not-found"]


def test_no_answer_says_what_is_not_public(get: Get) -> None:
    fill()
    hide()
    kept.forget()
    assert Citation.objects.filter(label__contains=WORD).count() == len(HIDDEN)
    asked = list(addresses())
    for name, queries in QUERIES.items():
        for query in queries:
            asked.append(f"/api/v1/{name}/{query}")
            asked += [f"/api/v1/{name}.{suffix}{query}" for suffix in ("xml", "csv", "ndjson")]
    seen = {200: 0}
    for path in asked:
        answer = get(path)
        body = content(answer).decode()
        seen[answer.status_code] = seen.get(answer.status_code, 0) + 1
        assert answer.status_code < 500, (path, body)
        assert WORD.lower() not in f"{body} {dict(answer.headers)}".lower(), path
    assert seen[200] > 60, "too little was looked at"
    assert seen[410] >= 6
    assert seen[451] >= 6


def test_what_is_public_would_have_been_found(get: Get) -> None:
    """The look above is able to find: the same word in a published event shows."""
    fill()
    make_event(f"{WORD} signs.", contexts=["Treaty"], citations=[("Gazette", "", "")])
    found = [path for path in addresses() if WORD in content(get(path)).decode()]
    assert {"/api/v1/events/", "/api/v1/events.csv", "/api/v1/events.xml", "/api/v1/events.ndjson"} <= set(
        found
    )
