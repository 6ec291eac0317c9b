"""Writing events: created, corrected, moved, withdrawn, restored, released, merged; or proposed."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request

from events.actions.address import change_address
from events.actions.correct import correct_event, create_event, revert_event
from events.actions.merge import merge_events, unmerge_event
from events.actions.plan import values_now
from events.actions.programs.answered import Answer
from events.actions.review.propose import propose_correction
from events.actions.withdraw import reject_event, release_event, restore_event, withdraw_event
from events.api import problems
from events.api.answers import encode
from events.api.inputs.events import (
    EventCreation,
    EventPatch,
    MergeInput,
    NoteInput,
    ReasonInput,
    RevertInput,
    read_patch,
    slug_of,
    values_of,
)
from events.api.inputs.reading import Input, invalid_members
from events.api.writing import describe
from events.api.writing.base import (
    WritingView,
    event_answer,
    event_standing,
    holds,
    made_answer,
    state_answer,
)
from events.api.writing.bodies import Json
from events.api.writing.proposals import proposal_json
from events.formats.serializers.events import EventDetailSerializer
from events.formats.serializers.writing import EventStateSerializer
from events.models import Event, ReviewItem
from events.vocabulary import Grade, Right, State, Subject


class EventCreating(WritingView):
    """``POST events/``."""

    @describe.write(
        "events_create", "A new event", right=Right.CORRECT, shape=EventCreation, creates=True,
        answers={
            201: EventDetailSerializer,
            202: OpenApiResponse(EventStateSerializer, description="A draft, which waits for an editor."),
        },
        description="Without it, but with `propose_change`, a draft is made. A draft names only contexts "
        "that are there.",
        example={
            "edition": "en", "date": "2004-02-09", "text": "Envoys of two countries sign a treaty.",
            "category": "international-relations", "contexts": ["Treaties"], "lead_context": "Treaties",
            "citations": [{"label": "Gazette", "url": "https://gazette.example/a"}],
        },
    )  # fmt: skip
    def post(self, request: Request) -> HttpResponse:
        """A new event: published, or a draft that waits for an editor."""
        actor = self.begin(request, Right.CORRECT, Right.PROPOSE)
        read = EventCreation.read(self.body(request))
        draft = read.pop("draft", False) or not holds(actor, Right.CORRECT)
        values = values_of(read)
        beside = {name: read[name] for name in ("edition", "slug", "note") if name in read}
        create = partial(create_event, actor=actor, draft=draft, **beside, **values)
        return self.carry_out(request, create, _created)


class EventPatching(WritingView):
    """``PATCH events/{id}/``."""

    @describe.write(
        "events_patch", "Correct an event", right=Right.CORRECT, shape=EventPatch, patch=True, post=False,
        answers=describe.EVENT_OR_PROPOSAL,
        description="A merge patch (RFC 7396). Whoever has only `propose_change` proposes it (202).",
        example={"text": "Envoys of two countries signed a treaty.", "grade": "correction", "note": "Tense."},
    )  # fmt: skip
    def patch(self, request: Request, pk: int) -> HttpResponse:
        """A correction; whoever may only propose makes a proposal of it."""
        actor = self.begin(request, Right.CORRECT, Right.PROPOSE)
        corrects = holds(actor, Right.CORRECT)
        state, _, _ = _standing(pk, public=not corrects)
        version, edition, present = values_now(pk)
        self.require_seen(request, Subject.EVENT, pk, version, inside=corrects)
        read = read_patch(self.body(request, patch=True), present)
        if state == State.MERGED:
            raise problems.Problem(problems.REFUSED, f"Event {pk} was merged into another; change that one.")
        asked: Json = {"actor": actor, "event_id": pk, "version": version}
        grade, note = read.pop("grade", None), read.pop("note", "")
        address = read.pop("address", None)
        if corrects:
            day = read["date"].isoformat() if "date" in read else present["date"]
            slug = slug_of(address, edition, day) if address is not None else None
            change = partial(self._correct, asked, values_of(read), grade, note, slug)
            return self.carry_out(request, change, lambda _: event_answer(pk))
        if address is not None:
            raise invalid_members({"address": ["Only an editor moves an event."]})
        graded = Grade(grade or Grade.CORRECTION)
        propose = partial(propose_correction, **asked, values=values_of(read), note=note, grade=graded)
        return self.carry_out(request, propose, _proposed)

    @staticmethod
    def _correct(asked: Json, values: Any, grade: str | None, note: str, slug: str | None) -> Event:
        """Correct, then move: two acts, two revisions, one transaction."""
        event = correct_event(**asked, values=values, grade=Grade(grade) if grade else None, note=note)
        if slug is not None:
            event = change_address(**{**asked, "version": event.version}, slug=slug)
        return event


class EventActView(WritingView):
    """A verb on an event that stands: ``POST events/{id}/VERB/``."""

    right: Right
    shape: type[Input] = NoteInput

    def act(self, request: Request, pk: int) -> HttpResponse:
        """Look at the request, and do what :meth:`verb` says."""
        actor = self.begin(request, self.right)
        _, revision, _ = _standing(pk)
        version = self.require_seen(request, Subject.EVENT, pk, revision)
        read = self.shape.read(self.body(request, optional=self.shape is NoteInput))
        asked = {"actor": actor, "event_id": pk, "version": version}
        return self.carry_out(request, partial(self.verb, asked, read), lambda _: self.show(pk, read))

    def verb(self, asked: Json, read: Json) -> object:
        """The action."""
        raise NotImplementedError

    def show(self, pk: int, _read: Json) -> Answer:
        """What it is answered: the event."""
        return event_answer(pk)


class WithdrawView(EventActView):
    """Take an event from the public."""

    right, shape = Right.WITHDRAW, ReasonInput

    @describe.write(
        "events_withdraw", "Take an event from the public", right=Right.WITHDRAW, shape=ReasonInput,
        answers={200: EventStateSerializer}, example={"reason": "It is not news."},
        description="Its addresses answer 410. What must not even be kept is removed on the desk.",
    )  # fmt: skip
    def post(self, request: Request, pk: int) -> HttpResponse:
        """410 from now on."""
        return self.act(request, pk)

    def verb(self, asked: Json, read: Json) -> object:
        return withdraw_event(**asked, **read)


class RestoreView(EventActView):
    """Publish a withdrawn event again."""

    right = Right.WITHDRAW

    @describe.write(
        "events_restore", "Publish a withdrawn event again", right=Right.WITHDRAW, shape=NoteInput,
        answers={200: EventDetailSerializer}, example={"note": "Confirmed."},
    )  # fmt: skip
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Where it was."""
        return self.act(request, pk)

    def verb(self, asked: Json, read: Json) -> object:
        return restore_event(**asked, **read)


