"""Two that write one event's document at once, on a database that lets two write."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from events.actions import documents
from events.actions.contexts.edit import edit_context
from events.actions.correct import correct_event
from events.models import Context, Document, Event
from events.vocabulary import Grade, Role
from tests.factories import make_event
from tests.people import make_person


@pytest.mark.usefixtures("many_connections")
def test_a_correction_and_a_renamed_context_are_both_in_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """The renaming has read the event and not written its document yet when the correction comes."""
    chief = make_person(Role.CHIEF)
    event = make_event("A ferry opens.", contexts=["Ferries"])
    context = Context.objects.get()
    has_read, may_write = threading.Event(), threading.Event()
    made = documents.event_document

    def slowly(*arguments: object) -> object:
        document = made(*arguments)  # type: ignore[arg-type]
        if threading.current_thread().name == "renaming":
            has_read.set()
            may_write.wait(timeout=2)
        return document

    monkeypatch.setattr(documents, "event_document", slowly)

    def rename() -> None:
        try:
            edit_context(actor=chief, context_id=context.pk, version=1, values={"name": "Ships"})
        finally:
            connection.close()

    def correct() -> None:
        try:
            correct_event(
                actor=chief,
                event_id=event.pk,
                version=1,
                values={"text": "A bridge opens."},
                grade=Grade.TYPO,
            )
        finally:
            may_write.set()
            connection.close()

    renaming = threading.Thread(target=rename, name="renaming")
    renaming.start()
    assert has_read.wait(timeout=30)
    correcting = threading.Thread(target=correct)
    correcting.start()
    for thread in (correcting, renaming):
        thread.join(timeout=30)
    assert Event.objects.get().text == "A bridge opens."
    body = Document.objects.get().body
    assert '"text":"A bridge opens."' in body
    assert '"name":"Ships"' in body
