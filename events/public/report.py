"""``/report/ID/``: readers say what is wrong with an event; ``/report/outcome/TOKEN/``: what became of it.

The form is exempt from Django's protection against forged requests, because that needs a cookie, and
because there is nothing to protect: it asks for no account, so a request that another site makes a
reader's browser send can do no more than anybody may do without it. What it must not be is easy to
send by the thousand: see the signed ticket (``report_form``) and the limits (``events.senders``,
``events.actions.review.reports``).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from events.actions.errors import InvalidAction, StaleVersion
from events.actions.review.reports import (
    MOST,
    Outcome,
    Said,
    TooManyReports,
    faults_of,
    outcome_of,
    report_error,
)
from events.catalogue import event_gate
from events.public.errors import absolute, closed, gone, moved, not_found
from events.public.frame import date_link, render, static_address
from events.public.ready import href
from events.public.report_form import FORM_MOST, TICKET, TRAP, Ticket, read_said, read_ticket
from events.public.words import day_words, words
from events.senders import Allowance, sender_of
from events.vocabulary import EDITIONS, ReviewState, State

REPORTS: Final = Allowance("report", most=10, seconds=24 * 3600)
_FORM_TYPE: Final = "application/x-www-form-urlencoded"
_DIGITS_MOST: Final = 9
"""Of a length that is worth reading at all."""
_STATES: Final = {
    ReviewState.OPEN: "report_waiting",
    ReviewState.ACCEPTED: "report_accepted",
    ReviewState.REJECTED: "report_declined",
    ReviewState.OBSOLETE: "report_closed",
}


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def report_page(request: HttpRequest, event_id: str) -> HttpResponse:
    """The form, in the language of the event's edition; ``?quote=`` fills words of the text in."""
    number = int(event_id)
    gate = event_gate(number) if number < 2**63 else None
    if gate is None or gate[1] in (State.DRAFT, State.HELD) or gate[1] == State.MERGED:
        return not_found(request)
    pk, state, version, body = gate
    if state != State.PUBLISHED:
        return closed(request, state, pk)
    if body is None:
        return not_found(request)
    if request.path_info != f"/report/{pk}/":
        return moved(f"/report/{pk}/")
    event = json.loads(body)
    if request.method == "POST":
        return _sent(request, event, version)
    quote = " ".join(request.GET.get("quote", "")[: MOST["quote"]].split())
    said = Said(quote=quote if quote in event["text"] else "")
    return _form(event, Ticket.new(pk, version), said)


class _Refusal(NamedTuple):
    """Why a report was not filed: the key of the words that say so, the faults of its parts, the status."""

    problem: str
    faults: Mapping[str, str] = MappingProxyType({})
    status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY


def _sent(request: HttpRequest, event: dict[str, Any], version: int) -> HttpResponse:
    """File what was sent and lead to its outcome, or show the form again with what is in the way."""
    if request.content_type != _FORM_TYPE:
        return _refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    if len(str(request.META.get("CONTENT_LENGTH") or "")) > _DIGITS_MOST or len(request.body) > FORM_MOST:
        return _refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    said = read_said(request.POST)
    ticket = read_ticket(request.POST.get(TICKET, ""), event["id"])
    if ticket is None:
        return _form(event, Ticket.new(event["id"], version), said, _Refusal("report_expired"))
    outcome = _held_back(request, ticket, said, event["text"]) or _filed(ticket, said)
    if isinstance(outcome, str):
        return _private(HttpResponseRedirect(f"/report/outcome/{outcome}/", status=HTTPStatus.SEE_OTHER))
    if outcome.status == HTTPStatus.GONE:
        return _private(gone(request))
    return _form(event, ticket._replace(version=version), said, outcome)


def _filed(ticket: Ticket, said: Said) -> _Refusal | str:
    """The token of the report's outcome, or why the action refused it."""
    try:
        return report_error(event_id=ticket.event_id, version=ticket.version, said=said, nonce=ticket.nonce)
    except StaleVersion:
        return _Refusal("report_stale", status=HTTPStatus.CONFLICT)
    except TooManyReports:
        return _Refusal("report_full", status=HTTPStatus.TOO_MANY_REQUESTS)
    except InvalidAction:  # withdrawn since its state was read
        return _Refusal("", status=HTTPStatus.GONE)


def _held_back(request: HttpRequest, ticket: Ticket, said: Said, text: str) -> _Refusal | None:
    """What keeps a report from the editors; counts it for its sender where nothing else does."""
    if ticket.early:
        return _Refusal("report_early")
    if request.POST.get(TRAP):
        return _Refusal("report_trapped")
    if faults := faults_of(said, text):
        return _Refusal("report_faulty", faults)
    if not REPORTS.take(sender_of(request)):
        return _Refusal("report_enough", status=HTTPStatus.TOO_MANY_REQUESTS)
    return None


def _form(event: dict[str, Any], ticket: Ticket, said: Said, refusal: _Refusal | None = None) -> HttpResponse:
    edition = event["edition"]
    known = words(edition)
    page = {
        "action": f"/report/{event['id']}/",
        "event_href": href(event["address"], ".html"),
        "date": date_link(edition, event["date"]),
        "text": event["text"],
        "ticket": ticket.signed,
        "problem": known[refusal.problem] if refusal else "",
        "faults": {
            name: known[f"report_{name}_{fault}"]
            for name, fault in (refusal.faults if refusal else {}).items()
        },
        "said": said._asdict(),
        "most": MOST,
        "script": static_address("js/public-report.js"),
    }
    body = render("public/report.html", edition, page)
    return _private(HttpResponse(body, status=refusal.status if refusal else HTTPStatus.OK))


@require_safe
def outcome_page(request: HttpRequest, token: str) -> HttpResponse:
    """What became of a report, for whoever has its link."""
    outcome = outcome_of(token)
    if outcome is None:
        return _private(not_found(request))
    page = _shown(outcome, f"/report/outcome/{token}/")
    return _private(HttpResponse(render("public/report_outcome.html", outcome.edition, page)))


def _shown(outcome: Outcome, path: str) -> dict[str, Any]:
    edition = outcome.edition
    known = words(edition)
    correction = ""
    if outcome.correction is not None and outcome.public:
        revision, number = outcome.correction
        correction = (
            f"{EDITIONS[edition].prefix}/corrections/?before={revision + 1}"
            f"#revision-{outcome.event_id}-{number}"
        )
    return {
        "address": absolute(path),
        "waiting": outcome.state == ReviewState.OPEN,
        "state": known[_STATES[outcome.state]],
        "event_href": f"/e/{outcome.event_id}" if outcome.public else "",
        "said": outcome.said and outcome.said._asdict(),
        "answer": outcome.answer,
        "sent": _on(edition, outcome.sent_at),
        "decided": _on(edition, outcome.decided_at) if outcome.decided_at else None,
        "correction_href": correction,
    }


def _on(edition: str, at: dt.datetime) -> dict[str, str]:
    day = at.astimezone(dt.UTC).date()
    return {"iso": day.isoformat(), "words": day_words(edition, day)}


def _refused(status: HTTPStatus) -> HttpResponse:
    return _private(HttpResponse(f"{status.phrase}\n", status=status, content_type="text/plain"))


def _private(response: HttpResponse) -> HttpResponse:
    """Kept by nobody, found by no search engine, named to no other site."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
