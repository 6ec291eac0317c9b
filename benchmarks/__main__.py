"""``python -m benchmarks`` lists the benchmarks and runs them; ``python -m benchmarks NAME …`` runs one.

Each is a module beside this one with a ``main``. What comes after NAME goes to it.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parent.parent
_REAL: Final = {
    "captures": "portal-2025/captures.jsonl.xz",
    "sameness": "portal-2025/captures.jsonl.xz",
    "kill": "thecontext-zh-2019-01.tar.xz",
}
"""The real data without which a benchmark has nothing to say."""


def benchmarks() -> dict[str, str]:
    """Each benchmark's name and the first line of what it says of itself."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("[a-z]*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in tree.body):
            found[path.stem] = (ast.get_docstring(tree) or "").partition("\n")[0]
    return found


def _shortly(name: str, wanted: Path | None) -> list[str]:
    """What a benchmark that takes long otherwise is given where all are run."""
    given = {
        "kill": [str(wanted), "--kills", "10"],
        "growth": ["--sizes", "2000,10000"],
        "churn": ["--events", "5000"],
    }
    return given.get(name, [])


def run(name: str, *arguments: str) -> int:
    """The exit status of one benchmark, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *arguments], cwd=ROOT, check=False
    ).returncode


def main() -> int:
    """List and run them; the exit status says whether all could run."""
    known = benchmarks()
    if sys.argv[1:]:
        name, *arguments = sys.argv[1:]
        if name not in known:
            print(f"There is no benchmark {name}. There are: {', '.join(known)}.", file=sys.stderr)
            return 2
        return run(name, *arguments)
    for name, says in known.items():
        print(f"{name:10} {says}")
    corpus = Path(os.environ.get("NEWSARCHIVE_CORPUS", ROOT.parent / "shared" / "data"))
    failed = []
    for name in known:
        print(f"\n==== {name}", flush=True)
        wanted = corpus / _REAL[name] if name in _REAL else None
        if wanted is not None and not wanted.exists():
            print(f"Left out: {wanted.name} is not here (NEWSARCHIVE_CORPUS names its folder).")
        elif run(name, *_shortly(name, wanted)):
            failed.append(name)
    print(f"\nNot run to their end: {', '.join(failed)}." if failed else "\nAll ran to their end.")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
