"""Contexts at the desk: edited, looked at, merged, split, proposed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.actions.contexts.suggestions import propose_duplicates, propose_named
from events.models import Alias, Broader, Context, Document, Event, ReviewItem, Revision, Tagging
from events.vocabulary import ReviewKind, ReviewState, Role
from tests.factories import make_context, make_event, relate

pytestmark = pytest.mark.django_db


def url(name: str, *arguments: int) -> str:
    return reverse(f"admin:events_context_{name}", args=arguments)


def sent(context: Context, **changed: Any) -> dict[str, Any]:
    """The form as a browser sends it, with what was changed."""
    present = {
        "name": context.name,
        "alias_lines": "\r\n".join(context.aliases.values_list("name", flat=True)),
        "broader": [row.pk for row in context.broader.all()],
        "more_broader": "",
        "profile": context.profile,
        "wikidata": context.wikidata,
        "wikipedia": context.wikipedia,
        "version": context.version,
    }
    return {**present, **changed}


def shown(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_a_context_is_renamed_and_described(desk: Client) -> None:
    context, russia, ministries = (
        make_context(name) for name in ("Defence Ministry", "Russia", "Ministries")
    )
    changed = sent(
        context, name="Ministry of Defence", alias_lines="MoD\r\n", broader=[russia.pk],
        more_broader="Ministries", wikidata="Q1", generic="on", profile="An *office*.\r\n\r\nTwo.",
    )  # fmt: skip
    assert desk.post(url("change", context.pk), changed).status_code == 302
    context.refresh_from_db()
    assert (context.name, context.generic, context.version) == ("Ministry of Defence", True, 2)
    assert context.profile == "An *office*.\n\nTwo."
    assert set(context.broader.all()) == {russia, ministries}
    assert set(Alias.objects.values_list("name", flat=True)) == {"MoD", "Defence Ministry"}
    assert LogEntry.objects.count() == Revision.objects.count() == 1
    page = shown(desk.get(url("change", context.pk)))
    assert "<p>An <em>office</em>.</p>" in page
    assert "Ministry of Defence" in shown(desk.get(url("history", context.pk)))


def test_nobody_overwrites_anybody_and_what_one_wrote_is_kept(
    desk: Client, sit: Callable[..., Client]
) -> None:
    context = make_context("NATO")
    mine, theirs = sent(context, profile="Mine."), sent(context, name="Nato", wikidata="Q7184")
    assert sit(Role.CHIEF).post(url("change", context.pk), theirs).status_code == 302
    page = shown(answer := desk.post(url("change", context.pk), mine))
    assert "Somebody was faster" in page
    for words in ("Mine.</textarea>", "Q7184", "by chief", "<ins>Mine.</ins>", 'name="version" value="2"'):
        assert words in page
    form = answer.context["adminform"].form
    assert [form[name].value() for name in ("name", "wikidata", "profile")] == ["Nato", "Q7184", "Mine."]
    assert form["alias_lines"].value() == "NATO"
    context.refresh_from_db()
    assert (context.name, context.profile) == ("Nato", "")
    again = {name: form[name].value() for name in mine if name != "broader"}
    assert desk.post(url("change", context.pk), again).status_code == 302
    context.refresh_from_db()
    assert (context.name, context.wikidata, context.profile, context.version) == ("Nato", "Q7184", "Mine.", 3)


def test_where_both_changed_the_same_ones_own_words_are_kept_and_compared(
    desk: Client, sit: Callable[..., Client]
) -> None:
    context, russia, europe = (make_context(name) for name in ("NATO", "Russia", "Europe"))
    mine = sent(context, profile="Mine.", broader=[europe.pk])
    theirs = sent(context, profile="Theirs.", broader=[russia.pk], generic="on")
    assert sit(Role.CHIEF).post(url("change", context.pk), theirs).status_code == 302
    answer = desk.post(url("change", context.pk), mine)
    form = answer.context["adminform"].form
    assert (form["profile"].value(), form["broader"].value()) == ("Mine.", [str(europe.pk)])
    assert form["generic"].value() is True
    assert [change.name for change in answer.context["conflict"]["mine"]] == ["broader", "profile"]
    context.refresh_from_db()
    assert context.profile == "Theirs."


def test_what_is_refused_is_said_with_the_form_kept(desk: Client) -> None:
    context = make_context("NATO")
    make_context("Else")
    page = shown(desk.post(url("change", context.pk), sent(context, name="Else", wikidata="Q9")))
    assert "merge the two instead" in page
    assert 'value="Q9"' in page
    assert not Revision.objects.exists()


def test_the_profile_is_previewed_clean_with_and_without_scripts(desk: Client) -> None:
    context = make_context("NATO")
    hostile = "A [link](javascript:x) and <script>x</script> *this*."
    live = shown(desk.post(reverse("admin:context_profile"), {"profile": hostile}))
    whole = shown(
        desk.post(url("change", context.pk), sent(context, profile=hostile, _preview="1", name="N"))
    )
    for page in (live, whole):
        assert "<em>this</em>" in page
        assert "javascript:x" not in page.replace("javascript:x)", "")
        assert "<script>x" not in page
    context.refresh_from_db()
    assert context.name == "NATO"


def test_autocompletion_offers_the_editions_other_contexts(desk: Client) -> None:
    context = make_context("Peace")
    make_context("Peace talks")
    make_context("Peace movement", edition="zh", slug="z")
    make_context("Peace process", merged_into=context)
    asked = {
        "app_label": "events", "model_name": "event", "field_name": "lead", "term": "peace",
        "edition": "en", "apart": context.pk,
    }  # fmt: skip
    found = json.loads(desk.get(reverse("admin:autocomplete"), asked).content)["results"]
    assert [row["text"] for row in found] == ["Peace talks"]


def test_the_page_shows_what_is_known_of_the_context(chief_desk: Client) -> None:
    one = make_event("First event.", date="2004-02-09", contexts=["NATO", "Russia"], lead="NATO")
    two = make_event("Second event.", date="2010-05-01", contexts=["NATO", "Russia"])
    relate(one, two, shared=["NATO", "Russia"])
    context = Context.objects.get(name="NATO")
    make_context("Nato", merged_into=context, slug="small")
    Broader.objects.create(narrower=make_context("NATO fleet"), broader=context)
    duplicate = make_context("N.A.T.O.", slug="dotted")
    propose_duplicates(edition="en")
    page = shown(chief_desk.get(url("change", context.pk)))
    for words in (
        "<dt>Events</dt><dd>2</dd>", "2004: 1 event", "?from=2010-01-01&amp;to=2010-12-31", "Second event.",
        '">Russia</a> 2', '">NATO fleet</a>', "the merge of Nato", "1 has links because of it now",
        f'{url("change", duplicate.pk)}">N.A.T.O.</a> (0)',
    ):  # fmt: skip
        assert words in page, words


def counted(client: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_pages_cost_the_same_for_one_row_and_three(chief_desk: Client) -> None:
    def more(number: int) -> None:
        event = make_event(f"Envoys {number} of NATO.", slug=f"e{number}", contexts=["NATO"], lead="NATO")
        other = make_event(f"Ships {number}.", slug=f"s{number}", contexts=["NATO", f"Fleet {number}"])
        relate(event, other, shared=["NATO"])
        nato = Context.objects.get(name="NATO")
        Broader.objects.create(narrower=make_context(f"Fleet {number}"), broader=nato)
        make_context(f"Merged {number}", merged_into=nato)
        make_context(f"Sinai War {number}a")
        make_context(f"Sinai war {number}a", slug=f"sinai-{number}")
        make_event(f"Nobody goes to Fleet {number}.", slug=f"f{number}")
        propose_duplicates(edition="en")
        propose_named(edition="en")
        key = f"en:Candidate {number}"
        data = {"name": key, "count": 8, "days": 5, "examples": [event.pk]}
        ReviewItem.objects.create(kind=ReviewKind.CANDIDATE, key=key, data=data)

    more(0)
    nato, fleet = Context.objects.get(name="NATO"), Context.objects.get(name="Fleet 0")
    suggestions = reverse("admin:context_suggestions")
    searching = int(connection.vendor == "postgresql")  # its planner is told how to search first
    pages = [
        (url("change", nato.pk), 29), (url("changelist"), 6), (url("history", nato.pk), 6),
        (f"{url('merge', nato.pk)}?other={fleet.pk}&q=fleet", 22), (url("split", nato.pk), 8 + searching),
        (f"{suggestions}?kind=duplicates", 9), (f"{suggestions}?kind=named", 7),
        (f"{suggestions}?kind=candidates", 8),
    ]  # fmt: skip
    chief_desk.get(pages[0][0])  # remembers content types
    once = [(path, counted(chief_desk, path)) for path, _ in pages]
    more(1)
    more(2)
    assert [(path, counted(chief_desk, path)) for path, _ in pages] == once
    assert once == pages


def test_contexts_are_merged_after_a_look_and_taken_back(chief_desk: Client, client: Client) -> None:
    make_event("One.", contexts=["Old"], lead="Old")
    make_event("Two.", contexts=["Old", "New"])
    old, new = Context.objects.get(name="Old"), Context.objects.get(name="New")
    found = shown(chief_desk.get(url("merge", old.pk), {"q": "ne"}))
    assert f'<a href="?other={new.pk}">New</a>' in found
    look = chief_desk.get(url("merge", old.pk), {"other": new.pk})
    for words in (
        "2 events will carry “New” in place of “Old”; 1 has both and keeps the one.",
        "1 event has it as lead context", f"{url('merge', new.pk)}?other={old.pk}",
    ):  # fmt: skip
        assert words in shown(look)
    values = look.context["form"].initial
    assert chief_desk.post(url("merge", old.pk), {**values, "note": "One and the same."}).status_code == 302
    old.refresh_from_db()
    assert old.merged_into == new
    assert client.get(old.path)["Location"] == new.path
    assert chief_desk.get(url("merge", old.pk)).status_code == 404
    assert url("unmerge", old.pk) in shown(chief_desk.get(url("change", old.pk)))
    assert LogEntry.objects.filter(object_id=str(old.pk)).count() == 1
    look = chief_desk.get(url("unmerge", old.pk))
    assert "by chief on" in shown(look)
    assert "One and the same." in shown(look)
    assert chief_desk.post(url("unmerge", old.pk), look.context["form"].initial).status_code == 302
    assert client.get(old.path).status_code == 200
    assert Document.objects.filter(body__contains='"Old"').count() == 2
    assert chief_desk.get(url("unmerge", old.pk)).status_code == 404


def test_a_merge_of_what_changed_since_it_was_looked_at_is_shown_again(chief_desk: Client) -> None:
    old, new = make_context("Old"), make_context("New")
    values = chief_desk.get(url("merge", old.pk), {"other": new.pk}).context["form"].initial
    Context.objects.filter(pk=new.pk).update(version=5)
    answer = chief_desk.post(url("merge", old.pk), {**values, "note": "Why."})
    assert "It has changed since you opened it" in shown(answer)
    assert answer.context["form"].initial["into_version"] == 5
    assert answer.context["form"].initial["note"] == "Why."
    again = chief_desk.post(url("merge", old.pk), answer.context["form"].initial)
    assert again.status_code == 302


def test_events_are_found_ticked_looked_at_and_split_off(desk: Client) -> None:
    moscow = make_event("Moscow speaks.", contexts=["Ministry"], lead="Ministry", date="2004-02-09")
    make_event("London speaks.", contexts=["Ministry"], date="2005-02-09")
    context = Context.objects.get()
    page = shown(
        desk.get(url("split", context.pk), {"q": "moscow", "from": "2004-01-01", "to": "2004-12-31"})
    )
    assert "Moscow speaks." in page
    assert "London speaks." not in page
    look = desk.post(
        url("split", context.pk), {"event": [moscow.pk], "name": "Russian Ministry", "lead": "on"}
    )
    assert "1 event will carry the new context “Russian Ministry”" in shown(look)
    assert "1 event keeps “Ministry”" in shown(look)
    data = {**look.context["form"].data, "confirmed": "1"}
    assert desk.post(url("split", context.pk), data).status_code == 302
    moscow.refresh_from_db()
    assert moscow.lead is not None
    assert moscow.lead.name == "Russian Ministry"
    page = shown(desk.get(url("change", context.pk)))
    assert "Russian Ministry: 1 event" in page
    undo = url("split_undo", context.pk, 2)
    assert undo in page
    assert desk.post(undo, desk.get(undo).context["form"].initial).status_code == 302
    moscow.refresh_from_db()
    assert moscow.lead == context
    assert desk.get(undo).status_code == 404


def test_all_events_of_a_search_are_split_off_at_once(desk: Client) -> None:
    for number in range(3):
        make_event(f"Moscow speaks {number}.", contexts=["Ministry"])
    make_event("London speaks.", contexts=["Ministry"])
    context = Context.objects.get()
    look = desk.post(url("split", context.pk), {"q": "moscow", "all": "1", "name": "Russia"})
    assert "3 events will carry" in shown(look)
    desk.post(url("split", context.pk), {**look.context["form"].data, "confirmed": "1"})
    assert Tagging.objects.active().filter(context__name="Russia").count() == 3


@pytest.mark.parametrize(
    ("answer", "state"), [("accept", "Sinai war"), ("other", "Sinai War"), ("never", "")]
)
def test_a_likely_duplicate_is_merged_with_a_click_or_never_proposed_again(
    chief_desk: Client, answer: str, state: str
) -> None:
    make_event("Sinai.", contexts=["Sinai war"])
    make_context("Sinai War", slug="w")
    propose_duplicates(edition="en")
    item = ReviewItem.objects.get()
    page = shown(chief_desk.get(reverse("admin:context_suggestions")))
    assert "The same but for case" in page
    decide = reverse("admin:context_decide", args=[item.pk])
    said = shown(chief_desk.post(decide, {"answer": answer}, headers={"HX-Request": "true"}))
    assert ("Merged." in said) == bool(state)
    standing = set(Context.objects.standing().values_list("name", flat=True))
    assert standing == ({state} if state else {"Sinai war", "Sinai War"})
    assert propose_duplicates(edition="en")["proposed"] == 0
    again = chief_desk.post(decide, {"answer": answer}, follow=True)
    assert "answered already" in shown(again)


def test_a_named_context_is_tagged_or_refused_for_good(desk: Client) -> None:
    make_context("Bergen Harbour")
    events = [make_event(f"Ship {number} enters Bergen Harbour.") for number in range(2)]
    propose_named(edition="en")
    assert "Tag the event" in shown(desk.get(reverse("admin:context_suggestions"), {"kind": "named"}))
    for event, answer in zip(events, ("accept", "never"), strict=True):
        item = ReviewItem.objects.get(event=event)
        assert (
            desk.post(reverse("admin:context_decide", args=[item.pk]), {"answer": answer}).status_code == 302
        )
    tags = dict(Tagging.objects.values_list("event", "removed"))
    assert tags == {events[0].pk: False, events[1].pk: True}


def test_editors_do_not_merge_and_contributors_do_not_tag(sit: Callable[..., Client]) -> None:
    make_event("Sinai.", contexts=["Sinai war"])
    one, other = Context.objects.get(), make_context("Sinai War", slug="w")
    make_context("Gone", merged_into=other)
    propose_duplicates(edition="en")
    item = ReviewItem.objects.get()
    editor, contributor = sit(Role.EDITOR), sit(Role.CONTRIBUTOR)
    decide = reverse("admin:context_decide", args=[item.pk])
    gone = Context.objects.get(name="Gone")
    assert editor.post(decide, {"answer": "accept"}).status_code == 403
    assert "Merge into" not in shown(editor.get(reverse("admin:context_suggestions")))
    for path in (url("merge", one.pk), url("unmerge", gone.pk)):
        assert editor.get(path).status_code == editor.post(path).status_code == 403
    for path in (
        url("split", one.pk), reverse("admin:context_suggestions"), reverse("admin:context_profile"), decide
    ):  # fmt: skip
        assert contributor.post(path).status_code == 403
    assert contributor.post(url("change", one.pk), sent(one, name="x")).status_code == 403
    assert not Revision.objects.exists()
    item.refresh_from_db()
    assert item.state == ReviewState.OPEN
    assert Event.objects.get().version == 1
