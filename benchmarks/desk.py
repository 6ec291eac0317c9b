"""How long the editors' pages take and how many queries each asks (issue: p95 ≤ 300 ms, ≤ 30 queries).

``python -m benchmarks.desk [--rounds N] [--harvest FILE]`` opens every page of the desk that is read
by GET on the archive that ``DATABASE_URL`` names, as an administrator, each on rows drawn by chance.
With ``--harvest`` a harvest of that JSON Lines file runs beside it in a process of its own; do that on
a copy of an archive. "cpu" is this process's own work: on SQLite all of it, whatever else the machine
does. The account it signs in with is made for the run and switched off after it.
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from typing import Any

LIMIT_MS, LIMIT_QUERIES = 300, 30
_LEFT_OUT = (
    "login",
    "logout",
    "password_change",
    "password_change_done",
    "view_on_site",
    "app_list",
    "autocomplete",
)
_MAY_BE_NOTHING = ("events_context_unmerge", "events_context_split_undo", "events_publisher_unmerge")
"""Pages of rows that were merged or split; others have no such page."""
_PARAMETERS = (
    "object_id",
    "event_id",
    "context_id",
    "item_id",
    "harvest_id",
    "publisher_id",
    "editorial_id",
    "id",
)


def pages(rounds: int) -> dict[str, list[str]]:
    """Each page's name with paths to it, for *rounds* rows of its model drawn by chance."""
    from django.apps import apps

    from tests.admin.addresses import desk_addresses

    chance = random.Random(20040209)
    found: dict[str, list[str]] = {}
    for address in desk_addresses():
        app, _, rest = address.name.partition("_")
        if address.name in _LEFT_OUT or app in {"auth", "axes", "django"}:
            continue
        if not address.parameters:
            found[address.name] = [address.path()] * rounds
            continue
        if len(address.parameters) > 1 or address.parameters[0] not in _PARAMETERS or app != "events":
            continue
        model: Any = apps.get_model("events", rest.partition("_")[0])
        newest = model.objects.order_by("-pk").values_list("pk", flat=True).first()
        ids = list(model.objects.order_by("pk").values_list("pk", flat=True)[:100_000]) if newest else []
        if ids:
            found[address.name] = [
                address.path(**{address.parameters[0]: chance.choice(ids)}) for _ in range(rounds)
            ]
    return found


def measure(client: Any, paths: list[str]) -> tuple[list[float], list[float], int, int]:
    """Milliseconds of each opening, of this process's work on it; the most queries; a status of no page."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    times, worked, most, odd = [], [], 0, 0
    for path in paths:
        with CaptureQueriesContext(connection) as queries:
            start, work = time.perf_counter(), time.process_time()
            response = client.get(path)
            b"".join(response) if response.streaming else response.content
            times.append((time.perf_counter() - start) * 1000)
            worked.append((time.process_time() - work) * 1000)
        most = max(most, len(queries))
        if response.status_code not in {200, 302, 403, 405}:
            odd = response.status_code
    return times, worked, most, odd


def main() -> int:
    """Measure and print; 1 if a page fails or is over a limit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--harvest", help="a JSON Lines file that is harvested meanwhile")
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsarchive.settings")
    os.environ.setdefault("LOG_LEVEL", "CRITICAL")
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))

    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth.models import Group, User
    from django.test import Client

    from events.models import Event

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    user = User.objects.create_user(f"bench-{secrets.token_hex(4)}", is_staff=True)
    user.groups.add(Group.objects.get(name="administrators"))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    beside = None
    if arguments.harvest:
        beside = subprocess.Popen(
            [sys.executable, "manage.py", "harvest", "jsonl", arguments.harvest], stdout=subprocess.DEVNULL
        )
    try:
        print(f"{Event.objects.count():,} events; limits {LIMIT_MS} ms (p95) and {LIMIT_QUERIES} queries")
        failed = report(client, pages(arguments.rounds))
        if beside is not None:
            print(
                "The harvest was",
                "still running at the end." if beside.poll() is None else "done before the end.",
            )
    finally:
        if beside is not None:
            beside.terminate()
            beside.wait(30)
        User.objects.filter(pk=user.pk).update(is_active=False)
    return failed


def report(client: Any, found: dict[str, list[str]]) -> int:
    """Print a line a page; 1 if one fails or is over a limit."""
    over: dict[str, list[str]] = defaultdict(list)
    print(f"{'page':34} {'p50 ms':>8} {'p95 ms':>8} {'of limit':>9} {'cpu p95':>8} {'queries':>8}")
    for name, paths in found.items():
        client.get(paths[0])  # templates are compiled once, by whoever comes first
        times, worked, most, odd = measure(client, paths)
        p95 = statistics.quantiles(times, n=20)[-1]
        cpu = statistics.quantiles(worked, n=20)[-1]
        middle = statistics.median(times)
        print(f"{name:34} {middle:8.1f} {p95:8.1f} {p95 / LIMIT_MS:9.2f} {cpu:8.1f} {most:8}")
        if odd and name not in _MAY_BE_NOTHING:
            over[name].append(f"answers {odd}")
        if p95 > LIMIT_MS:
            over[name].append(f"p95 {p95:.0f} ms")
        if most > LIMIT_QUERIES:
            over[name].append(f"{most} queries")
    for name, reasons in over.items():
        print(f"OVER: {name}: {', '.join(reasons)}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
