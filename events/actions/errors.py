"""What actions raise, each with words that a person can act on."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from events.vocabulary import Right


class ActionError(Exception):
    """An action was refused; the message says why and what to do."""


class InvalidAction(ActionError):  # noqa: N818  the name says what was wrong
    """What was asked for cannot be done to this thing as it stands."""


class StaleVersion(ActionError):  # noqa: N818
    """Somebody, or a robot, changed the thing after the caller read it."""

    def __init__(self, current: int) -> None:
        super().__init__(
            f"It has changed since you opened it and is now at version {current}. "
            "Look at the present text and save again."
        )
        self.current = current


class StaleDecisions(ActionError):  # noqa: N818
    """Somebody decided about an event's related links after the caller looked at them."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody else has decided about these links since you looked. "
            "Look at them as they are now and decide again."
        )


class MissingRight(PermissionDenied):
    """The actor's role does not include what the act asks for."""

    def __init__(self, right: Right) -> None:
        super().__init__(f"{right.label}: your role does not include this.")
        self.right = right
