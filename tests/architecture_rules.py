"""The rules of docs/architecture.md as checks over a source tree; each gives its findings as text.

The tree is a parameter, so that test_architecture.py can show on small bad trees that every
rule is able to fail.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

LAYERS: Final = {
    "vocabulary": 0,
    "slugs": 0,
    "keys": 0,
    "breaks": 0,
    "senders": 0,
    "text": 0,
    "querysets": 1,
    "inserting": 1,
    "prepared": 1,
    "models": 1,
    "migrations": 1,
    "fetching": 2,
    "harvest": 2,
    "related": 3,
    "search": 3,
    "queries": 4,
    "timeline": 4,
    "keyed": 4,
    "ledger": 4,
    "editorials": 4,
    "filters": 4,
    "filter_fields": 4,
    "catalogue": 4,
    "changes": 4,
    "publishers": 4,
    "contexts": 4,
    "messages": 4,
    "past": 4,
    "history": 4,
    "formats": 5,
    "actions": 6,
    "public": 7,
    "api": 7,
    "admin": 7,
    "management": 7,
}
FACES: Final = 7
BETWEEN_FACES: Final = {"events/management/commands/publish.py": "public"}
"""Where one face may use another: the command that writes the public pages as files."""
OUTSIDE: Final = {
    "__init__": "the package itself",
    "apps": "Django's own wiring of the application",
}
"""Modules of events/ that stand outside the layers; each may import all of them."""
NO_DATABASE: Final = ("text", "slugs", "keys", "breaks", "harvest", "fetching")
_READS: Final = (
    "public",
    "api",
    "formats",
    "queries",
    "timeline",
    "keyed",
    "ledger",
    "editorials",
    "filters",
    "filter_fields",
    "catalogue",
    "changes",
    "publishers",
    "contexts",
    "messages",
    "past",
    "history",
)
READERS: Final = (*_READS, "related", "search")
"""Parts that may only see what is published."""
NO_WRITES: Final = (*_READS, "admin")
JUNK_NAMES: Final = frozenset({"utils", "util", "helpers", "helper", "common", "lib", "misc", "tools"})
CODE_LINES, TEST_LINES, FUNCTION_LINES = 400, 500, 70
_CODE: Final = ("events", "newsarchive", "scripts", "benchmarks")
TOP_LEVEL: Final = frozenset(
    {
        "benchmarks",
        "docs",
        "events",
        "newsarchive",
        "sample",
        "scripts",
        "static",
        "templates",
        "tests",
        ".ci",
        "manage.py",
        "pyproject.toml",
        "uv.lock",
        "Makefile",
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "LICENSE",
        ".gitignore",
        ".gitattributes",
        ".editorconfig",
        ".env.example",
    }
)
NOT_OURS: Final = frozenset(
    {
        ".git",
        ".venv",
        ".tools",
        "var",
        "node_modules",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        ".hypothesis",
        "__pycache__",
        ".env",
    }
)
"""What tools leave in a checkout (.gitignore); no part of the project."""

_WRITES: Final = frozenset(
    {
        "save",
        "asave",
        "create",
        "acreate",
        "bulk_create",
        "abulk_create",
        "bulk_update",
        "abulk_update",
        "get_or_create",
        "aget_or_create",
        "update_or_create",
        "aupdate_or_create",
        "delete",
        "adelete",
        "update",
        "aupdate",
    }
)
_SQL_WRITE: Final = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|DROP|ALTER|TRUNCATE)\s")
_TAGS: Final = (
    "a|abbr|article|aside|b|blockquote|body|br|button|code|dd|details|div|dl|dt|em|figure|footer|form|h[1-6]|head"
    "|header|hr|html|i|img|input|label|li|main|mark|nav|ol|option|p|pre|script|section|select|small|span|strong"
    "|style|sub|sup|svg|table|tbody|td|textarea|th|thead|tr|ul"
)
_HTML: Final = re.compile(rf"(?<!\?P)</?({_TAGS})(\s[^<>]*)?/?>|(?<!\?P)<({_TAGS})\s+[a-z-]+=", re.IGNORECASE)
_UNSAFE_NAMES: Final = frozenset({"mark_safe", "SafeString", "SafeText", "SafeData"})
_UNSAFE_TEMPLATE: Final = re.compile(r"\|\s*safe(seq)?\b|\{%\s*autoescape\s+off")
_SECRET: Final = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b"
    r"|\bSECRET_KEY\s*=\s*[\"']?[A-Za-z0-9_\-+/!@#$%^&*]{20,}"
)
_OURS: Final = frozenset({".py", ".html", ".js", ".css", ".md", ".toml"})
_LEFT_OVER: Final = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")


def python_paths(root: Path, *parts: str) -> Iterator[Path]:
    """Every module below the *parts* of *root*; migrations apart."""
    for part in parts:
        alone = root / f"{part}.py"
        for path in [alone] if alone.is_file() else sorted((root / part).rglob("*.py")):
            if not NOT_OURS & set(path.relative_to(root).parts) and "migrations" not in path.parts:
                yield path


def python_files(root: Path, *parts: str) -> Iterator[tuple[Path, ast.Module]]:
    """The same modules, parsed."""
    for path in python_paths(root, *parts):
        yield path, ast.parse(path.read_text("utf-8"), str(path))


def _at(root: Path, path: Path, node: ast.AST | None = None) -> str:
    line = getattr(node, "lineno", 0)
    return f"{path.relative_to(root).as_posix()}{f':{line}' if line else ''}"


def part_of(root: Path, path: Path) -> str:
    """The part of events/ that a file belongs to: its first folder, or its own name."""
    return path.relative_to(root / "events").parts[0].removesuffix(".py")


def imported(path: Path, root: Path, tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """The full names that a module imports, anywhere in it, type-checking blocks and functions included."""
    package = path.relative_to(root).with_suffix("").parts[: None if path.stem == "__init__" else -1]
    package = tuple(part for part in package if part != "__init__")
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            base += [node.module] if node.module else []
            yield from ((".".join([*base, alias.name]), node) for alias in node.names)
        elif isinstance(node, ast.Call) and _called(node) in {"import_module", "__import__", "import_string"}:
            named = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            yield from ((str(name), node) for name in named)


def _called(node: ast.Call) -> str:
    function = node.func
    return getattr(function, "attr", None) or getattr(function, "id", "")


def imports(root: Path) -> Iterator[str]:
    """A layer imports only lower ones; faces never import each other, and nothing imports newsarchive/."""
    for path, tree in python_files(root, "events"):
        part = part_of(root, path)
        if part in OUTSIDE:
            continue
        if part not in LAYERS:
            yield f"{_at(root, path)}: {part} has no layer"
            continue
        for name, node in imported(path, root, tree):
            if name.split(".")[0] == "newsarchive":
                yield f"{_at(root, path, node)}: imports the wiring, {name}"
            target = name.split(".")[1] if name.startswith("events.") else part
            if target == part:
                continue
            if target not in LAYERS:
                yield f"{_at(root, path, node)}: imports {name}, which has no layer"
            elif LAYERS[target] > LAYERS[part]:
                yield f"{_at(root, path, node)}: imports {name}, of a higher layer"
            elif LAYERS[part] == FACES == LAYERS[target] and target != BETWEEN_FACES.get(_at(root, path)):
                yield f"{_at(root, path, node)}: one face imports another, {name}"


def database_imports(root: Path) -> Iterator[str]:
    """Readers and text rules know no database."""
    banned = ("django.db", "events.models", "events.querysets")
    for path, tree in python_files(root, "events"):
        if part_of(root, path) in NO_DATABASE:
            for name, node in imported(path, root, tree):
                if name.startswith(banned):
                    yield f"{_at(root, path, node)}: imports {name}"


def _chain(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> list[str]:
    """The attribute names that follow *node*: objects, published after the ``Event`` of such a chain."""
    names = []
    while (parent := parents.get(node)) is not None:
        if isinstance(parent, ast.Attribute) and parent.value is node:
            names.append(parent.attr)
        elif not (isinstance(parent, ast.Call) and parent.func is node):
            break
        node = parent
    return names


def doors(root: Path, exceptions: dict[str, str]) -> Iterator[str]:
    """Parts that the public sees start every read of events at ``Event.objects.published()``.

    *exceptions*: "file:function" → reason. One that is no longer needed is a finding too.
    """
    unused = set(exceptions)
    for path, tree in python_files(root, *(f"events/{part}" for part in READERS)):
        parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Name) and node.id == "Event"):
                continue
            names = _chain(node, parents)
            managed = names[:1] in (["objects"], ["_default_manager"], ["_base_manager"])
            argument = isinstance(parents[node], ast.Call) and node in getattr(parents[node], "args", ())
            shortcut = argument and _called(parents[node]).startswith("get_")  # type: ignore[arg-type]
            if not shortcut and (not managed or names[:2] == ["objects", "published"]):
                continue
            where = f"{_at(root, path)}:{_function_around(node, parents)}"
            unused.discard(where)
            if where not in exceptions:
                yield f"{_at(root, path, node)}: reads events past published() ({where})"
    yield from (f"{where}: the exception is not needed" for where in sorted(unused))


def _function_around(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> str:
    current: ast.AST | None = node
    while current is not None and not isinstance(current, ast.FunctionDef):
        current = parents.get(current)
    return current.name if current else "<module>"


def writes(root: Path) -> Iterator[str]:
    """Nobody but actions writes; faces, formats and queries never do."""
    for path, tree in python_files(root, *(f"events/{part}" for part in NO_WRITES)):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _writes(node):
                yield f"{_at(root, path, node)}: writes with .{node.func.attr}()"
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and _SQL_WRITE.match(node.value)
            ):
                yield f"{_at(root, path, node)}: writes with SQL"


def _writes(node: ast.Call) -> bool:
    """Whether a call is a write; ``update`` of a dict, a set or a digest takes no bare keywords."""
    name = _called(node)
    if name in {"update", "aupdate"}:
        return bool(node.keywords) and not node.args
    return name in _WRITES


def _docstrings(tree: ast.Module) -> set[ast.AST]:
    """The string expressions that stand alone: docstrings, and notes below a constant."""
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def markup(root: Path) -> Iterator[str]:
    """No HTML in Python strings (readers of markup apart), nothing marked safe, no ``locals()``."""
    for path, tree in python_files(root, "events", "newsarchive"):
        reads_markup = "events" in path.parts and part_of(root, path) in NO_DATABASE
        spoken = _docstrings(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in spoken:
                if not reads_markup and _HTML.search(node.value):
                    yield f"{_at(root, path, node)}: HTML in a string"
            elif getattr(node, "attr", getattr(node, "id", None)) in _UNSAFE_NAMES:
                yield f"{_at(root, path, node)}: marks something safe"
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "locals":
                yield f"{_at(root, path, node)}: locals()"
    for path in sorted((root / "templates").rglob("*.*")) + sorted(
        (root / "events").rglob("templates/**/*.*")
    ):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if _UNSAFE_TEMPLATE.search(line):
                yield f"{_at(root, path)}:{number}: turns escaping off"


def sizes(root: Path) -> Iterator[str]:
    """File and function ceilings."""
    for path in python_paths(root, *_CODE, "tests"):
        limit = TEST_LINES if path.relative_to(root).parts[0] == "tests" else CODE_LINES
        count = len(path.read_text("utf-8").splitlines())
        if count > limit:
            yield f"{_at(root, path)}: {count} lines, {limit} are allowed"
    for path, tree in python_files(root, *_CODE):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > FUNCTION_LINES:
                    yield f"{_at(root, path, node)}: {node.name} has {length} lines"


def names(root: Path) -> Iterator[str]:
    """No junk drawers; nothing at the top that architecture.md does not list."""
    for path in python_paths(root, *_CODE, "tests"):
        if JUNK_NAMES & {part.removesuffix(".py") for part in path.relative_to(root).parts}:
            yield f"{_at(root, path)}: named after nothing that it does"
    for path in sorted(root.iterdir()):
        if path.name not in TOP_LEVEL | NOT_OURS:
            yield f"{path.name}: not in the layout"


def texts(root: Path) -> Iterator[str]:
    """No secret, no note to oneself, in any text file of the project; vendored files are others' words."""
    for top in sorted(TOP_LEVEL):
        files = sorted((root / top).rglob("*")) if (root / top).is_dir() else [root / top]
        for path in files:
            if not path.is_file() or NOT_OURS & set(path.relative_to(root).parts):
                continue
            try:
                text = path.read_text("utf-8")
            except UnicodeDecodeError:
                continue
            if not (_SECRET.search(text) or _LEFT_OVER.search(text)):
                continue
            for number, line in enumerate(text.splitlines(), 1):
                if _SECRET.search(line):
                    yield f"{_at(root, path)}:{number}: looks like a secret"
                ours = path.suffix in _OURS and "vendor" not in path.parts
                if ours and _LEFT_OVER.search(line):
                    yield f"{_at(root, path)}:{number}: a note to oneself"


def vendored(root: Path) -> Iterator[str]:
    """Every file of static/vendor/ is in its SHA256SUMS, in the form of sha256sum, and is what it says."""
    folder = root / "static" / "vendor"
    if not folder.is_dir():
        return
    listing = folder / "SHA256SUMS"
    lines = listing.read_text("utf-8").splitlines() if listing.exists() else []
    expected = {
        name.lstrip("*"): digest for digest, _, name in (line.partition("  ") for line in lines if line)
    }
    present = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in {"SHA256SUMS", "README.md"}
    }
    for name in sorted(expected.keys() | present.keys()):
        if expected.get(name) != present.get(name):
            yield f"static/vendor/{name}: not what SHA256SUMS says"
