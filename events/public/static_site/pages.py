"""Pages of the static site, made by the same views that answer readers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Final
from urllib.parse import unquote, urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.template import loader
from django.urls import resolve

from events.public.conditional import etag_of
from events.public.errors import absolute
from events.public.frame import frame
from events.public.static_site.folder import Writer, file_of
from events.public.static_site.links import fit_links, further_pages
from events.vocabulary import DEFAULT_EDITION, EDITIONS

_OK: Final = 200
_MOVED: Final = 301
_NOT_MODIFIED: Final = 304


class Pages:
    """Puts pages into the folder of *writer*, but for those that are there already as they should be."""

    def __init__(self, writer: Writer, live_url: str) -> None:
        self.writer = writer
        self._live_url = live_url
        self._mark = "." + hashlib.blake2b(live_url.encode(), digest_size=3).hexdigest() if live_url else ""

    def view(
        self, path: str, query: dict[str, str] | None = None, *, at: str = "",
        show: Callable[[HttpRequest], HttpResponse] | None = None,
    ) -> None:  # fmt: skip
        """The page that readers get at the escaped *path* (or *show* answers), or a redirect.

        Nothing where they get none.

        *at*: where it stands, if not there.
        """
        file = self._file(at or path)
        if file is None:
            return
        old = self.writer.known(file)
        request = _request(path, query or {}, self._etag(old.validator) if old else "")
        try:
            if show is None:
                match = resolve(request.path_info)
                response = match.func(request, *match.args, **match.kwargs)
            else:
                response = show(request)
        except Http404:
            return
        if old is not None and response.status_code == _NOT_MODIFIED:
            self.writer.keep(old)
        elif response.status_code == _MOVED:
            self.redirect(at or path, response.headers["Location"])
        elif response.status_code == _OK:
            etag = response.headers.get("ETag", "")
            self._write(file, self._validator(etag) if etag else "", response.content)

    def view_list(self, path: str, *, show: Callable[[HttpRequest], HttpResponse] | None = None) -> None:
        """The list at the escaped *path* (its first page as *show* answers), with all its further pages."""
        self.view(path, show=show)
        waiting, seen = [path], {path}
        while waiting:
            file = file_of(waiting.pop())
            try:
                page = (self.writer.root / str(file)).read_text("utf-8")
            except OSError:
                continue
            for place, name, value in further_pages(page, path):
                if place not in seen:
                    seen.add(place)
                    self.view(path, {name: value}, at=place)
                    waiting.append(place)

    def put(self, path: str, etag: str, make: Callable[[], str | bytes]) -> None:
        """The page that *make* writes at the escaped *path*, if *etag* is not that of the last run."""
        file = self._file(path)
        if file is None:
            return
        old = self.writer.known(file)
        validator = self._validator(etag)
        if old is not None and old.validator == validator:
            self.writer.keep(old)
            return
        made = make()
        self._write(file, validator, made if isinstance(made, bytes) else made.encode("utf-8", "replace"))

    def stream(self, name: str, chunks: Iterable[bytes]) -> None:
        """A long file at the top of the folder."""
        self.writer.stream(name, chunks)

    def redirect(self, path: str, target: str) -> None:
        """A page at *path* that leads on to the escaped *target*."""

        def make() -> str:
            page = {**frame(_edition(target)), "target": target, "canonical": absolute(target)}
            return loader.get_template("public/redirect.html").render(page)

        self.put(path, etag_of("moved", target), make)

    def _file(self, path: str) -> str | None:
        file = file_of(path)
        if file is None:
            self.writer.counts["unfit"] += 1
            self.writer.problems.append(f"{path}: its address cannot be the name of a file")
        return file

    def _write(self, file: str, validator: str, content: bytes) -> None:
        if file.endswith(".html"):
            content = fit_links(content.decode(), self._live_url).encode()
        self.writer.write(file, validator, content)

    def _validator(self, etag: str) -> str:
        return etag.removeprefix('W/"').rstrip('"') + self._mark

    def _etag(self, validator: str) -> str:
        """The validator as a reader would send it; "" where it is of a site with another live one."""
        etag, dot, mark = validator.partition(".")
        return f'W/"{etag}"' if dot + mark == self._mark else ""


def _edition(path: str) -> str:
    """The edition whose prefix *path* has."""
    prefixed = (row.code for row in EDITIONS.values() if row.prefix and path.startswith(f"{row.prefix}/"))
    return next(prefixed, DEFAULT_EDITION)


def _request(path: str, query: dict[str, str], etag: str) -> HttpRequest:
    """What a reader would send who has the page with this *etag*."""
    request = HttpRequest()
    request.method = "GET"
    request.path = request.path_info = unquote(path)
    said = urlencode(query)
    request.META = {"QUERY_STRING": said, "HTTP_IF_NONE_MATCH": etag}
    request.GET = QueryDict(said)
    return request
