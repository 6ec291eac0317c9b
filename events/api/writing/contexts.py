"""Writing contexts: made, edited, merged and un-merged."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from django.http import HttpResponse
from django.urls import reverse
from rest_framework.request import Request

from events import catalogue
from events.actions.contexts.edit import ContextValues, create_context, edit_context
from events.actions.contexts.merge import merge_contexts
from events.actions.contexts.unmerge import unmerge_contexts
from events.actions.programs.answered import Answer
from events.api import problems
from events.api.answers import encode
from events.api.base import only, storable
from events.api.inputs.contexts import ContextCreation, ContextPatch
from events.api.inputs.events import MergeInput, NoteInput
from events.api.inputs.reading import invalid_members
from events.api.writing import describe
from events.api.writing.base import WritingView, made_answer
from events.formats.serializers.contexts import ContextDetailSerializer
from events.models import Context
from events.vocabulary import Right, Subject


class ContextCreating(WritingView):
    """``POST contexts/``."""

    @describe.write(
        "contexts_create", "A new context", right=Right.TAG, shape=ContextCreation, creates=True,
        answers={201: ContextDetailSerializer},
        example={"edition": "en", "name": "Treaties", "broader": ["Diplomacy"], "aliases": ["Treaty"]},
    )  # fmt: skip
    def post(self, request: Request) -> HttpResponse:
        """A new context."""
        actor = self.begin(request, Right.TAG)
        read = ContextCreation.read(self.body(request))
        edition = read.pop("edition")
        create = partial(create_context, actor=actor, edition=edition, values=cast("ContextValues", read))
        return self.carry_out(request, create, _created)


class ContextPatching(WritingView):
    """``PATCH contexts/{id}/``."""

    @describe.write(
        "contexts_patch", "Change a context", right=Right.TAG, shape=ContextPatch, patch=True, post=False,
        answers={200: ContextDetailSerializer},
        example={"profile": "Agreements between states.", "generic": None},
        description="A merge patch (RFC 7396). Events are rewritten with a new name within moments.",
    )  # fmt: skip
    def patch(self, request: Request, pk: int) -> HttpResponse:
        """Change a context; events are told by its present name at once, their documents within moments."""
        actor = self.begin(request, Right.TAG)
        version = self.require_seen(request, Subject.CONTEXT, pk, _revision(pk))
        head = only(catalogue.context_heads([pk]))
        read = ContextPatch.read_onto(head, self.body(request, patch=True))
        edit = partial(
            edit_context, actor=actor, context_id=pk, version=version, values=cast("ContextValues", read)
        )
        return self.carry_out(request, edit, lambda _: context_answer(pk))


class ContextMergeView(WritingView):
    """``POST contexts/{id}/merge/``."""

    @describe.write(
        "contexts_merge", "Merge a context into another", right=Right.MERGE, shape=MergeInput,
        answers={200: ContextDetailSerializer}, example={"into": 17, "note": "The same."},
        description="Answers with the one that stays.",
    )  # fmt: skip
    def post(self, request: Request, pk: int) -> HttpResponse:
        """The other stays; this one's name and address lead there."""
        actor = self.begin(request, Right.MERGE)
        version = self.require_seen(request, Subject.CONTEXT, pk, _revision(pk))
        read = MergeInput.read(self.body(request))
        if not Context.objects.filter(pk=read["into"]).exists():
            raise invalid_members({"into": [f"There is no context {read['into']}."]})
        merge = partial(
            merge_contexts,
            actor=actor,
            context_id=pk,
            version=version,
            into_id=read["into"],
            note=read["note"],
        )
        return self.carry_out(request, merge, lambda stays: context_answer(stays.pk))


class ContextUnmergeView(WritingView):
    """``POST contexts/{id}/unmerge/``."""

    @describe.write(
        "contexts_unmerge", "Take a merge back", right=Right.MERGE, shape=NoteInput,
        answers={200: ContextDetailSerializer}, example={"note": "Two things."},
        description="`If-Match` is the merged context's own; 412 tells its revision where it is not known.",
    )  # fmt: skip
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Let a merged context stand for itself again."""
        actor = self.begin(request, Right.MERGE)
        version = self.require_seen(request, Subject.CONTEXT, pk, _revision(pk))
        read = NoteInput.read(self.body(request, optional=True))
        unmerge = partial(unmerge_contexts, actor=actor, context_id=pk, version=version, note=read["note"])
        return self.carry_out(request, unmerge, lambda _: context_answer(pk))


def context_answer(pk: int, *, status: int = 200, headers: Any = None) -> Answer:
    """The context as reading gives it. Four queries."""
    (head,) = catalogue.context_heads([pk])
    body = encode(catalogue.counted(head))
    return made_answer(body, revision=head["revision"], status=status, headers=headers)


def _created(context: Context) -> Answer:
    location = reverse("api:context", kwargs={"pk": context.pk})
    return context_answer(context.pk, status=201, headers={"Location": location})


def _revision(pk: int) -> int:
    found = Context.objects.filter(pk=storable(pk)).values_list("version", flat=True).first()
    if found is None:
        raise problems.Problem(problems.NOT_FOUND)
    return found