class ReleaseView(EventActView):
    """Publish a draft, or an event that was held."""

    right = Right.REVIEW

    @describe.write(
        "events_release", "Publish a draft, or an event that was held", right=Right.REVIEW, shape=NoteInput,
        answers={200: EventDetailSerializer}, example={"note": "Checked."},
    )  # fmt: skip
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Readers meet it for the first time."""
        return self.act(request, pk)

    def verb(self, asked: Json, read: Json) -> object:
        return release_event(**asked, **read)


class RejectView(EventActView):
    """Refuse a draft, or an event that was held."""

    right = Right.REVIEW

    @describe.write(
        "events_reject", "Refuse a draft, or an event that was held", right=Right.REVIEW, shape=NoteInput,
        answers={200: EventStateSerializer}, example={"note": "No source."},
    )  # fmt: skip
    def post(self, request: Request, pk: int) -> HttpResponse:
        """It never becomes public."""
        return self.act(request, pk)

    def verb(self, asked: Json, read: Json) -> object:
        return reject_event(**asked, **read)


class RevertView(EventActView):
    """Go back to a former revision, by a correction of its own."""

    right, shape = Right.CORRECT, RevertInput

    @describe.write(
        "events_revert", "Go back to a former revision", right=Right.CORRECT, shape=RevertInput,
        answers={200: describe.EVENT}, example={"revision": 1, "note": "The correction was wrong."},
        description="By a correction of its own; state, address and merges stay.",
    )  # fmt: skip
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Its values; state and address stay."""
        return self.act(request, pk)

    def verb(self, asked: Json, read: Json) -> object:
        return revert_event(
            **asked, revision_number=read["revision"], grade=Grade(read["grade"]), note=read["note"]
        )


class MergeView(EventActView):
    """Merge an event into another."""

    right, shape = Right.MERGE, MergeInput

    @describe.write(
        "events_merge", "Merge an event into another", right=Right.MERGE, shape=MergeInput,
        answers={200: EventStateSerializer}, example={"into": 17, "note": "The same treaty."},
        description="The other stays; this one's addresses lead there.",
    )  # fmt: skip
    def post(self, request: Request, pk: int) -> HttpResponse:
        """The other stays; this one's addresses lead there."""
        return self.act(request, pk)

    def verb(self, asked: Json, read: Json) -> object:
        _target(read["into"])
        return merge_events(**asked, into_id=read["into"], note=read["note"])

    def show(self, pk: int, _read: Json) -> Answer:
        return state_answer(pk)


class UnmergeView(EventActView):
    """Take a merge back."""

    right = Right.MERGE

    @describe.write(
        "events_unmerge", "Take a merge back", right=Right.MERGE, shape=NoteInput,
        answers={200: describe.EVENT}, example={"note": "Two treaties."},
    )  # fmt: skip
    def post(self, request: Request, pk: int) -> HttpResponse:
        """It is what it was."""
        return self.act(request, pk)

    def verb(self, asked: Json, read: Json) -> object:
        return unmerge_event(**asked, **read)


def _standing(pk: int, *, public: bool = False) -> tuple[str, int, int | None]:
    """See ``writing.event_standing``; for who may see what is *public* only, nothing else is there."""
    standing = event_standing(pk)
    if public and standing[0] == State.WITHDRAWN:
        raise problems.Problem(problems.GONE)
    if public and standing[0] not in {State.PUBLISHED, State.MERGED}:
        raise problems.Problem(problems.NOT_FOUND)
    return standing


def _target(pk: int) -> None:
    try:
        event_standing(pk)
    except problems.Problem:
        raise invalid_members({"into": [f"There is no event {pk}."]}) from None


def _created(event: Event) -> Answer:
    if not event.is_public:
        return state_answer(event.pk, status=202)
    location = reverse("api:event", kwargs={"pk": event.pk})
    return event_answer(event.pk, status=201, headers={"Location": location})


def _proposed(item: ReviewItem) -> Answer:
    location = reverse("api:proposal", kwargs={"pk": item.pk})
    return made_answer(encode(proposal_json(item)), status=202, headers={"Location": location})
