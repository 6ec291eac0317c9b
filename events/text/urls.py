"""One form for the addresses of sources, so that the same document is one source.

RFC 3986, section 6, as far as it cannot change which document is meant; the fragment and the
parameters that only follow readers around are taken off. What may choose content always stays.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import quote, urlsplit

MAX_LENGTH: Final = 2_000
_RAW_LIMIT: Final = 16_000
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
# Unicode's controls, blanks, invisible marks and lone surrogates have no place in an address.
_FORBIDDEN: Final = re.compile(r"[\s\x00-\x20\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\ufeff\ud800-\udfff\\]")
_HOST: Final = re.compile(r"^(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$")
# A page kept by the Wayback Machine is its publisher's, whose address stands inside.
_KEPT_PAGE: Final = re.compile(r"^https?://web\.archive\.org/web/\d+[a-z_]*/(?P<url>https?:/+.+)$")
_LONE_PERCENT: Final = re.compile("%(?![0-9A-Fa-f]{2})")
_SAFE: Final = "/?@:!$&'()*+,;=%~"
_ASIDES: Final = ("www.", "m.", "mobile.", "amp.")

_TRACKER_PREFIXES: Final = ("utm_", "at_", "ns_", "_hs", "hsa_", "pk_", "mtm_", "gaa_", "guce_", "oly_")
_TRACKERS: Final = frozenset(
    {
        "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ysclid",
        "twclid", "ttclid", "li_fat_id", "igshid", "igsh", "mc_cid", "mc_eid", "_ga", "_gl",
        "_branch_match_id", "_branch_referrer", "mkt_tok", "vero_id", "vero_conv", "s_cid",
        "srsltid", "ocid", "cmpid", "cmp", "ito", "ref_src", "ref_url", "icid", "intcid", "intcmp",
        "smid", "smtyp", "taid", "tpcc", "xtor", "wt_mc", "wt_zmc", "srnd", "soc_src", "soc_trk",
        "guccounter", "traffic_source", "traffic_medium", "reflink", "ftag", "ftcamp",
        "__twitter_impression", "amp_js_v", "usqp", "fb_action_ids", "fb_action_types", "fb_source",
        "fb_ref",
    }
)  # fmt: skip


def normalise_url(raw: str) -> str | None:
    """The one form of a web address, or None where *raw* is none that could be cited.

    Scheme and host in lower case, the host in its ASCII form (IDNA), default port, user name,
    fragment and trackers off, an empty path as "/". The path and the other parameters stay
    exactly as they are, in their order. None for other schemes than http and https, for
    addresses with blanks or control characters, and for more than :data:`MAX_LENGTH` characters.
    """
    raw = raw.strip()
    if len(raw) > _RAW_LIMIT or _FORBIDDEN.search(raw):
        return None
    try:
        parts = urlsplit(raw)
        port = parts.port
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    host = _host(parts.hostname or "")
    if scheme not in _DEFAULT_PORTS or host is None:
        return None
    place = host if port in (None, _DEFAULT_PORTS[scheme]) else f"{host}:{port}"
    query = "&".join(field for field in parts.query.split("&") if field and not _is_tracker(field))
    url = f"{scheme}://{place}{parts.path or '/'}{'?' + query if query else ''}"
    return url if len(url) <= MAX_LENGTH else None


def web(url: str) -> str:
    """*url* where it is a web address, "" for anything else: no link may run a script."""
    return url if url.lower().startswith(("http://", "https://")) else ""


def web_uri(url: str) -> str | None:
    """The normalised form of a web address as RFC 3986 writes it, in ASCII; None for what is none."""
    plain = normalise_url(url) if url else None
    if plain is None:
        return None
    scheme, _, rest = plain.partition("://")
    host, _, tail = rest.partition("/")
    return f"{scheme}://{host}/{_LONE_PERCENT.sub('%25', quote(tail, safe=_SAFE))}"


def host_of(url: str) -> str:
    """The host of a normalised address, without "www.", "m.", "mobile." and "amp."; "" if none."""
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
    trimmed = True
    while trimmed:
        trimmed = False
        for aside in _ASIDES:
            if host.startswith(aside) and "." in host[len(aside) :]:
                host, trimmed = host[len(aside) :], True
    return host


def kept_page(url: str) -> str | None:
    """The address of the page that *url* is an archive's copy of; None for what is no such copy."""
    kept = _KEPT_PAGE.match(url)
    return None if kept is None else normalise_url(kept["url"])


def _host(host: str) -> str | None:
    if ":" in host:
        try:
            return f"[{ipaddress.IPv6Address(host).compressed}]"
        except ValueError:
            return None
    try:
        # A literal "." keeps its label, so one trailing dot (the root) is taken off first.
        ascii_host = host.removesuffix(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    return ascii_host if _HOST.match(ascii_host) else None


def _is_tracker(field: str) -> bool:
    name = field.partition("=")[0].lower()
    return name in _TRACKERS or name.startswith(_TRACKER_PREFIXES)
