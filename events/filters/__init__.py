"""The one public query vocabulary: how the site and the API alike ask for things (layer 4).

Every filter carries ``schema``, the JSON schema of one value, for the API's description, and
``many``: whether its parameter may be repeated, which means *any of these*. Empty inputs count
as absent, as a form sends them; a face that must not overlook anything asks
:func:`refused_parameters` first.
"""

from events.filters.contexts import ContextFilter
from events.filters.corrections import CorrectionFilter
from events.filters.editorials import EditorialFilter
from events.filters.events import EventFilter, SearchFilter, search_filters, whole_editions
from events.filters.sources import PublisherFilter, SourceFilter
from events.filters.vocabulary import VALUES_MAX, Schema, Vocabulary, VocabularyFilter, refused_parameters

__all__ = [
    "VALUES_MAX",
    "ContextFilter",
    "CorrectionFilter",
    "EditorialFilter",
    "EventFilter",
    "PublisherFilter",
    "Schema",
    "SearchFilter",
    "SourceFilter",
    "Vocabulary",
    "VocabularyFilter",
    "refused_parameters",
    "search_filters",
    "whole_editions",
]
