"""Steady under load (goals.md, "Reliability"): readers, an editor and a harvest at work; the cache failing.

    python -m benchmarks.steady [--events N] [--seconds N] [--clients N]

A site of its own (2 processes, SQLite or the server that ``DATABASE_URL`` names, an own Redis as cache
where redis-server is here). How much it can answer is taken first, by the same clients as fast as they get
answers. Then so many clients ask at 70 % of that, at set moments (an answer counts from when it should have
been asked for), while an editor saves, a harvest runs, and the cache is frozen, emptied, killed and started
again in turn. In the middle an event is withdrawn, and every place looked at until it is gone. Exit status 1
if a public page failed, the slowest hundredth took over half a second, or the event stayed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from benchmarks.harvest import lines
from benchmarks.load import ROOT, fetch, free_port, gunicorn
from benchmarks.serve import database, explore, fill, searches

SHARE: Final = 0.7
P99_MOST: Final = 500.0
GONE_WITHIN: Final = 5.0
_PATIENCE: Final = 30.0
_SERVER_ERROR: Final = 500


@dataclass(slots=True)
class Phase:
    """What was answered while something was so: milliseconds, and what failed."""

    times: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.times, n=100)[-1] if len(self.times) > 1 else 0.0


class Client:
    """One reader's connection; opened again where the site closed it between two questions."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> tuple[int, bytes]:
        """Status and body. Raises ``OSError`` or ``EOFError`` where no whole answer came."""
        known = self._streams is not None
        try:
            return await self._get(path)
        except (OSError, EOFError):
            self.close()
            if not known:
                raise
            return await self._get(path)

    async def _get(self, path: str) -> tuple[int, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        status = int(head.split(" ", 2)[1])
        headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        if "content-length" in headers:
            body = await reader.readexactly(int(headers["content-length"]))
        else:
            body = b""
            while size := int(await reader.readuntil(b"\r\n"), 16):
                body += await reader.readexactly(size)
                await reader.readexactly(2)
            await reader.readexactly(2)
        if headers.get("connection") == "close":
            self.close()
        return status, body

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


class Readers:
    """Clients that ask for the paths of *walk*; what came is kept under the *phase* of the moment."""

    def __init__(self, port: int, walk: list[str], count: int) -> None:
        self.phase = "calm"
        self.phases: dict[str, Phase] = defaultdict(Phase)
        self._walk = walk
        self._clients = [Client(port) for _ in range(count)]
        self._chance = random.Random(1)

    async def hurry(self, seconds: float, count: int) -> float:
        """Answers a second that *count* clients get as fast as they can."""
        until, answers = time.perf_counter() + seconds, 0

        async def ask(client: Client) -> None:
            nonlocal answers
            while time.perf_counter() < until:
                await client.get(self._chance.choice(self._walk))
                answers += 1

        started = time.perf_counter()
        await asyncio.gather(*(ask(client) for client in self._clients[:count]))
        return answers / (time.perf_counter() - started)

    async def ask(self, rate: float, seconds: float) -> None:
        """All clients together ask *rate* times a second, each at moments of its own."""
        pause = len(self._clients) / rate
        started = time.perf_counter()

        async def ask(client: Client, due: float) -> None:
            while (due := due + pause) < started + seconds:
                await asyncio.sleep(due - time.perf_counter())
                await self._once(client, due)

        firsts = [started - pause * self._chance.random() for _ in self._clients]
        await asyncio.gather(*map(ask, self._clients, firsts))

    async def _once(self, client: Client, due: float) -> None:
        path, phase = self._chance.choice(self._walk), self.phases[self.phase]
        try:
            status, _ = await asyncio.wait_for(client.get(path), _PATIENCE)
        except (OSError, EOFError, TimeoutError, ValueError) as error:
            client.close()
            phase.failed.append(f"{path}: {error or type(error).__name__}")
            return
        phase.times.append((time.perf_counter() - due) * 1000)
        if status >= _SERVER_ERROR:
            phase.failed.append(f"{path}: {status}")


class Cache:
    """A Redis of one's own."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port = port
        self._folder = folder
        self.start()

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir"]
        self.process = subprocess.Popen([*command, str(self._folder)], stdout=subprocess.DEVNULL)

    def empty(self) -> None:
        """FLUSHALL, waited for."""
        import redis

        redis.Redis(port=self.port).flushall()

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def cache(folder: Path) -> Iterator[Cache | None]:
    """The cache, gone afterwards; None where there is no redis-server."""
    if shutil.which("redis-server") is None:
        yield None
        return
    found = Cache(free_port(), folder)
    try:
        yield found
    finally:
        found.stop()


async def trouble(readers: Readers, found: Cache | None, seconds: float) -> None:
    """What happens to the cache during *seconds*, in equal parts."""
    steps: list[tuple[str, Callable[[], object]]] = [("calm", lambda: None)]
    if found is not None:
        steps += [
            ("cache frozen", lambda: found.process.send_signal(signal.SIGSTOP)),
            ("cache thawed", lambda: found.process.send_signal(signal.SIGCONT)),
            ("cache emptied", found.empty),
            ("cache killed", found.stop),
            ("cache back", found.start),
        ]
    for name, act in steps:
        act()
        readers.phase = name
        await asyncio.sleep(seconds / len(steps))


async def withdrawn(port: int, env: dict[str, str], after: float) -> tuple[float, list[str]]:
    """Withdraw the newest event after so many seconds: seconds until it was gone, and where it still is."""
    await asyncio.sleep(after)
    child = await asyncio.create_subprocess_exec(
        *_child("withdraw"), env=env, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None  # noqa: S101  it was asked for
    event = json.loads((await child.stdout.readline()) or "{}")
    started = time.perf_counter()
    slug = quote(event["address"].rpartition("/")[2]).encode()
    day, month = event["address"].rpartition("/")[0], event["date"][:7]
    places = [
        *(f"{event['address']}.{suffix}" for suffix in ("html", "md", "json", "xml")),
        *(f"{day}/index.{suffix}" for suffix in ("html", "json", "atom")),
        "/", "/feeds/news.atom", "/feeds/news.json", "/index_rss.xml", f"/sitemap/en-{month}.xml",
        f"/api/v1/events/{event['id']}/", f"/api/v1/events/?date_from={event['date']}",
        f"/search/?q={quote(event['text'][:40])}", f"/api/v1/search/?q={quote(event['text'][:40])}",
    ]  # fmt: skip
    client, gone = Client(port), 0.0
    while places:
        left = []
        for place in places:
            status, body = await client.get(quote(place, safe="/?=&%"))
            said = body.replace(event["address"].encode(), b"") if place.startswith("/search") else body
            if (place.startswith(event["address"]) and status != 410) or (status < 400 and slug in said):
                left.append(place)
        gone = time.perf_counter() - started
        places = left
        if gone > _PATIENCE:
            break
    await child.wait()
    return gone, places


def _child(what: str) -> list[str]:
    return [sys.executable, "-m", "benchmarks.steady", "--child", what]


def child(what: str) -> None:
    """``editor``: save, once a second, until told to end. ``withdraw``: the newest event; prints it."""
    import django

    django.setup()
    from django.contrib.auth.models import Group, User

    from events.actions.correct import correct_event
    from events.actions.errors import ActionError
    from events.actions.recording import Actor
    from events.actions.withdraw import withdraw_event
    from events.catalogue import timestamp  # noqa: F401  all of the layer is loaded before the clock runs
    from events.ledger import addresses
    from events.models import Event
    from events.vocabulary import Grade

    user, _ = User.objects.get_or_create(username=f"steady-{what}")
    user.groups.add(Group.objects.get(name="administrators"))
    actor = Actor.person(user)
    public = Event.objects.published().newest_first()
    if what == "withdraw":
        event = public[0]
        path = addresses([event.pk])[event.pk]
        withdraw_event(actor=actor, event_id=event.pk, version=event.version, reason="An exercise.")
        print(json.dumps({"id": event.pk, "address": path, "date": str(event.date), "text": event.text}))
        return
    ids = list(public.values_list("pk", flat=True)[:2000])
    while True:
        event = Event.objects.get(pk=random.choice(ids))
        started = time.perf_counter()
        try:
            values: Any = {
                "text": event.text.removesuffix(" .") if event.text.endswith(" .") else f"{event.text} ."
            }
            correct_event(
                actor=actor, event_id=event.pk, version=event.version, values=values, grade=Grade.TYPO
            )
            print(f"{(time.perf_counter() - started) * 1000:.0f}", flush=True)
        except ActionError as error:
            print(error, file=sys.stderr)
        time.sleep(1)


async def run(
    port: int, env: dict[str, str], walk: list[str], options: argparse.Namespace, found: Cache | None
) -> bool:
    """Take the capacity, then ask steadily; whether all goals were kept."""
    readers = Readers(port, walk, options.clients)
    await readers.hurry(4, 16)  # templates and statements are made ready
    capacity = await readers.hurry(8, 16)
    print(f"capacity {capacity:,.0f} a second; {options.clients} clients at {SHARE:.0%} of it", flush=True)
    folder = Path(env["STEADY"])
    with (folder / "saves.txt").open("w") as saves, ExitStack() as stack:
        harvest = [sys.executable, "manage.py", "harvest", "jsonl", str(folder / "more.jsonl")]
        at_work = [
            stack.enter_context(_running(_child("editor"), env, saves)),
            stack.enter_context(_running(harvest, env, subprocess.DEVNULL)),
        ]
        _, _, (gone, left) = await asyncio.gather(
            readers.ask(capacity * SHARE, options.seconds),
            trouble(readers, found, options.seconds),
            withdrawn(port, env, options.seconds / 2),
        )
        harvesting = at_work[1].poll() is None
    done = [float(line) for line in (folder / "saves.txt").read_text().split()]
    print(f"{'':16}{'answers':>10}{'a second':>10}{'p50 ms':>8}{'p99 ms':>8}{'of limit':>10}{'failed':>8}")
    whole = Phase()
    seconds = options.seconds / max(len(readers.phases), 1)
    for name, phase in readers.phases.items():
        _line(name, phase, seconds)
        whole.times += phase.times
        whole.failed += phase.failed
    _line("all", whole, options.seconds)
    for failure in whole.failed[:10]:
        print(f"  FAILED {failure}")
    print(f"{len(done)} saves by the editor meanwhile, median {statistics.median(done or [0]):.0f} ms; the "
          f"harvest {'was at work to the end' if harvesting else 'ended earlier'}")  # fmt: skip
    print(f"a withdrawn event was gone from 16 places after {gone:.1f} s (goal {GONE_WITHIN:.0f})", *left[:5])
    return not whole.failed and whole.p99 <= P99_MOST and gone <= GONE_WITHIN and not left


def _line(name: str, phase: Phase, seconds: float) -> None:
    middle = statistics.median(phase.times or [0])
    print(f"{name:16}{len(phase.times):10,}{len(phase.times) / seconds:10,.0f}{middle:8.1f}{phase.p99:8.1f}"
          f"{phase.p99 / P99_MOST:10.2f}{len(phase.failed):8}")  # fmt: skip


@contextmanager
def _running(command: list[str], env: dict[str, str], out: Any) -> Iterator[subprocess.Popen[bytes]]:
    """*command* at work, ended by its own handle afterwards."""
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out)
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()


def pages(port: int) -> list[str]:
    """What readers ask for: mostly events and days, some contexts, lists, searches and feeds."""
    events = explore(port).events
    paths = [f"{event['address']}.html" for event in events]
    days = sorted({f"{path.rsplit('/', 1)[0]}/" for path in paths})
    contexts = sorted({quote(context["path"]) for event in events for context in event["contexts"]})
    lists = [f"/api/v1/events/?date_from={event['date']}" for event in events]
    details = [f"/api/v1/events/{event['id']}/" for event in events]
    rest = ["/", "/feeds/news.atom", "/news/", "/corrections/", "/contexts/"]
    asked = [f"/search/?{path.partition('?')[2]}" for path in searches(events, 1)]
    chance = random.Random(1)
    mix = ((paths, 60), (days, 12), (contexts, 10), (lists, 4), (details, 6), (asked, 4), (rest, 4))
    return [chance.choice(kind) for kind, share in mix if kind for _ in range(share * 40)]


def main() -> int:
    """Fill a site, load it, print."""
    parser = argparse.ArgumentParser(description="Readers, an editor, a harvest, and a failing cache.")
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=180)
    parser.add_argument("--clients", type=int, default=100)
    parser.add_argument("--child", choices=("editor", "withdraw"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child)
        return 0
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        (folder / "static").mkdir()
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "newsarchive.settings",
            "SECRET_KEY": "only-for-benchmarks-" + "x" * 40,
            "DEBUG": "0",
            "LOG_LEVEL": "ERROR",  # a failing cache is told of in the log, and is what is wanted here
            "STATIC_ROOT": str(folder / "static"),
            "STEADY": name,
        }
        env["DATABASE_URL"] = stack.enter_context(database(folder))
        found = stack.enter_context(cache(folder))
        if found is not None:
            env["CACHE_URL"] = f"rediscache://127.0.0.1:{found.port}/0"
        fill(env, options.events, folder)
        with (folder / "more.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(islice(lines(options.events * 8), options.events, None))
        port = stack.enter_context(gunicorn("newsarchive.settings", env, "/livez"))
        kept = "an own Redis" if found else "each process's memory (redis-server is not here)"
        print(f"{options.events:,} events, 2 processes, cache: {kept}, {options.seconds} s", flush=True)
        assert fetch(port, "/")[0] == 200  # noqa: S101
        return 0 if asyncio.run(run(port, env, pages(port), options, found)) else 1


if __name__ == "__main__":
    sys.exit(main())
