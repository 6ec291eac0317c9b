"""A program that uses the client that openapi-python-client generated; run by test_generated_client.py."""

from __future__ import annotations

import datetime as dt
import json
import sys

from newsarchive_client import Client
from newsarchive_client.api.changes import changes_list
from newsarchive_client.api.contexts import contexts_list
from newsarchive_client.api.events import events_list, events_read
from newsarchive_client.api.search import search
from newsarchive_client.models import ChangePage, ContextPage, EventDetail, EventPage, Problem, SearchPage

client = Client(base_url=sys.argv[1])

page = events_list.sync(
    client=client, context=["nato"], date_from=dt.date(2004, 3, 1), date_to=dt.date(2004, 3, 31)
)
assert isinstance(page, EventPage)
(event,) = page.results
assert isinstance(event.id, int)
assert event.date == dt.date(2004, 3, 29)

whole = events_read.sync(event.id, client=client)
assert isinstance(whole, EventDetail)

contexts = contexts_list.sync(client=client, name=["NATO"])
assert isinstance(contexts, ContextPage)

hits = search.sync(client=client, q="cornerstones", facets=True)
assert isinstance(hits, SearchPage)

changes = changes_list.sync(client=client, after=0, page_size=5)
assert isinstance(changes, ChangePage)

missing = events_read.sync(999_999_999, client=client)
assert isinstance(missing, Problem)

json.dump(
    {
        "text": whole.text,
        "lead": whole.lead_context.name,
        "related": len(whole.related),
        "context": contexts.results[0].path,
        "hits": [hit.date.isoformat() for hit in hits.results],
        "seqs": [change.seq for change in changes.results],
        "missing": missing.type_,
    },
    sys.stdout,
)
