"""Public pages are tested with an empty page cache: rolled-back tests share ids and versions."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.cache import cache

from tests.public.sites import run


@pytest.fixture(autouse=True)
def empty_page_cache() -> None:
    """Forget the pages of other tests."""
    cache.clear()


@pytest.fixture
def published(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Path], None]:
    """``published(name, folder)``: publish an archive whose rows are from ``begin_with`` into *folder*.

    It is rendered once a worker, and copied.
    """

    def publish(name: str, folder: Path) -> None:
        kept = tmp_path_factory.getbasetemp() / f"site-{name}"
        if not kept.exists():
            run(kept.with_suffix(".new"))
            kept.with_suffix(".new").rename(kept)
        shutil.copytree(kept, folder, dirs_exist_ok=True)

    return publish
