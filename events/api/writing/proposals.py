"""``proposals/{id}/`` and ``token/``: what a writer may know of what became of their own."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request

from events.actions.programs.tokens import revoke_tokens
from events.api import problems
from events.api.answers import encode
from events.api.base import storable
from events.api.writing import describe
from events.api.writing.base import WritingView, answered, holds, made_answer
from events.api.writing.bodies import Json
from events.api.writing.tokens import require_writer
from events.catalogue import timestamp
from events.formats.serializers.writing import ProposalSerializer, TokenSerializer
from events.models import ReviewItem
from events.vocabulary import ReviewKind, Right


class ProposalView(WritingView):
    """One proposal, for whoever made it and for those who decide."""

    @describe.own("proposals_read", "One's own proposal", {200: ProposalSerializer}, item=True)
    def get(self, request: Request, pk: int) -> HttpResponse:
        """What was proposed, and whether it was taken. Others' are not there."""
        actor = self.begin(request, Right.PROPOSE)
        item = ReviewItem.objects.filter(pk=storable(pk), kind=ReviewKind.PROPOSAL).first()
        own = item is not None and actor.user is not None and item.key.startswith(f"{actor.user.pk}:")
        if item is None or not (own or holds(actor, Right.REVIEW)):
            raise problems.Problem(problems.NOT_FOUND)
        return answered(request, made_answer(encode(proposal_json(item))))


class TokenView(WritingView):
    """The token itself."""

    @describe.own("token_read", "Whom the token stands for", {200: TokenSerializer})
    def get(self, request: Request) -> HttpResponse:
        """Whom it stands for, what they may do, and until when."""
        self.require_known_parameters(request)
        actor, token = require_writer(request)
        rights = [right for right in Right if holds(actor, right)]
        if token.origin:
            rights = [right for right in rights if right is Right.DELIVER]
        said = {
            "account": actor.name,
            "name": token.name,
            "origin": token.origin or None,
            "expires": timestamp(token.expiry),
            "rights": [right.value for right in rights],
        }
        return answered(request, made_answer(encode(said)))

    @describe.own("token_revoke", "Revoke the token", {204: OpenApiResponse(description="It works no more.")})
    def delete(self, request: Request) -> HttpResponse:
        """Revoked at once."""
        self.require_known_parameters(request)
        actor, token = require_writer(request)
        revoke_tokens(actor=actor, tokens=[token])
        return answered(request, made_answer("", status=204))


def proposal_json(item: ReviewItem) -> Json:
    """A proposal as it is told."""
    return {
        "id": item.pk,
        "event": item.event_id,
        "state": item.state,
        "proposed": timestamp(item.created_at),
        "by": item.data.get("by", ""),
        "note": item.data.get("note", ""),
        "grade": item.data.get("grade", ""),
        "values": item.data.get("values", {}),
        "answer": item.data.get("answer", ""),
        "decided": timestamp(item.decided_at) if item.decided_at is not None else None,
    }
