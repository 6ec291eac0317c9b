"""What a dump says of itself: a Data Package (Frictionless, version 1) and Datasette's metadata (layer 5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from events.formats.tables import BY_NAME, TABLES, Table
from events.text.urls import web

Json = dict[str, Any]
PACKAGE: Final = "datapackage.json"
METADATA: Final = "metadata.json"
TITLE: Final = "newsarchive"
_TIME: Final = "%Y-%m-%dT%H:%M:%S.%fZ"


def data_package(
    *, name: str, about: str, sequence: int, origins: Iterable[Json], resources: Iterable[Json]
) -> Json:
    """The descriptor of a dump. *origins*: as ``catalogue.origins`` has them; their licences are the dump's.

    ``version`` is the number of the public sequence at which the dump stands.
    """
    known = list(origins)
    package: Json = {
        "profile": "data-package",
        "name": name,
        "title": TITLE,
        "description": about,
        "version": str(sequence),
    }
    licences = {(one["licence"], one["licence_url"]): None for one in known if web(one["licence_url"])}
    if licences:
        package["licenses"] = [{"title": title, "path": path} for title, path in licences]
    if known:
        package["sources"] = [
            {"title": one["name"], **({"path": one["url"]} if web(one["url"]) else {})} for one in known
        ]
    return {**package, "resources": list(resources)}


def table_resource(table: Table, path: str, entry: Mapping[str, Any]) -> Json:
    """A table as a resource: a CSV file with its schema. *entry*: the file's in the manifest."""
    schema: Json = {
        "fields": [
            {
                "name": column.name,
                "type": column.kind,
                **({"format": _TIME} if column.kind == "datetime" else {}),
                "description": column.about,
                **({"constraints": {"required": True}} if column.name in table.key else {}),
            }
            for column in table.columns
        ],
        "primaryKey": table.key,
    }
    if table.references:
        schema["foreignKeys"] = [
            {"fields": column.name, "reference": {"resource": column.to, "fields": BY_NAME[column.to].key[0]}}
            for column in table.references
        ]
    return {
        **file_resource(table.name, path, entry, table.about, kind="csv", media="text/csv"),
        "profile": "tabular-data-resource",
        "type": "table",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "doubleQuote": True, "lineTerminator": "\r\n", "header": True},
        "schema": schema,
    }


def file_resource(
    name: str, path: str, entry: Mapping[str, Any], about: str, *, kind: str, media: str
) -> Json:
    """A file as a resource. Its ``type`` keeps readers from taking lines of several kinds for one table."""
    return {
        "name": name,
        "path": path,
        "profile": "data-resource",
        "type": "file",
        "description": about,
        "format": kind,
        "mediatype": media,
        "bytes": entry["bytes"],
        "hash": f"sha256:{entry['sha256']}",
    }


def datasette_metadata(*, database: str, about: str, origins: Iterable[Json], home: str) -> Json:
    """What Datasette shows beside the tables of *database*. *home*: the site's address, or empty."""
    known = list(origins)
    licence: Json = {}
    if len({one["licence"] for one in known}) == 1 and web(known[0]["licence_url"]):
        licence = {"license": known[0]["licence"], "license_url": known[0]["licence_url"]}
    source: Json = {"source": TITLE, "source_url": home} if home else {"source": TITLE}
    shown: dict[str, Json] = {
        "events": {
            "sort_desc": "date",
            "facets": ["category", "edition"],
            "label_column": "text",
            "size": 20,
        },
        "contexts": {"label_column": "name", "facets": ["edition"]},
        "sources": {"label_column": "url", "facets": ["publisher"]},
        "origins": {"label_column": "name"},
        "editorials": {"label_column": "title", "sort_desc": "date"},
        "corrections": {"sort_desc": "at", "facets": ["grade"]},
        "citations": {"facets": ["publisher"]},
    }
    return {
        "title": TITLE,
        "description": about,
        **licence,
        **source,
        "databases": {
            database: {
                **source,
                **licence,
                "tables": {
                    table.name: {
                        "description": table.about,
                        "columns": {column.name: column.about for column in table.columns},
                        **shown.get(table.name, {}),
                    }
                    for table in TABLES
                },
            }
        },
    }
