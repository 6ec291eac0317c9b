"""How the database answers every question of ``benchmarks.questions``: its plans, in short.

    DATABASE_URL=… python -m benchmarks.plans [--only WORD] [--full]

Each question is asked once, and each statement that it takes is explained. Printed are the tables that
are read whole and the sorts, of each question; with ``--full`` every line of every plan. PostgreSQL runs
the statements and tells how many rows each step had: tables and sorts of no more than ``_FEW`` rows are
passed over, and the most that a step had is printed. SQLite does not count: of tables that hold few rows
there (``_FEW``) nothing is said, and each sort is.
"""

from __future__ import annotations

import argparse
import os
import re
import tempfile
from collections import Counter
from collections.abc import Container
from typing import Any, Final

_FEW: Final = 1_000
_WALKED: Final = re.compile(r"^SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?")
_READ: Final = re.compile(r"Seq Scan on (\w+)")
_HAD: Final = re.compile(r"actual rows=(\d+) loops=(\d+)")
_LEFT_OUT: Final = re.compile(r"Rows Removed by (?:Filter|Index Recheck|Join Filter): (\d+)")
_SORT: Final = re.compile(r"^\s*(?:->\s+)?Sort\b")


def explained(sql: str) -> list[str]:
    """The lines of the plan of one statement."""
    from django.db import connection

    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        # As Django shows it, with its values in it: nothing is to be put in any more.
        how = "QUERY PLAN" if sqlite else "(ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF)"
        cursor.execute(f"EXPLAIN {how} {sql}")
        return [row[3] if sqlite else row[0] for row in cursor.fetchall()]


def found_in_sqlite(lines: list[str], small: Container[str]) -> Counter[str]:
    """What a plan reads whole, and sorts."""
    found: Counter[str] = Counter()
    for line in lines:
        if (match := _WALKED.match(line)) and match[1].startswith(("events_", "U0", "V0")):
            how = f" in the order of {match[2]}" if match[2] else ""
            if match[1] not in small:
                found[f"walks {match[1]}{how}"] += 1
        if "TEMP B-TREE" in line:
            found["sorts"] += 1
    return found


def found_in_postgresql(lines: list[str]) -> tuple[Counter[str], int]:
    """What a plan read whole, and sorted, where that was much; and how many rows the busiest step had."""
    found: Counter[str] = Counter()
    most, step = 0, ""
    for line in lines:
        if match := _HAD.search(line):
            rows, step = int(match[1]) * int(match[2]), line
        elif match := _LEFT_OUT.search(line):
            rows += int(match[1])
        else:
            continue
        most = max(most, rows)
        if rows > _FEW and (read := _READ.search(step)):
            found[f"reads {read[1]}"] = 1
        if rows > _FEW and _SORT.search(step):
            found[f"sorts {rows:,} rows"] = 1
    return found, most


def small_tables() -> set[str]:
    """The tables that hold few rows."""
    from django.apps import apps
    from django.db import connection

    found = set()
    for model in apps.get_models():
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT {_FEW + 1}) counted")  # noqa: S608  a name of ours
            if cursor.fetchone()[0] <= _FEW:
                found.add(table)
    return found


def explain(only: str, *, full: bool) -> None:
    """Ask every question with *only* in its name, and print how each of its statements is answered."""
    from django.core.cache import cache
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from benchmarks.questions import questions

    small = small_tables()
    for question in questions():
        if only not in question.name or question.writes:
            continue
        cache.clear()
        with CaptureQueriesContext(connection) as asked:
            question.calls[0]()
        found: Counter[str] = Counter()
        most = 0
        statements: list[Any] = [one["sql"] for one in asked if one["sql"].startswith("SELECT")]
        for sql in statements:
            lines = explained(sql)
            if connection.vendor == "sqlite":
                found += found_in_sqlite(lines, small)
            else:
                more, rows = found_in_postgresql(lines)
                found, most = found + more, max(most, rows)
            if full:
                print(f"{sql[:300]}\n    " + "\n    ".join(lines))
        said = ", ".join(
            f"{what}{f' ({number} x)' if number > 1 else ''}" for what, number in sorted(found.items())
        )
        had = f"; at most {most:,} rows a step" if most else ""
        print(
            f"{question.name}: {len(statements)} statements; {said or 'by index, no sort'}{had}", flush=True
        )


def main() -> None:
    """Make ready, explain."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", metavar="WORD", help="only the questions with it in their name")
    parser.add_argument("--full", action="store_true", help="print every plan whole")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsarchive.settings")
        os.environ.setdefault("SECRET_KEY", "only-for-a-benchmark")
        os.environ["STATIC_ROOT"] = name  # pages name their style sheet by what it holds
        import django
        from django.core.management import call_command

        django.setup()
        call_command("collectstatic", interactive=False, verbosity=0)
        explain(options.only, full=options.full)


if __name__ == "__main__":
    main()
