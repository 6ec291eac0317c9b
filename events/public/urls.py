"""The addresses of the public site (a promise: none ever stops resolving)."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import re_path
from django.views.decorators.http import require_safe

from events.public import (
    about,
    calendar,
    contexts,
    corrections,
    day,
    event,
    feeds,
    front,
    history,
    machines,
    memento,
    opinion,
    past,
    report,
    search,
    sitemaps,
    sources,
)
from events.public.errors import moved
from events.public.ready import href
from events.vocabulary import DEFAULT_EDITION, EDITIONS

_PREFIXED: Final = "|".join(row.code for row in EDITIONS.values() if row.prefix)
_EDITION: Final = rf"^(?:(?P<edition>{_PREFIXED})/)?"
_PAST: Final = rf"^as-of/(?P<moment>[0-9]{{14}})/(?:(?P<edition>{_PREFIXED})/)?"
_DATE: Final = r"(?P<year>[0-9]{4})/(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})"
_FILE: Final = r"(?P<file>index\.(?:html|md|json|xml)|README\.md)?"
_FEED: Final = "(?P<suffix>atom|rss|json)"


@require_safe
def with_slash(request: HttpRequest, **_parts: str) -> HttpResponse:
    """301 to the same path with a slash at its end."""
    return moved(f"{href(request.path_info)}/")


@require_safe
def without_slash(request: HttpRequest, **_parts: str) -> HttpResponse:
    """301 to the event's page for its address as a folder."""
    return moved(f"{href(request.path_info.rstrip('/'))}.html")


@require_safe
def default_edition(request: HttpRequest, rest: str) -> HttpResponse:
    """301: the default edition's addresses have no prefix."""
    return moved(f"/{href(rest.lstrip('/'))}")


