"""Made-up pages as the dicts that formats are written from: a full one and an empty one of each shape."""

from __future__ import annotations

from typing import Any

Page = dict[str, Any]

NAMES = {"Harbour Bridge": 7, "Portville": 8, "Portville, Coast": 9, "Old\\New Quarter": 10}


def neighbour(name: str, edition: str = "en") -> Page:
    prefix = "" if edition == "en" else f"/{edition}"
    slug = name.lower().replace(" ", "-").replace(",", "").replace("\\", "-")
    return {"id": NAMES.get(name, 11), "name": name, "slug": slug, "path": f"{prefix}/contexts/{slug}/"}


def tagged(*names: str) -> list[Page]:
    return [{**neighbour(name), "how": "origin"} for name in names]


def citation(label: str, url: str = "", picture: str = "", title: str = "", description: str = "") -> Page:
    return {
        "label": label, "url": url, "publisher": label, "source": 3 if url else None, "picture": picture,
        "title": title, "description": description,
    }  # fmt: skip


def event(**changes: Any) -> Page:
    """An event that has nothing but what it must have."""
    return {
        "id": 1,
        "edition": "en",
        "address": "/news/2003/05/4/the-old-bridge-is-closed",
        "former_addresses": [],
        "date": "2003-05-04",
        "text": "The old bridge is closed.",
        "summary": "",
        "summary_by": "",
        "category": "other",
        "category_said": "",
        "lead_context": None,
        "contexts": [],
        "citations": [],
        "corrections": [],
        "related": [],
        "provenance": [],
        "licence": [],
        "revision": 1,
        "created": "2018-01-25T12:00:00.000000Z",
        "updated": "2018-01-25T12:00:00.000000Z",
    } | changes


def full_event(**changes: Any) -> Page:
    """An event that has everything."""
    return event(
        former_addresses=["/news/2003/05/4/the-bridge-is-shut", "/news/2003/05/3/a-bridge-is-shut"],
        summary="The council says it will stay shut until autumn.",
        summary_by="Harbour Post",
        category="disasters",
        category_said="Disasters & accidents",
        lead_context=neighbour("Harbour Bridge"),
        contexts=tagged("Harbour Bridge", "Old\\New Quarter", "Portville", "Portville, Coast"),
        citations=[
            citation("Harbour Post", "https://post.example/bridge?a=1&b=2", "https://post.example/b.jpg"),
            citation("Radio Coast", "https://coast.example/a_(b)", "", "The bridge & us", "What they say."),
            citation("The Evening Bell"),
        ],
        corrections=[
            {
                "revision": 2,
                "at": "2018-01-26T08:30:00.000000Z",
                "grade": "correction",
                "note": "It was the old bridge.",
                "by": "ada",
            }
        ],
        related=[
            {
                "id": 2,
                "address": "/news/1931/06/1/the-bridge-opens",
                "date": "1931-06-01",
                "text": "The bridge [sic] opens.",
                "rank": 1,
                "score": 2.0,
                "reason": {
                    "contexts": ["Harbour Bridge", "Portville, Coast"],
                    "story": "Harbour Bridge",
                    "shares": [
                        {"kind": "context", "said": "Harbour Bridge", "events": 2, "points": 7.25},
                        {"kind": "word", "said": "bridge", "events": 3, "points": 1.5},
                    ],
                    "near": 0.95,
                    "loose": False,
                },
                "pinned": False,
                "note": "",
            },
            {
                "id": 3,
                "address": "/news/1930/11/30/the-last-ferry-sails",
                "date": "1930-11-30",
                "text": "The last ferry sails.",
                "rank": 2,
                "score": 0.0,
                "reason": {"contexts": [], "story": "", "shares": [], "near": None, "loose": False},
                "pinned": True,
                "note": "The bridge replaced it.",
            },
        ],
        provenance=[
            {
                "origin": "gazette",
                "name": "The Gazette Archive",
                "id": "g-17",
                "address": "/news/2003/05/4/the-bridge-is-shut",
                "harvested": "2018-01-25T12:00:00.000000Z",
            }
        ],
        licence=[
            {
                "origin": "gazette",
                "name": "CC BY-SA 4.0",
                "url": "https://creativecommons.org/licenses/by-sa/4.0/",
                "attribution": "From the Gazette Archive.",
            }
        ],
        revision=2,
        updated="2018-01-26T08:30:00.000000Z",
        **changes,
    )


