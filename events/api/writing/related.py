"""``events/{id}/related/{target}/``: what editors decide about one related link."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from events import queries
from events.actions.curate import ban_related, clear_curation, note_related, pin_related
from events.actions.programs.answered import Answer
from events.actions.recording import recording
from events.actions.rows import lock_event
from events.api import problems
from events.api.answers import encode
from events.api.inputs.related import DecisionInput
from events.api.writing import describe
from events.api.writing.base import WritingView, event_standing, made_answer
from events.api.writing.bodies import Json
from events.formats.serializers.events import RelatedListSerializer
from events.vocabulary import Decision, Right, Subject


class RelatedDeciding(WritingView):
    """``PUT`` and ``DELETE``."""

    @describe.write(
        "events_related_put", "Pin, ban or annotate a related link", right=Right.CURATE, shape=DecisionInput,
        answers={200: RelatedListSerializer}, post=False, target=True,
        example={"decision": "pin", "position": 1, "note": "What it led to."},
        description="`If-Match` is the ETag of the event, or of its list.",
    )  # fmt: skip
    def put(self, request: Request, pk: int, target: int) -> HttpResponse:
        """Pin, ban or annotate the link from the event to the target."""
        version = self._begin(request, pk, target)
        read = DecisionInput.read(self.body(request))
        return self._decide(request, pk, version, partial(_decided, read, target))

    @describe.write(
        "events_related_delete", "Take back what was decided about a related link", right=Right.CURATE,
        answers={200: RelatedListSerializer}, post=False, target=True,
        description="`If-Match` is the ETag of the event, or of its list.",
    )  # fmt: skip
    def delete(self, request: Request, pk: int, target: int) -> HttpResponse:
        """Take back what was decided; the computation decides again."""
        version = self._begin(request, pk, target)
        return self._decide(request, pk, version, partial(clear_curation, target_id=target))

    def _begin(self, request: Request, pk: int, target: int) -> int:
        self.begin(request, Right.CURATE)
        _, revision, _ = event_standing(pk)
        version = self.require_seen(request, Subject.EVENT, pk, revision)
        try:
            event_standing(target)
        except problems.Problem:
            raise problems.Problem(problems.NOT_FOUND, f"There is no event {target}.") from None
        return version

    def _decide(self, request: Request, pk: int, version: int, verb: Any) -> HttpResponse:
        actor = self.writer.actor

        def act() -> None:
            with recording(actor):
                lock_event(pk, version)
                verb(actor=actor, event_id=pk)

        return self.carry_out(request, act, lambda _: related_answer(pk))


def _decided(read: Json, target: int, **asked: Any) -> None:
    decision, note = read["decision"], read["note"]
    if decision == Decision.PIN:
        pin_related(**asked, target_id=target, note=note, position=read.get("position"))
    elif decision == Decision.BAN:
        ban_related(**asked, target_id=target, note=note)
    else:
        note_related(**asked, target_id=target, note=note)


def related_answer(pk: int) -> Answer:
    """The list as reading gives it. Two queries."""
    _, revision, _ = event_standing(pk)
    body = encode({"results": queries.related_of([pk]).get(pk, [])})
    return made_answer(body, revision=revision)
