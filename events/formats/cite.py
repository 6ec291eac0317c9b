"""An event as a reference: plain text, Wikipedia's {{cite news}}, BibTeX and RIS."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import quote

from events.formats.jsonld import headline
from events.vocabulary import EDITIONS

_TITLE: Final = 150
_BLANKS: Final = re.compile(r"[\s\x00-\x1f\x7f\u2028\u2029]+")
_WIKI: Final = str.maketrans(
    {"|": "{{!}}", "[": "&#91;", "]": "&#93;", "{": "&#123;", "}": "&#125;", "<": "&lt;", ">": "&gt;"}
)
_TEX: Final = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{sign: f"\\{sign}" for sign in "%&#_$"},
    }
)


def plain_citation(event: dict[str, Any], *, base_url: str, site: str, on: str) -> str:
    """One line of text; *on* is the event's day in words."""
    return f"“{_title(event)}” {site}, {on}. {_url(event, base_url)} (revision {event['revision']})."


def wikipedia_citation(event: dict[str, Any], *, base_url: str, site: str) -> str:
    """The template that Wikipedia's editors paste."""
    title, work = (said.translate(_WIKI) for said in (_title(event), site))
    lang = EDITIONS[event["edition"]].lang
    return (
        f"{{{{cite news |title={title} |url={_url(event, base_url)} |date={event['date']} |work={work} "
        f"|language={lang}}}}}"
    )


def bibtex(event: dict[str, Any], *, base_url: str, site: str) -> str:
    """An entry for BibTeX, in UTF-8; the key never changes."""
    year, month, _ = event["date"].split("-")
    fields = {
        "title": f"{{{_title(event).translate(_TEX)}}}",
        "howpublished": site.translate(_TEX),
        "year": year,
        "month": str(int(month)),
        "date": event["date"],
        "url": _url(event, base_url),
        "language": EDITIONS[event["edition"]].lang,
        "note": f"Revision {event['revision']}; permanent address {base_url}/e/{event['id']}",
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
    return "\n".join([f"@misc{{event-{event['id']},", *lines, "}"]) + "\n"


def ris(event: dict[str, Any], *, base_url: str, site: str) -> str:
    """A record for reference managers (RIS): a tag and a value a line, lines ended as the format asks."""
    tags = [
        ("TY", "NEWS"),
        ("ID", f"event-{event['id']}"),
        ("TI", _title(event)),
        ("T2", _one_line(site)),
        ("PY", event["date"][:4]),
        ("DA", f"{event['date'].replace('-', '/')}/"),
        ("UR", _url(event, base_url)),
        ("LA", EDITIONS[event["edition"]].lang),
        ("N1", f"Revision {event['revision']}; permanent address {base_url}/e/{event['id']}"),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in tags)


def _title(event: dict[str, Any]) -> str:
    return headline(_one_line(event["text"]), _TITLE)


def _url(event: dict[str, Any], base_url: str) -> str:
    return f"{base_url}{quote(event['address'])}.html"


def _one_line(said: str) -> str:
    return _BLANKS.sub(" ", said).strip()
