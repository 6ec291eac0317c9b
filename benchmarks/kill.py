"""Kill a harvest again and again, let it resume, and compare the archive with that of an unbroken run.

    python -m benchmarks.kill ARCHIVE [--edition zh] [--kills 50] [--each 5] [--postgresql URL]

ARCHIVE is a folder in the Markdown layout, or a tar of one. A fresh archive is killed (SIGKILL) *each*
times at random moments before it may end, and compared; that is repeated until there were so many
kills. Compared is all that readers get, related links included, but surrogate keys, times and the
numbers of revisions: contexts that related lists bring become one revision a batch, and batches end
by the clock. Without ``--postgresql`` the archives are SQLite files; URL names a server on which this may
create databases of its own.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOMENT = "2019-06-30T00:00:00Z"
_CONTENT = """
import json, sys, django
django.setup()
from events.models import Document, Event, RelatedLink
addresses = {row[0]: row[1:] for row in Event.objects.filter(addresses__current=True).values_list(
    "pk", "addresses__edition", "addresses__date", "addresses__slug")}
links = {}
for row in RelatedLink.objects.order_by("event", "rank").values_list("event", "target", "score"):
    links.setdefault(row[0], []).append([str(addresses[row[1]]), row[2]])
lines = []
for document in Document.objects.select_related("event"):
    event, body = document.event, json.loads(document.body)
    for name in ("id", "created", "updated", "revision"):
        del body[name]
    for context in (*body["contexts"], *([body["lead_context"]] if body["lead_context"] else [])):
        del context["id"]
    for citation in body["citations"]:
        del citation["source"]
    into = str(addresses.get(event.merged_into_id, ""))
    lines.append(json.dumps([body, event.state, into, links.get(event.pk, [])], sort_keys=True))
sys.stdout.write("\\n".join(sorted(lines)))
"""


class Databases:
    """Makes fresh, migrated databases: SQLite files, or databases of a PostgreSQL server."""

    def __init__(self, folder: Path, server: str = "", migrated: str = "") -> None:
        """*migrated*: one that is migrated (its name, or its file) and stays as it is, where there is one."""
        self._folder = folder
        self._server = server
        self._template = migrated or self._name()
        self._made = not migrated
        if server and self._made:
            self._sql(f'CREATE DATABASE "{self._template}"')
        if self._made:
            manage(self._url(self._template), "migrate", "--verbosity=0")

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The URL of a database that is gone afterwards."""
        name = self._name()
        if self._server:
            self._sql(f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"')
        else:
            shutil.copy(self._folder / self._template, self._folder / name)
        try:
            yield self._url(name)
        finally:
            self._drop(name)

    def close(self) -> None:
        if self._made:
            self._drop(self._template)

    def _name(self) -> str:
        return f"kill_{uuid.uuid4().hex[:12]}"

    def _url(self, name: str) -> str:
        return (
            f"{self._server.rsplit('/', 1)[0]}/{name}" if self._server else f"sqlite:///{self._folder / name}"
        )

    def _drop(self, name: str) -> None:
        if self._server:
            self._sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        else:
            for tail in ("", "-wal", "-shm"):
                (self._folder / f"{name}{tail}").unlink(missing_ok=True)

    def _sql(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]


def environment(url: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": url,
        "SECRET_KEY": "only-for-kills-" + "x" * 40,
        "DJANGO_SETTINGS_MODULE": "newsarchive.settings",
        "PYTHONPATH": str(ROOT),
    }


def manage(url: str, *arguments: str) -> str:
    """What ``manage.py`` prints; raises where it fails."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=environment(url), check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout


def content(url: str) -> list[str]:
    """The public content of an archive, a line an event, without surrogate keys and times."""
    done = subprocess.run(
        [sys.executable, "-c", _CONTENT],
        cwd=ROOT, env=environment(url), check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout.splitlines()


def killed(url: str, arguments: list[str], seconds: float) -> bool:
    """Run a harvest for so many seconds, then kill it; whether it had to be killed."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=environment(url), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    return False


@contextmanager
def unpacked(archive: Path, folder: Path) -> Iterator[Path]:
    """The folder that holds ``news/``: *archive* itself, or what it packs, unpacked below *folder*."""
    if archive.is_dir():
        yield archive
        return
    target = folder / "archive"
    with tarfile.open(archive) as packed:
        # Before Python 3.11.4 there is no filter; the data is our own.
        packed.extraction_filter = getattr(tarfile, "data_filter", None)
        packed.extractall(target)  # noqa: S202
    yield next(found.parent for found in sorted(target.rglob("news")) if found.is_dir())


def run(
    archive: Path, *, edition: str, kills: int, each: int, server: str = "", seed: int = 1, migrated: str = ""
) -> tuple[int, int, int]:
    """Kill and compare; how many kills there were, rounds, and rounds that ended different.

    *migrated*: a database that is migrated, to be copied, where there is one already.
    """
    chance = random.Random(seed)
    done = rounds = different = 0
    with tempfile.TemporaryDirectory() as name, unpacked(archive, Path(name)) as source:
        databases = Databases(Path(name), server, migrated)
        arguments = ["harvest", "markdown", str(source), "--edition", edition, "--moment", MOMENT]
        try:
            with databases.fresh() as url:
                started = time.monotonic()
                manage(url, *arguments)
                whole = time.monotonic() - started
                expected = content(url)
            print(f"unbroken: {whole:.1f} s, {len(expected)} events, {_digest(expected)}", flush=True)
            while done < kills:
                with databases.fresh() as url:
                    moments = []
                    for _ in range(min(each, kills - done)):
                        moment = chance.uniform(0.03, min(1.0, 2.4 / each)) * whole
                        if killed(url, arguments, moment):
                            moments.append(f"{moment:.1f}")
                            done += 1
                        else:
                            break
                    manage(url, *arguments)
                    found = content(url)
                rounds += 1
                same = found == expected
                different += not same
                print(
                    f"killed after {', '.join(moments)} s: {'the same' if same else 'DIFFERENT'}"
                    f" ({done} kills so far)",
                    flush=True,
                )
                if not same:
                    _show(expected, found)
        finally:
            databases.close()
    return done, rounds, different


def _digest(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _show(expected: list[str], found: list[str]) -> None:
    """The first events that differ."""
    for sign, lines in (("-", sorted(set(expected) - set(found))), ("+", sorted(set(found) - set(expected)))):
        print(f"  {len(lines)} {sign}")
        for line in lines[:3]:
            print(f"  {sign} {json.dumps(json.loads(line), ensure_ascii=False)}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Harvests that are killed and resumed.")
    parser.add_argument("archive", type=Path)
    parser.add_argument("--edition", default="zh")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--each", type=int, default=5, help="kills before an archive may be finished")
    parser.add_argument("--postgresql", default="", metavar="URL")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    done, rounds, different = run(
        options.archive.resolve(), edition=options.edition, kills=options.kills, each=options.each,
        server=options.postgresql, seed=options.seed,
    )  # fmt: skip
    print(f"{done} kills in {rounds} archives, {different} of them different from the unbroken one")
    sys.exit(different > 0)


if __name__ == "__main__":
    main()
