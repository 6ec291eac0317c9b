"""``changes/``: the public sequence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.http import HttpResponse
from rest_framework.request import Request

from events import changes
from events.api import describe, problems
from events.api.answers import answer, encode
from events.api.base import ArchiveView
from events.api.pagination import address_with, read_page_size
from events.filter_fields import ID_MAX
from events.formats.serializers.changes import ChangePageSerializer
from events.vocabulary import Subject

_AFTER: Final = describe.query(
    "after",
    {"type": "integer", "minimum": 0, "maximum": ID_MAX, "default": 0},
    "The `seq` of the last change you have; 0 for everything from the beginning.",
)
_INCLUDED: Final = "object"
_INCLUDE: Final = describe.query(
    "include",
    {"type": "string", "enum": [_INCLUDED]},
    "`object`: each entry with what it is about, as it is now.",
)


class ChangeListView(ArchiveView):
    """The public sequence."""

    parameters = ("after", "page_size", "include")

    @describe.plain(
        "changes_list",
        "changes",
        ChangePageSerializer,
        "Every public change, in commit order and without gaps",
        "Keep the last `seq` and ask again with it as `after`. `next` is null at the end.",
        [_AFTER, _INCLUDE, describe.SIZE, describe.LINK],
    )
    def get(self, request: Request) -> HttpResponse:
        """Every public change above ``after``, in commit order and without gaps."""
        self.require_known_parameters(request)
        size = read_page_size(request.query_params)
        after = str(request.query_params.get("after", "0"))
        if not (after.isascii() and after.isdigit() and len(after) <= 19 and int(after) <= ID_MAX):
            raise problems.invalid_parameters({"after": "Write the `seq` of the last change you have, or 0."})
        included = "include" in request.query_params and self.choice(request, "include", (_INCLUDED,))
        found = changes.changes_after(int(after), size + 1)
        following = None
        if len(found) > size:
            found.pop()
            (following,) = address_with(request._request, "after", str(found[-1]["seq"]))
        entries = _with_things(found) if included else map(encode, found)
        body = f'{{"results":[{",".join(entries)}],"next":{encode(following)}}}'
        return answer(request, body, links=[("next", following, "")])


def _with_things(found: list[dict[str, Any]]) -> Iterator[str]:
    """The entries as JSON, each with what it is about as it is now; stored JSON is not read."""
    things = changes.things_of(found)
    pins = changes.pins_of({change["id"] for change in found if change["subject"] == Subject.EVENT})
    for change in found:
        thing = things.get((change["subject"], change["id"]))
        end = f',"object":{thing if isinstance(thing, str) else encode(thing)}'
        if change["subject"] == Subject.EVENT:
            end += f',"pins":{encode(pins.get(change["id"], []))}'
        yield f"{encode(change)[:-1]}{end}}}"
