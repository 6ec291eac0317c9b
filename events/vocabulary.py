"""The archive's fixed words: states, kinds, grades, categories, editions and roles.

Layer 0: no database. Models use these as choices and as database constraints; every
output prints them. The words are those of docs/architecture.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from django.db.models import TextChoices


class State(TextChoices):
    """Where an event stands. Only ``PUBLISHED`` is public; ``MERGED`` redirects."""

    DRAFT = "draft", "Draft"
    HELD = "held", "Held"
    PUBLISHED = "published", "Published"
    MERGED = "merged", "Merged"
    WITHDRAWN = "withdrawn", "Withdrawn"
    LEGAL = "legal", "Removed for legal reasons"


class ChangeKind(TextChoices):
    """What a revision or an entry of the public sequence says happened."""

    CREATED = "created", "Created"
    UPDATED = "updated", "Updated"
    CORRECTED = "corrected", "Corrected"
    RETAGGED = "retagged", "Retagged"
    CURATED = "curated", "Curated"
    MERGED = "merged", "Merged"
    UNMERGED = "unmerged", "Unmerged"
    WITHDRAWN = "withdrawn", "Withdrawn"
    RESTORED = "restored", "Restored"


LEAVING: Final = (ChangeKind.WITHDRAWN, ChangeKind.MERGED)
"""What takes an event from readers."""


class Grade(TextChoices):
    """How grave a correction is; from ``CORRECTION`` up a public note is required."""

    TYPO = "typo", "Typo"
    CORRECTION = "correction", "Correction"
    CLARIFICATION = "clarification", "Clarification"
    UPDATE = "update", "Update"
    RETRACTION = "retraction", "Retraction"
    LEGAL = "legal", "Legal"

    @property
    def needs_note(self) -> bool:
        """Whether readers must be told why (every grade but a typo)."""
        return self is not Grade.TYPO


class Subject(TextChoices):
    """What an entry of the public sequence is about."""

    EVENT = "event", "Event"
    CONTEXT = "context", "Context"
    SOURCE = "source", "Source"
    EDITORIAL = "editorial", "Editorial"


_KINDS_OF: Final = {
    Subject.EVENT: tuple(ChangeKind),
    Subject.CONTEXT: (
        ChangeKind.CREATED, ChangeKind.UPDATED, ChangeKind.MERGED, ChangeKind.UNMERGED, ChangeKind.WITHDRAWN,
    ),
    Subject.SOURCE: (ChangeKind.CREATED, ChangeKind.UPDATED, ChangeKind.WITHDRAWN, ChangeKind.RESTORED),
    Subject.EDITORIAL: (ChangeKind.CREATED, ChangeKind.UPDATED, ChangeKind.WITHDRAWN, ChangeKind.RESTORED),
}  # fmt: skip
"""What can happen to what."""
CHANGE_TYPES: Final = tuple(f"{subject}.{kind}" for subject, kinds in _KINDS_OF.items() for kind in kinds)
"""The types of messages that a webhook can ask for: ``event.corrected``."""


class DeliveryState(TextChoices):
    """What became of one message to one webhook."""

    PENDING = "pending", "Waiting"
    DELIVERED = "delivered", "Delivered"
    GIVEN_UP = "given_up", "Given up"


class Tagged(TextChoices):
    """How a context came to an event, strongest last; a stronger way replaces a weaker one."""

    TEXT = "text", "Found in the text"
    INFERRED = "inferred", "Inferred from a related list"
    DAY = "day", "From the day page"
    ORIGIN = "origin", "From the event's own record"
    PERSON = "person", "By a person"

    @property
    def strength(self) -> int:
        """Rank among the ways, 0 (weakest) upwards."""
        return list(Tagged).index(self)


class Decision(TextChoices):
    """What an editor decided about one related link."""

    PIN = "pin", "Pinned"
    BAN = "ban", "Banned"
    NOTE = "note", "Left to the computation, with a note"


class ReviewKind(TextChoices):
    """The questions that wait for an editor."""

    CONFLICT = "conflict", "Conflict"
    DUPLICATE = "duplicate", "Likely duplicate"
    HELD = "held", "Suspicious change"
    CONTEXT_REPLACED = "context_replaced", "Context replaced upstream"
    PROPOSAL = "proposal", "Contributor's proposal"
    CANDIDATE = "candidate", "Candidate context"
    CONTEXT_DUPLICATE = "context_duplicate", "Likely duplicate context"
    CONTEXT_NAMED = "context_named", "Context named in the text"
    PROOFREADING = "proofreading", "Proofreading finding"
    REPORT = "report", "Reader's report"
    DEAD_SOURCE = "dead_source", "Dead source"


class ReviewState(TextChoices):
    """Whether a review item still waits. ``OBSOLETE``: upstream took the question back."""

    OPEN = "open", "Open"
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"
    OBSOLETE = "obsolete", "Obsolete"


class BulkKind(TextChoices):
    """What changed many events at once."""

    PROOFREADING = "proofreading", "Proofreading"
    REPLACE = "replace", "Find and replace"
    UNDO_HARVEST = "undo_harvest", "Undoing a harvest"
    UNDO = "undo", "Undoing a bulk change"


class BulkState(TextChoices):
    """How far a bulk change is. ``STOPPED``: part of it was done, and it can be undone or run again."""

    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    STOPPED = "stopped", "Stopped"
    UNDONE = "undone", "Undone"


class HarvestState(TextChoices):
    """How a harvest ended, or that it has not ended yet (it can then be resumed)."""

    RUNNING = "running", "Running"
    FINISHED = "finished", "Finished"
    FAILED = "failed", "Finished with errors"


class Category(TextChoices):
    """The short fixed list; what the origin said is kept beside it."""

    CONFLICT = "armed-conflicts", "Armed conflicts"
    DISASTER = "disasters", "Disasters"
    BUSINESS = "business", "Business"
    INTERNATIONAL = "international-relations", "International relations"
    CRIME = "law-and-crime", "Law and crime"
    POLITICS = "politics", "Politics"
    SCIENCE = "science", "Science"
    SPORT = "sport", "Sport"
    ARTS = "arts", "Arts"
    HEALTH = "health", "Health"
    OTHER = "other", "Other"


_CATEGORY_STEMS: Final = (
    ("armed", Category.CONFLICT),
    ("attack", Category.CONFLICT),
    ("disaster", Category.DISASTER),
    ("accident", Category.DISASTER),
    ("business", Category.BUSINESS),
    ("econom", Category.BUSINESS),
    ("international", Category.INTERNATIONAL),
    ("law", Category.CRIME),
    ("crime", Category.CRIME),
    ("politic", Category.POLITICS),
    ("election", Category.POLITICS),
    ("health", Category.HEALTH),
    ("medic", Category.HEALTH),
    ("environment", Category.HEALTH),
    ("science", Category.SCIENCE),
    ("technology", Category.SCIENCE),
    ("sport", Category.SPORT),
    ("art", Category.ARTS),
    ("cultur", Category.ARTS),
)


def category_of(said: str) -> Category:
    """The category meant by a heading of an origin; ``OTHER`` for what nobody knows.

    The first stem that begins a word of the heading decides, in the heading's own order,
    so misspelt tails ("Business and econony") still count.
    """
    for word in re.findall(r"[a-z]+", said.lower()):
        for stem, category in _CATEGORY_STEMS:
            if word.startswith(stem):
                return category
    return Category.OTHER


class Role(TextChoices):
    """Django groups; each role may do what the ones before it may."""

    VIEWER = "viewers", "Viewers"
    CONTRIBUTOR = "contributors", "Contributors"
    EDITOR = "editors", "Editors"
    CHIEF = "chief editors", "Chief editors"
    ADMINISTRATOR = "administrators", "Administrators"


class Right(TextChoices):
    """What actions ask for; a Django permission ``events.<value>`` each."""

    PROPOSE = "propose_change", "Can propose a change"
    CORRECT = "correct_event", "Can create and correct events"
    CURATE = "curate_event", "Can curate related links"
    TAG = "manage_contexts", "Can manage contexts"
    REVIEW = "decide_review", "Can decide review items"
    WRITE = "write_editorial", "Can write editorials"
    MERGE = "merge_event", "Can merge and un-merge events, contexts and publishers"
    BULK = "run_bulk_change", "Can change many events at once, and undo it"
    WITHDRAW = "withdraw_event", "Can withdraw and restore events"
    REMOVE = "remove_event", "Can remove events for legal reasons"
    HARVEST = "run_harvest", "Can harvest and restore"
    DELIVER = "deliver_records", "Can deliver records through the API"
    AUDIT = "see_audit", "Can see who did what"
    PEOPLE = "manage_people", "Can manage people"
    HOOKS = "manage_webhooks", "Can manage webhooks"


_EDITOR_RIGHTS: Final = frozenset(
    {Right.PROPOSE, Right.CORRECT, Right.CURATE, Right.TAG, Right.REVIEW, Right.WRITE}
)
_CHIEF_RIGHTS: Final = _EDITOR_RIGHTS | {
    Right.MERGE,
    Right.BULK,
    Right.WITHDRAW,
    Right.REMOVE,
    Right.HARVEST,
    Right.DELIVER,
    Right.AUDIT,
}
ROLE_RIGHTS: Final[dict[Role, frozenset[Right]]] = {
    Role.VIEWER: frozenset(),
    Role.CONTRIBUTOR: frozenset({Right.PROPOSE}),
    Role.EDITOR: _EDITOR_RIGHTS,
    Role.CHIEF: _CHIEF_RIGHTS,
    Role.ADMINISTRATOR: _CHIEF_RIGHTS | {Right.PEOPLE, Right.HOOKS},
}
ROBOTS: Final = "robots"
"""The group of programs that deliver records; no role of people, and no step between two of them."""
ROBOT_RIGHTS: Final = frozenset({Right.DELIVER})


@dataclass(frozen=True, slots=True)
class Labels:
    """The headings an edition's Markdown pages are written with (archive-layout.md).

    Each field lists what is read; the first of each is what we write.
    """

    sources: tuple[str, ...]
    changes: tuple[str, ...]
    related: tuple[str, ...]
    context: tuple[str, ...]
    formats: tuple[str, ...]
    previous_day: tuple[str, ...]
    next_day: tuple[str, ...]
    today: str
    yesterday: str
    day_before: str
    opinion: str


@dataclass(frozen=True, slots=True)
class Edition:
    """A language the archive is published in.

    ``prefix`` stands in front of its addresses ("" for the default edition, else "/zh");
    ``cjk`` selects the slug rule and merging by characters; ``lang`` is the BCP 47 tag.
    """

    code: str
    name: str
    lang: str
    prefix: str
    cjk: bool
    labels: Labels


EDITIONS: Final[dict[str, Edition]] = {
    "en": Edition(
        code="en",
        name="English",
        lang="en",
        prefix="",
        cjk=False,
        labels=Labels(
            sources=("Sources", "Source"),
            changes=("Changes",),
            related=("Related",),
            context=("Context",),
            formats=("Formats",),
            previous_day=("Previous Day...",),
            next_day=("Next Day...",),
            today="Today",
            yesterday="Yesterday",
            day_before="The day before yesterday",
            opinion="Opinion",
        ),
    ),
    "zh": Edition(
        code="zh",
        name="中文",
        lang="zh",
        prefix="/zh",
        cjk=True,
        labels=Labels(
            sources=("信息来源",),
            changes=("变更", "更改", "Changes"),
            related=("有关",),
            context=("消息", "上下文"),
            formats=("格式", "Formats"),
            previous_day=("前一天...",),
            next_day=("后一天...",),
            today="今天",
            yesterday="昨天",
            day_before="昨天前一天",
            opinion="观点",
        ),
    ),
}
DEFAULT_EDITION: Final = "en"
EDITION_CHOICES: Final = [(edition.code, edition.name) for edition in EDITIONS.values()]
