"""Who acts in the tests of actions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from events.actions.recording import Actor
from events.vocabulary import Role
from tests.actions.archives import fill_archive
from tests.people import make_person, make_robot


@pytest.fixture
def editor(db: None) -> Actor:
    return make_person(Role.EDITOR)


@pytest.fixture
def chief(db: None) -> Actor:
    return make_person(Role.CHIEF)


@pytest.fixture
def contributor(db: None) -> Actor:
    return make_person(Role.CONTRIBUTOR)


@pytest.fixture
def robot(db: None) -> Actor:
    return make_robot()


@pytest.fixture
def small_archive(db: None, begin_with: Callable[..., None], tmp_path: Path) -> None:
    """The archive in which everything that can be stored stands at least once."""
    begin_with("small_archive", lambda: fill_archive(tmp_path))


@pytest.fixture
def many_connections(transactional_db: None) -> None:
    """A database that threads may write to at once."""
