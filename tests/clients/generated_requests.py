"""What an OpenAPI document cannot say: loaded by schemathesis (``SCHEMATHESIS_HOOKS``), not by pytest."""

from __future__ import annotations

from typing import Any

import schemathesis

KNOWN = {"context": "nato", "context_all": "nato", "broader": "nato", "publisher": "Wikipedia"}
"""Filters that ask for something there is, with a value that the sample archive has."""
OPAQUE = frozenset({"cursor", "source"})
"""Cursors come from answers only, sources are ids or addresses of the archive."""


@schemathesis.hook
def before_load_schema(_context: Any, raw_schema: dict[str, Any]) -> None:
    """Ask for what there is: a cursor, context or publisher that nobody made is refused, however it looks."""
    for methods in raw_schema["paths"].values():
        for operation in methods.values():
            parameters = [one for one in operation.get("parameters", ()) if one["name"] not in OPAQUE]
            for parameter in parameters:
                if parameter["in"] == "query" and parameter["name"] in KNOWN:
                    value = {"type": "string", "enum": [KNOWN[parameter["name"]]]}
                    many = parameter["schema"].get("type") == "array"
                    parameter["schema"] = {"type": "array", "items": value} if many else value
            operation["parameters"] = parameters


@schemathesis.serializer("application/x-ndjson")
def write_lines(_context: Any, value: Any) -> bytes:
    """Records go as the text they are."""
    return str(value).encode("utf-8", "replace")
