"""``corrections/``: the public ledger of what people corrected, and why."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from events import ledger
from events.api import describe
from events.api.answers import encode
from events.api.listing import ListView
from events.api.pagination import NEWEST_FIRST
from events.filters import CorrectionFilter
from events.formats.serializers.corrections import LedgerEntrySerializer, LedgerPageSerializer
from events.models import Revision


class CorrectionListView(ListView):
    """Corrections of published events that readers could have met."""

    name, member = "corrections", "correction"
    filters = CorrectionFilter
    orderings = NEWEST_FIRST
    fields = tuple(LedgerEntrySerializer().fields)

    @staticmethod
    def all_rows() -> QuerySet[Revision]:
        """All with a grade; ``ledger.corrections_of`` leaves out those that no reader could have met."""
        return ledger.public_corrections()

    def texts(self, rows: list[tuple[Any, ...]]) -> list[str]:
        """Three queries for any number."""
        return [encode(entry) for entry in ledger.corrections_of([pk for (pk,) in rows])]

    @describe.listing(
        "corrections_list",
        "corrections",
        LedgerPageSerializer,
        CorrectionFilter,
        NEWEST_FIRST,
        "What people corrected, and why",
    )
    def get(self, request: Request) -> HttpResponseBase:
        """A page of the ledger, or all of it."""
        return self.listed(request)
