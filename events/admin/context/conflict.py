"""Two people, or a person and a robot, at one context's form: nobody overwrites anybody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.http import QueryDict

from events.admin.context.form import ContextForm
from events.admin.differences import differences
from events.admin.history import revision_rows
from events.models import Context, Revision
from events.vocabulary import EDITIONS

Json = dict[str, Any]
_NAMES: Final = ("aliases", "broader")
_COMPARED: Final = ("name", *_NAMES, "profile", "wikidata", "wikipedia", "generic")
_SHOWN: Final = 20


def reconciled(form: ContextForm, context: Context, sent: QueryDict) -> tuple[Json, QueryDict]:
    """What to show of a conflict, and the form to go on with.

    *form*: valid, as it was sent; *context*: as it is stored now. What this person did not touch takes
    what the others wrote; what they did touch keeps their words. The version becomes the present one.
    """
    later = list(
        Revision.objects.filter(context=context, number__gt=form.cleaned_data["version"])
        .select_related("harvest__origin")
        .order_by("number")
    )
    stored: Json = {name: getattr(context, name) for name in _COMPARED if name not in _NAMES}
    for name in _NAMES:
        stored[name] = sorted(getattr(context, name).values_list("name", flat=True))
    wanted: Json = dict(form.values())
    for name in _NAMES:
        wanted[name] = sorted({one.strip() for one in wanted[name]} - {""})
    seen = {**stored, **_before(later)}
    mended = sent.copy()
    mended["version"] = str(context.version)
    for name in _COMPARED:
        if wanted[name] == seen[name] and wanted[name] != stored[name]:
            wanted[name] = stored[name]
            _put(mended, name, stored[name], context)
    cjk = EDITIONS[context.edition].cjk
    shown = {
        "mine": differences(stored, wanted, _COMPARED, cjk=cjk),
        "since": revision_rows(later[::-1][:_SHOWN], cjk=cjk),
    }
    return shown, mended


def _before(later: Iterable[Revision]) -> Json:
    """The values that the first of these revisions to change them found."""
    found: Json = {}
    for revision in later:
        for name, change in revision.fields.items():
            if name in _COMPARED and change["old"] is not None:
                found.setdefault(name, change["old"])
    return found


def _put(sent: QueryDict, name: str, value: Any, context: Context) -> None:
    """Set a value as the form's fields have it."""
    if name == "aliases":
        sent["alias_lines"] = "\n".join(value)
    elif name == "broader":
        sent.setlist("broader", [str(pk) for pk in context.broader.values_list("pk", flat=True)])
        sent["more_broader"] = ""
    elif name == "generic":
        sent.setlist("generic", ["on"] if value else [])
    else:
        sent[name] = value
