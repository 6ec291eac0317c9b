"""How the database answers every question of ``benchmarks.questions``: its plans, in short.

    DATABASE_URL=… python -m benchmarks.plans [--only WORD] [--full]

Each question is asked once, and each statement that it takes is explained. Printed are the tables that
are read whole and the sorts, of each question; with ``--full`` every line of every plan. A table that
holds few rows whatever the archive's size (``_SMALL``) may be read whole.
"""

from __future__ import annotations

import argparse
import os
import re
from collections import Counter
from typing import Any, Final

_SMALL: Final = frozenset({
    "events_sequence", "events_origin", "events_harvest", "events_editorial", "events_monthtally",
    "events_broader", "events_webhook", "events_bulkchange", "events_curation", "auth_user", "auth_group",
})  # fmt: skip
_WALKED: Final = re.compile(r"^SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?")
_READ: Final = re.compile(r"Seq Scan on (\w+)")
_SORT: Final = re.compile(r"^\s*(?:->\s+)?Sort\b")


def explained(sql: str) -> list[str]:
    """The lines of the plan of one statement."""
    from django.db import connection

    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        # As Django shows it, with its values in it: nothing is to be put in any more.
        cursor.execute(f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{sql}")
        return [row[3] if sqlite else row[0] for row in cursor.fetchall()]


def found_in(lines: list[str], vendor: str) -> Counter[str]:
    """What a plan reads whole, and sorts."""
    found: Counter[str] = Counter()
    for line in lines:
        if vendor == "sqlite":
            if (match := _WALKED.match(line)) and match[1].startswith(("events_", "U0", "V0")):
                how = f" in the order of {match[2]}" if match[2] else ""
                if match[1] not in _SMALL:
                    found[f"walks {match[1]}{how}"] += 1
            if "TEMP B-TREE" in line:
                found["sorts"] += 1
        else:
            if (match := _READ.search(line)) and match[1] not in _SMALL:
                found[f"reads {match[1]}"] += 1
            if _SORT.search(line):
                found["sorts"] += 1
    return found


def main() -> None:
    """Ask, explain, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", metavar="WORD", help="only the questions with it in their name")
    parser.add_argument("--full", action="store_true", help="print every plan whole")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsarchive.settings")
    os.environ.setdefault("SECRET_KEY", "only-for-a-benchmark")
    import django

    django.setup()
    from django.core.cache import cache
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from benchmarks.questions import questions

    for question in questions():
        if options.only not in question.name or question.writes:
            continue
        cache.clear()
        with CaptureQueriesContext(connection) as asked:
            question.calls[0]()
        found: Counter[str] = Counter()
        statements: list[Any] = [one["sql"] for one in asked if one["sql"].startswith("SELECT")]
        for sql in statements:
            lines = explained(sql)
            found += found_in(lines, connection.vendor)
            if options.full:
                print(f"{sql[:300]}\n    " + "\n    ".join(lines))
        said = ", ".join(
            f"{what}{f' ({number} x)' if number > 1 else ''}" for what, number in sorted(found.items())
        )
        print(f"{question.name}: {len(statements)} statements; {said or 'by index, no sort'}", flush=True)


if __name__ == "__main__":
    main()
