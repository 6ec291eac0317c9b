"""The editors' face: the Django admin. It finds and shows; every write goes through ``events.actions``."""

from __future__ import annotations

from django.contrib import admin

from events.admin.context import ContextAdmin
from events.admin.editorial import EditorialAdmin
from events.admin.event import EventAdmin
from events.admin.harvest import HarvestAdmin, OriginAdmin
from events.admin.review import ReviewItemAdmin
from events.admin.source import PublisherAdmin, SourceAdmin
from events.models import (
    Context,
    Editorial,
    Event,
    Harvest,
    Origin,
    Publisher,
    ReviewItem,
    Source,
)

admin.site.register(Event, EventAdmin)
admin.site.register(Context, ContextAdmin)
admin.site.register(Source, SourceAdmin)
admin.site.register(Publisher, PublisherAdmin)
admin.site.register(Harvest, HarvestAdmin)
admin.site.register(Origin, OriginAdmin)
admin.site.register(ReviewItem, ReviewItemAdmin)
admin.site.register(Editorial, EditorialAdmin)
