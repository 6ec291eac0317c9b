"""The form by which readers report an error: what it is signed with, and what is read from it.

There is no session and no cookie, so the form carries all that has to be known when it comes back, in a
signed ticket: which event in which version it showed, since when, and a nonce that makes sending it
twice the same as once.
"""

from __future__ import annotations

import secrets
import time
from typing import Final, NamedTuple

from django.core import signing
from django.http import QueryDict

from events.actions.review.reports import Said, clean_report

YOUNGEST: Final = 3.0
"""Seconds that nobody needs less of to fill the form in."""
OLDEST: Final = 24 * 3600.0
"""Seconds after which a form must be fetched anew."""
TICKET: Final = "ticket"
TRAP: Final = "website"
"""A field that people do not see and programs fill in."""
FORM_MOST: Final = 32_768
"""Bytes of a form that are read; the longest honest one, of four-byte letters, is smaller."""
_SIGNER: Final = signing.Signer(salt="events.public.report_form")
"""It adds no time of its own: a ticket says its own, and one ticket is one text, whenever it is signed."""
_TICKET_MOST: Final = 400


class Ticket(NamedTuple):
    """What a form showed: the event, its version, since when (seconds since 1970), and the form's nonce."""

    event_id: int
    version: int
    at: float
    nonce: str

    @classmethod
    def new(cls, event_id: int, version: int) -> Ticket:
        """For a form that is shown now."""
        return cls(event_id, version, time.time() // 0.1 / 10, secrets.token_urlsafe(16))

    @property
    def signed(self) -> str:
        """As the form carries it."""
        return _SIGNER.sign_object(list(self))

    @property
    def early(self) -> bool:
        """Whether nobody can have filled the form in yet."""
        return time.time() - self.at < YOUNGEST


def read_ticket(signed: str, event_id: int) -> Ticket | None:
    """The ticket of a form about this event; ``None`` where we signed none such, or too long ago."""
    if not 0 < len(signed) <= _TICKET_MOST:
        return None
    try:
        ticket = Ticket(*_SIGNER.unsign_object(signed))
    except (signing.BadSignature, TypeError, ValueError):
        return None
    good = ticket.event_id == event_id and time.time() - ticket.at <= OLDEST
    return ticket if good else None


def read_said(form: QueryDict) -> Said:
    """What the reader wrote, cleaned."""
    return clean_report(Said(*(form.get(name, "") for name in Said._fields)))
