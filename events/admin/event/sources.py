"""The table of sources on an event's form: rows that are added, edited, reordered and removed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, JsonResponse

from events.actions.publishers import publishing_host
from events.actions.values import one_paragraph
from events.admin.base import may
from events.harvest.limits import LABEL_MAX
from events.harvest.records import CitedSource
from events.models import Publisher, PublisherHost, Source
from events.text.urls import normalise_url
from events.vocabulary import Right

MOST: Final = 150
"""An event with more sources keeps them as they are: the form would have too many fields to send."""
_URL: Final = {"inputmode": "url", "autocomplete": "off"}
_SPARE: Final = 2
_OFFERED: Final = 12
Key = tuple[str, str, str]


class SourceForm(forms.Form):
    """One source. A row with nothing in it is none."""

    label = forms.CharField(
        required=False, max_length=LABEL_MAX, strip=False,
        widget=AdminTextInputWidget(attrs={"list": "known-publishers", "autocomplete": "off"}),
    )  # fmt: skip
    url = forms.CharField(
        required=False, strip=False, label="Address",
        widget=AdminTextInputWidget(attrs={"list": "known-sources", **_URL}),
    )  # fmt: skip
    picture = forms.CharField(
        required=False, strip=False, label="Picture's address",
        widget=AdminTextInputWidget(attrs=_URL),
    )  # fmt: skip

    def source(self) -> CitedSource:
        """What stands in the row, in the form in which it is published."""
        said = (one_paragraph(self.cleaned_data.get(name) or "") for name in ("label", "url", "picture"))
        return CitedSource(*said)


class SourceFormSet(forms.BaseFormSet[SourceForm]):
    """The rows, and a few spare ones."""

    def sources(self, known: Collection[CitedSource]) -> list[CitedSource]:
        """The sources in the order asked for; a row that says what a *known* one says is that one.

        A row whose number was changed goes before one that has that number already. A new
        source without a label is labelled with its publisher's name.
        """
        present = {_key(one): one for one in known}
        rows = []
        for index, form in enumerate(self.forms):
            found = form.source()
            if form.cleaned_data.get("DELETE") or not any(_key(found)):
                continue
            place = form.cleaned_data.get("ORDER")
            moved = "ORDER" in form.changed_data
            rows.append((place is None, place or 0, not moved, index, present.get(_key(found), found)))
        cited = [row[-1] for row in sorted(rows, key=lambda row: row[:-1])]
        return labelled(cited, present.values())


SourceRows: Final[type[SourceFormSet]] = forms.formset_factory(  # type: ignore[assignment]
    SourceForm, formset=SourceFormSet, extra=_SPARE, can_order=True, can_delete=True, max_num=MOST + _SPARE,
    absolute_max=2 * MOST,
)  # fmt: skip


def rows_of(citations: Sequence[CitedSource]) -> list[dict[str, str]]:
    """What the table's rows begin with."""
    return [{"label": one.label, "url": one.url, "picture": one.picture} for one in citations]


def labelled(citations: Sequence[CitedSource], known: Collection[CitedSource]) -> list[CitedSource]:
    """*citations* with labels for those that are new and have none: the publisher's name, or the host."""
    hosts = {}
    for one in citations:
        if one.url and not one.label and one not in known and (url := normalise_url(one.url)):
            hosts[one.url] = publishing_host(url)
    if not hosts:
        return list(citations)
    rows = PublisherHost.objects.filter(host__in=set(hosts.values())).select_related("publisher__merged_into")
    names = {row.host: (row.publisher.merged_into or row.publisher).name for row in rows}
    return [
        CitedSource(names.get(hosts[one.url], hosts[one.url]), one.url, one.picture)
        if one.url in hosts and not one.label
        else one
        for one in citations
    ]


def suggest_sources(request: HttpRequest) -> JsonResponse:
    """Known publishers (``?label=``) or sources (``?url=``) for what was typed so far, as JSON."""
    if not may(request, Right.CORRECT):
        raise PermissionDenied
    found: list[dict[str, Any]] = []
    if label := request.GET.get("label", "").strip():
        named = Publisher.objects.filter(name__icontains=label, merged_into=None).order_by("name")
        found = [{"value": name} for name in named.values_list("name", flat=True)[:_OFFERED]]
    elif len(url := request.GET.get("url", "").strip()) > 3:
        bare = url.removeprefix("https://").removeprefix("http://")
        wanted = Q(url__startswith=f"https://{bare}") | Q(url__startswith=f"http://{bare}")
        rows = Source.objects.filter(wanted).select_related("publisher").order_by("url")[:_OFFERED]
        found = [{"value": row.url, "label": row.title or row.publisher.name} for row in rows]
    return JsonResponse({"found": found})


def _key(one: CitedSource) -> Key:
    label, url, picture = (one_paragraph(value) for value in (one.label, one.url, one.picture))
    return label, url, picture
