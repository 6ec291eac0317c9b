"""Writing editorials: begun, edited, published at a time, withdrawn and restored."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar, cast

from django.http import HttpResponse
from django.urls import reverse
from rest_framework.request import Request

from events.actions.editorials import (
    EditorialValues,
    edit_editorial,
    publish_editorial,
    restore_editorial,
    withdraw_editorial,
    write_editorial,
)
from events.actions.programs.answered import Answer
from events.api import problems
from events.api.answers import encode
from events.api.base import storable
from events.api.inputs.editorials import EditorialCreation, EditorialPatch, NothingInput, PublishingInput
from events.api.inputs.reading import Input
from events.api.writing import describe
from events.api.writing.base import WritingView, made_answer
from events.api.writing.bodies import Json
from events.catalogue import timestamp
from events.editorials import editorial_document
from events.formats.serializers.writing import UnpublishedEditorialSerializer
from events.models import Editorial
from events.vocabulary import Right, Subject


class EditorialCreating(WritingView):
    """``POST editorials/``."""

    @describe.write(
        "editorials_create", "Begin a piece, as a draft", right=Right.WRITE, shape=EditorialCreation,
        creates=True, answers={201: UnpublishedEditorialSerializer},
        example={"edition": "en", "date": "2004-02-09", "title": "On bridges", "body": "They carry."},
    )  # fmt: skip
    def post(self, request: Request) -> HttpResponse:
        """A draft."""
        actor = self.begin(request, Right.WRITE)
        read = EditorialCreation.read(self.body(request))
        edition = read.pop("edition")
        write = partial(
            write_editorial,
            actor=actor,
            edition=edition,
            date=read["date"],
            values=cast("EditorialValues", read),
        )
        return self.carry_out(request, write, _created)


class EditorialPatching(WritingView):
    """``PATCH editorials/{id}/``."""

    @describe.write(
        "editorials_patch", "Change a piece", right=Right.WRITE, shape=EditorialPatch, patch=True, post=False,
        answers={200: describe.EDITORIAL}, example={"title": "On old bridges", "author": None},
        description="A merge patch (RFC 7396). Date and address stay once readers had it.",
    )  # fmt: skip
    def patch(self, request: Request, pk: int) -> HttpResponse:
        """Change a piece; date and address only before readers had it."""
        actor = self.begin(request, Right.WRITE)
        piece = _piece(pk)
        version = self.require_seen(request, Subject.EDITORIAL, pk, piece.version)
        present = {**editorial_document(piece), "slug": piece.slug}
        read = EditorialPatch.read_onto(present, self.body(request, patch=True))
        edit = partial(
            edit_editorial,
            actor=actor,
            editorial_id=pk,
            version=version,
            values=cast("EditorialValues", read),
        )
        return self.carry_out(request, edit, lambda _: editorial_answer(pk))


class EditorialActView(WritingView):
    """A verb on a piece: ``POST editorials/{id}/VERB/``."""

    verb: ClassVar[Any]
    shape: ClassVar[type[Input]] = NothingInput

    def act(self, request: Request, pk: int) -> HttpResponse:
        """Look at the request, and do it."""
        actor = self.begin(request, Right.WRITE)
        version = self.require_seen(request, Subject.EDITORIAL, pk, _piece(pk).version)
        read = self.shape.read(self.body(request, optional=True))
        act = partial(type(self).verb, actor=actor, editorial_id=pk, version=version, **read)
        return self.carry_out(request, act, lambda _: editorial_answer(pk))


class EditorialPublishView(EditorialActView):
    """Publish a draft."""

    verb = staticmethod(publish_editorial)
    shape = PublishingInput

    @describe.write(
        "editorials_publish", "Publish a piece, now or at a time", right=Right.WRITE, shape=PublishingInput,
        answers={200: describe.EDITORIAL}, example={"at": "2026-01-31T12:30:00Z"},
    )  # fmt: skip
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Now, or at a time."""
        return self.act(request, pk)


class EditorialWithdrawView(EditorialActView):
    """Withdraw a piece."""

    verb = staticmethod(withdraw_editorial)

    @describe.write(
        "editorials_withdraw", "Take a piece from the public", right=Right.WRITE, shape=NothingInput,
        answers={200: UnpublishedEditorialSerializer},
    )  # fmt: skip
    def post(self, request: Request, pk: int) -> HttpResponse:
        """410 from now on."""
        return self.act(request, pk)


class EditorialRestoreView(EditorialActView):
    """Publish a withdrawn piece again."""

    verb = staticmethod(restore_editorial)

    @describe.write(
        "editorials_restore", "Publish a withdrawn piece again", right=Right.WRITE, shape=NothingInput,
        answers={200: describe.EDITORIAL},
    )  # fmt: skip
    def post(self, request: Request, pk: int) -> HttpResponse:
        """At its address."""
        return self.act(request, pk)


def editorial_answer(pk: int, *, status: int = 200, headers: Any = None) -> Answer:
    """The piece as reading gives it; of one that readers cannot have, with its state. One query."""
    piece = Editorial.objects.get(pk=pk)
    said: Json = editorial_document(piece)
    if not piece.is_public:
        said |= {"state": piece.state, "publish_at": timestamp(piece.publish_at)}
    return made_answer(encode(said), revision=piece.version, status=status, headers=headers)


def _created(piece: Editorial) -> Answer:
    location = reverse("api:editorial", kwargs={"pk": piece.pk})
    return editorial_answer(piece.pk, status=201, headers={"Location": location})


def _piece(pk: int) -> Editorial:
    found = Editorial.objects.filter(pk=storable(pk)).first()
    if found is None:
        raise problems.Problem(problems.NOT_FOUND)
    return found
