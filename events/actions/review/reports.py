"""What readers say is wrong: put to the editors, applied by nobody but them, and what became of it.

A report is a ``ReviewItem`` of kind ``REPORT`` about an event; ``data`` as in
``events.actions.review.reported``, and ``tokens``: hashes of what its reporters' links to the outcome
hold. Neither a link nor who sent a report is stored.
"""

from __future__ import annotations

import datetime as dt
import re
from hashlib import sha256
from typing import Final, NamedTuple

from django.utils.crypto import constant_time_compare, salted_hmac

from events.actions.errors import InvalidAction
from events.actions.recording import Actor, recording
from events.actions.rows import lock_event
from events.actions.values import one_paragraph
from events.models import Event, ReviewItem, Revision
from events.text.urls import MAX_LENGTH, normalise_url
from events.vocabulary import ChangeKind, ReviewKind, ReviewState

MOST: Final = {"quote": 500, "fix": 1_000, "source": MAX_LENGTH, "message": 2_000}
"""Characters of each part of a report."""
OPEN_MOST: Final = 20
"""How many reports of one event wait at the same time."""
HOURLY_MOST: Final = 200
"""How many reports that still wait may have come within an hour, from everybody."""
_REPORTERS_MOST: Final = 100
_LOOKED_AT: Final = 200
_SECRET: Final = 32
_TOKEN: Final = re.compile(rf"(?P<item>[1-9][0-9]{{0,17}})-(?P<secret>[0-9a-f]{{{_SECRET}}})", re.ASCII)
_READER: Final = Actor(name="a reader")


class Said(NamedTuple):
    """What a reader says: the wrong words, what should stand there, where to check it, and more."""

    quote: str = ""
    fix: str = ""
    source: str = ""
    message: str = ""


class FaultyReport(InvalidAction):
    """A report that cannot be taken as it is; ``faults`` by part: ``long``, ``elsewhere``, …"""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(f"The report cannot be taken: {faults}.")
        self.faults = faults


class TooManyReports(InvalidAction):
    """Editors have as many reports before them as they shall have; nothing was filed."""


class Outcome(NamedTuple):
    """What became of a report. ``said`` only while its event is public, ``correction`` once there is one.

    ``correction``: the id of the revision and its number in the event's history.
    """

    event_id: int
    edition: str
    public: bool
    state: ReviewState
    said: Said | None
    answer: str
    sent_at: dt.datetime
    decided_at: dt.datetime | None
    correction: tuple[int, int] | None


def clean_report(said: Said) -> Said:
    """*said* as it is stored: each part one paragraph without control characters."""
    return Said(*(one_paragraph(part) for part in said))


def faults_of(said: Said, text: str) -> dict[str, str]:
    """What is wrong with the cleaned report *said* about *text*, by part; empty if nothing is.

    ``long``: above :data:`MOST`; ``elsewhere``: the quoted words do not stand in the text; ``same``: the
    fix changes nothing; ``needed``; ``address``: the source is no web address.
    """
    faults = {name: "long" for name, part in said._asdict().items() if len(part) > MOST[name]}
    if said.quote and said.quote not in text:
        faults.setdefault("quote", "elsewhere")
    if said.quote and said.fix == said.quote:
        faults.setdefault("fix", "same")
    if said.fix and not said.quote:
        faults.setdefault("quote", "needed")
    if not said.fix and not said.message:
        faults.setdefault("fix", "needed")
    if said.source and normalise_url(said.source) is None:
        faults.setdefault("source", "address")
    return faults


