"""The reader of JSON Lines: one event a line, in the form ``export jsonl`` writes or in the short form.

Only ``date`` and ``text`` are required. Short form: ``id, category, topics`` (headings above the event,
outermost first: strings, or objects with ``text``), ``sources`` (names, web addresses, or objects with
``url`` and ``label``).
Export: ``edition, address, former_addresses, summary, category, category_said, lead_context, contexts,
citations`` (objects with ``label``, ``url``, ``picture``). Unknown keys are passed over.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NoReturn

from events.harvest.files import Refused, printable
from events.harvest.limits import (
    CATEGORY_MAX,
    FORMER_MAX,
    check_characters,
    check_record,
    fit_web_address,
    read_address,
    read_date,
)
from events.harvest.records import BadRecord, CitedSource, FileRead, FormerText, Item, Place, Record
from events.harvest.streams import LINE_MAX, LineStream
from events.slugs import Address
from events.vocabulary import EDITIONS, State, category_of

_FILES: Final = ("events.jsonl", "events.jsonl.xz", "events.jsonl.gz")
_Object = dict[str, Any]


class JsonlReader:
    """Reads *path*, a file of JSON Lines (plain, ``.gz``, ``.xz``) or a folder with ``events.jsonl``.

    A line's own ``edition`` counts more than *edition*. See :class:`~events.harvest.records.Reader`.
    """

    unit = "bytes"

    def __init__(self, path: Path, *, edition: str) -> None:
        path = path.resolve()
        if path.is_dir():
            path = next((path / name for name in _FILES if (path / name).is_file()), path / _FILES[0])
        self.path = path
        self.name = printable(path.name, 500)
        self.edition = edition
        self.position = 0

    def total(self) -> int:
        """Bytes of the file as it lies there (packed)."""
        return self.path.stat().st_size if self.path.is_file() else 0

    def fingerprint(self) -> str:
        """SHA-256 over the file's name and size."""
        return hashlib.sha256(f"{self.name}\0{self.total()}\n".encode()).hexdigest()

    def items(self) -> Iterator[Item]:
        """A record for each line, in the file's order."""
        self.position = 0
        try:
            stream = LineStream(self.path)
        except Refused as refusal:
            yield BadRecord(Place(printable(self.name, 1000)), refusal.reason)
            return
        bad = False
        with stream:
            for item in self._lines(stream):
                bad = bad or isinstance(item, BadRecord)
                self.position = stream.position
                yield item
            stream.finish()
            self.position = stream.position
            yield FileRead(self.name, stream.digest, bad)

    def _lines(self, stream: LineStream) -> Iterator[Record | BadRecord]:
        try:
            for number, line in enumerate(stream.lines(), start=1):
                place = Place(self.name, number)
                if line is None:
                    yield BadRecord(place, f"has more than {LINE_MAX:,} bytes: one line must hold one event")
                elif line.strip() and (item := self._record(line, place)) is not None:
                    yield item
        except Refused as refusal:
            yield BadRecord(Place(self.name, refusal.line), refusal.reason)

    def _record(self, line: bytes, place: Place) -> Record | BadRecord | None:
        """The record in *line*; none where ``export jsonl`` wrote that an event was removed by law."""
        try:
            found = parse_line(line)
            if found.get("state") == State.LEGAL and not found.get("text"):
                return None
            record = record_of(found, self.edition, place)
            if b"\\u" in line:  # only an escape can bring what UTF-8 itself does not allow
                check_characters(_strings(record))
        except Refused as refusal:
            return BadRecord(place, refusal.reason)
        return record


def parse_line(line: bytes) -> _Object:
    """The JSON object in *line*; refuses everything that JSON does not allow or that is ambiguous."""
    try:
        found = _DECODER.decode(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Refused("is not UTF-8: write the file as UTF-8") from error
    except RecursionError as error:
        raise Refused("is nested too deeply: one line must hold one event as a flat object") from error
    except ValueError as error:
        raise Refused(f"is no JSON ({printable(str(error))}): write one object a line") from error
    if not isinstance(found, dict):
        raise Refused(f"holds {_kind(found)}, not an object: write {{...}} with date and text")
    return found


def _unambiguous(pairs: list[tuple[str, Any]]) -> _Object:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Refused(f'has the key "{printable(twice, 40)}" twice: keep one of them')
    return found


def _no_constant(name: str) -> NoReturn:
    raise Refused(f"holds {name}, which is no JSON: write null or a number")


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_unambiguous, parse_constant=_no_constant)


def record_of(line: _Object, edition: str, place: Place) -> Record:
    """The event in one line's object; refuses missing, mistyped and oversized fields."""
    edition = _edition(line, edition)
    topics = tuple(_names(line, "topics"))
    contexts: tuple[str, ...] | None = tuple(_names(line, "contexts"))
    lead = _lead(line) or (topics[-1] if topics else None)
    if "contexts" not in line or line["contexts"] is None:
        contexts = tuple(dict.fromkeys(topics)) or ((lead,) if lead else None)
    elif lead and contexts is not None and lead not in contexts:
        contexts = (lead, *contexts)
    record = Record(
        edition=edition,
        date=_date(line),
        text=_required(line, "text"),
        place=place,
        address=_address(line.get("address"), edition),
        origin_id=_id(line),
        lead=lead,
        contexts=contexts,
        topics=topics,
        summary=_string(line, "summary") or None,
        category=_category(line),
        citations=_citations(line),
        former=_former(line, edition),
    )
    check_record(record)
    return record


