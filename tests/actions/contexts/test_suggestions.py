"""events/actions/contexts/suggestions.py: what is proposed about contexts, once, and never again."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from events.actions.contexts.merge import merge_contexts
from events.actions.contexts.suggestions import propose_duplicates, propose_named, refuse_named
from events.actions.contexts.tagging import tag_from_texts
from events.actions.recording import Actor
from events.models import Alias, Context, Event, ReviewItem, Tagging
from events.vocabulary import ReviewKind, ReviewState, Tagged
from tests.factories import make_context, make_event

pytestmark = pytest.mark.django_db


def asked() -> list[tuple[str, str, str]]:
    """The pairs that wait: which would stay, which would go, and why."""
    names = dict(Context.objects.values_list("pk", "name"))
    items = ReviewItem.objects.open().filter(kind=ReviewKind.CONTEXT_DUPLICATE).order_by("pk")
    return [
        (item.context.name, names[item.data["other"]], item.data["reason"]) for item in items if item.context
    ]


def test_likely_duplicates_are_asked_about_the_most_certain_and_frequent_first() -> None:
    for number in range(3):
        make_event(f"Moscow {number}.", edition="zh", contexts=["俄羅斯"], slug=f"m{number}")
    make_event("One.", edition="zh", contexts=["俄罗斯", "北韓"], slug="one")
    make_context("朝鲜", edition="zh", slug="nk")
    make_context("朝鲜", edition="en", slug="nk")
    done = propose_duplicates(edition="zh", limit=1)
    assert done == {"found": 2, "proposed": 1, "obsolete": 0}
    assert asked() == [("俄羅斯", "俄罗斯", "script")]
    assert propose_duplicates(edition="zh")["proposed"] == 1
    assert asked()[1] == ("北韓", "朝鲜", "country")
    assert propose_duplicates(edition="zh")["proposed"] == 0


def test_what_an_editor_answered_is_not_asked_again(chief: Actor) -> None:
    one, other = make_context("Sinai insurgency"), make_context("Sinai Insurgency", slug="b")
    third, fourth = make_context("Gaza war"), make_context("Gaza War", slug="d")
    propose_duplicates(edition="en")
    assert len(asked()) == 2
    ReviewItem.objects.filter(context__in=(one, other)).update(state=ReviewState.REJECTED)
    merge_contexts(actor=chief, context_id=fourth.pk, into_id=third.pk)
    answered = ReviewItem.objects.get(context__in=(third, fourth))
    assert (answered.state, answered.decided_by_name) == (ReviewState.ACCEPTED, "chief")
    assert propose_duplicates(edition="en") == {"found": 1, "proposed": 0, "obsolete": 0}


def test_a_question_about_a_context_that_was_merged_is_asked_of_the_one_that_stays(chief: Actor) -> None:
    make_event("One.", contexts=["Sinai insurgency"])
    goes, third = make_context("Sinai Insurgency", slug="b"), make_context("SINAI INSURGENCY", slug="c")
    propose_duplicates(edition="en")
    assert [pair[:2] for pair in asked()] == [
        ("Sinai insurgency", goes.name), ("Sinai insurgency", third.name)
    ]  # fmt: skip
    first = Context.objects.get(name="Sinai insurgency")
    merge_contexts(actor=chief, context_id=first.pk, into_id=goes.pk)
    assert [pair[:2] for pair in asked()] == [(goes.name, third.name)]
    egypt = make_context("Egypt")
    Context.objects.filter(pk=third.pk).update(merged_into=egypt)
    assert propose_duplicates(edition="en")["obsolete"] == 1


def named() -> set[tuple[str, str]]:
    items = ReviewItem.objects.open().filter(kind=ReviewKind.CONTEXT_NAMED)
    return set(items.values_list("event__text", "context__name"))


def test_contexts_that_stand_in_a_text_and_not_on_the_event_are_asked_about(editor: Actor) -> None:
    make_context("Bergen Harbour")
    plain = make_event("A ferry leaves Bergen Harbour.")
    make_event("A ship enters Bergen Harbour.", contexts=["Bergen Harbour"])
    taken = make_event("Nobody is left at Bergen Harbour.")
    alias = make_event("A boat leaves the Old Port.")
    make_event("The United Nations meet.")
    make_context("United Nations", generic=True)
    harbour = Context.objects.get(name="Bergen Harbour")
    Alias.objects.create(context=harbour, edition="en", name="Old Port")
    Tagging.objects.create(event=taken, context=harbour, how=Tagged.PERSON, removed=True)
    assert propose_named(edition="en", limit=1)["proposed"] == 1
    assert propose_named(edition="en")["proposed"] == 1
    assert named() == {(plain.text, harbour.name), (alias.text, harbour.name)}
    refuse_named(ReviewItem.objects.get(event=alias), actor=editor)
    ReviewItem.objects.filter(event=alias).update(state=ReviewState.REJECTED)
    tag_from_texts()
    assert set(Event.objects.filter(taggings__removed=False).values_list("text", flat=True)) == {
        plain.text, "A ship enters Bergen Harbour.", "The United Nations meet.",
    }  # fmt: skip
    assert propose_named(edition="en") == {"found": 0, "proposed": 0, "obsolete": 1}
    assert named() == set()


def test_only_who_may_tag_refuses(contributor: Actor) -> None:
    item = ReviewItem(event=make_event(), context=make_context("x"), kind=ReviewKind.CONTEXT_NAMED)
    with pytest.raises(PermissionDenied):
        refuse_named(item, actor=contributor)
