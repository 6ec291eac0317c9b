"""Pages in the Markdown archive layout (docs/archive-layout.md), written from plain dicts (layer 5).

What ``harvest.markdown`` reads from these pages are the records that they were written from.
The layout escapes nothing but commas and backslashes in names, so a few things cannot stand in
it as they are: a line break inside a text, name or label becomes a blank; blanks at the ends of
a summary's lines go; a summary with a line that would be read as a heading or a context line is
written in one line; a blank parts "](http" and " [IMG](" in a label. The category has no place in it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable
from typing import Any, Final
from urllib.parse import quote

from events.editorials import EditorialRow
from events.harvest.layout import context_names
from events.harvest.names import SEPARATOR, join_names, split_names
from events.slugs import day_path
from events.vocabulary import EDITIONS

Page = dict[str, Any]

_LINE_BREAK: Final = re.compile(r"\r*\n[\r\n]*")
_UNFIT_IN_URL: Final = re.compile(r"[\x00-\x20\x7f]")
_HEADINGS: Final = ("## ", "### ", "##### ")
_COVER: Final = "Cover Image"
# Invisible; taken off the ends of a text by events.text.normalise.published.
_ZERO_WIDTH: Final = "\u200b"
_RULE: Final = ("---", "")


def event_markdown(event: Page, *, known: Collection[str] = ()) -> str:
    """The page of *event*, a detail answer (``formats.document.detail``).

    *known*: names of contexts with ", " inside that stand on other pages; they make sure that a
    list of names is not taken for one of them. A former address is listed with the present text.
    The contexts stand on the day page; an event whose date was corrected keeps its address, and
    its page names them itself, because the day page of its folder does not list it.
    """
    edition = event["edition"]
    labels = EDITIONS[edition].labels
    text, address = _line(event["text"]), event["address"]
    date = dt.date.fromisoformat(event["date"])
    related = event.get("related", ())
    known = _comma_names([event, *(link["reason"] for link in related)], known)
    lines = [*_formats(address, edition), _day_heading("###", date, edition), ""]
    if event["lead_context"] is not None:
        lines.append(f"##### {_line(event['lead_context']['name'])}")
    lines += [f"# {text}", "", _summary(event["summary"], edition), ""]
    if event["contexts"] and not address.startswith(_day(date, edition)):
        lines += [_context_line(_names(event), edition, known), ""]
    lines.append("")
    lines += _section(labels.sources[0], [_citation(citation) for citation in event["citations"]])
    if event["former_addresses"]:
        lines += [f"### {labels.changes[0]}:", ""]
        lines += [f"1. [{text}]({former}.md)" for former in event["former_addresses"]]
        lines += [f"1. [{text}]({address}.md) _(Current version)_", ""]
    lines += _section(labels.related[0], [_related(link, edition, known) for link in related])
    return _finished(lines)


def day_markdown(day: Page, *, known: Collection[str] = ()) -> str:
    """The page of a day: its events, each with all its contexts. *known*: see :func:`event_markdown`."""
    edition, date = day["edition"], dt.date.fromisoformat(day["date"])
    labels = EDITIONS[edition].labels
    lines = [*_formats(f"{_day(date, edition)}index", edition), _day_heading("##", date, edition), ""]
    lines += _entries(day["events"], edition, known)
    for label, other in ((labels.previous_day[0], day["previous"]), (labels.next_day[0], day["next"])):
        if other is not None:
            lines += [f"## [{label}]({_day(dt.date.fromisoformat(other), edition)}index.md)", ""]
    return _finished(lines)


def front_markdown(front: Page, *, known: Collection[str] = ()) -> str:
    """The front page: the newest three days that have events, then opinion."""
    edition = front["edition"]
    labels, prefix = EDITIONS[edition].labels, EDITIONS[edition].prefix
    lines = _formats(f"{prefix}/index", edition)
    for label, day in zip((labels.today, labels.yesterday, labels.day_before), front["days"], strict=False):
        lines += [f"## [{label}]({_day(dt.date.fromisoformat(day['date']), edition)}index.md)", ""]
        lines += [*_entries(day["events"], edition, known), *_RULE]
    if front["previous"] is not None:
        previous = _day(dt.date.fromisoformat(front["previous"]), edition)
        lines += [f"## [{labels.previous_day[0]}]({previous}index.md)", "", *_RULE]
    if front["editorials"]:
        lines += [f"## [{labels.opinion}]({prefix}/opinion/index.md)", ""]
    for piece in front["editorials"]:
        lines += _piece(piece["title"], piece["author"], piece["path"])
    return _finished(lines)


def opinions_markdown(edition: str, editorials: Iterable[EditorialRow]) -> str:
    """``opinion/index.md``: title and author of each piece, in the given order, as on the front page."""
    lines = [f"## [{EDITIONS[edition].labels.opinion}]({EDITIONS[edition].prefix}/opinion/index.md)", ""]
    for piece in editorials:
        lines += _piece(piece.title, piece.author, piece.path)
    return _finished(lines)


def context_markdown(context: Page, *, known: Collection[str] = ()) -> str:
    """The page of a context. The ancestor had none; its parts have the form they have on other pages."""
    edition = context["edition"]
    lines = [*_formats(f"{context['path']}index", edition), f"# {_line(context['name'])}", ""]
    if context["aliases"]:
        lines += [f"_{join_names(_line(alias) for alias in context['aliases'])}_", ""]
    if context["profile"]:
        lines += [context["profile"], ""]
    for arrow, neighbours in (("↑", context["broader"]), ("↓", context["narrower"])):
        lines += [f"- {arrow} [{_line(other['name'])}]({other['path']}index.md)" for other in neighbours]
    for name, target in (("Wikidata", context["wikidata"]), ("Wikipedia", context["wikipedia"])):
        if target:
            url = target if name == "Wikipedia" else f"https://www.wikidata.org/wiki/{target}"
            lines.append(f"- [{name}]({_url(url)})")
    if lines[-1]:
        lines.append("")
    date = ""
    for event in context["events"]:
        if event["date"] != date:
            date = event["date"]
            lines += [_day_heading("##", dt.date.fromisoformat(date), edition), ""]
        lines += _entries([event], edition, known)
    return _finished(lines)


def editorial_markdown(editorial: Page) -> str:
    """An opinion piece: title, author and its own Markdown."""
    body = editorial["body"].strip("\r\n")
    lines = [f"# {_line(editorial['title'])}", ""]
    if editorial["author"]:
        lines += [f"#### by {_line(editorial['author'])}", ""]
    elif body.lstrip().startswith("#### "):
        lines += ["#### ", ""]  # else the body's first heading would be read as the author
    return _finished([*lines, body, ""])


def _piece(title: str, author: str, path: str) -> list[str]:
    """An opinion piece as lists have it."""
    return [f"### [{_line(title)}]({path}index.md)", *([f"#### by {_line(author)}"] if author else []), ""]


def _entries(events: Iterable[Page], edition: str, known: Collection[str]) -> list[str]:
    """Events as a day page lists them. Each has its own lead heading, empty where it has no lead."""
    events = list(events)
    known = _comma_names(events, known)
    lines = []
    for event in events:
        lead = event["lead_context"]
        lines.append(f"##### {_line(lead['name']) if lead is not None else ''}")
        lines.append(f"### [{_line(event['text'])}]({event['address']}.md)")
        if event["summary"]:
            lines.append(_summary(event["summary"], edition))
        if event["contexts"]:
            lines.append(_context_line(_names(event), edition, known))
        lines.append("")
    return lines


def _formats(stem: str, edition: str) -> list[str]:
    label = EDITIONS[edition].labels.formats[0]
    return ["", f"{label}: [HTML]({stem}.html)  [JSON]({stem}.json)  [XML]({stem}.xml)  ", ""]


def _day(date: dt.date, edition: str) -> str:
    return EDITIONS[edition].prefix + day_path(date)


def _day_heading(mark: str, date: dt.date, edition: str) -> str:
    shown = f"{date.year:04d}-{date.month:02d}-{date.day}"
    return f"{mark} [{shown}]({_day(date, edition)}index.md)"


def _section(label: str, entries: list[str]) -> list[str]:
    if not entries:
        return []
    return [f"### {label}:", "", *(f"{at}. {entry}" for at, entry in enumerate(entries, start=1)), ""]


def _citation(citation: Page) -> str:
    label, url, picture = _line(citation["label"]), _url(citation["url"]), _url(citation["picture"])
    if not url and not picture and "](" not in label:
        return label
    label = label.replace(" [IMG](", " [IMG] (").replace("](http", "] (http")
    if label == _COVER and url:
        label = _COVER.replace(" ", "\u00a0")  # else it would be read as the picture of another source
    if not url.startswith("http"):
        url = url.replace("](", "]%28")  # the link's target is then what follows the line's last "]("
    linked = f"[{label}]({url})"
    return f"{linked} [IMG]({picture})" if picture else linked


def _related(link: Page, edition: str, known: Collection[str]) -> str:
    linked = f"[{_line(link['text'])}]({link['address']}.md)"
    # The link's target is what follows the line's last "](/".
    names = [name for name in _names(link["reason"]) if "](/" not in name]
    return f"{linked} {_context_line(names, edition, known)}" if names else linked


def _names(page: Page) -> list[str]:
    """Context names of an event or of a link's reason, in order, each once."""
    names = (item if isinstance(item, str) else item["name"] for item in page.get("contexts", ()))
    return list(dict.fromkeys(_line(name) for name in names))


