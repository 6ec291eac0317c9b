"""Proofreading at the desk: the rules with what they found, each rule's findings, and accepting them all."""

from __future__ import annotations

import re
from typing import Any, Final

from django.contrib import messages
from django.db.models import Count, Max
from django.db.models.fields.json import KT
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from events.actions.errors import ActionError
from events.actions.proofreading.decide import (
    accept_finding,
    accept_rule,
    fixable,
    ignore_finding,
    open_findings,
)
from events.actions.proofreading.findings import place_of
from events.actions.proofreading.run import READER
from events.admin.base import actor_of, may, number_of
from events.admin.bulk import change_url
from events.admin.logbook import log_act
from events.admin.queue.pages import require_looking
from events.admin.queue.words import outcome_of
from events.admin.site import desk_page
from events.models import BulkChange, Harvest, ReviewItem
from events.text.diff import Part, word_diff
from events.text.proofreading import RULES, Rule, Severity, acts, judged
from events.vocabulary import EDITIONS, BulkKind, ReviewKind, Right

Json = dict[str, Any]
_AT_ONCE: Final = 50
_AROUND: Final = 70
_RUNS: Final = 10
_SHORT: Final = 2
_WORD_BEFORE: Final = re.compile(r"[^\W\u3040-\u9fff]{1,20}$|[\u3040-\u9fff]$")
_WORD_AFTER: Final = re.compile(r"[^\W\u3040-\u9fff]{1,20}|[\u3040-\u9fff]")


def rules_view(request: HttpRequest) -> HttpResponse:
    """The rules by severity, with how many findings of each wait; when the last runs were."""
    require_looking(request)
    counted = open_findings().order_by().annotate(rule=KT("data__rule")).values("rule")
    waiting = {row["rule"]: row["count"] for row in counted.annotate(count=Count("pk"))}
    changes = BulkChange.objects.filter(kind=BulkKind.PROOFREADING).defer("asked")
    changes = changes.annotate(rule=KT("asked__rule")).order_by("-pk")[:_RUNS]
    return desk_page(
        request, "admin/proofreading/rules.html", "Proofreading",
        groups=[
            {"severity": severity, "rules": [
                _shown(rule) | {"waiting": waiting.get(rule.id, 0)}
                for rule in RULES.values() if rule.severity == severity
            ]}
            for severity in Severity
        ],
        total=sum(waiting.values()),
        marks=Harvest.objects.filter(reader=READER).values("edition").annotate(at=Max("moment")),
        changes=[{"change": change, "rule": RULES.get(change.rule)} for change in changes],
        may_undo=may(request, Right.BULK),
    )  # fmt: skip


def rule_view(request: HttpRequest, rule: str) -> HttpResponse:
    """One rule: what it looks for, and its findings, oldest event's first, fifty at once."""
    require_looking(request)
    found = _rule(rule)
    edition = request.GET.get("edition", "")
    edition = edition if edition in EDITIONS else ""
    after = number_of(request.GET.get("after")) or 0
    items = open_findings(rule, edition).select_related("event").filter(pk__gt=after).order_by("pk")
    page = list(items[: _AT_ONCE + 1])
    more, page = len(page) > _AT_ONCE, page[:_AT_ONCE]
    can_fix = fixable(rule).count() if acts(rule) and may(request, Right.BULK) else 0
    return desk_page(
        request, "admin/proofreading/rule.html", found.title,
        shown=_shown(found), rows=[_row(item) for item in page], edition=edition, editions=EDITIONS.values(),
        after=page[-1].pk if more else 0, paged=bool(after), can_fix=can_fix,
        examples=[_example(found, one.before, one.after) for one in found.bad],
        deciding=may(request, Right.REVIEW) and may(request, Right.CORRECT),
    )  # fmt: skip


