"""events/actions/contexts/naming.py: a name means one context, however many are asked for at once."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.actions.contexts.naming import contexts_for, find_contexts
from events.actions.recording import Actor, recording
from events.models import Alias, Change, Context, Revision
from events.vocabulary import ChangeKind, Subject
from tests.factories import make_context


def ask(actor: Actor, *names: str, edition: str = "en") -> dict[str, Context]:
    with recording(actor) as trace:
        return contexts_for(edition, names, trace=trace)


def test_new_names_become_contexts_on_record(robot: Actor) -> None:
    found = ask(robot, "Cold War", "NATO")
    assert {name: context.slug for name, context in found.items()} == {"Cold War": "cold-war", "NATO": "nato"}
    assert Revision.objects.filter(context__in=[one.pk for one in found.values()]).count() == 2
    assert Change.objects.filter(subject=Subject.CONTEXT, kind=ChangeKind.CREATED).count() == 2


def test_known_names_leave_no_trace(robot: Actor) -> None:
    first = ask(robot, "Cold War")
    again = ask(robot, "Cold War", " Cold  War ")
    assert again == {"Cold War": first["Cold War"], " Cold  War ": first["Cold War"]}
    assert Change.objects.count() == 1


def test_aliases_and_merged_contexts_lead_to_the_one_that_stands(robot: Actor) -> None:
    stands = make_context("Ministry of Defence")
    make_context("Russian Defence Ministry", merged_into=stands)
    old = make_context("War Office", merged_into=stands)
    Alias.objects.create(context=stands, edition="en", name="MoD")
    Alias.objects.create(context=old, edition="en", name="The War Office")
    found = ask(robot, "MoD", "Russian Defence Ministry", "The War Office")
    assert set(found.values()) == {stands}
    assert len(found) == 3


def test_names_of_nothing_but_blanks_mean_no_context(robot: Actor) -> None:
    assert ask(robot, "", " ", "\u200b ") == {}
    assert find_contexts("en", ["Nobody"]) == {}


def test_colliding_slugs_are_numbered(robot: Actor) -> None:
    make_context("Côte d'Ivoire", slug="cote-d-ivoire")
    make_context("other", slug="cote-d-ivoire-2")
    found = ask(robot, "Cote d'Ivoire", "Cote-d-Ivoire", "俄羅斯", "美國", "Index")
    assert [found[name].slug for name in ("Cote d'Ivoire", "Cote-d-Ivoire")] == [
        "cote-d-ivoire-3",
        "cote-d-ivoire-4",
    ]
    assert {found["俄羅斯"].slug, found["美國"].slug} == {"context", "context-2"}
    assert found["Index"].slug == "index-2"


def test_editions_do_not_share_contexts(robot: Actor) -> None:
    assert ask(robot, "NATO")["NATO"] != ask(robot, "NATO", edition="zh")["NATO"]


@pytest.mark.parametrize("count", [1, 3, 300])
def test_known_names_cost_one_query_and_aliases_one_more(robot: Actor, count: int) -> None:
    names = [f"Context {number}" for number in range(count)]
    contexts = ask(robot, *names)
    Alias.objects.bulk_create(
        Alias(context=context, edition="en", name=f"Alias of {name}") for name, context in contexts.items()
    )
    held = int(connection.vendor == "postgresql")
    with recording(robot) as trace:
        with CaptureQueriesContext(connection) as queries:
            contexts_for("en", names, trace=trace)
        assert len(queries) == 1 + held
        with CaptureQueriesContext(connection) as queries:
            contexts_for("en", [*names, *(f"Alias of {name}" for name in names)], trace=trace)
        assert len(queries) == 2 + held
