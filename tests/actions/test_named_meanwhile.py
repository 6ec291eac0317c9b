"""What one writer names while another removes or merges it, on a database that lets two write."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from events.actions import correct
from events.actions.contexts import tagging
from events.actions.contexts.merge import merge_contexts
from events.actions.contexts.tagging import tag_from_texts
from events.actions.correct import create_event
from events.actions.recording import Actor
from events.actions.removal import remove
from events.actions.removal.remove import remove_event
from events.harvest.records import CitedSource
from events.models import Context, Document, Event, Source, Tagging
from events.vocabulary import Role
from tests.api.writing.writers import program
from tests.factories import DAY, make_context, make_event
from tests.people import make_person

pytestmark = pytest.mark.usefixtures("many_connections")
PAGE = CitedSource("The Gazette", "https://gazette.example/a")


class Overtaking:
    """Runs *first* until it has done *what*, then *second*, which either ends or waits for *first*."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: Any, what: str) -> None:
        self._reached, self._go = threading.Event(), threading.Event()
        original = getattr(module, what)

        def halting(*arguments: Any, **options: Any) -> Any:
            found = original(*arguments, **options)
            if threading.current_thread().name == "first" and not self._reached.is_set():
                self._reached.set()
                self._go.wait(timeout=30)
            return found

        monkeypatch.setattr(module, what, halting)

    def run(self, first: Callable[[], Any], second: Callable[[], Any]) -> tuple[Any, Any]:
        """What each returned or raised."""
        outcomes: dict[str, Any] = {}

        def act(name: str, do: Callable[[], Any]) -> None:
            try:
                outcomes[name] = do()
            except Exception as error:  # noqa: BLE001  the outcome is what the test looks at
                outcomes[name] = error
            finally:
                connection.close()

        threads = [
            threading.Thread(target=act, args=(name, do), name=name)
            for name, do in (("first", first), ("second", second))
        ]
        threads[0].start()
        assert self._reached.wait(timeout=30)
        threads[1].start()
        threads[1].join(timeout=0.7)
        self._go.set()
        for thread in threads:
            thread.join(timeout=30)
        return outcomes["first"], outcomes["second"]


@pytest.fixture
def chief() -> Actor:
    return make_person(Role.CHIEF)


def ferries(actor: Actor, text: str = "A ferry opens.") -> Event:
    return create_event(
        actor=actor, edition="en", date=DAY, text=text, category="other", contexts=["Ferries"],
        citations=[PAGE],
    )  # fmt: skip


def removing(actor: Actor, event: Event) -> Callable[[], Event]:
    return lambda: remove_event(actor=actor, event_id=event.pk, version=1, reason="A court said so.")


def posting() -> Callable[[], Any]:
    sender = program(Role.EDITOR)
    body = {
        "edition": "en", "date": "2004-02-09", "text": "A bridge opens.", "category": "other",
        "contexts": ["Ferries"], "citations": [{"label": PAGE.label, "url": PAGE.url}],
    }  # fmt: skip
    return lambda: sender.post("events/", body)


def said_of(answer: Any) -> tuple[list[str], list[str]]:
    """The contexts and sources of the event that was made, as its answer and its stored rows have them."""
    assert answer.status_code == 201, getattr(answer, "content", answer)
    event, shown = Event.objects.get(pk=answer.json()["id"]), answer.json()
    assert [row["id"] for row in shown["contexts"]] == list(
        Context.objects.filter(taggings__event=event).values_list("pk", flat=True)
    )
    assert f'"contexts":[{{"id":{shown["contexts"][0]["id"]},' in Document.objects.get(event=event).body
    sources = Source.objects.filter(citations__event=event).values_list("url", flat=True)
    return [row["name"] for row in shown["contexts"]], list(sources)


@pytest.mark.parametrize("found", ["contexts_for", "sources_for"])
def test_what_a_request_has_found_is_not_removed_under_it(
    found: str, chief: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone, post = ferries(chief), posting()
    answer, removed = Overtaking(monkeypatch, correct, found).run(post, removing(chief, alone))
    assert isinstance(removed, Event), removed
    assert said_of(answer) == (["Ferries"], [PAGE.url])


@pytest.mark.parametrize(("module", "gone"), [(remove, "discard_contexts"), (remove, "discard_sources")])
def test_what_is_being_removed_is_made_anew_by_a_request_that_names_it(
    module: Any, gone: str, chief: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone, post = ferries(chief), posting()
    removed, answer = Overtaking(monkeypatch, module, gone).run(removing(chief, alone), post)
    assert isinstance(removed, Event), removed
    assert said_of(answer) == (["Ferries"], [PAGE.url])


def test_what_a_request_has_found_is_not_merged_away_under_it(
    chief: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    ferries(chief)
    goes = Context.objects.get()
    stays = Context.objects.create(edition="en", name="Ships", slug="ships")
    answer, merged = Overtaking(monkeypatch, correct, "contexts_for").run(
        posting(), lambda: merge_contexts(actor=chief, context_id=goes.pk, into_id=stays.pk)
    )
    assert merged == stays
    assert answer.status_code == 201
    assert set(Tagging.objects.values_list("context", flat=True)) == {stays.pk}
    assert all('"name":"Ships"' in body for body in Document.objects.values_list("body", flat=True))


def test_what_a_text_was_found_to_name_is_not_merged_away_under_it(
    chief: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_event("Ferries sink.")
    goes, stays = make_context("Ferries"), make_context("Ships")
    counts, merged = Overtaking(monkeypatch, tagging, "_standing").run(
        lambda: tag_from_texts(edition="en"),
        lambda: merge_contexts(actor=chief, context_id=goes.pk, into_id=stays.pk),
    )
    assert (counts.added, merged) == (1, stays)
    assert list(Tagging.objects.values_list("context", flat=True)) == [stays.pk]
