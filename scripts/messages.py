"""``make messages``: bring the catalogues of the reader's interface up to date with its words.

Each catalogue under ``events/locale/`` gets the words that it lacks (empty, to be translated), loses
those that nothing says any more, and is compiled. Ends with 1 where a translation is missing.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final, NamedTuple

import polib

ROOT: Final = Path(__file__).resolve().parent.parent
LOCALE: Final = ROOT / "events" / "locale"


class Message(NamedTuple):
    """What gettext knows a message by, and its plural if it has one."""

    msgid: str
    msgctxt: str | None = None
    msgid_plural: str = ""


def messages() -> list[Message]:
    """Everything that the interface says, in the order of its source."""
    from events.public.words import COUNTED, DATES, WEEKDAY_SIGNS, WORDS
    from events.vocabulary import Category, Grade

    return [
        *(Message(said) for said in dict.fromkeys((*WORDS.values(), *DATES))),
        *(Message(sign, "weekday") for sign in WEEKDAY_SIGNS),
        *(Message(str(grade.label), "grade") for grade in Grade),
        *(Message(str(category.label), "category") for category in Category),
        Message(COUNTED[0], msgid_plural=COUNTED[1]),
    ]


def brought_up_to_date(catalogue: polib.POFile) -> polib.POFile:
    """*catalogue* with the interface's messages, in their order, and no others."""
    there = {(entry.msgid, entry.msgctxt): entry for entry in catalogue}
    fresh = polib.POFile(wrapwidth=0)
    fresh.metadata = catalogue.metadata
    for message in messages():
        entry = there.get((message.msgid, message.msgctxt)) or polib.POEntry(**message._asdict())
        if message.msgid_plural and not entry.msgstr_plural:
            entry.msgstr_plural = {0: ""}
        fresh.append(entry)
    return fresh


def untranslated(catalogue: polib.POFile) -> list[str]:
    """The messages that stay English."""
    return [entry.msgid for entry in catalogue if not entry.translated()]


def main() -> int:
    """Write each catalogue and what it compiles to."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsarchive.settings")
    os.environ.setdefault("SECRET_KEY", "no key is needed for words")
    import django

    django.setup()
    missing = 0
    for file in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        catalogue = brought_up_to_date(polib.pofile(str(file), wrapwidth=0))
        catalogue.save(str(file))
        file.with_suffix(".mo").write_bytes(catalogue.to_binary())
        left = untranslated(catalogue)
        missing += len(left)
        sys.stdout.write(
            f"{file.relative_to(ROOT)}: {len(catalogue)} messages, {len(left)} without translation\n"
        )
        sys.stdout.writelines(f"  {said}\n" for said in left)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
