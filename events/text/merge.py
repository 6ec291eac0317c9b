"""Three-way merge: what people wrote and what the origin now says, over what both started from.

Robots feed the archive and humans have the last word (architecture.md, decision 3). A merge is
*clean* when the two sides changed different places; anything less certain is a conflict, and then
our text stays as it is and an editor decides. Each side is aligned with the base on its own, so
that swapping the sides changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, TypeVar

from events.text.normalise import is_cjk
from events.text.tokens import tokenise

# Beyond these no alignment is computed: two differing sides are a conflict at once.
TOKEN_LIMIT: Final = 20_000
_WORK_LIMIT: Final = 1_500_000
_PAIR_LIMIT: Final = 250_000
# Both sides adding the same run of words in different places is one sentence moved twice.
_SHARED_WORDS: Final = 2
_SHARED_CJK: Final = 4

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Conflict:
    """One place that both sides changed: what the base had there, what we have, what upstream has."""

    base: str
    ours: str
    upstream: str


@dataclass(frozen=True, slots=True)
class Merge:
    """The outcome. Where it is not clean, *text* is ours, whole, and *conflicts* says where."""

    text: str
    clean: bool
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True)
class _Hunk:
    """One change of one side: ``base[start:end]`` becomes *tokens*.

    *low* and *high* bound the places where the same change could as well stand ("very" put before
    or after another "very"), neighbouring blanks included: nothing else may be changed there.
    """

    start: int
    end: int
    tokens: tuple[str, ...]
    low: int
    high: int

    def touches(self, other: _Hunk) -> bool:
        return self.low <= other.high and other.low <= self.high


def merge_text(base: str, ours: str, upstream: str, *, cjk: bool = False) -> Merge:
    """Merge *ours* and *upstream*, both grown out of *base*, by words (with *cjk* by characters).

    ``merge(b, b, x)`` and ``merge(b, x, b)`` and ``merge(b, x, x)`` are *x*. Changes that touch, with
    no unchanged word between them, are a conflict unless they are the same change.
    """
    if ours in (base, upstream):
        return Merge(upstream, clean=True, conflicts=())
    if upstream == base:
        return Merge(ours, clean=True, conflicts=())
    rows = [tokenise(text, cjk=cjk) for text in (base, ours, upstream)]
    whole = Merge(ours, clean=False, conflicts=(Conflict(base, ours, upstream),))
    if max(map(len, rows)) > TOKEN_LIMIT:
        return whole
    base_row, our_row, upstream_row = rows
    our_hunks = _changes(base_row, our_row)
    upstream_hunks = _changes(base_row, upstream_row)
    if our_hunks is None or upstream_hunks is None or len(our_hunks) * len(upstream_hunks) > _PAIR_LIMIT:
        return whole
    groups = _collisions(our_hunks, upstream_hunks)
    if groups:
        conflicts = tuple(_describe(base_row, mine, theirs) for mine, theirs in groups)
        return Merge(ours, clean=False, conflicts=conflicts)
    return Merge(_apply(base_row, {*our_hunks, *upstream_hunks}), clean=True, conflicts=())


def merge_regions(base: str, ours: str, upstream: str, *, cjk: bool = False) -> tuple[str | Conflict, ...]:
    """The merge as a person finishes it: settled stretches, with a conflict wherever one must be chosen.

    What the sides changed in different places is in the stretches already. A clean merge is one
    stretch; where no alignment is computed, or a choice would lose a word that both sides kept (one side
    moved it to where the other wrote something), everything is one conflict.
    """
    merged = merge_text(base, ours, upstream, cjk=cjk)
    if merged.clean:
        return (merged.text,) if merged.text else ()
    rows = [tokenise(text, cjk=cjk) for text in (base, ours, upstream)]
    sides = [_changes(rows[0], row) for row in rows[1:]] if max(map(len, rows)) <= TOKEN_LIMIT else [None]
    our_hunks, upstream_hunks = sides[0], sides[-1]
    if our_hunks is None or upstream_hunks is None or len(our_hunks) * len(upstream_hunks) > _PAIR_LIMIT:
        return merged.conflicts
    spans = _spans(_collisions(our_hunks, upstream_hunks))
    free = [hunk for hunk in {*our_hunks, *upstream_hunks} if not any(_within(hunk, span) for span in spans)]
    regions: list[str | Conflict] = []
    done = 0
    for start, end in spans:
        before = [hunk for hunk in free if done <= hunk.start and hunk.end <= start]
        regions.append(_rewrite(rows[0], before, done, start))
        mine, theirs = (
            [hunk for hunk in hunks if _within(hunk, (start, end))] for hunks in (our_hunks, upstream_hunks)
        )
        regions.append(_describe(rows[0], mine, theirs))
        done = end
    regions.append(_rewrite(rows[0], [hunk for hunk in free if done <= hunk.start], done, len(rows[0])))
    if _lost(rows, regions, cjk=cjk):
        return (Conflict(base, ours, upstream),)
    return tuple(region for region in regions if region != "")


def _lost(rows: list[list[str]], regions: Sequence[str | Conflict], *, cjk: bool) -> bool:
    """Whether a choice between the sides loses what stands once in the base and still in both sides."""
    once = {token for token, count in Counter(rows[0]).items() if count == 1 and not token.isspace()}
    kept = once.intersection(rows[1], rows[2])
    ours, upstream = (
        "".join(one if isinstance(one, str) else getattr(one, side) for one in regions)
        for side in ("ours", "upstream")
    )
    return any(not kept <= {*tokenise(text, cjk=cjk)} for text in (ours, upstream))


def merge_items(base: Sequence[T], ours: Sequence[T], upstream: Sequence[T]) -> list[T]:
    """Merge three sets kept as lists: what each side added is in, what either removed is out.

    The order is ours, then upstream's additions in its order; where we changed nothing, upstream's.
    """
    if list(ours) == list(base):
        return list(dict.fromkeys(upstream))
    removed = set(base) - set(upstream)
    kept = [item for item in ours if item not in removed]
    known = {*base, *ours}
    return list(dict.fromkeys([*kept, *(item for item in upstream if item not in known)]))


def _changes(base: list[str], side: list[str]) -> list[_Hunk] | None:
    """What *side* changed, in order; None where finding out would cost too much."""
    head, tail = _common_ends(base, side)
    middle_base, middle_side = base[head : len(base) - tail], side[head : len(side) - tail]
    anchors = _anchors(middle_base, middle_side)
    if anchors is None:
        return None
    hunks: list[_Hunk] = []
    done_base = done_side = 0
    for at_base, at_side in [*anchors, (len(middle_base), len(middle_side))]:
        gap_base, gap_side = middle_base[done_base:at_base], middle_side[done_side:at_side]
        if gap_base != gap_side:
            before, after = _common_ends(gap_base, gap_side)
            start = head + done_base + before
            end = head + at_base - after
            floor = hunks[-1].end + 1 if hunks else 0
            hunks.append(_place(base, start, end, gap_side[before : len(gap_side) - after], floor))
        done_base, done_side = at_base + 1, at_side + 1
    return hunks


def _common_ends(one: Sequence[str], other: Sequence[str]) -> tuple[int, int]:
    """How many tokens are equal at the front, and how many of the rest at the back."""
    shorter = min(len(one), len(other))
    front = 0
    while front < shorter and one[front] == other[front]:
        front += 1
    back = 0
    while back < shorter - front and one[-1 - back] == other[-1 - back]:
        back += 1
    return front, back


def _anchors(base: list[str], side: list[str]) -> list[tuple[int, int]] | None:
    """Pairs of positions of unchanged tokens. Blanks are no anchors: alone they say nothing."""
    base_at = [index for index, token in enumerate(base) if not token.isspace()]
    side_at = [index for index, token in enumerate(side) if not token.isspace()]
    base_words = [base[index] for index in base_at]
    side_words = [side[index] for index in side_at]
    counts = Counter(side_words)
    if sum(counts[word] for word in base_words) > _WORK_LIMIT:
        return None
    matcher = SequenceMatcher(None, base_words, side_words, autojunk=False)
    return [
        (base_at[block.a + step], side_at[block.b + step])
        for block in matcher.get_matching_blocks()
        for step in range(block.size)
    ]


def _place(base: list[str], start: int, end: int, tokens: list[str], floor: int) -> _Hunk:
    """The change at its leftmost place (not before *floor*), with the bounds of where it could stand."""
    low, high = start, end
    if start == end or not tokens:
        moved = base[start:end] or tokens
        size, width = len(moved), end - start
        steps = 0
        while low > 0 and base[low - 1] == moved[-1 - steps % size]:
            low, steps = low - 1, steps + 1
        forward = 0
        while high < len(base) and base[high] == moved[forward % size]:
            high, forward = high + 1, forward + 1
        back = start - max(low, floor)
        start -= back
        end = start + width
        turn = -back % size
        tokens = [*moved[turn:], *moved[:turn]] if tokens else []
    while low > 0 and base[low - 1].isspace():
        low -= 1
    while high < len(base) and base[high].isspace():
        high += 1
    return _Hunk(start, end, tuple(tokens), low, high)


def _collisions(ours: list[_Hunk], upstream: list[_Hunk]) -> list[tuple[list[_Hunk], list[_Hunk]]]:
    """Groups of changes that get in each other's way. A change that both made is in nobody's way."""
    shared = {*ours} & {*upstream}
    theirs = [(hunk, _runs(hunk)) for hunk in upstream if hunk not in shared]
    groups: list[tuple[list[_Hunk], list[_Hunk]]] = []
    for hunk in ours:
        if hunk in shared:
            continue
        runs = _runs(hunk)
        hits = [
            other for other, other_runs in theirs if hunk.touches(other) or not runs.isdisjoint(other_runs)
        ]
        if not hits:
            continue
        if groups and any(hit in groups[-1][1] for hit in hits):
            groups[-1][0].append(hunk)
            groups[-1][1].extend(hit for hit in hits if hit not in groups[-1][1])
        else:
            groups.append(([hunk], hits))
    return groups


def _spans(groups: list[tuple[list[_Hunk], list[_Hunk]]]) -> list[tuple[int, int]]:
    """The stretches of the base that collisions cover, in order; those that meet are one."""
    spans: list[tuple[int, int]] = []
    for start, end in sorted(
        (min(hunk.start for hunk in both), max(hunk.end for hunk in both))
        for both in ([*mine, *theirs] for mine, theirs in groups)
    ):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def _within(hunk: _Hunk, span: tuple[int, int]) -> bool:
    return span[0] <= hunk.start and hunk.end <= span[1]


def _runs(hunk: _Hunk) -> set[tuple[str, ...]]:
    """The runs of words that the change brings in: no two places may get the same run."""
    words = [token for token in hunk.tokens if token[0].isalnum()]
    size = _SHARED_CJK if any(is_cjk(word[0]) for word in words) else _SHARED_WORDS
    return {tuple(words[at : at + size]) for at in range(len(words) - size + 1)}


def _describe(base: list[str], ours: list[_Hunk], upstream: list[_Hunk]) -> Conflict:
    both = [*ours, *upstream]
    start, end = min(hunk.start for hunk in both), max(hunk.end for hunk in both)
    return Conflict(
        "".join(base[start:end]), _rewrite(base, ours, start, end), _rewrite(base, upstream, start, end)
    )


def _apply(base: list[str], hunks: set[_Hunk]) -> str:
    return _rewrite(base, sorted(hunks, key=lambda hunk: (hunk.start, hunk.end)), 0, len(base))


def _rewrite(base: list[str], hunks: Sequence[_Hunk], start: int, end: int) -> str:
    parts: list[str] = []
    done = start
    for hunk in sorted(hunks, key=lambda hunk: (hunk.start, hunk.end)):
        parts.extend(base[done : hunk.start])
        parts.extend(hunk.tokens)
        done = hunk.end
    parts.extend(base[done:end])
    return "".join(parts)
