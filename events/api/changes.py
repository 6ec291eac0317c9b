"""``changes/``: the public sequence."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from rest_framework.request import Request

from events import catalogue
from events.api import describe, problems
from events.api.answers import answer, encode
from events.api.base import ArchiveView
from events.api.pagination import address_with, read_page_size
from events.filter_fields import ID_MAX
from events.formats.serializers.changes import ChangePageSerializer

_AFTER: Final = describe.query(
    "after",
    {"type": "integer", "minimum": 0, "maximum": ID_MAX, "default": 0},
    "The `seq` of the last change you have; 0 for everything from the beginning.",
)


class ChangeListView(ArchiveView):
    """The public sequence."""

    parameters = ("after", "page_size")

    @describe.plain(
        "changes_list",
        "changes",
        ChangePageSerializer,
        "Every public change, in commit order and without gaps",
        "Keep the last `seq` and ask again with it as `after`. `next` is null at the end.",
        [_AFTER, describe.SIZE, describe.LINK],
    )
    def get(self, request: Request) -> HttpResponse:
        """Every public change above ``after``, in commit order and without gaps."""
        self.require_known_parameters(request)
        size = read_page_size(request.query_params)
        after = str(request.query_params.get("after", "0"))
        if not (after.isascii() and after.isdigit() and len(after) <= 19 and int(after) <= ID_MAX):
            fault = problems.Fault("Write the `seq` of the last change you have, or 0.", parameter="after")
            raise problems.Problem(problems.INVALID_PARAMETER, errors=[fault])
        changes = catalogue.changes_after(int(after), size + 1)
        following = None
        if len(changes) > size:
            changes.pop()
            (following,) = address_with(request._request, "after", str(changes[-1]["seq"]))
        body = encode({"results": changes, "next": following})
        return answer(request, body, links=[("next", following, "")])
