"""``make test``: the default suite on SQLite, then on PostgreSQL where ``TEST_DATABASE_URL`` names one.

Arguments are pytest's. The last lines say how each leg ended and what was skipped, and why.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIMIT_SECONDS = 180


def run(leg: str, url: str, arguments: list[str]) -> tuple[int, float, dict[str, int]]:
    """Run one leg; give its exit status, its seconds, and the reasons of skips with their counts."""
    environment = {name: value for name, value in os.environ.items() if name != "TEST_DATABASE_URL"}
    if url:
        environment["TEST_DATABASE_URL"] = url
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "skipped.json"
        environment["NEWSARCHIVE_SKIP_REPORT"] = str(report)
        command = [sys.executable, "-m", "pytest", "-n", os.environ.get("TEST_WORKERS", "2")]
        command += ["-m", "not slow and not browser", *arguments]
        sys.stdout.write(f"== {leg} ==\n")
        sys.stdout.flush()
        started = time.monotonic()
        status = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        seconds = time.monotonic() - started
        skipped: dict[str, int] = json.loads(report.read_text("utf-8")) if report.exists() else {}
    return status, seconds, skipped


def main(arguments: list[str]) -> int:
    """Run the legs and print the account; 0 only if each passed."""
    legs = [("SQLite", "")]
    url = os.environ.get("TEST_DATABASE_URL", "")
    if url:
        legs.append(("PostgreSQL", url))
    results = {leg: run(leg, leg_url, arguments) for leg, leg_url in legs}
    lines = [""]
    for leg, (status, seconds, _) in results.items():
        slow = f" (over the {LIMIT_SECONDS} s that a leg may take)" if seconds > LIMIT_SECONDS else ""
        lines.append(f"{leg}: {'passed' if status == 0 else f'FAILED ({status})'} in {seconds:.0f} s{slow}")
    lines.append("Skipped, and why:")
    for leg, (_, _, skipped) in results.items():
        ordered = sorted(skipped.items(), key=lambda entry: (-entry[1], entry[0]))
        lines += [f"  {leg}: {count:>4}  {reason}" for reason, count in ordered] or [f"  {leg}: nothing"]
    if not url:
        lines.append("  PostgreSQL: the whole suite: TEST_DATABASE_URL names no PostgreSQL")
    sys.stdout.write("\n".join(lines) + "\n")
    return max(abs(status) for status, _, _ in results.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
