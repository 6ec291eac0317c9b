"""Lines of a big file, plain or packed (.gz, .xz), with bounded memory whatever the file holds."""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Final, Self

from events.harvest.files import Refused, open_regular

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LINE_MAX: Final = 1024 * 1024
"""Bytes a line may have; the longest line of a real file has 1,424."""
UNPACKED_MIN: Final = 64 * 1024 * 1024
"""Bytes that any packed file may unpack to, however small it is."""
RATIO_MAX: Final = 100
"""How many times its size a bigger packed file may unpack to; real news text reaches about 20."""
XZ_MEMORY: Final = 100 * 1024 * 1024
"""Memory for unpacking .xz; ``xz -9`` needs 65 MiB."""
_CHUNK: Final = 64 * 1024
_BOMB: Final = "unpacks to far more than news text does: unpack it yourself and harvest the plain file"
_DAMAGED: Final = "is damaged or cut off here: get the file again; the lines before were read"


class LineStream:
    """The lines of *path*, read once; a context manager.

    ``position`` is how many of the file's own bytes are read, ``size`` how many there are;
    ``digest`` is their SHA-256 when all are read (see :meth:`finish`).
    """

    def __init__(self, path: Path, line_max: int = LINE_MAX) -> None:
        handle, self.size = open_regular(path, follow=True)  # the operator named this very file
        self._file = os.fdopen(handle, "rb")
        self._line_max = line_max
        self._counted = _Counted(self._file)
        self._stream = _unpacked(io.BufferedReader(self._counted, _CHUNK), path.suffix)
        self._allowed = max(UNPACKED_MIN, RATIO_MAX * self.size) if path.suffix in _PACKED else None

    @property
    def position(self) -> int:
        return self._counted.position

    @property
    def digest(self) -> str:
        return self._counted.digest.hexdigest()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def lines(self) -> Iterator[bytes | None]:
        """Each line without its end; ``None`` for one that is too long and was skipped unseen.

        Refused, with the line's number: a damaged file, an archive bomb.
        """
        number, unpacked = 0, 0
        while True:
            number += 1
            line = self._read(number)
            if not line:
                return
            unpacked += len(line)
            self._allow(unpacked, number)
            whole = line.endswith(b"\n") or len(line) <= self._line_max
            rest = b"\n" if whole else line
            while rest and not rest.endswith(b"\n"):
                rest = self._read(number)
                unpacked += len(rest)
                self._allow(unpacked, number)
            yield line.rstrip(b"\r\n") if whole else None

    def finish(self) -> None:
        """Read what is left of the file itself, so that ``digest`` covers it all."""
        while self._counted.readinto(bytearray(_CHUNK)):
            pass

    def _read(self, number: int) -> bytes:
        try:
            return self._stream.readline(self._line_max + 1)
        except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
            raise Refused(_DAMAGED, number) from error

    def _allow(self, unpacked: int, number: int) -> None:
        if self._allowed is not None and unpacked > self._allowed:
            raise Refused(_BOMB, number)


class _Counted(io.RawIOBase):
    """A file that counts and digests what is read from it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.position = 0
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        data = self._file.read(len(view))
        view[: len(data)] = data
        self.position += len(data)
        self.digest.update(data)
        return len(data)


class _Xz(io.RawIOBase):
    """Unpacks .xz with a memory limit, which ``lzma.open`` does not have."""

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        self._unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        while True:
            if self._unpacker.eof:
                left = self._next_stream(self._unpacker.unused_data)
                if not left:
                    return 0
                self._unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY)
            else:
                left = self._more() if self._unpacker.needs_input else b""
                if self._unpacker.needs_input and not left:
                    raise EOFError
            data = self._unpacker.decompress(left, len(view))
            if data:
                view[: len(data)] = data
                return len(data)

    def _next_stream(self, left: bytes) -> bytes:
        """The beginning of the stream that follows, after a padding of zeros; b"" where none does."""
        while not left.lstrip(b"\0"):
            left = self._more()
            if not left:
                return b""
        return left.lstrip(b"\0")

    def _more(self) -> bytes:
        return self._packed.read(_CHUNK)


_PACKED: Final = {".gz", ".xz"}


def _unpacked(packed: io.BufferedReader, suffix: str) -> io.BufferedReader:
    if suffix == ".xz":
        return io.BufferedReader(_Xz(packed), _CHUNK)
    if suffix == ".gz":
        return io.BufferedReader(gzip.GzipFile(fileobj=packed, mode="rb"), _CHUNK)
    return packed
