"""Saving an event's form: first a look at what will change, then the correction.

Who was not the first to save is shown what the others did, with their own words kept and a merge
of both to take; nothing is ever written over a value that the editor has not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from events.actions.correct import correct_event
from events.actions.errors import ActionError, InvalidAction, StaleVersion
from events.actions.plan import FIELDS, Json, changed_fields, merge_values, planned_values, present_values
from events.actions.values import one_paragraph
from events.admin.base import ActingAdmin, actor_of, may
from events.admin.differences import difference, differences, entries, label_of
from events.admin.event.acts import event_url
from events.admin.event.form import EventForm, ReviewForm
from events.admin.event.preview import preview_of, stored_document
from events.admin.history import since
from events.models import Context, Event
from events.vocabulary import EDITIONS, Grade, Right

Show = Callable[..., HttpResponse]
Pairs = list[tuple[str, str]]
_TAGS: Final = frozenset({"contexts", "lead"})
_ASKED_AGAIN: Final = frozenset({"csrfmiddlewaretoken", "grade", "note"})


def save_form(  # noqa: PLR0911  one return for each outcome
    admin: ActingAdmin[Event], request: HttpRequest, event: Event, show: Show
) -> HttpResponse:
    """Answer a form that was sent: errors, a conflict, the review of the change, or the correction.

    *show* renders the event's form as it was sent, with what else it is given as context.
    """
    form: EventForm = admin.get_form(request, event, change=True)(request.POST, instance=copy(event))
    if "_edit" in request.POST or not form.is_valid():
        return show(event)
    present, seen = present_values(event), form.seen()
    try:
        wanted = planned_values(event, form.values(), present)
    except InvalidAction as refusal:
        request.refusal = refusal  # type: ignore[attr-defined]
        return show(event)
    _leave_untouched(wanted, seen)
    if not changed_fields(seen, wanted) or wanted == present:
        messages.info(request, "Nothing was changed.")
        return HttpResponseRedirect(event_url(event.pk))
    if changed_fields(seen, present):
        return _conflict(request, event, form, (seen, wanted, present), show)
    graded = not set(changed_fields(present, wanted)) <= _TAGS
    asked = ReviewForm(
        request.POST if "_publish" in request.POST else None, graded=graded, legal=may(request, Right.REMOVE),
        initial={name: request.POST.get(name, "") for name in ("grade", "note")},
    )  # fmt: skip
    if "_publish" in request.POST and asked.is_valid():
        if asked.chosen_grade() is Grade.LEGAL:
            return HttpResponseRedirect(reverse("admin:events_event_act", args=[event.pk, "legal"]))
        try:
            saved = correct_event(
                actor=actor_of(request), event_id=event.pk, version=event.version, values=form.values(),
                grade=asked.chosen_grade(), note=asked.cleaned_data["note"],
            )  # fmt: skip
        except StaleVersion:
            return save_form(admin, request, Event.objects.select_related("lead").get(pk=event.pk), show)
        except ActionError as refusal:
            asked.add_error(None, str(refusal))
        else:
            messages.success(request, f"Saved as revision {saved.version}.")
            return HttpResponseRedirect(event_url(event.pk))
    return _review(admin, request, event, form, (present, wanted), asked)


def _leave_untouched(wanted: Json, seen: Json) -> None:
    """Blanks that no form can send back are no change."""
    for name in ("text", "summary"):
        if one_paragraph(seen[name] or "") == wanted[name]:
            wanted[name] = seen[name]


def _review(
    admin: ActingAdmin[Event],
    request: HttpRequest,
    event: Event,
    form: EventForm,
    values: tuple[Json, Json],
    asked: ReviewForm,
) -> HttpResponse:
    """The page before publishing: what changes, how readers will see it, the grade and the note."""
    present, wanted = values
    changes = differences(present, wanted, FIELDS, cjk=EDITIONS[event.edition].cjk)
    correction = {
        "grade": "Your correction",
        "note": asked["note"].value(),
        "on": timezone.now().date().isoformat(),
        "revision": event.version + 1,
        "new": True,
    }
    shown = {
        **admin.admin_site.each_context(request),
        "title": "Review your change",
        "opts": admin.opts,
        "event": event,
        "changes": changes,
        "asked": asked,
        "kept": list(_kept(request, event.version)),
        "since": since(event, form.cleaned_data["version"]),
        "preview": preview_of(
            event.edition, wanted, stored_document(event),
            correction=correction if "grade" in asked.fields else None,
        ),
        "media": admin.media,
    }  # fmt: skip
    return TemplateResponse(request, "admin/events/event/review.html", shown)


def _kept(request: HttpRequest, version: int) -> Iterator[tuple[str, str]]:
    """Everything that was sent, to go along in hidden fields; the version is the one that was looked at."""
    for name, values in request.POST.lists():
        if name == "version":
            yield name, str(version)
        elif name not in _ASKED_AGAIN and not name.startswith("_"):
            yield from ((name, str(value)) for value in values)


def _conflict(
    request: HttpRequest, event: Event, form: EventForm, values: tuple[Json, Json, Json], show: Show
) -> HttpResponse:
    """The form again, with what it says now, what others changed, and a merge of both to take."""
    seen, wanted, present = values
    cjk = EDITIONS[event.edition].cjk
    merged, conflicts = merge_values(seen, wanted, present, edition=event.edition)
    fields = [
        {
            "name": name,
            "label": label_of(name),
            "present": entries(present[name]),
            "theirs": difference(name, seen[name], present[name], cjk=cjk),
            "ours": difference(name, seen[name], wanted[name], cjk=cjk),
            "theirs_changed": seen[name] != present[name],
            "ours_changed": seen[name] != wanted[name],
            "merged": difference(name, present[name], merged[name], cjk=cjk),
            "clean": name not in conflicts,
            "as_now": merged[name] == present[name],
        }
        for name in changed_fields(seen, present)
    ]
    theirs = {**merged, **{name: present[name] for name in conflicts}}
    said = {name: request.POST.get(name, "") for name in ("grade", "note")}
    conflict: dict[str, Any] = {
        "fields": fields,
        "own": [label_of(name) for name in changed_fields(seen, wanted)],
        "clean": not conflicts,
        "since": since(event, form.cleaned_data["version"]),
        "mine": [*_form_data(event, merged), *said.items()],
        "theirs": [*_form_data(event, theirs), *said.items()] if conflicts else [],
    }
    sent = request.POST.copy()
    sent["version"] = str(event.version)
    request.POST = sent  # type: ignore[assignment]
    return show(event, conflict=conflict, present=present)


def _form_data(event: Event, values: Json) -> Pairs:
    """*values* as the form sends them."""
    names = {*values["contexts"], values["lead"] or ""} - {""}
    known = dict(
        Context.objects.standing().of_edition(event.edition).filter(name__in=names).values_list("name", "pk")
    )
    rows: Pairs = [(name, values[name]) for name in ("text", "summary", "date", "category")]
    rows.append(("lead", str(known.get(values["lead"], ""))))
    rows += [("contexts", str(known[name])) for name in values["contexts"] if name in known]
    rows.append(("new_contexts", "\n".join(name for name in values["contexts"] if name not in known)))
    citations = values["citations"] or ()
    rows += [("sources-TOTAL_FORMS", str(len(citations))), ("sources-INITIAL_FORMS", "0")]
    for index, citation in enumerate(citations):
        rows += [(f"sources-{index}-{name}", value) for name, value in citation.items()]
        rows.append((f"sources-{index}-ORDER", str(index + 1)))
    rows.append(("version", str(event.version)))
    return rows
