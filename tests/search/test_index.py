"""The index follows every write, and can be checked and made anew."""

from __future__ import annotations

import random
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from events.actions.contexts.edit import ContextValues, edit_context
from events.actions.contexts.merge import merge_contexts
from events.actions.correct import correct_event, create_event
from events.actions.documents import write_documents
from events.actions.errors import InvalidAction
from events.actions.merge import merge_events, unmerge_event
from events.actions.recording import Actor
from events.actions.removal.remove import remove_event
from events.actions.values import EventValues
from events.actions.withdraw import restore_event, withdraw_event
from events.models import Context, Event, SearchEntry
from events.search import index
from events.search.check import disagreement, rebuild
from events.search.find import search
from events.search.language import parse
from events.search.suggest import did_you_mean, suggest
from events.vocabulary import Category, Grade, Role, State
from tests.factories import make_context, make_event
from tests.people import make_person

pytestmark = pytest.mark.django_db
WORDS = [
    "treaty",
    "talks",
    "bridge",
    "border",
    "election",
    "北京",
    "上海",
    "Zürich",
    "storm",
    "court",
    "vote",
    "Paris",
]


def found(said: str) -> set[int]:
    return {hit.event_id for hit in search(parse(said)).hits}


@pytest.fixture
def chief() -> Actor:
    return make_person(Role.CHIEF)


def test_every_kind_of_write_is_followed(chief: Actor) -> None:
    event = make_event("A treaty is signed.", contexts=["Talks"])
    other = make_event("A storm.", contexts=["Weather"])
    assert found("treaty") == {event.pk}
    values = EventValues(text="A pact is signed.", date=event.date.replace(year=2005))
    correct_event(
        actor=chief, event_id=event.pk, version=1, values=values, grade=Grade.CORRECTION, note="Wrong word."
    )
    assert (found("treaty"), found("pact"), found("after:2005")) == (set(), {event.pk}, {event.pk})
    edit_context(
        actor=chief, context_id=make_context("Talks").pk, version=1, values=ContextValues(name="Peace talks")
    )
    assert found("peace") == {event.pk}
    merge_contexts(actor=chief, context_id=make_context("Weather").pk, into_id=make_context("Peace talks").pk)
    assert found('context:"peace talks"') == found("context:weather") == {event.pk, other.pk}
    withdraw_event(actor=chief, event_id=event.pk, version=2, reason="Not so.")
    assert found("pact") == set()
    assert not disagreement()
    restore_event(actor=chief, event_id=event.pk, version=3)
    assert found("pact") == {event.pk}
    merge_events(actor=chief, event_id=other.pk, into_id=event.pk)
    assert found("storm") == set()
    unmerge_event(actor=chief, event_id=other.pk)
    assert found("storm") == {other.pk}
    assert not disagreement()


def test_a_write_that_is_undone_leaves_nothing() -> None:
    with transaction.atomic():
        make_event("A treaty.")
        transaction.set_rollback(True)
    assert found("treaty") == set()
    assert not disagreement()


@pytest.mark.parametrize("writes", [60, pytest.param(10_000, marks=pytest.mark.slow)])
def test_index_and_archive_agree_after_random_writes(writes: int, chief: Actor) -> None:
    chance = random.Random(writes)
    for number in range(writes):
        random_write(chance, chief, number)
    assert not disagreement()
    published = set(Event.objects.published().values_list("pk", flat=True))
    assert set(SearchEntry.objects.values_list("event_id", flat=True)) == published
    said = chance.choice(WORDS)
    texts = dict(Event.objects.published().values_list("pk", "text"))
    there = {pk for pk, text in texts.items() if said.casefold() in text.casefold()}
    assert {hit.event_id for hit in search(parse(f'"{said}"'), limit=500).hits} == there or len(there) > 500


