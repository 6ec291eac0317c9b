"""Public pages are tested with an empty page cache: rolled-back tests share ids and versions."""

from __future__ import annotations

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def empty_page_cache() -> None:
    """Forget the pages of other tests."""
    cache.clear()
