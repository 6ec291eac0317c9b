"""Taking events from the public, giving them back, and letting held ones out."""

from __future__ import annotations

from events.actions.errors import InvalidAction
from events.actions.recording import Actor, Recording, recording
from events.actions.rows import lock_event, relate_again
from events.actions.values import change_of
from events.models import Event, ReviewItem
from events.vocabulary import ChangeKind, ReviewKind, ReviewState, Right, State

_WAITING = (State.HELD, State.DRAFT)


def withdraw_event(*, actor: Actor, event_id: int, version: int, reason: str) -> Event:
    """Take an event from the public: its addresses answer 410. Needs ``Right.WITHDRAW`` and a
    public *reason*.

    What must not even be kept is removed instead (``actions.removal``).
    """
    actor.require(Right.WITHDRAW)
    if not reason.strip():
        raise InvalidAction("Say why the event is withdrawn; readers will be told.")
    with recording(actor) as trace:
        event = lock_event(event_id, version)
        if event.state in (State.MERGED, State.LEGAL, State.WITHDRAWN):
            raise InvalidAction(f"Event {event_id} is {event.get_state_display().lower()} already.")
        _set_state(event, State.WITHDRAWN, ChangeKind.WITHDRAWN, trace, note=reason, public=True)
    return event


def restore_event(*, actor: Actor, event_id: int, version: int, note: str = "") -> Event:
    """Publish a withdrawn event again; one that was removed for legal reasons has no words left."""
    actor.require(Right.WITHDRAW)
    with recording(actor) as trace:
        event = lock_event(event_id, version)
        if event.state == State.LEGAL:
            raise InvalidAction(
                f"Event {event_id} was removed for legal reasons: its words were erased and cannot come back."
            )
        if event.state != State.WITHDRAWN:
            raise InvalidAction(f"Event {event_id} is not withdrawn.")
        _set_state(event, State.PUBLISHED, ChangeKind.RESTORED, trace, note=note)
    return event


def release_event(*, actor: Actor, event_id: int, version: int, note: str = "") -> Event:
    """Publish an event that was held, or a draft: readers meet it for the first time."""
    actor.require(Right.REVIEW)
    with recording(actor) as trace:
        event = lock_event(event_id, version)
        _require_waiting(event)
        _set_state(
            event, State.PUBLISHED, ChangeKind.UPDATED, trace, note=note, public_kind=ChangeKind.CREATED
        )
        _answer_held(event, ReviewState.ACCEPTED, trace)
    return event


def reject_event(*, actor: Actor, event_id: int, version: int, note: str = "") -> Event:
    """Refuse an event that was held, or a draft: it is withdrawn without ever having been public."""
    actor.require(Right.REVIEW)
    with recording(actor) as trace:
        event = lock_event(event_id, version)
        _require_waiting(event)
        _set_state(event, State.WITHDRAWN, ChangeKind.WITHDRAWN, trace, note=note, public=False)
        _answer_held(event, ReviewState.REJECTED, trace)
    return event


def _require_waiting(event: Event) -> None:
    if event.state not in _WAITING:
        raise InvalidAction(f"Event {event.pk} does not wait for a release.")


def _set_state(
    event: Event,
    state: State,
    kind: ChangeKind,
    trace: Recording,
    *,
    note: str,
    public: bool | None = None,
    public_kind: ChangeKind | None = None,
) -> None:
    """Give the event a new state. *public* ``True``: readers see the change if they saw the event."""
    if public:
        public = event.is_public
    old = str(event.state)
    event.state = state
    trace.revise_event(
        event, kind, {"state": change_of(old, str(state))}, note=note.strip(), public=public,
        public_kind=public_kind,
    )  # fmt: skip
    event.save()
    relate_again([event.pk], actor=trace.actor)


def _answer_held(event: Event, state: ReviewState, trace: Recording) -> None:
    """Close the question whether the event itself may be published."""
    ReviewItem.objects.open().filter(event=event, kind=ReviewKind.HELD, field="").update(
        state=state, decided_at=trace.at, decided_by=trace.actor.user, decided_by_name=trace.actor.name
    )
