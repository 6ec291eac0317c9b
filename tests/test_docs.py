"""The documentation is part of the suite: what is not described fails, and what is described exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import Resolver404, resolve

from events import filters
from events.api.pagination import PARAMETERS
from events.api.urls import urlpatterns as api_urls
from events.public.urls import urlpatterns as public_urls
from tests.architecture_rules import LAYERS

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
READS = re.compile(r'\benv(?:\.\w+)?\(\s*"([A-Z_]+)"|\b_between\("([A-Z_]+)"')


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")


def first_cells(text: str) -> list[str]:
    """The code spans in the first column of a page's tables."""
    rows = re.findall(r"^\| *(`[^|]*?)\|", text, flags=re.MULTILINE)
    return [span for row in rows for span in re.findall(r"`([^`]+)`", row)]


def variables() -> set[str]:
    """The names that settings and web server read from the environment."""
    files = [*(ROOT / "newsarchive" / "settings").glob("*.py"), ROOT / "newsarchive" / "gunicorn.py"]
    found = {name for path in files for pair in READS.findall(path.read_text("utf-8")) for name in pair}
    return found - {""}


def test_every_setting_is_described_and_every_described_one_is_read() -> None:
    settings_part = page("operations.md").partition("## Settings")[2].partition("## Commands")[0]
    assert set(first_cells(settings_part)) == variables()


def test_the_example_of_an_environment_names_every_setting() -> None:
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    assert {
        line.partition("=")[0] for line in lines if "=" in line and not line.startswith("#")
    } == variables()


def test_every_command_is_described() -> None:
    described = {span.split()[0] for span in first_cells(page("operations.md").partition("## Commands")[2])}
    commands = {path.stem for path in (ROOT / "events/management/commands").glob("[a-z]*.py")}
    assert commands <= described


@pytest.mark.parametrize(
    ("row", "vocabulary"),
    [
        ("events", filters.EventFilter),
        ("contexts", filters.ContextFilter),
        ("sources", filters.SourceFilter),
        ("publishers", filters.PublisherFilter),
        ("editorials", filters.EditorialFilter),
        ("corrections", filters.CorrectionFilter),
        ("days", filters.EventFilter),
        ("search", filters.SearchFilter),
    ],
)
def test_every_filter_is_described_and_every_described_one_exists(
    row: str, vocabulary: type[filters.Vocabulary]
) -> None:
    line = re.search(rf"^\| {row} \|(.*)\|$", page("api.md").partition("## Filters")[2], flags=re.MULTILINE)
    assert line is not None
    described = set(re.findall(r"`([a-z_]+)`", line[1]))
    assert described == set(vocabulary.base_filters)


def test_the_parameters_of_all_lists_are_described() -> None:
    line = re.search(r"^\| all lists \|(.*)\|$", page("api.md"), flags=re.MULTILINE)
    assert line is not None
    assert set(re.findall(r"`([a-z_]+)`", line[1])) == set(PARAMETERS)


def test_every_address_of_the_api_is_described() -> None:
    described = {resolve(address).url_name for address in first_cells(page("api.md")) if address[0] == "/"}
    named = {getattr(pattern, "name", None) for pattern in api_urls} - {None, "problem"}
    assert named <= described


def test_every_public_page_is_described() -> None:
    described = {
        resolve(address).func.__name__ for address in first_cells(page("readers.md")) if address[0] == "/"
    }
    probes_and_redirects = {"live", "ready", "with_slash", "without_slash", "default_edition"}
    assert {pattern.callback.__name__ for pattern in public_urls} - probes_and_redirects <= described


@pytest.mark.parametrize("name", ["readers.md", "api.md"])
def test_every_described_address_exists(name: str) -> None:
    for address in first_cells(page(name)):
        if address.startswith("/"):
            try:
                match = resolve(address)
            except Resolver404:
                pytest.fail(f"{name} describes {address}, which leads nowhere")
            assert match.func.__name__ != "NothingView", address


def test_every_part_of_the_archive_is_described() -> None:
    layers = page("architecture.md").partition("## Layers")[2].partition("## What is held")[0]
    rows = re.findall(r"^\| (\d) \|([^|]*)\|", layers, flags=re.MULTILINE)
    described = {
        name.rstrip("/"): int(layer) for layer, row in rows for name in re.findall(r"`([^`]+)`", row)
    }
    assert described == LAYERS


def test_every_target_of_make_has_its_line_of_help() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, flags=re.MULTILINE)
    assert phony is not None
    helped = set(re.findall(r"^([a-z-]+):[^#\n]*## \S", makefile, flags=re.MULTILINE))
    assert helped == set(phony[1].split())


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_the_pages_lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|mailto:|/|…)([^)#\s]+)[^)]*\)", path.read_text("utf-8"))
    assert [target for target in targets if not (path.parent / target).exists()] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_targets_of_make_that_the_pages_name_exist(path: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    named = re.findall(r"(?:`|^ {4})make ([a-z-]+)", path.read_text("utf-8"), flags=re.MULTILINE)
    assert [name for name in named if not re.search(rf"^{name}:", makefile, flags=re.MULTILINE)] == []
