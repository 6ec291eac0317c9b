"""Records that an outside robot delivers through the API: one harvest, like any other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Final

from django.db import transaction
from django.utils import timezone

from events.actions.errors import InvalidAction
from events.actions.harvesting.batch import Listen
from events.actions.harvesting.run import run_harvest
from events.actions.recording import Actor
from events.actions.relate import relate_soon
from events.actions.values import one_paragraph
from events.harvest.limits import ORIGIN_SLUG, fit_web_address
from events.harvest.records import Reader
from events.models import Harvest, Origin
from events.vocabulary import HarvestState, Right

ORIGIN_FIELDS: Final = ("name", "licence", "licence_url", "attribution")
_AHEAD: Final = dt.timedelta(minutes=5)
"""How far a robot's clock may be ahead of ours."""


def deliver_records(
    reader: Reader,
    *,
    actor: Actor,
    origin: str,
    about: Mapping[str, str],
    moment: dt.datetime | None,
    dry_run: bool,
    listen: Listen,
    resumable: bool,
) -> Harvest:
    """Harvest what *reader* yields as records of *origin*; the finished harvest.

    *about*: what a new origin is (:data:`ORIGIN_FIELDS`). *moment*: when the records were true, now unless
    said, and never in the future: what is older would overwrite nothing for ever. *listen* is told of each
    record. What breaks off stays open only where it is *resumable*. Needs ``Right.DELIVER``.
    """
    actor.require(Right.DELIVER)
    if moment is not None and moment > timezone.now() + _AHEAD:
        raise InvalidAction("The moment lies in the future; say when the records were true.")
    # A dry run leaves no origin either.
    with transaction.atomic() if dry_run else nullcontext():
        found = origin_called(origin, about, complete=False)
        try:
            harvest = run_harvest(
                reader, origin=found, moment=moment, dry_run=dry_run, relate=False, tags=True, listen=listen
            )
        except BaseException:
            if not dry_run and not resumable:
                _give_up(found, reader)
            raise
        if dry_run:
            transaction.set_rollback(True)
    if not dry_run:
        relate_soon()
    return harvest


def origin_called(slug: str, about: Mapping[str, str], *, complete: bool) -> Origin:
    """The origin of this name; made at its first harvest with what is said *about* it.

    Of one that is there, what is said is written (*complete*: an operator says it), or must agree with it.
    Raises ``InvalidAction``.
    """
    if not ORIGIN_SLUG.fullmatch(slug):
        raise InvalidAction("An origin is named by up to 60 letters, digits, “-” and “_”.")
    given = {name: said for name, value in about.items() if (said := one_paragraph(value))}
    if given.get("licence_url") and not fit_web_address(given["licence_url"]):
        raise InvalidAction("The licence's address must begin with http:// or https://.")
    for name, value in given.items():
        if len(value) > (getattr(Origin._meta.get_field(name), "max_length", None) or 0):
            raise InvalidAction(f"The origin's {name.replace('_', ' ')} is too long.")
    origin, created = Origin.objects.get_or_create(slug=slug, defaults={"name": slug, **given})
    if created or not given:
        return origin
    if complete:
        Origin.objects.filter(pk=origin.pk).update(**given)
        origin.refresh_from_db()
    elif any(getattr(origin, name) != value for name, value in given.items()):
        raise InvalidAction(f"The origin {slug} is there and described otherwise; an operator changes that.")
    return origin


def _give_up(origin: Origin, reader: Reader) -> None:
    """Close a harvest that nobody will resume."""
    broken = Harvest.objects.filter(
        origin=origin, fingerprint=reader.fingerprint(), state=HarvestState.RUNNING
    )
    broken.update(state=HarvestState.FAILED, finished_at=timezone.now())
