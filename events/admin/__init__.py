"""The editors' face: the Django admin. It finds and shows; every write goes through ``events.actions``."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.models import User

from events.admin import webhooks
from events.admin.audit import audit_view
from events.admin.bulk import act_view, change_view, list_view, progress_view, undo_view
from events.admin.context.desk import ContextAdmin
from events.admin.context.suggestions import decide_suggestion, suggestions_view
from events.admin.editorial import EditorialAdmin
from events.admin.event.desk import EventAdmin
from events.admin.harvest import HarvestAdmin, OriginAdmin
from events.admin.harvest_undo import undo_harvest_view
from events.admin.people import PersonAdmin, notices_view
from events.admin.proofreading import (
    accept_rule_view,
    decide_finding_view,
    rule_view,
    rules_view,
)
from events.admin.publisher import PublisherAdmin
from events.admin.queue.desk import ReviewItemAdmin
from events.admin.queue.item import decide_view, item_view, reopen_view
from events.admin.queue.pages import assign_view, bulk_view, queue_view
from events.admin.queue.proposals import proposals_view, propose_view
from events.admin.replace import replace_view
from events.admin.site import DeskPage
from events.admin.source import SourceAdmin
from events.admin.tokens import revoke_view, tokens_view
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
from events.vocabulary import Right

admin.site.register(Event, EventAdmin)
admin.site.register(Context, ContextAdmin)
admin.site.register(Source, SourceAdmin)
admin.site.register(Publisher, PublisherAdmin)
admin.site.register(Harvest, HarvestAdmin)
admin.site.register(Origin, OriginAdmin)
admin.site.register(ReviewItem, ReviewItemAdmin)
admin.site.register(Editorial, EditorialAdmin)
admin.site.unregister(User)
admin.site.register(User, PersonAdmin)
admin.site.add_pages(  # type: ignore[attr-defined]
    [
        DeskPage("queue/", "queue", queue_view, "Review queue"),
        DeskPage("queue/bulk/", "queue_bulk", bulk_view, "", Right.REVIEW),
        DeskPage("queue/assign/", "queue_assign", assign_view, "", Right.REVIEW),
        DeskPage("queue/<int:item_id>/", "queue_item", item_view),
        DeskPage("queue/<int:item_id>/decide/", "queue_decide", decide_view, "", Right.REVIEW),
        DeskPage("queue/<int:item_id>/reopen/", "queue_reopen", reopen_view, "", Right.REVIEW),
        DeskPage("contexts/", "context_suggestions", suggestions_view, "Contexts", Right.TAG),
        DeskPage("contexts/<int:item_id>/decide/", "context_decide", decide_suggestion, "", Right.REVIEW),
        DeskPage("proposals/", "proposals", proposals_view, "My proposals", Right.PROPOSE),
        DeskPage("events/event/<int:event_id>/propose/", "propose", propose_view, "", Right.PROPOSE),
        DeskPage("proofreading/", "proofreading", rules_view, "Proofreading"),
        DeskPage(
            "proofreading/finding/<int:item_id>/decide/",
            "proofreading_decide",
            decide_finding_view,
            "",
            Right.REVIEW,
        ),
        DeskPage("proofreading/<slug:rule>/", "proofreading_rule", rule_view),
        DeskPage("proofreading/<slug:rule>/accept/", "proofreading_accept", accept_rule_view, "", Right.BULK),
        DeskPage("replace/", "replace", replace_view, "Find and replace", Right.BULK),
        DeskPage("bulk/", "bulk", list_view, "Bulk changes", Right.BULK),
        DeskPage("bulk/<int:change_id>/", "bulk_change", change_view, "", Right.BULK),
        DeskPage("bulk/<int:change_id>/progress/", "bulk_progress", progress_view, "", Right.BULK),
        DeskPage("bulk/<int:change_id>/undo/", "bulk_undo", undo_view, "", Right.BULK),
        DeskPage("bulk/<int:change_id>/<slug:name>/", "bulk_act", act_view, "", Right.BULK),
        DeskPage(
            "events/harvest/<int:harvest_id>/undo/", "harvest_undo", undo_harvest_view, "", Right.HARVEST
        ),
        DeskPage("audit/", "audit", audit_view, "Who did what", Right.AUDIT),
        DeskPage("webhooks/", "webhooks", webhooks.list_view, "Webhooks", Right.HOOKS),
        DeskPage("webhooks/new/", "webhook_new", webhooks.new_view, "", Right.HOOKS),
        DeskPage("webhooks/<int:webhook_id>/", "webhook", webhooks.webhook_view, "", Right.HOOKS),
        DeskPage("webhooks/<int:webhook_id>/edit/", "webhook_edit", webhooks.edit_view, "", Right.HOOKS),
        DeskPage(
            "webhooks/<int:webhook_id>/rotate/", "webhook_rotate", webhooks.rotate_view, "", Right.HOOKS
        ),
        DeskPage(
            "webhooks/<int:webhook_id>/replay/", "webhook_replay", webhooks.replay_view, "", Right.HOOKS
        ),
        DeskPage(
            "webhooks/<int:webhook_id>/delete/", "webhook_delete", webhooks.delete_view, "", Right.HOOKS
        ),
        DeskPage("webhooks/<int:webhook_id>/<slug:name>/", "webhook_act", webhooks.act_view, "", Right.HOOKS),
        DeskPage("notices/", "notices", notices_view, "Notices"),
        DeskPage("tokens/", "tokens", tokens_view, "API tokens"),
        DeskPage("tokens/revoke/", "tokens_revoke", revoke_view),
    ]
)
