"""Holds docs/architecture.md: layers, doors, ceilings; and shows that each rule is able to fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests import architecture_rules as rules

ROOT = Path(__file__).resolve().parent.parent
DOOR_EXCEPTIONS: dict[str, str] = {
    "events/catalogue.py:_gate": "tells merged, withdrawn and legally removed apart: 301, 410, 451",
}
"""Where a reader's part may see more than what is published, and why."""


def doors(root: Path) -> Iterable[str]:
    return rules.doors(root, DOOR_EXCEPTIONS if root == ROOT else {})


RULES = [
    rules.imports,
    rules.database_imports,
    doors,
    rules.writes,
    rules.markup,
    rules.sizes,
    rules.names,
    rules.texts,
    rules.vendored,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_project_keeps_the_rule(rule: Callable[[Path], Iterable[str]]) -> None:
    assert list(rule(ROOT)) == []


GOOD = {
    "events/__init__.py": "",
    "events/models/__init__.py": "from events.querysets import EventQuerySet\nclass Event: ...\n",
    "events/querysets.py": '"""Rows. A <p> in a docstring is prose."""\n',
    "events/queries.py": "Event.objects.published().filter(a=1)\nd.update(e)\n",
    "events/formats/page.py": 'from ..queries import day\nPATTERN = "(?P<a>x)"\nPATH = "<int:year>"\n',
    "events/harvest/wikitext.py": 'BREAK = "<br/>"\n',
    "events/admin/site.py": "from events.models import Event\nEvent.objects.all()\n",
    "events/public/day.py": "if TYPE_CHECKING:\n    from events.models import Event\n",
    "templates/day.html": "{{ text|linebreaksbr }}\n",
    "README.md": "SECRET_KEY=change-me\n",
}


def tree(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_a_good_tree_has_no_findings(tmp_path: Path) -> None:
    root = tree(tmp_path, GOOD)
    assert [finding for rule in RULES for finding in rule(root)] == []


BAD = [
    (rules.imports, "events/models/event.py", "from events.queries import day\n"),
    (rules.imports, "events/models/event.py", "def late():\n    from events.actions import correct\n"),
    (rules.imports, "events/queries.py", "if TYPE_CHECKING:\n    from events.formats import page\n"),
    (rules.imports, "events/queries.py", "from . import actions\n"),
    (rules.imports, "events/search/text.py", "from ..actions.correct import correct_event\n"),
    (rules.imports, "events/search/text.py", "import_module('events.actions.correct')\n"),
    (rules.imports, "events/public/day.py", "from events.api.events import EventView\n"),
    (rules.imports, "events/management/commands/harvest.py", "import events.public.views\n"),
    (rules.imports, "events/actions/correct.py", "from newsarchive import settings\n"),
    (rules.imports, "events/drawer.py", ""),
    (rules.database_imports, "events/harvest/feed.py", "from events.models import Event\n"),
    (rules.database_imports, "events/text/words.py", "from django.db import connection\n"),
    (doors, "events/public/day.py", "Event.objects.filter(date=day)\n"),
    (doors, "events/queries.py", "def day():\n    return Event.objects.all().published()\n"),
    (doors, "events/api/events.py", "Event._default_manager.all()\n"),
    (doors, "events/public/day.py", "get_object_or_404(Event, pk=1)\n"),
    (rules.writes, "events/admin/event/desk.py", "event.save()\n"),
    (rules.writes, "events/api/events.py", "Event.objects.published().update(text='')\n"),
    (rules.writes, "events/queries.py", "Event.objects.create()\n"),
    (rules.writes, "events/formats/page.py", "cursor.execute('DELETE FROM events_event')\n"),
    (rules.markup, "events/formats/page.py", "line = f'<p class=x>{text}</p>'\n"),
    (rules.markup, "events/admin/event/desk.py", "format_html('<a href={}>', url)\n"),
    (rules.markup, "events/admin/event.py", "from django.utils.safestring import mark_safe\nmark_safe(x)\n"),
    (rules.markup, "events/public/day.py", "render(request, 'day.html', locals())\n"),
    (rules.markup, "templates/day.html", "{{ text|safe }}\n"),
    (rules.markup, "templates/day.html", "{% autoescape off %}\n"),
    (rules.sizes, "events/queries.py", "x = 1\n" * 401),
    (rules.sizes, "tests/test_x.py", "x = 1\n" * 501),
    (rules.sizes, "events/queries.py", "def long():\n" + "    x = 1\n" * 70),
    (rules.names, "events/text/utils.py", ""),
    (rules.names, "events/helpers/words.py", ""),
    (rules.names, "drawer/x.txt", ""),
    (rules.texts, "newsarchive/settings/base.py", 'SECRET_KEY = "' + "0123456789" * 4),
    (rules.texts, "docs/operations.md", "-----BEGIN RSA PRIVATE " + "KEY-----\n"),
    (rules.texts, "events/queries.py", "# TO" + "DO later\n"),
    (rules.vendored, "static/vendor/htmx.js", "changed"),
]


@pytest.mark.parametrize(("rule", "name", "text"), BAD)
def test_the_rule_can_fail(
    rule: Callable[[Path], Iterable[str]], name: str, text: str, tmp_path: Path
) -> None:
    root = tree(tmp_path, GOOD | {name: text})
    assert [finding for finding in rule(root) if name.partition("/")[0] in finding]


def test_an_exception_at_the_door_must_be_needed(tmp_path: Path) -> None:
    root = tree(tmp_path, GOOD | {"events/queries.py": "def gone():\n    return Event.objects.get(pk=1)\n"})
    assert list(rules.doors(root, {"events/queries.py:gone": "tells 410 from 404"})) == []
    assert list(rules.doors(tree(tmp_path, GOOD), {"events/queries.py:gone": "tells 410 from 404"}))
