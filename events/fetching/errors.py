"""Why nothing was fetched; the messages are for people and name no address of our own network."""

from __future__ import annotations


class FetchError(Exception):
    """There is no answer; the message says why."""


class Refused(FetchError):  # noqa: N818  it says who did not want to
    """We do not go there: the URL is not one that we open, or it leads to no public address."""


class Unreachable(FetchError):  # noqa: N818
    """We went there and got no whole answer in time."""
