"""Why two events are related, as programs, editors and readers are told (layer 3, no database)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

SHARED_SHOWN: Final = 3
"""So many shared words tell a reader why."""


def reason_in_full(stored: Mapping[str, Any], names: Mapping[int, str]) -> dict[str, Any]:
    """The reason of a link as the API gives it.

    *stored*: ``models.RelatedLink.reason``, empty for a link that is only pinned; *names* of contexts by
    id. ``shares`` has what both events share, the most telling first; ``near`` is ``None`` where nothing is
    computed. ``loose``: the two have little in common, see :func:`for_readers`.
    """
    contexts = list(stored.get("contexts", ()))
    counts, points = stored.get("counts", ()), stored.get("points", ())
    numbers = zip(contexts, counts, points, strict=True) if len(counts) == len(contexts) else ()
    shares = [
        {"kind": "context", "said": names[pk], "events": events, "points": said}
        for pk, events, said in numbers
        if pk in names
    ]
    shares += [
        {"kind": "word", "said": word, "events": events, "points": said}
        for word, events, said in stored.get("words", ())
    ]
    return {
        "contexts": sorted(names[pk] for pk in contexts if pk in names),
        "story": names.get(stored.get("story", 0), ""),
        "shares": sorted(shares, key=lambda share: (-share["points"], share["said"])),
        "near": stored.get("near"),
        "loose": stored.get("loose", False),
    }


def for_readers(links: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of an event's links that its page shows: what editors chose or noted, and what is not loose.

    Programs get all of them, and what each has in common.
    """
    return [link for link in links if link["pinned"] or link["note"] or not link["reason"]["loose"]]


def words_shared(reason: Mapping[str, Any]) -> list[str]:
    """The most telling words that both events have, for a reader: none that also is a shared context."""
    said_by_contexts = " ".join(reason["contexts"]).casefold()
    words = [share["said"] for share in reason.get("shares", ()) if share["kind"] == "word"]
    return [word for word in words if word.casefold() not in said_by_contexts][:SHARED_SHOWN]


def reason_in_numbers(reason: Mapping[str, Any]) -> str:
    """What a link's score is made of, for editors: "Brexit 24.1 (120 events); × 0.61 …"."""
    shares = [
        f"{share['said']} {share['points']:.1f} ({share['events']:,} event{'s' * (share['events'] != 1)})"
        for share in reason["shares"]
    ]
    left = "" if reason["near"] is None else f"; × {reason['near']:.2f} for the time between"
    return ", ".join(shares) + left if shares else ""
