"""``harvest/records/``: records from outside robots, through the same reconciliation as the readers."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any, BinaryIO, Final

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from events.actions.harvesting.batch import Outcome
from events.actions.harvesting.deliver import ORIGIN_FIELDS, deliver_records
from events.actions.programs.answered import Answer, Claim
from events.api import problems
from events.api.answers import encode
from events.api.describe import query
from events.api.inputs.reading import Choice, Input, Moment, Text
from events.api.writing import describe
from events.api.writing.base import WritingView, answered, bound, key_of, made_answer, replayed
from events.api.writing.bodies import chunks, require_media_type
from events.formats.serializers.writing import DeliverySerializer
from events.harvest.posted import PostedReader
from events.harvest.spool import spool
from events.vocabulary import DEFAULT_EDITION, EDITION_CHOICES, EDITIONS, Right

NDJSON: Final = "application/x-ndjson"
BYTES_MOST: Final = 32 * 1024 * 1024
RECORDS_MOST: Final = 10_000
_RENEWED_EVERY: Final = 500
"""After so many records a claim is renewed, however busy the machine is."""
_RESULTS: Final = {
    "conflicts": "conflict", "doubtful": "doubtful", "held": "held", "merged": "merged",
    "created": "created", "updated": "updated", "unchanged": "unchanged", "bad": "bad",
}  # fmt: skip
"""What a record is said to be, by what was counted; the first that holds."""
_OF_ORIGIN: Final = {"origin_name": 200, "licence": 100, "licence_url": 500, "attribution": 500}
"""What may be said of an origin, and how long it may be."""
_PARAMETERS: Final = [
    query("origin", {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,60}$"}, "Whose records they are.",
          required=True),
    query("moment", {"type": "string", "format": "date-time"}, "When they were true: now, unless said. What "
          "an older delivery says overwrites nothing."),
    query("edition", {"type": "string", "enum": list(EDITIONS), "default": DEFAULT_EDITION}, "Of them all."),
    query("dry_run", {"type": "boolean", "default": False}, "Say what would happen, and write nothing."),
    *(
        query(name, {"type": "string", "minLength": 1, "maxLength": most}, "Of an origin that is new.")
        for name, most in _OF_ORIGIN.items()
    ),
]  # fmt: skip


class DeliveryInput(Input):
    """What the query says of a delivery."""

    origin = Text(max_length=60)
    moment = Moment(required=False, default=None)
    edition = Choice(choices=EDITION_CHOICES, required=False, default=DEFAULT_EDITION)
    dry_run = Choice(choices=["true", "false"], required=False, default="false")
    origin_name = Text(max_length=_OF_ORIGIN["origin_name"], required=False, default="")
    licence = Text(max_length=_OF_ORIGIN["licence"], required=False, default="")
    licence_url = Text(max_length=_OF_ORIGIN["licence_url"], required=False, default="")
    attribution = Text(max_length=_OF_ORIGIN["attribution"], required=False, default="")


class RecordsView(WritingView):
    """``POST harvest/records/``."""

    parameters = tuple(DeliveryInput().fields)
    recalls = False  # its body is not held in memory

    @extend_schema(
        operation_id="harvest_records",
        tags=["harvest"],
        summary="Deliver records to the harvest",
        description=(
            "Needs the right `deliver_records`. NDJSON: a record a line, in the form that `harvest jsonl` "
            f"reads; at most {RECORDS_MOST:,} lines and {BYTES_MOST // 1024**2} MB. They are reconciled as "
            "all harvests are: what people wrote stays, doubts are left to the editors. A bad line stops "
            "none of the others. Delivering the same again changes nothing; with an `Idempotency-Key`, what "
            "broke off is taken up where it was."
        ),
        parameters=[*_PARAMETERS, describe.KEY, describe.PREFER],
        request={NDJSON: {"type": "string", "description": "One object a line."}},
        responses={200: DeliverySerializer, **describe.problem_answers(*describe.DELIVERY_KINDS)},
        auth=describe.AUTH,
    )
    def post(self, request: Request) -> HttpResponse:
        """What became of each record, in order. A bad one stops none of the others."""
        actor = self.begin(request, Right.DELIVER)
        asked = _asked(request)
        if self.writer.token.origin not in {"", asked["origin"]}:
            raise bound(self.writer.token.origin, Right.DELIVER)
        require_media_type(request._request, NDJSON)
        with spool("delivery") as folder:
            path = folder / "records.jsonl"
            with path.open("wb") as file:
                digest = _spool(request, file)
            claim = self.claimed(request, digest.encode())
            if isinstance(claim, Answer):
                return replayed(request, claim)
            key = key_of(request) or uuid.uuid4()
            reader = PostedReader(
                path,
                edition=asked["edition"],
                name=f"delivered by {actor.name}",
                fingerprint=hashlib.sha256(f"{actor.name} {key} {digest}".encode()).hexdigest(),
            )
            try:
                answer = self._deliver(reader, asked, claim)
                if claim is not None:
                    claim.keep(answer)
            except BaseException:
                if claim is not None:
                    claim.release()
                raise
        return answered(request, answer)

    def _deliver(self, reader: PostedReader, asked: dict[str, Any], claim: Claim | None) -> Answer:
        told: list[Outcome] = []
        dry_run = asked["dry_run"] == "true"

        def listen(one: Outcome) -> None:
            told.append(one)
            if claim is not None and not dry_run and len(told) % _RENEWED_EVERY == 0:
                claim.renew()

        about = {name: asked[f"origin_{name}" if name == "name" else name] for name in ORIGIN_FIELDS}
        harvest = deliver_records(
            reader,
            actor=self.writer.actor,
            origin=asked["origin"],
            about=about,
            moment=asked["moment"],
            dry_run=dry_run,
            listen=listen,
            resumable=claim is not None,
        )
        said = {
            "harvest": None if dry_run else harvest.pk,
            "dry_run": dry_run,
            "counts": harvest.counts,
            "results": [_result(one, dry_run=dry_run) for one in told],
        }
        return made_answer(encode(said))


def _asked(request: Request) -> dict[str, Any]:
    """The query; raises ``Problem`` (400) that names each bad parameter."""
    reading = DeliveryInput(data=request.query_params.dict())
    if not reading.is_valid():
        faults = [
            problems.Fault(str(message), parameter=name)
            for name, messages in reading.errors.items()
            for message in messages
        ]
        raise problems.Problem(problems.INVALID_PARAMETER, errors=faults)
    return dict(reading.validated_data)


def _spool(request: Request, file: BinaryIO) -> str:
    """Write the body to *file*, piece by piece; its hash. Raises ``Problem`` (411, 413)."""
    digest, lines = hashlib.sha256(), 1
    for chunk in chunks(request._request, BYTES_MOST):
        lines += chunk.count(b"\n")
        if lines > RECORDS_MOST + 1:
            raise problems.Problem(problems.TOO_LARGE, f"At most {RECORDS_MOST:,} lines are taken at once.")
        digest.update(chunk)
        file.write(chunk)
    return digest.hexdigest()


def _result(one: Outcome, *, dry_run: bool) -> dict[str, Any]:
    first, *rest = [said for counted, said in _RESULTS.items() if counted in one.happened]
    # What a dry run made is not there any more.
    known = one.event_id if not (dry_run and "created" in one.happened) else None
    said: dict[str, Any] = {"line": one.place.line, "result": first, "event": known}
    if rest:
        said["also"] = rest
    if one.bad is not None:
        said |= {"pointer": one.bad.pointer, "detail": f"The record {one.bad.reason}."}
    return said
