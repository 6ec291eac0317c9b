"""Contexts as a SKOS vocabulary, in Turtle and in JSON-LD: the same statements in both (layer 5).

Each edition is a concept scheme. A concept's IRI is its page's address, which stays through renames.
A merged context stays as a deprecated concept that says what replaced it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from events.text.urls import web_uri
from events.vocabulary import EDITIONS

Json = dict[str, Any]
_PREFIXES: Final = {
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dct": "http://purl.org/dc/terms/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_WIKIDATA: Final = "http://www.wikidata.org/entity/"
_ENTITY: Final = re.compile("Q[1-9][0-9]{0,18}")
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SPECIAL: Final = re.compile('[\\\\"\x00-\x1f\x7f-\x9f\u2028\u2029]')
_NEVER: Final = re.compile("[\x00\ud800-\udfff]")
"""What no serialisation can say: nought (XML's and PostgreSQL's limit too) and halves of surrogate pairs."""


class Iri(str):
    """A thing, by its name in ASCII."""

    __slots__ = ()


class Words(NamedTuple):
    """Text, in a language."""

    text: str
    lang: str


class Typed(NamedTuple):
    """A value of one of the types of XML Schema; "" for a plain text."""

    value: str
    type: str = ""


Value = Iri | Words | Typed
Statements = list[tuple[str, list[Value]]]
"""What is said of one thing: each property with its values."""


def turtle(concepts: Iterable[Json], *, base_url: str) -> str:
    """These concepts (``catalogue.concepts``) with their schemes as one document."""
    return "".join(turtle_pieces([list(concepts)], base_url=base_url))


def json_ld(concepts: Iterable[Json], *, base_url: str) -> str:
    """The same as JSON-LD 1.1."""
    return "".join(json_ld_pieces([list(concepts)], base_url=base_url))


def turtle_pieces(pieces: Iterable[list[Json]], *, base_url: str) -> Iterator[str]:
    """*pieces*, each some concepts, as the pieces of one document; a scheme comes with its first concept."""
    yield "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in _PREFIXES.items())
    for things in _things(pieces, base_url):
        yield "".join(_turtle_thing(name, statements) for name, statements in things)


def json_ld_pieces(pieces: Iterable[list[Json]], *, base_url: str) -> Iterator[str]:
    """The same as JSON-LD."""
    yield f'{{"@context":{json.dumps(_PREFIXES)},"@graph":['
    between = ""
    for things in _things(pieces, base_url):
        said = ",".join(_encode(_json_thing(name, statements)) for name, statements in things)
        if said:
            yield between + said
            between = ","
    yield "]}\n"


def _things(pieces: Iterable[list[Json]], base_url: str) -> Iterator[list[tuple[str, Statements]]]:
    schemes: set[str] = set()
    for concepts in pieces:
        things: list[tuple[str, Statements]] = []
        for concept in concepts:
            edition = concept["edition"]
            if edition not in schemes:
                schemes.add(edition)
                things.append((_scheme(edition, base_url), _of_scheme(edition)))
            things.append((_iri(concept["path"], base_url), _of_concept(concept, base_url)))
        yield things


def _of_scheme(edition: str) -> Statements:
    title = Words(f"Contexts ({EDITIONS[edition].name})", EDITIONS[edition].lang)
    return [("a", [Iri("skos:ConceptScheme")]), ("skos:prefLabel", [title]), ("dct:title", [title])]


def _of_concept(concept: Mapping[str, Any], base_url: str) -> Statements:
    lang, scheme = EDITIONS[concept["edition"]].lang, _scheme(concept["edition"], base_url)
    replaced, name = concept["replaced"], _sayable(concept["name"])
    others = dict.fromkeys(_sayable(alias) for alias in concept["aliases"])
    said: dict[str, list[Value]] = {
        "a": [Iri("skos:Concept")],
        "skos:inScheme": [scheme],
        "skos:prefLabel": [Words(name, lang)],
        "skos:altLabel": [Words(alias, lang) for alias in others if alias and alias != name],
        "skos:broader": [_iri(row["path"], base_url) for row in concept["broader"]],
        "skos:narrower": [_iri(row["path"], base_url) for row in concept["narrower"]],
        "skos:definition": [Words(_sayable(concept["profile"]), lang)] if concept["profile"] else [],
        "skos:exactMatch": [Iri(_WIKIDATA + concept["wikidata"])]
        if _ENTITY.fullmatch(concept["wikidata"])
        else [],
        "foaf:isPrimaryTopicOf": [Iri(page)] if (page := web_uri(concept["wikipedia"])) else [],
        "dct:identifier": [Typed(str(concept["id"]))],
        "dct:modified": [Typed(concept["updated"], "xsd:dateTime")],
    }
    if replaced is not None:
        note = f": {replaced['note']}" if replaced["note"] else "."
        said |= {
            "owl:deprecated": [Typed("true", "xsd:boolean")],
            "dct:isReplacedBy": [_iri(replaced["path"], base_url)],
            "skos:changeNote": [
                Words(_sayable(f"{replaced['at'][:10]}: merged into “{replaced['name']}”{note}"), "en")
            ],
        }
    elif not concept["broader"]:
        said["skos:topConceptOf"] = [scheme]
    return [(name, values) for name, values in said.items() if values]


def _scheme(edition: str, base_url: str) -> Iri:
    return Iri(f"{base_url}{EDITIONS[edition].prefix}/contexts/")


def _iri(path: str, base_url: str) -> Iri:
    return Iri(f"{base_url}{quote(path, errors='replace')}")


def _sayable(text: str) -> str:
    return _NEVER.sub("\ufffd", text)


def _turtle_thing(name: str, statements: Statements) -> str:
    said = " ;\n    ".join(
        f"{prop} {', '.join(_turtle_value(value) for value in values)}" for prop, values in statements
    )
    return f"\n<{name}> {said} .\n"


def _turtle_value(value: Value) -> str:
    if isinstance(value, Iri):
        return value if value.partition(":")[0] in _PREFIXES else f"<{value}>"
    if isinstance(value, Words):
        return f"{_quoted(value.text)}@{value.lang}"
    return f"{_quoted(value.value)}{f'^^{value.type}' if value.type else ''}"


def _quoted(text: str) -> str:
    """A text as Turtle's STRING_LITERAL_QUOTE: nothing in it can end it."""
    return '"' + _SPECIAL.sub(lambda sign: _ESCAPES.get(sign[0], f"\\u{ord(sign[0]):04X}"), text) + '"'


def _json_thing(name: str, statements: Statements) -> Json:
    thing: Json = {"@id": name}
    for prop, values in statements:
        if prop == "a":
            thing["@type"] = [str(value) for value in values]
        else:
            thing[prop] = [_json_value(value) for value in values]
    return thing


def _json_value(value: Value) -> Json:
    if isinstance(value, Iri):
        return {"@id": str(value)}
    if isinstance(value, Words):
        return {"@value": value.text, "@language": value.lang}
    return {"@value": value.value, "@type": value.type} if value.type else {"@value": value.value}


def _encode(thing: Json) -> str:
    return json.dumps(thing, ensure_ascii=False, separators=(",", ":"))
