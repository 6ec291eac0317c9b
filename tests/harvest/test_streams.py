"""Lines of big files, plain and packed: bounded memory, damage and bombs told with their line."""

from __future__ import annotations

import gzip
import hashlib
import lzma
import os
import tracemalloc
from pathlib import Path

import pytest

from events.harvest import streams
from events.harvest.files import Refused
from events.harvest.streams import LINE_MAX, LineStream

MEGABYTE = 1024 * 1024


def lines_of(path: Path) -> list[bytes | None]:
    with LineStream(path) as stream:
        return list(stream.lines())


@pytest.mark.parametrize(("suffix", "pack"), [("", bytes), (".gz", gzip.compress), (".xz", lzma.compress)])
def test_lines_are_the_same_plain_and_packed(tmp_path: Path, suffix: str, pack: object) -> None:
    path = tmp_path / f"e.jsonl{suffix}"
    path.write_bytes(pack(b"one\r\n\ntwo"))  # type: ignore[operator]
    assert lines_of(path) == [b"one", b"", b"two"]


def test_packed_parts_one_after_another_are_one_file(tmp_path: Path) -> None:
    xz, gz = tmp_path / "e.xz", tmp_path / "e.gz"
    xz.write_bytes(lzma.compress(b"a\nb") + b"\0" * 8 + lzma.compress(b"c\n"))
    gz.write_bytes(gzip.compress(b"a\nb") + gzip.compress(b"c\n"))
    assert lines_of(xz) == lines_of(gz) == [b"a", b"bc"]


def test_longest_line_is_read_and_a_longer_one_skipped(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    path.write_bytes(b"a" * LINE_MAX + b"\n" + b"b" * (LINE_MAX + 1) + b"\nc\n" + b"d" * (3 * LINE_MAX))
    first, second, third, fourth = lines_of(path)
    assert (len(first or b""), second, third, fourth) == (LINE_MAX, None, b"c", None)


@pytest.mark.parametrize("suffix", ["", ".gz", ".xz"])
def test_endless_line_takes_bounded_memory(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"e.jsonl{suffix}"
    if suffix:
        opener = gzip.open if suffix == ".gz" else lzma.open
        with opener(path, "wb") as file:
            for _ in range(50):
                file.write(b" " * MEGABYTE)
    else:
        with path.open("wb") as file:
            file.truncate(100 * MEGABYTE)
    tracemalloc.start()
    try:
        assert lines_of(path) == [None]
        assert tracemalloc.get_traced_memory()[1] < 20 * MEGABYTE
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".xz", lzma.compress)])
def test_bomb_stops_where_it_exceeds_what_text_can_be(
    tmp_path: Path, suffix: str, pack: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "UNPACKED_MIN", MEGABYTE)
    path = tmp_path / f"e.jsonl{suffix}"
    path.write_bytes(pack(b"a\n" + b"\n" * (5 * MEGABYTE)))  # type: ignore[operator]
    with pytest.raises(Refused, match="unpack it yourself") as refused:
        lines_of(path)
    assert refused.value.line == MEGABYTE


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".xz", lzma.compress)])
@pytest.mark.parametrize("damage", [slice(0, -10), slice(5, None)])
def test_damaged_file_is_refused_with_its_line(
    tmp_path: Path, suffix: str, pack: object, damage: slice
) -> None:
    path = tmp_path / f"e.jsonl{suffix}"
    path.write_bytes(pack(b"a\n" * 1000)[damage])  # type: ignore[operator]
    with pytest.raises(Refused, match="damaged"):
        lines_of(path)


def test_xz_that_wants_too_much_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "XZ_MEMORY", 4 * MEGABYTE)
    path = tmp_path / "e.xz"
    path.write_bytes(lzma.compress(b"a\n", preset=6))
    with pytest.raises(Refused, match="damaged"):
        lines_of(path)


def test_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Refused, match="regular file"):
        LineStream(tmp_path / "pipe")


def test_digest_covers_the_whole_file_even_when_reading_stopped(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    path.write_bytes(b"a\n" * MEGABYTE)
    with LineStream(path) as stream:
        next(stream.lines())
        stream.finish()
        assert stream.digest == hashlib.sha256(path.read_bytes()).hexdigest()
        assert stream.position == stream.size == path.stat().st_size