def random_write(chance: random.Random, chief: Actor, number: int) -> None:
    text = f"{' '.join(chance.choices(WORDS, k=5))} {number}."
    event = Event.objects.order_by("?").first() if number % 3 else None
    if event is None:
        day = f"20{chance.randint(10, 20)}-02-{chance.randint(1, 28):02d}"
        make_event(text, date=day, state=chance.choice([State.PUBLISHED, State.PUBLISHED, State.DRAFT]))
        return
    person = {"actor": chief, "event_id": event.pk, "version": event.version}
    try:
        kind = chance.randrange(5)
        if kind == 0:
            take = remove_event if chance.random() < 0.3 else withdraw_event
            take(**person, reason="So.")
        elif kind == 1:
            restore_event(**person)
        elif kind == 2:
            other = Event.objects.order_by("?").values_list("pk", flat=True)[0]
            merge_events(actor=chief, event_id=event.pk, into_id=other)
        elif kind == 3:
            unmerge_event(actor=chief, event_id=event.pk)
        else:
            values = EventValues(text=text, date=event.date.replace(day=chance.randint(1, 28)))
            correct_event(**person, values=values, grade=Grade.CORRECTION, note="So.")
    except InvalidAction:
        return


def break_something() -> tuple[Event, Event, Event]:
    lost, changed, hidden = make_event("Lost treaty."), make_event("Changed."), make_event("Hidden.")
    SearchEntry.objects.filter(event=lost).delete()
    SearchEntry.objects.filter(event=changed).update(labels="een")
    Event.objects.filter(pk=hidden.pk).update(state=State.DRAFT)
    return lost, changed, hidden


@pytest.mark.parametrize("options", [[], ["--all"]])
def test_rebuild_finds_and_mends_what_does_not_agree(options: list[str]) -> None:
    lost, changed, hidden = break_something()
    wrong = disagreement()
    assert (wrong.wrong, wrong.leftover, wrong.faults) == ([lost.pk, changed.pk], [hidden.pk], [])
    with pytest.raises(CommandError, match="do not agree"):
        call_command("rebuild", "search", "--check", stdout=StringIO())
    out = StringIO()
    call_command("rebuild", "search", *options, stdout=out, stderr=StringIO())
    assert out.getvalue() == "3 entries of the index written or removed.\n"
    call_command("rebuild", "search", "--check", stdout=out)
    assert found("treaty") == {lost.pk}
    assert rebuild() == 0


def test_the_number_of_queries_of_a_write_does_not_grow(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    ids = [make_event(f"Treaty {number}.", document=False).pk for number in range(30)]
    write_documents(ids[:1])
    with django_assert_max_num_queries(45):
        write_documents(ids)


def test_labels_hold_any_name() -> None:
    assert index.label_token("c12") == "c12"
    assert index.label_token(index.label("p", "The Gazette")) == index.label_token(
        index.label("p", "the GAZETTE")
    )
    for name in ("a'b", 'a"b', "a\nb", "北京日报", "*"):
        make_event(f"Of {name}", citations=[(name, "", "")])
    assert not disagreement()
    assert len(found("publisher:北京日报")) == 1


def test_did_you_mean_knows_the_words_of_the_archive(chief: Actor) -> None:
    event = make_event("The chancellor of Zürich speaks.")
    assert did_you_mean(parse("chancelor")) == "chancellor"
    assert did_you_mean(parse('"chancelor" zurihc -speeks')) == '"chancelor" zurich -speeks'
    assert did_you_mean(parse("chancellor speaking")) is None
    withdraw_event(actor=chief, event_id=event.pk, version=1, reason="Not so.")
    assert did_you_mean(parse("chancelor")) is None, "words of what was withdrawn are told nobody"


def test_suggestions_while_typing() -> None:
    event = make_event("Zürich votes.", contexts=["Zürich", "City of Zürich"])
    make_event("组约", edition="zh", contexts=["组约市"])
    found = suggest("Zür")
    assert [name for _, name, _ in found.contexts] == ["Zürich", "City of Zürich"]
    assert [hit.event_id for hit in found.events] == [event.pk]
    assert [path for _, _, path in suggest("组", edition="zh").contexts] == [
        Context.objects.get(name="组约市").path
    ]
    assert suggest("Zür", edition="zh").contexts == suggest(" ").contexts == []


def test_a_new_event_is_found_at_once(chief: Actor) -> None:
    create_event(
        actor=chief, edition="en", date=make_event().date, text="Fresh news.", category=Category.OTHER
    )
    assert len(found("fresh")) == 1
