"""The desk's log (Django's ``LogEntry``) of what leaves no revision.

What is done to events and contexts is logged by the recording itself (``actions.logbook``), in
the transaction of the revision; here is what the rest of the desk calls.
"""

from __future__ import annotations

from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Model
from django.http import HttpRequest

from events.models import Context, Event


def log_act(request: HttpRequest, obj: Model, message: str, *, flag: int = CHANGE) -> None:
    """Note in the log what this person did to *obj*, just now.

    Nothing for an event or a context: every revision of theirs has its entry already, and an act
    that left no revision changed nothing.
    """
    if isinstance(obj, Event | Context) or request.user.pk is None:
        return
    LogEntry.objects.log_actions(request.user.pk, [obj], flag, message, single_object=True)
