"""``export csv``: the public archive as CSV files that join, with a Data Package that says how."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from events.actions.editorials import announce_editorials
from events.actions.export import public
from events.actions.export.folder import ExportFolder, Layout
from events.actions.export.snapshot import snapshot
from events.actions.export.table_rows import Progress, table_rows
from events.formats.packages import PACKAGE, data_package, table_resource
from events.formats.table import table_lines
from events.formats.tables import BY_NAME, TABLES

LAYOUT: Final = Layout("newsarchive-csv", 1, frozenset({PACKAGE, *(f"{table.name}.csv" for table in TABLES)}))
_MACHINES: Final = "What readers may see, as tables; each cell is the very value (RFC 4180)."
_SPREADSHEETS: Final = (
    "What readers may see, as tables for spreadsheet programs: a cell that one would take for a formula "
    "stands behind an apostrophe, and none is longer than a cell may be."
)


def export_csv(
    destination: Path, *, spreadsheets: bool = False, progress: Progress | None = None
) -> dict[str, Any]:
    """Write what readers may see into the folder *destination*, a CSV file a table; the manifest.

    *spreadsheets*: cells are made harmless for programs that run formulas; not for machines then.
    Raises ``InvalidAction`` as :func:`events.actions.export.jsonl.export_jsonl` does.
    """
    announce_editorials.call()
    with ExportFolder(destination, LAYOUT) as folder, snapshot() as sequence:
        with ExitStack() as files:
            out = {  # the last one entered is left, and listed, first
                table.name: files.enter_context(folder.file(f"{table.name}.csv"))
                for table in reversed(TABLES)
            }
            for table in TABLES:
                head = table_lines(table.names, (), spreadsheet=spreadsheets, head=True)
                out[table.name].write(head.encode(), "row", 0)
            for found in table_rows(progress):
                for name, rows in found.items():
                    lines = table_lines(BY_NAME[name].names, rows, spreadsheet=spreadsheets)
                    out[name].write(lines.encode("utf-8", "replace"), "row", len(rows))
        resources = [
            table_resource(table, f"{table.name}.csv", folder.files[f"{table.name}.csv"]) for table in TABLES
        ]
        package = data_package(
            name="newsarchive", about=_SPREADSHEETS if spreadsheets else _MACHINES, sequence=sequence,
            origins=public.origins(), resources=resources,
        )  # fmt: skip
        folder.json(PACKAGE, package)
        made_for = "spreadsheets" if spreadsheets else "machines"
        return folder.finish(sequence=sequence, public=True, **{"for": made_for})