def pointer_of(line: _Object, edition: str) -> str:
    """The key that :func:`record_of` refuses a line for, as a JSON pointer; "" for the line as a whole."""
    for key, value in line.items():
        try:
            record_of({"date": "2000-01-01", "text": "A text.", key: value}, edition, Place(""))
        except Refused:
            return f"/{key}" if key.isidentifier() else ""
    return next((f"/{key}" for key in ("date", "text") if not line.get(key)), "")


def _strings(record: Record) -> Iterator[str]:
    yield from (record.text, record.origin_id, record.summary or "", record.category or "", record.lead or "")
    yield from record.topics
    yield from record.contexts or ()
    for source in record.citations or ():
        yield from (source.label, source.url, source.picture)
    for former in record.former:
        yield from (former.text, former.when, former.address.slug if former.address else "")
    if record.address:
        yield record.address.slug


def _edition(line: _Object, default: str) -> str:
    said = _string(line, "edition") or default
    if said not in EDITIONS:
        raise Refused(f'edition "{printable(said, 20)}" is unknown: use one of {", ".join(EDITIONS)}')
    return said


def _date(line: _Object) -> dt.date:
    return read_date(_required(line, "date"))


def _required(line: _Object, key: str) -> str:
    found = _string(line, key)
    if not found:
        raise Refused(f'has no "{key}": every event needs a date and a text')
    return found


def _string(line: _Object, key: str) -> str:
    found = line.get(key)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise _mistyped(key, "a string", found)
    return found


def _list(line: _Object, key: str) -> list[Any]:
    found = line.get(key)
    if found is None:
        return []
    if not isinstance(found, list):
        raise _mistyped(key, "a list", found)
    return found


def _name(found: Any, key: str) -> str:
    """A context's name: a string, or an object that has it as ``name`` or ``text``."""
    if isinstance(found, dict):
        found = found.get("name", found.get("text"))
    if not isinstance(found, str):
        raise _mistyped(key, "a name", found)
    return found.strip()


def _names(line: _Object, key: str) -> Iterator[str]:
    seen = dict.fromkeys(_name(found, key) for found in _list(line, key))
    return (name for name in seen if name)


def _lead(line: _Object) -> str | None:
    found = line.get("lead_context")
    return None if found is None else _name(found, "lead_context") or None


def _id(line: _Object) -> str:
    found = line.get("id")
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    return _string(line, "id")


def _category(line: _Object) -> str | None:
    """What the origin said, as long as the category that was chosen is still the one it means."""
    said, chosen = _string(line, "category_said"), _string(line, "category")
    if said and chosen and category_of(said) != category_of(chosen):
        return chosen
    # Some origins have a whole sentence here; its beginning is enough to tell what was said.
    return (said or chosen)[:CATEGORY_MAX] or None


def _address(found: Any, edition: str) -> Address | None:
    if found is None or found == "":
        return None
    if not isinstance(found, str):
        raise _mistyped("address", "a path such as /news/2004/02/9/SLUG", found)
    return read_address(found, edition)


def _former(line: _Object, edition: str) -> tuple[FormerText, ...]:
    """``former_addresses``: paths, or objects with ``address`` and, where known, ``text`` and ``when``."""
    found = _list(line, "former_addresses")
    if len(found) > FORMER_MAX:
        raise Refused(f"has {len(found):,} former addresses, more than {FORMER_MAX:,}: keep its own")
    former = []
    for entry in found:
        parts = entry if isinstance(entry, dict) else {"address": entry}
        address = _address(parts.get("address"), edition)
        text = _string(parts, "text")
        if address is not None or text:
            former.append(FormerText(text, address, _string(parts, "when")))
    return tuple(former)


def _citations(line: _Object) -> tuple[CitedSource, ...] | None:
    """``citations`` or ``sources``; ``None`` where the line has neither."""
    key = "citations" if line.get("citations") is not None else "sources"
    if line.get(key) is None:
        return None
    return tuple(source for found in _list(line, key) if (source := _cited(found, key)) is not None)


def _cited(found: Any, key: str) -> CitedSource | None:
    if isinstance(found, str):
        said = found.strip()
        is_address = said.lower().startswith(("http://", "https://"))
        source = CitedSource("", said) if is_address else CitedSource(said)
    elif isinstance(found, dict):
        source = CitedSource(
            _string(found, "label").strip(), _string(found, "url").strip(), _string(found, "picture").strip()
        )
    else:
        raise _mistyped(key, "names, web addresses or objects with url and label", found)
    for url in (source.url, source.picture):
        if url and not fit_web_address(url):
            raise Refused(f'"{printable(url)}" is no web address: it must begin with http:// or https://')
    return source if source.label or source.url or source.picture else None


def _mistyped(key: str, wanted: str, found: object) -> Refused:
    return Refused(f'"{key}" must hold {wanted}, not {_kind(found)}')


_KINDS: Final[dict[type, str]] = {
    dict: "an object",
    list: "a list",
    str: "a string",
    bool: "true or false",
    int: "a number",
    float: "a number",
    type(None): "null",
}


def _kind(found: object) -> str:
    return _KINDS[type(found)]
