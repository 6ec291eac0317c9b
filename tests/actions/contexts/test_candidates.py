"""events/actions/contexts/candidates.py: names are proposed, never created unseen, and a no is for ever."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from events.actions.contexts.candidates import propose_contexts
from events.actions.contexts.merge import merge_contexts
from events.actions.errors import InvalidAction
from events.actions.recording import Actor
from events.actions.review.decide import decide_review
from events.models import Context, ReviewItem, Revision
from events.vocabulary import ChangeKind, ReviewKind, ReviewState
from tests.factories import make_context, make_event

pytestmark = pytest.mark.django_db


def news(
    name: str, count: int = 8, *, edition: str = "en", text: str = "Envoys gather in {} on day {}."
) -> None:
    """So many events, a day each, whose texts have the name."""
    for number in range(count):
        make_event(text.format(name, number), date=f"2004-02-{number + 1:02d}", edition=edition)


def propose(**options: int) -> dict[str, int]:
    return propose_contexts(edition="en", **options)


def test_a_recurring_name_waits_for_an_editor() -> None:
    news("Port Azure")
    assert propose() == {"found": 1, "proposed": 1, "updated": 0, "obsolete": 0}
    item = ReviewItem.objects.get()
    assert (item.kind, item.key, item.state) == (ReviewKind.CANDIDATE, "en:Port Azure", ReviewState.OPEN)
    assert item.data["name"] == "Port Azure"
    assert (item.data["count"], item.data["days"], len(item.data["examples"])) == (8, 8, 5)
    assert not Context.objects.exists()


def test_proposing_again_writes_nothing_new() -> None:
    news("Port Azure")
    propose()
    before = list(ReviewItem.objects.values())
    assert propose() == {"found": 1, "proposed": 0, "updated": 0, "obsolete": 0}
    assert list(ReviewItem.objects.values()) == before
    make_event("Envoys leave Port Azure.", date="2004-03-01")
    assert propose()["updated"] == 1
    assert ReviewItem.objects.get().data["count"] == 9


def test_accepted_it_becomes_a_context_and_its_events_are_tagged(editor: Actor) -> None:
    news("Port Azure")
    other = make_event("Envoys gather elsewhere.")
    propose()
    decide_review(actor=editor, item_id=ReviewItem.objects.get().pk, accept=True)
    context = Context.objects.get()
    assert context.name == "Port Azure"
    assert set(context.taggings.values_list("how", flat=True)) == {"text"}
    assert context.taggings.count() == 8
    assert not other.taggings.exists()
    created = Revision.objects.get(context=context)
    assert (created.kind, created.actor) == (ChangeKind.CREATED, editor.user)
    assert all(one.by_robot for one in Revision.objects.filter(event__isnull=False))
    assert propose() == {"found": 0, "proposed": 0, "updated": 0, "obsolete": 0}


def test_it_becomes_another_name_of_a_context_that_is_there(chief: Actor) -> None:
    news("Port Azure")
    propose()
    former, context = make_context("Azure"), make_context("Azure City")
    merge_contexts(actor=chief, context_id=former.pk, into_id=context.pk)
    item = ReviewItem.objects.get()
    decide_review(actor=chief, item_id=item.pk, accept=True, alias_of=former.pk)
    assert set(context.aliases.values_list("name", flat=True)) == {"Port Azure"}
    assert context.taggings.count() == 8
    assert Context.objects.standing().get() == context
    changed = Revision.objects.filter(context=context).latest("number")
    assert (changed.actor, changed.fields["aliases"]["new"]) == (chief.user, ["Port Azure"])
    item.refresh_from_db()
    assert (item.state, item.decided_by) == (ReviewState.ACCEPTED, chief.user)


def test_what_cannot_be_its_context_leaves_the_question_open(editor: Actor) -> None:
    news("Port Azure")
    propose()
    item = ReviewItem.objects.get()
    for alias_of in (make_context("蓝港", edition="zh").pk, 10**9):
        with pytest.raises(InvalidAction):
            decide_review(actor=editor, item_id=item.pk, accept=True, alias_of=alias_of)
    context = make_context("Azure City")
    with pytest.raises(InvalidAction):
        decide_review(actor=editor, item_id=item.pk, accept=False, alias_of=context.pk)
    make_context("Port Azure")
    with pytest.raises(InvalidAction, match="already means"):
        decide_review(actor=editor, item_id=item.pk, accept=True, alias_of=context.pk)
    item.refresh_from_db()
    assert item.state == ReviewState.OPEN
    assert not context.aliases.exists()


def test_rejected_it_is_never_proposed_again(editor: Actor) -> None:
    news("Port Azure")
    propose()
    decide_review(actor=editor, item_id=ReviewItem.objects.get().pk, accept=False)
    make_event("Envoys leave Port Azure.", date="2004-03-01")
    assert propose()["proposed"] == 0
    assert ReviewItem.objects.get().state == ReviewState.REJECTED
    assert not Context.objects.exists()


def test_contributors_accept_nothing(contributor: Actor) -> None:
    news("Port Azure")
    propose()
    for alias_of in (None, make_context("Azure City").pk):
        with pytest.raises(PermissionDenied):
            decide_review(
                actor=contributor, item_id=ReviewItem.objects.get().pk, accept=True, alias_of=alias_of
            )
    assert Context.objects.get().aliases.count() == 0


def test_what_became_a_context_meanwhile_is_no_question_any_more() -> None:
    news("Port Azure")
    propose()
    make_context("Port Azure")
    assert propose()["obsolete"] == 1
    assert ReviewItem.objects.get().state == ReviewState.OBSOLETE


def test_only_so_many_wait_at_once(editor: Actor) -> None:
    for name in ("Port Azure", "Port Noir", "Port Rouge"):
        news(name)
    assert propose(limit=2)["proposed"] == 2
    assert propose(limit=2)["proposed"] == 0
    decide_review(actor=editor, item_id=ReviewItem.objects.order_by("pk")[0].pk, accept=False)
    assert propose(limit=2)["proposed"] == 1


def test_chinese_names_are_proposed_where_they_stand_in_quotation_marks(editor: Actor) -> None:
    news("蓝港条约", edition="zh", text="今天代表签署《{}》第{}条。")
    assert propose()["found"] == 0
    assert propose_contexts(edition="zh")["proposed"] == 1
    decide_review(actor=editor, item_id=ReviewItem.objects.get().pk, accept=True)
    assert Context.objects.get(edition="zh").taggings.count() == 8
