"""How long each export takes and how much memory, at two sizes, beside merely copying the documents.

``python -m benchmarks.exports [--events N] [--rounds N]`` loads events into an archive of its own (a SQLite
file, or the empty database that ``DATABASE_URL`` names; one that holds events is measured as it is) and
exports it in each format, each time in a process of its own. Printed are seconds (the middle of the rounds),
those of the processor, the ratio of these to reading every stored document and writing it to a file, the
peak memory of the process (without mapped files), and what was written; at the end, how many times the
memory at the smaller size that at the larger one is.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.harvest import ROOT, lines

FORMATS = ("jsonl", "jsonl --public", "jsonl --public --gzip", "csv", "csv --for spreadsheets", "sqlite")
_LOOK_EVERY = 0.05


class Taken(NamedTuple):
    """What one run took: seconds, those of the processor, peak memory in MB, and the MB that it wrote."""

    seconds: float
    processor: float
    memory: float
    written: float


def timed(command: list[str], destination: Path) -> Taken:
    """Run *command*, which writes *destination*."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    peak, ended = 0.0, 0
    while not ended:
        peak = max(peak, own_memory(process.pid))
        time.sleep(_LOOK_EVERY)
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}.")
    files = [destination] if destination.is_file() else destination.iterdir()
    written = sum(path.stat().st_size for path in files) / 1e6
    return Taken(seconds, usage.ru_utime + usage.ru_stime, peak, written)


def own_memory(pid: int) -> float:
    """The MB that a process holds of its own, without libraries and other files that are mapped."""
    try:
        said = Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:
        return 0.0
    return next((int(line.split()[1]) for line in said.splitlines() if line.startswith("RssAnon")), 0) / 1024


def copy_documents(destination: Path) -> None:
    """The floor: every stored document of a published event, read and written."""
    import django

    django.setup()
    from events.models import Event

    bodies = Event.objects.published().order_by("pk").values_list("document__body", flat=True)
    with destination.open("w", encoding="utf-8") as out:
        for body in bodies.iterator(chunk_size=500):
            out.write(f"{body}\n")


def measure(folder: Path, rounds: int) -> dict[str, float]:
    """Print a line a format for the archive as it is; the peak memory of each, in MB."""
    copy = [sys.executable, "-m", "benchmarks.exports", "--copy", str(folder / "floor")]
    commands = {"(documents copied)": copy}
    for name in FORMATS:
        destination = str(folder / name.replace(" ", ""))
        commands[name] = [sys.executable, "manage.py", "export", *name.split(), destination]
    least, peaks = 0.0, {}
    for name, command in commands.items():
        taken = [timed(command, Path(command[-1])) for _ in range(rounds)]
        processor = statistics.median(one.processor for one in taken)
        least = least or processor
        peaks[name] = max(one.memory for one in taken)
        print(
            f"  {name:24} {statistics.median(one.seconds for one in taken):7.1f} s  {processor:6.1f} s "
            f"{processor / least:5.1f} {peaks[name]:6.0f} MB "
            f"{taken[0].written:8.1f} MB written",
            flush=True,
        )
    return peaks


def count() -> int:
    """How many events there are; the tables are made where there are none."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from events.models import Event

    return Event.objects.count()


def load(folder: Path, events: int) -> None:
    """Harvest so many events."""
    source = folder / "events.jsonl"
    with source.open("w", encoding="utf-8") as file:
        file.writelines(lines(events))
    command = [sys.executable, "manage.py", "harvest", "jsonl", str(source), "--no-tags"]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    """Load, measure, load the rest, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=71_913)
    parser.add_argument("--small", type=int, default=10_000, help="events of the smaller archive")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--copy", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsarchive.settings")
    os.environ.setdefault("SECRET_KEY", "only-for-benchmarks-" + "x" * 40)
    if asked.copy is not None:
        copy_documents(asked.copy)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/archive.sqlite3")
        if there := count():
            print(f"{there:,} events, as they are:")
            measure(folder, asked.rounds)
            return
        peaks = []
        for events in (asked.small, asked.events):
            load(folder, events)
            print(f"{events:,} events:", flush=True)
            peaks.append(measure(folder, asked.rounds))
        print(f"Memory at {asked.events:,} events, as a multiple of that at {asked.small:,}:")
        for format_name, small in peaks[0].items():
            print(f"  {format_name:24} {peaks[1][format_name] / small:5.2f}")


if __name__ == "__main__":
    main()