urlpatterns = [
    re_path(rf"{_EDITION}news/{_DATE}/index\.(?P<suffix>atom|rss)$", feeds.day_feed),
    re_path(rf"{_EDITION}contexts/(?P<slug>[^/\x00]+)/index\.(?P<suffix>atom|rss)$", feeds.context_feed),
    re_path(rf"{_EDITION}contexts/(?P<slug>[^/\x00]+)/feed\.json$", feeds.context_feed, {"suffix": "json"}),
    re_path(rf"{_EDITION}news/{_DATE}/{_FILE}$", day.day_page),
    re_path(rf"{_EDITION}news/{_DATE}/(?P<name>[^/\x00]+\.(?:bib|ris))$", event.reference_file),
    re_path(rf"{_EDITION}news/{_DATE}/(?P<name>[^/\x00]+\.ninjs)$", event.newsroom_file),
    re_path(rf"{_EDITION}news/{_DATE}/(?P<name>[^/\x00]+)$", event.event_page),
    re_path(rf"{_EDITION}news/{_DATE}/(?P<slug>[^/\x00]+)/history/$", history.history_page),
    re_path(rf"{_PAST}news/{_DATE}/$", past.past_day),
    re_path(rf"{_PAST}news/{_DATE}/(?P<slug>[^/\x00]+?)(?:\.html)?$", past.past_event),
    re_path(rf"{_PAST}contexts/(?P<slug>[^/\x00]+)/$", past.past_context),
    re_path(r"^timegate/(?P<path>[^\x00]+)$", memento.timegate),
    re_path(r"^timemap/(?P<path>[^\x00]+)$", memento.timemap),
    re_path(rf"{_EDITION}contexts/(?P<slug>[^/\x00]+)/{_FILE}$", contexts.context_page),
    re_path(
        rf"{_EDITION}contexts/(?P<slug>[^/\x00]+)/(?P<file>index\.(?:ttl|jsonld))$", contexts.concept_file
    ),
    re_path(rf"{_EDITION}{_FILE}$", front.front_page),
    re_path(r"^e/(?P<event_id>[0-9]{1,19})$", event.short_address),
    re_path(rf"{_EDITION}news/$", calendar.years_page),
    re_path(rf"{_EDITION}news/(?P<year>[0-9]{{4}})/$", calendar.year_page),
    re_path(rf"{_EDITION}news/(?P<year>[0-9]{{4}})/(?P<month>[0-9]{{1,2}})/$", calendar.month_page),
    re_path(
        rf"{_EDITION}on-this-day/(?P<month>[0-9]{{1,2}})/(?P<day>[0-9]{{1,2}})/$", calendar.same_day_page
    ),
    re_path(rf"{_EDITION}contexts/$", contexts.contexts_page),
    re_path(rf"{_EDITION}opinion/{_FILE}$", opinion.opinion_page),
    re_path(rf"{_EDITION}opinion/{_DATE}/(?P<slug>[^/\x00]+)/{_FILE}$", opinion.editorial_page),
    re_path(rf"{_EDITION}search/$", search.search_page),
    re_path(rf"{_EDITION}about/$", about.about_page),
    re_path(rf"{_EDITION}about/api/$", about.api_page),
    re_path(rf"{_EDITION}sources/$", sources.sources_page),
    re_path(rf"{_EDITION}sources/(?P<publisher_id>[0-9]{{1,19}})/$", sources.publisher_page),
    re_path(r"^report/(?P<event_id>[0-9]{1,19})/$", report.report_page),
    re_path(r"^report/outcome/(?P<token>[^/]+)/$", report.outcome_page),
    re_path(rf"{_EDITION}corrections/$", corrections.corrections_page),
    re_path(rf"{_EDITION}index_rss\.xml$", feeds.news_feed, {"suffix": "rss"}),
    re_path(rf"{_EDITION}opinion_rss\.xml$", feeds.opinion_feed, {"suffix": "rss"}),
    re_path(rf"{_EDITION}feeds/news\.{_FEED}$", feeds.news_feed),
    re_path(rf"{_EDITION}feeds/opinion\.{_FEED}$", feeds.opinion_feed),
    re_path(rf"{_EDITION}corrections/index\.{_FEED}$", feeds.corrections_feed),
    re_path(rf"{_EDITION}search/feed\.{_FEED}$", feeds.search_feed),
    re_path(r"^sitemap\.xml$", sitemaps.sitemap_index),
    re_path(
        r"^sitemap/(?P<edition>[a-z]{2,3})-(?P<year>[0-9]{4})-(?P<month>[0-9]{2})\.xml$",
        sitemaps.month_sitemap,
    ),
    re_path(r"^news-sitemap\.xml$", sitemaps.news_sitemap),
    re_path(rf"{_EDITION}opensearch\.xml$", sitemaps.opensearch),
    re_path(r"^\.well-known/security\.txt$", machines.security),
    re_path(r"^livez$", machines.live),
    re_path(r"^readyz$", machines.ready),
    re_path(r"^robots\.txt$", machines.robots),
    re_path(rf"{_EDITION}(?:news|contexts|opinion|search|corrections)$", with_slash),
    re_path(rf"^(?:{_PREFIXED})$", with_slash),
    re_path(rf"{_EDITION}(?:about(?:/api)?|sources(?:/[0-9]{{1,19}})?)$", with_slash),
    re_path(r"^report/[0-9]{1,19}$", with_slash),
    re_path(rf"{_EDITION}news/[0-9]{{4}}(?:/[0-9]{{1,2}}){{0,2}}$", with_slash),
    re_path(rf"{_EDITION}contexts/[^/\x00]+$", with_slash),
    re_path(rf"{_EDITION}opinion/{_DATE}/(?P<slug>[^/\x00]+)$", with_slash),
    re_path(rf"{_EDITION}news/{_DATE}/[^/\x00]+/history$", with_slash),
    re_path(rf"{_PAST}(?:news/{_DATE}|contexts/[^/\x00]+)$", with_slash),
    re_path(rf"{_EDITION}news/{_DATE}/[^/\x00]+/$", without_slash),
    re_path(rf"^{DEFAULT_EDITION}/(?P<rest>.*)$", default_edition),
]