def chinese_event() -> Page:
    return event(
        id=5,
        edition="zh",
        address="/zh/news/2019/01/3/旧桥关闭",
        date="2019-01-03",
        text="旧桥关闭",
        former_addresses=["/zh/news/2019/01/3/桥关闭"],
        lead_context=neighbour("海港大桥", "zh"),
        contexts=[{**neighbour("海港大桥", "zh"), "how": "day"}],
        citations=[citation("海港报", "https://post.example/桥")],
        related=[
            {
                "id": 6,
                "address": "/zh/news/1931/06/1/大桥开通",
                "date": "1931-06-01",
                "text": "大桥开通",
                "rank": 1,
                "score": 1.0,
                "reason": {
                    "contexts": ["海港大桥"],
                    "story": "",
                    "shares": [{"kind": "context", "said": "海港大桥", "events": 2, "points": 7.25}],
                    "near": 1.0,
                    "loose": True,
                },
                "pinned": False,
                "note": "",
            }
        ],
    )


def stored(detail: Page) -> Page:
    """The document: a detail answer without its related links."""
    return {key: value for key, value in detail.items() if key != "related"}


def day(*events: Page, **changes: Any) -> Page:
    return {
        "edition": "en",
        "date": "2003-05-04",
        "path": "/news/2003/05/4/",
        "previous": None,
        "next": None,
        "events": list(events),
    } | changes


def full_day() -> Page:
    parade = event(
        id=4,
        address="/news/2003/05/4/a-parade-is-held",
        text="A parade is held.",
        contexts=tagged("Harbour Bridge", "Portville"),
    )
    return day(stored(full_event()), stored(parade), previous="2003-04-30", next="2003-05-10")


def chinese_day() -> Page:
    return day(
        stored(chinese_event()),
        edition="zh",
        date="2019-01-03",
        path="/zh/news/2019/01/3/",
        previous="2019-01-02",
    )


def context(**changes: Any) -> Page:
    return {
        "id": 7,
        "edition": "en",
        "name": "Harbour Bridge",
        "slug": "harbour-bridge",
        "path": "/contexts/harbour-bridge/",
        "aliases": [],
        "broader": [],
        "narrower": [],
        "profile": "",
        "wikidata": "",
        "wikipedia": "",
        "generic": False,
        "count": 0,
        "revision": 1,
        "updated": "2018-01-25T12:00:00.000000Z",
        "events": [],
        "more": False,
    } | changes


def full_context() -> Page:
    other = event(
        id=2,
        address="/news/1931/06/1/the-bridge-opens",
        date="1931-06-01",
        text="The bridge opens.",
        contexts=tagged("Harbour Bridge"),
    )
    return context(
        aliases=["The Bridge", "Bridge, the old"],
        broader=[neighbour("Portville")],
        narrower=[neighbour("Old\\New Quarter")],
        profile="A *steel* bridge.\n\nBuilt in 1931.",
        wikidata="Q1",
        wikipedia="https://en.wikipedia.org/wiki/Bridge",
        generic=True,
        count=2,
        events=[stored(full_event()), stored(other)],
        more=True,
    )


def front(**changes: Any) -> Page:
    return {"edition": "en", "days": [], "editorials": [], "previous": None} | changes


def full_front() -> Page:
    before = day(stored(event()), date="2003-05-03", path="/news/2003/05/3/", next="2003-05-04")
    piece = {key: value for key, value in editorial().items() if key in ("title", "author", "date", "path")}
    return front(days=[full_day(), before], editorials=[piece], previous="2003-04-28")


def editorial(**changes: Any) -> Page:
    return {
        "edition": "en",
        "title": "A case for patience",
        "author": "A. Writer",
        "date": "2017-04-04",
        "path": "/opinion/2017/04/4/a-case-for-patience/",
        "body": "First *paragraph*.\n\n## Second part\n\nMore.",
    } | changes
