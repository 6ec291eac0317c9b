"""``make check-pages``: the checkers that need Java or Node, over a page of every kind of the sample archive.

The Nu HTML checker must find no error on any of them; Lighthouse must give at least 95 of 100 for
performance, accessibility, best practices and SEO on the five most read ones. Both come from npm, into
``.tools/node``.
What cannot run says why, and the rest runs; ends with 1 where something was found, or nothing could run.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from scripts.picture_site import ROOT, Kind, chromium, kinds_of_pages, sample_archive, serving, set_up

NODE: Final = ROOT / ".tools" / "node"
PACKAGES: Final = ("vnu-jar@26.9.27", "lighthouse@13.5.0")
READ_MOST: Final = ("front", "day", "event", "context", "search")
LEAST: Final = 95
_ASKED: Final = frozenset({"performance", "accessibility", "best-practices", "seo"})
_SAFE: Final = "/:?=&%+"


def install() -> bool:
    """Bring both checkers; whether they are there."""
    npm = shutil.which("npm")
    if npm is None:
        sys.stdout.write("Nothing is checked: there is no npm.\n")
        return False
    wanted = NODE / "installed"
    if not wanted.is_file() or wanted.read_text("utf-8") != " ".join(PACKAGES):
        NODE.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [npm, "install", "--prefix", str(NODE), "--no-audit", "--no-fund", "--silent", *PACKAGES],
            check=True,
        )
        wanted.write_text(" ".join(PACKAGES), "utf-8")
    return True


def fetched(base: str, path: str) -> bytes:
    """What stands at *path*, whatever the status."""
    try:
        with urllib.request.urlopen(base + quote(path, safe=_SAFE)) as answer:  # noqa: S310  our own
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        return error.read()


def check_html(base: str, kinds: list[Kind], folder: Path) -> int | None:
    """How many errors the Nu checker finds; None where it cannot run."""
    java, jars = shutil.which("java"), sorted(NODE.rglob("vnu.jar"))
    if java is None or not jars:
        sys.stdout.write(
            "No HTML is checked: there is no Java.\n" if java is None else "vnu.jar is missing.\n"
        )
        return None
    names = {}
    for number, kind in enumerate(kinds):
        file = folder / f"{number:02d}.html"
        file.write_bytes(fetched(base, kind.path))
        names[file.as_uri()] = kind.name
    command = [
        java,
        "-jar",
        str(jars[0]),
        "--format",
        "json",
        "--exit-zero-always",
        *map(str, sorted(folder.glob("*.html"))),
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    messages = json.loads(said)["messages"]
    errors = [message for message in messages if message["type"] in {"error", "non-document-error"}]
    for message in errors:
        sys.stdout.write(
            f"  {names.get(message.get('url'), '')}: {message['message']} {message.get('extract', '')}\n"
        )
    warned = sorted({message["message"] for message in messages if message not in errors})
    sys.stdout.write("".join(f"  a warning: {warning}\n" for warning in warned))
    sys.stdout.write(f"Nu HTML checker: {len(errors)} errors on {len(kinds)} pages.\n")
    return len(errors)


def light_up(base: str, kinds: list[Kind], folder: Path) -> int | None:
    """How many of Lighthouse's figures are too low; None where it cannot run."""
    lighthouse = NODE / "node_modules" / ".bin" / "lighthouse"
    if not lighthouse.is_file() or not os.path.exists(chromium()):  # noqa: PTH110
        sys.stdout.write("Lighthouse does not run: it, or Chromium, is not there.\n")
        return None
    low = 0
    for kind in (kind for kind in kinds if kind.name in READ_MOST):
        report = folder / f"{kind.name}.json"
        subprocess.run(
            [
                str(lighthouse), base + quote(kind.path, safe=_SAFE), "--quiet", "--output=json",
                f"--output-path={report}",
                # Results of searches are kept from search engines on purpose.
                *(["--skip-audits=is-crawlable"] if kind.name == "search" else []),
                "--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage",
            ],
            env={**os.environ, "CHROME_PATH": chromium()}, check=True, capture_output=True,
        )  # fmt: skip
        categories: dict[str, Any] = json.loads(report.read_text("utf-8"))["categories"]
        scores = {name: round(100 * (found["score"] or 0)) for name, found in categories.items()}
        asked = {name: score for name, score in scores.items() if name in _ASKED}
        low += sum(score < LEAST for score in asked.values())
        sys.stdout.write(
            f"Lighthouse, {kind.name}: " + ", ".join(f"{k} {v}" for k, v in asked.items()) + "\n"
        )
    return low


def main() -> int:
    """Make the sample's site, serve it, let both look at it."""
    if not install():
        return 1
    with tempfile.TemporaryDirectory() as folder:
        set_up(Path(folder))
        kinds = kinds_of_pages("en", sample_archive(Path(folder))["event"])
        pages = Path(folder) / "checked"
        pages.mkdir()
        with serving() as base:
            found = [check_html(base, kinds, pages), light_up(base, kinds, pages)]
    ran = [count for count in found if count is not None]
    return 1 if not ran or any(ran) else 0


if __name__ == "__main__":
    sys.exit(main())