def report_error(*, event_id: int, version: int, said: Said, nonce: str) -> str:
    """Put a reader's report about a published event to the editors; the token of the link to its outcome.

    *version*: the event's as the reader saw it. *nonce*: names the form that was sent; sent again it
    gives the same token and files nothing. Who says the same as another joins their report. Raises
    ``StaleVersion``, :class:`FaultyReport`, :class:`TooManyReports`, and ``InvalidAction`` where the
    event is not public. The hourly bound may be overshot by reports that come at the same moment.
    """
    secret = salted_hmac("events.actions.reports", nonce, algorithm="sha256").hexdigest()[:_SECRET]
    mark = _hash(secret)
    said = clean_report(said)
    with recording(_READER) as trace:
        event = lock_event(event_id)
        known = list(
            ReviewItem.objects.filter(kind=ReviewKind.REPORT, event=event).order_by("-pk")[:_LOOKED_AT]
        )
        sent = next((item for item in known if mark in item.data.get("tokens", ())), None)
        if sent is not None:
            return f"{sent.pk}-{secret}"
        lock_event(event_id, version)
        if not event.is_public:
            raise InvalidAction("The event is not public.")
        if faults := faults_of(said, event.text):
            raise FaultyReport(faults)
        waiting = [item for item in known if item.state == ReviewState.OPEN]
        same = next((item for item in waiting if _says(item, said)), None)
        if same is not None:
            if len(same.data["tokens"]) >= _REPORTERS_MOST:
                raise TooManyReports("Very many have reported this already.")
            same.data["tokens"].append(mark)
            same.save(update_fields=["data"])
            return f"{same.pk}-{secret}"
        if len(waiting) >= OPEN_MOST:
            raise TooManyReports(f"{OPEN_MOST} reports about this event wait for an editor already.")
        _require_calm(trace.at)
        item = ReviewItem.objects.create(
            kind=ReviewKind.REPORT, key=f"{event.pk}:{mark[:24]}", event=event, created_at=trace.at,
            data={**said._asdict(), "tokens": [mark]},
        )  # fmt: skip
    return f"{item.pk}-{secret}"


def outcome_of(token: str) -> Outcome | None:
    """What became of the report whose reporter was given *token*; ``None`` for any other token.

    Also for a report about an event that was removed for legal reasons: nothing of it is kept.
    """
    match = _TOKEN.fullmatch(token)
    if match is None:
        return None
    found = ReviewItem.objects.filter(pk=int(match["item"]), kind=ReviewKind.REPORT, event__isnull=False)
    item = found.select_related("event").first()
    mark = _hash(match["secret"])
    if item is None or not any(constant_time_compare(mark, one) for one in item.data.get("tokens", ())):
        return None
    event = item.event
    if event is None:
        return None
    state = ReviewState(item.state)
    return Outcome(
        event_id=event.pk,
        edition=event.edition,
        public=event.is_public,
        state=state,
        said=_said(item) if event.is_public else None,
        answer=str(item.data.get("answer") or "") if state != ReviewState.OPEN else "",
        sent_at=item.created_at,
        decided_at=item.decided_at,
        correction=_correction(item, event) if state == ReviewState.ACCEPTED else None,
    )


def _correction(item: ReviewItem, event: Event) -> tuple[int, int] | None:
    """The revision that the decision made: of one moment with it, as one transaction has one time."""
    made = Revision.objects.filter(
        event=event, kind=ChangeKind.CORRECTED, at=item.decided_at or item.created_at
    )
    return made.order_by("-pk").values_list("pk", "number").first()


def _said(item: ReviewItem) -> Said:
    return Said(*(str(item.data.get(name) or "") for name in Said._fields))


def _says(item: ReviewItem, said: Said) -> bool:
    """Whether *said* adds nothing to what *item* says."""
    there = _said(item)
    if (there.quote, there.fix) != (said.quote, said.fix) or "tokens" not in item.data:
        return False
    return said.source in ("", there.source) and said.message in ("", there.message)


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _require_calm(now: dt.datetime) -> None:
    waiting = ReviewItem.objects.open().filter(kind=ReviewKind.REPORT).order_by("-pk")
    oldest = waiting.values_list("created_at", flat=True)[HOURLY_MOST - 1 : HOURLY_MOST].first()
    if oldest is not None and oldest > now - dt.timedelta(hours=1):
        raise TooManyReports("Very many reports have come within the hour; try again later.")
