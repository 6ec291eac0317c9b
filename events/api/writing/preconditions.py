"""``If-Match``: which state a writer saw. What it names is looked at again inside the write's transaction.

An entity tag begins with the revision of what it stands for, and that alone decides: related links that
are computed meanwhile change a tag too, and are nobody's lost work.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from rest_framework.request import Request

from events.api import problems
from events.history import changed_after
from events.vocabulary import Subject

_TAG: Final = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_LIST: Final = re.compile(rf"\s*(?:{_TAG.pattern})(?:\s*,\s*(?:{_TAG.pattern}))*\s*")
_REVISION: Final = re.compile(r"([1-9][0-9]{0,8})-[0-9a-f]+")
_TAGS_MOST: Final = 2_000


@dataclass(frozen=True, slots=True)
class Seen:
    """The revisions of one thing that the caller says to have seen.

    *inside*: whether the caller may know what stood there while readers had nothing.
    """

    subject: Subject
    pk: int
    revisions: tuple[int, ...]
    inside: bool = True

    def require(self, current: int) -> int:
        """*current*, if the caller saw it; raises ``Problem`` (412)."""
        if current not in self.revisions:
            raise self.failed(current)
        return current

    def failed(self, current: int) -> problems.Problem:
        """What the caller is told: the present revision, and what changed since the one that was seen."""
        extra: dict[str, Any] = {"revision": current}
        detail = f"It is at revision {current} now."
        before = [revision for revision in self.revisions if revision < current]
        if before:
            detail = f"It was at revision {max(before)} and is at {current} now."
            if self.inside:
                extra["differs"] = changed_after(self.subject, self.pk, max(before))
        elif not self.revisions:
            detail += " Send the ETag as you got it; one that a proxy made weak (W/) never matches."
        return problems.Problem(problems.PRECONDITION_FAILED, detail, extra=extra)


def read_if_match(request: Request, subject: Subject, pk: int, *, inside: bool = True) -> Seen:
    """What ``If-Match`` names; raises ``Problem`` where it is missing (428) or malformed (400)."""
    said = request._request.headers.get("If-Match", "").strip()
    if not said:
        raise problems.Problem(problems.PRECONDITION_REQUIRED)
    if said == "*":
        raise problems.Problem(
            problems.PRECONDITION_REQUIRED, "`*` names no state; send the ETag that you read."
        )
    if len(said) > _TAGS_MOST or not _LIST.fullmatch(said):
        raise problems.Problem(problems.BAD_REQUEST, "`If-Match` is no list of entity tags (RFC 9110).")
    strong = [tag for weak, tag in _TAG.findall(said) if not weak]
    found = [match for tag in strong if (match := _REVISION.fullmatch(tag))]
    return Seen(subject, pk, tuple(int(match[1]) for match in found), inside)
