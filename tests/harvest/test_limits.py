"""What a reader lets through must fit the database."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import models

from events.harvest import limits
from events.models import Citation, Context, Editorial, Event, Provenance, Source


@pytest.mark.parametrize(
    ("limit", "model", "field"),
    [
        (limits.NAME_MAX, Context, "name"),
        (limits.LABEL_MAX, Citation, "label"),
        (limits.URL_MAX, Source, "url"),
        (limits.CATEGORY_MAX, Event, "category_said"),
        (limits.ORIGIN_ID_MAX, Provenance, "external_id"),
        (limits.TITLE_MAX, Editorial, "title"),
        (limits.AUTHOR_MAX, Editorial, "author"),
    ],
)
def test_limit_is_the_columns_length(limit: int, model: type[models.Model], field: str) -> None:
    column: Any = model._meta.get_field(field)
    assert limit == column.max_length
