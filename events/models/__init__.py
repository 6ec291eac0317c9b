"""What is stored (layer 1): fields, constraints and names; every change goes through ``actions``."""

from events.models.bulk import BulkChange
from events.models.context import Alias, Broader, Context, NameStart, Tagging
from events.models.curation import BannedReason, Curation
from events.models.editorial import Editorial
from events.models.event import Address, Document, Event
from events.models.harvest import Harvest, HarvestFile, Origin, Provenance
from events.models.person import MailNotice
from events.models.programs import ApiToken, StoredAnswer
from events.models.related import EventFeatures, FeatureCounts, FeaturePosting, RelatedLink
from events.models.review import ReviewItem
from events.models.revision import Change, Revision, Sequence
from events.models.search import SearchEntry, SearchWord
from events.models.source import Citation, Publisher, PublisherHost, Source
from events.models.tally import ContextTally, MonthTally, PublisherTally
from events.models.webhook import Webhook, WebhookDelivery

__all__ = [
    "Address",
    "Alias",
    "ApiToken",
    "BannedReason",
    "Broader",
    "BulkChange",
    "Change",
    "Citation",
    "Context",
    "ContextTally",
    "Curation",
    "Document",
    "Editorial",
    "Event",
    "EventFeatures",
    "FeatureCounts",
    "FeaturePosting",
    "Harvest",
    "HarvestFile",
    "MailNotice",
    "MonthTally",
    "NameStart",
    "Origin",
    "Provenance",
    "Publisher",
    "PublisherHost",
    "PublisherTally",
    "RelatedLink",
    "ReviewItem",
    "Revision",
    "SearchEntry",
    "SearchWord",
    "Sequence",
    "Source",
    "StoredAnswer",
    "Tagging",
    "Webhook",
    "WebhookDelivery",
]