def decide_finding_view(request: HttpRequest, item_id: int) -> HttpResponse:
    """Accept a finding, or say that it is no error; htmx gets its new picture, others the rule again."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    item = ReviewItem.objects.filter(pk=item_id, kind=ReviewKind.PROOFREADING).select_related("event").first()
    if item is None:
        raise Http404
    decide = accept_finding if request.POST.get("answer") == "accept" else ignore_finding
    refusal = ""
    try:
        decided = decide(actor=actor_of(request), item_id=item_id)
    except ActionError as refused:
        refusal = str(refused)
    else:
        item.state = decided.state
        log_act(request, item, f"{item.get_state_display()}: {outcome_of(item)}.")
    if request.headers.get("HX-Request"):
        shown = {"item": item, "refusal": refusal, "outcome": "" if refusal else outcome_of(item)}
        return TemplateResponse(request, "admin/proofreading/decided.html", {"row": _row(item), **shown})
    if refusal:
        messages.error(request, refusal)
    else:
        messages.success(request, f"{outcome_of(item)}: {item.data['found']}")
    rule = str(item.data.get("rule", ""))
    back = reverse("admin:proofreading_rule", args=[rule]) if rule in RULES else reverse("admin:proofreading")
    query = request.POST.get("in", "")
    return HttpResponseRedirect(f"{back}?{query}" if query else back)


def accept_rule_view(request: HttpRequest, rule: str) -> HttpResponse:
    """Say what accepting all findings of the rule would change, and ask (GET); have it done (POST)."""
    found = _rule(rule)
    if not acts(rule):
        raise Http404
    if request.method == "POST":
        try:
            change = accept_rule(
                actor=actor_of(request), rule=rule, seen=number_of(request.POST.get("seen")) or 0,
                without=[pk for pk in map(number_of, request.POST.getlist("without")) if pk],
                note=request.POST.get("note", ""),
            )  # fmt: skip
        except ActionError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse("admin:proofreading_accept", args=[rule]))
        log_act(request, change, f"Accepts all findings of the rule {rule}.")
        return HttpResponseRedirect(change_url(change.pk))
    items = fixable(rule)
    rows = [_row(item) for item in items.select_related("event").order_by("pk")[:_AT_ONCE]]
    return desk_page(
        request, "admin/proofreading/accept.html", f"Accept all: {found.title}",
        shown=_shown(found), rows=rows,
        count=items.count(), events=items.order_by().values("event").distinct().count(),
    )  # fmt: skip


def _rule(name: str) -> Rule:
    if name not in RULES:
        raise Http404
    return RULES[name]


def _shown(rule: Rule) -> Json:
    """A rule with what is known of it."""
    right = judged(rule.id)
    return {"rule": rule, "judged": right, "percent": round(100 * right.precision), "acts": acts(rule.id)}


def _row(item: ReviewItem) -> Json:
    """A finding in the words around it, as they stand in the event now."""
    data: Json = item.data
    found, fix = str(data.get("found", "")), data.get("fix")
    text = item.event.text if item.event is not None else ""
    place = place_of(text, data)
    if place is None:
        before, after = str(data.get("before", "")), str(data.get("after", ""))
    else:
        before, after = text[: place[0]], text[place[1] :]
    if fix is not None and len(found) <= _SHORT:
        # A blank or a mark is seen better with the words that it stands between.
        left, right = _WORD_BEFORE.search(before), _WORD_AFTER.match(after)
        head, tail = left[0] if left else "", right[0] if right else ""
        before, after = before[: len(before) - len(head)], after[len(tail) :]
        found, fix = f"{head}{found}{tail}", f"{head}{fix}{tail}"
    before = f"…{before[-_AROUND:]}" if len(before) > _AROUND else before
    after = f"{after[:_AROUND]}…" if len(after) > _AROUND else after
    parts = (Part("equal", before), Part("delete", found), Part("insert", fix or ""), Part("equal", after))
    return {
        "item": item,
        "event": item.event,
        "parts": [part for part in parts if part.text] if fix is not None else (),
        "marked": {"before": before, "found": found, "after": after},
        "fix": fix is not None,
        "stands": place is not None,
    }


def _example(rule: Rule, before: str, after: str | None) -> tuple[Part, ...]:
    return (Part("equal", before),) if after is None else word_diff(before, after, cjk=bool(rule.cjk))