def _comma_names(pages: Iterable[Page], known: Collection[str]) -> set[str]:
    return {*known, *(name for page in pages for name in _names(page) if SEPARATOR in name)}


def _context_line(names: list[str], edition: str, known: Collection[str]) -> str:
    """``_Context: A, B_``; with two blanks after the comma where "A, B" is a name of its own."""
    line = join_names(names)
    if split_names(line, known) != tuple(names):
        line = f"{SEPARATOR} ".join(join_names([name]) for name in names)
    return f"_{EDITIONS[edition].labels.context[0]}: {line}_"


def _summary(summary: str, edition: str) -> str:
    lines = [line.rstrip() for line in summary.strip().split("\n")]
    if any(line.startswith(_HEADINGS) or _is_context_line(line, edition) for line in lines[1:]):
        lines = [" ".join(lines)]
    if lines[0].startswith("#"):
        lines[0] = f" {lines[0]}"
    elif _is_context_line(lines[0], edition):
        lines[0] = _ZERO_WIDTH + lines[0]
    return "\n".join(lines)


def _is_context_line(line: str, edition: str) -> bool:
    return context_names(line, edition) is not None


def _line(text: str) -> str:
    """*text* in one line. Only LF (and CR before or after it) ends a line of the layout."""
    return _LINE_BREAK.sub(" ", text) if "\n" in text else text


def _url(url: str) -> str:
    """*url* with blanks and control characters escaped."""
    return _UNFIT_IN_URL.sub(lambda match: quote(match[0]), url)


def _finished(lines: list[str]) -> str:
    """The page; without NUL and with "?" for halves of surrogate pairs, which no text file can hold."""
    page = "\n".join(lines)
    if "\0" in page:
        page = page.replace("\0", "")
    return page.encode("utf-8", "replace").decode()
