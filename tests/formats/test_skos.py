"""events/formats/skos.py: both serialisations say the same, and it is SKOS (W3C's integrity conditions)."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rdflib
import skosify
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS, OWL, RDF, SKOS

from events.actions.contexts.merge import merge_contexts
from events.catalogue import concepts
from events.formats.skos import json_ld, turtle
from events.models import Alias, Broader, Context
from events.vocabulary import Role
from tests.factories import make_context
from tests.people import make_person

SITE = "https://news.example"
_UNSAYABLE = re.compile("[\x00\ud800-\udfff]")
CONDITIONS = {
    "S9, no concept is a scheme": "?x a skos:Concept, skos:ConceptScheme",
    "S13, no label is both preferred and alternative": "?x skos:prefLabel ?l ; skos:altLabel ?l",
    "S14, one preferred label in a language": (
        "?x skos:prefLabel ?a, ?b FILTER (lang(?a) = lang(?b) && str(?a) != str(?b))"
    ),
    "S27, nothing is both broader and related": "?x skos:related ?y ; skos:broader+ ?y",
    "S46, no exact match is a broader one": "?x skos:exactMatch ?y ; skos:broadMatch ?y",
    "no concept above itself": "?x skos:broader+ ?x",
    "no concept without a label": "?x a skos:Concept FILTER NOT EXISTS { ?x skos:prefLabel ?l }",
    "no concept without a scheme": (
        "?x a skos:Concept FILTER NOT EXISTS { ?x skos:inScheme ?s . ?s a skos:ConceptScheme }"
    ),
    "broader without its narrower": "?x skos:broader ?y FILTER NOT EXISTS { ?y skos:narrower ?x }",
    "narrower without its broader": "?x skos:narrower ?y FILTER NOT EXISTS { ?y skos:broader ?x }",
    "a top concept below another": "?x skos:topConceptOf ?s ; skos:broader ?y",
    "two concepts of one label in a scheme": (
        "?x skos:prefLabel ?l ; skos:inScheme ?s . ?y skos:prefLabel ?l ; skos:inScheme ?s FILTER (?x != ?y)"
    ),
    "a replaced concept that is not deprecated": (
        "?x dct:isReplacedBy ?y FILTER NOT EXISTS { ?x owl:deprecated true }"
    ),
    "a deprecated concept in the hierarchy": "?x owl:deprecated true ; skos:broader|skos:narrower ?y",
}


def graph(said: str, form: str) -> rdflib.Graph:
    return rdflib.Graph().parse(data=said, format=form)


def same(rows: list[dict[str, Any]]) -> rdflib.Graph:
    """The graph of these concepts, which both serialisations must give."""
    one, other = graph(turtle(rows, base_url=SITE), "turtle"), graph(json_ld(rows, base_url=SITE), "json-ld")
    assert isomorphic(one, other)
    return one


def broken(vocabulary: rdflib.Graph) -> list[str]:
    names = {"skos": SKOS, "dct": DCTERMS, "owl": OWL}
    return [
        name
        for name, pattern in CONDITIONS.items()
        if vocabulary.query(f"ASK {{ {pattern} }}", initNs=names).askAnswer
    ]


def concept(**changes: Any) -> dict[str, Any]:
    return {
        "id": 7, "edition": "en", "name": "Bridges", "slug": "bridges", "path": "/contexts/bridges/",
        "aliases": [], "broader": [], "narrower": [], "profile": "", "wikidata": "", "wikipedia": "",
        "generic": False, "revision": 1, "updated": "2018-01-25T12:00:00.000000Z", "replaced": None,
    } | changes  # fmt: skip


def literals(found: rdflib.Graph, prop: rdflib.URIRef) -> list[str]:
    concepts = found.subjects(RDF.type, SKOS.Concept)
    return sorted(str(said) for one in concepts for said in found.objects(one, prop))


def test_each_condition_is_able_to_fail() -> None:
    head = "@prefix s: <https://s/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> . "
    head += "@prefix dct: <http://purl.org/dc/terms/> . @prefix owl: <http://www.w3.org/2002/07/owl#> . "
    bad = """
    s:a a skos:Concept, skos:ConceptScheme ; skos:prefLabel "a"@en, "b"@en ; skos:altLabel "a"@en ;
        skos:related s:b ; skos:broader s:b ; skos:topConceptOf s:s ; skos:inScheme s:s ;
        skos:exactMatch s:x ; skos:broadMatch s:x ; dct:isReplacedBy s:b .
    s:b a skos:Concept ; skos:broader s:a ; skos:prefLabel "a"@en ; skos:inScheme s:s .
    s:c a skos:Concept ; skos:narrower s:d ; owl:deprecated true .
    """
    assert broken(graph(head + bad, "turtle")) == list(CONDITIONS)


def test_a_concept_is_said_with_all_that_is_known() -> None:
    found = same(
        [
            concept(
                aliases=["Spans", "Bridges", "Viaducts"],
                broader=[{"path": "/contexts/structures/"}],
                narrower=[{"path": "/contexts/steel-bridges/"}, {"path": "/zh/contexts/桥/"}],
                profile='A *bridge* is\n"over" water.',
                wikidata="Q12280",
                wikipedia="https://en.wikipedia.org/wiki/Bridge_(structure)?a=%zz",
            )
        ]
    )
    this = rdflib.URIRef(f"{SITE}/contexts/bridges/")
    assert (this, RDF.type, SKOS.Concept) in found
    assert literals(found, SKOS.altLabel) == ["Spans", "Viaducts"]
    assert literals(found, SKOS.definition) == ['A *bridge* is\n"over" water.']
    assert literals(found, SKOS.exactMatch) == ["http://www.wikidata.org/entity/Q12280"]
    assert literals(found, SKOS.narrower) == [
        f"{SITE}/contexts/steel-bridges/", f"{SITE}/zh/contexts/%E6%A1%A5/",
    ]  # fmt: skip
    assert found.value(this, SKOS.prefLabel) == rdflib.Literal("Bridges", lang="en")
    assert found.value(this, DCTERMS.modified).toPython().year == 2018  # type: ignore[union-attr]
    assert not list(found.objects(this, SKOS.topConceptOf))


@given(
    name=st.text(min_size=1, max_size=30),
    alias=st.text(min_size=1, max_size=30),
    wikidata=st.text(max_size=12) | st.integers(1).map(lambda number: f"Q{number}"),
    link=st.text(max_size=20).map(lambda tail: f"https://en.wikipedia.org/wiki/{tail}"),
)
def test_no_name_leaves_its_quotes(name: str, alias: str, wikidata: str, link: str) -> None:
    """The same number of statements as for a plain name, whatever it says."""
    found = same(
        [
            concept(
                name=name, aliases=[alias], profile=name, wikidata=wikidata[:20], wikipedia=link,
                path=f"/contexts/{name}/",
            )
        ]
    )  # fmt: skip
    this = next(found.subjects(RDF.type, SKOS.Concept))
    label = found.value(this, SKOS.prefLabel)
    assert str(label) == _UNSAYABLE.sub("\ufffd", name)
    assert len(set(found.subjects())) == 2
    assert set(found.predicates(this)) <= {
        RDF.type, SKOS.inScheme, SKOS.prefLabel, SKOS.altLabel, SKOS.definition, SKOS.topConceptOf,
        SKOS.exactMatch, DCTERMS.identifier, DCTERMS.modified, rdflib.FOAF.isPrimaryTopicOf,
    }  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ['" . <https://evil.example/> a skos:Concept . "', "\\", 'a"@en . ', "\u2028\u0085\x1b", "'''\n\r\t"],
)
def test_known_tricks_stay_words(name: str) -> None:
    assert literals(same([concept(name=name)]), SKOS.prefLabel) == [name]


@pytest.mark.django_db
def test_a_merged_context_stays_and_says_what_replaced_it() -> None:
    chief = make_person(Role.CHIEF)
    goes, between, stays = make_context("Spans"), make_context("Crossings"), make_context("Bridges")
    merge_contexts(actor=chief, context_id=goes.pk, into_id=between.pk, note="The same.")
    merge_contexts(actor=chief, context_id=between.pk, into_id=stays.pk)
    found = same(concepts([goes.pk, between.pk, stays.pk]))
    assert broken(found) == []
    old = rdflib.URIRef(f"{SITE}/contexts/spans/")
    assert found.value(old, DCTERMS.isReplacedBy) == rdflib.URIRef(f"{SITE}/contexts/bridges/")
    assert found.value(old, OWL.deprecated).toPython() is True  # type: ignore[union-attr]
    assert "merged into “Bridges”: The same." in str(found.value(old, SKOS.changeNote))


def test_the_vocabulary_of_the_sample_is_skos(
    client: Client, tmp_path: Path, caplog: pytest.LogCaptureFixture, sample_archive: None
) -> None:
    chief = make_person(Role.CHIEF)
    first, second, third, *_ = Context.objects.standing().of_edition("en").order_by("pk")
    Broader.objects.create(narrower=first, broader=second)
    merge_contexts(actor=chief, context_id=third.pk, into_id=second.pk)
    said = {suffix: client.get(f"/api/v1/contexts.{suffix}") for suffix in ("ttl", "jsonld")}
    texts = {suffix: b"".join(answer.streaming_content).decode() for suffix, answer in said.items()}  # type: ignore[attr-defined]
    vocabulary = graph(texts["ttl"], "turtle")
    assert isomorphic(vocabulary, graph(texts["jsonld"], "json-ld"))
    assert broken(vocabulary) == []
    assert len(set(vocabulary.subjects(RDF.type, SKOS.Concept))) == Context.objects.count() > 50
    path = tmp_path / "contexts.ttl"
    path.write_text(texts["ttl"], "utf-8")
    caplog.clear()
    tidied = skosify.skosify(str(path), label="Contexts")
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING] == []
    lost = {
        (thing, prop, value)
        for thing, prop, value in vocabulary
        if (thing, prop, value) not in tidied and prop != SKOS.topConceptOf
    }
    assert lost == set()


@pytest.mark.django_db
def test_a_context_has_its_statements_at_its_page_and_in_the_api(client: Client) -> None:
    context = make_context("Bridges")
    linked = client.get("/contexts/bridges/").headers["Link"]
    assert 'contexts/bridges/index.ttl>; rel="alternate"; type="text/turtle"' in linked
    Alias.objects.create(context=context, edition="en", name="Spans")
    for suffix, media in (("ttl", "text/turtle; charset=utf-8"), ("jsonld", "application/ld+json")):
        page = client.get(f"/contexts/bridges/index.{suffix}")
        assert page.headers["Content-Type"] == media
        assert page.content == client.get(f"/api/v1/contexts/{context.pk}.{suffix}").content
        by_accept = client.get(f"/api/v1/contexts/{context.pk}/", headers={"Accept": media})
        assert by_accept.content == page.content
        fresh = client.get(page.request["PATH_INFO"], headers={"If-None-Match": page.headers["ETag"]})
        assert fresh.status_code == 304
    assert client.get("/contexts/nothing/index.ttl").status_code == 404
    assert client.get("/en/contexts/bridges/index.ttl").status_code == 301


@pytest.mark.django_db
def test_a_vocabulary_is_whole_or_narrowed_by_filters(client: Client) -> None:
    make_context("Bridges")
    make_context("桥梁", edition="zh", slug="桥梁")
    answer = client.get("/api/v1/contexts.ttl?edition=zh")
    found = graph(b"".join(answer.streaming_content).decode(), "turtle")  # type: ignore[attr-defined]
    assert literals(found, SKOS.prefLabel) == ["桥梁"]
    for query in ("page_size=1", "fields=id", "count=only", "ordering=id", "for=machines", "nonsense=1"):
        refused = client.get(f"/api/v1/contexts.ttl?{query}")
        assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (
            400,
            query.partition("=")[0],
        )


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_a_vocabulary_costs_the_same_for_one_context_and_for_three(
    client: Client, count: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    for number in range(count):
        make_context(f"Bridge {number}")
    # The page, the contexts, their aliases, their hierarchy, the merged ones.
    with django_assert_num_queries(5):
        b"".join(client.get("/api/v1/contexts.ttl").streaming_content)  # type: ignore[attr-defined]
