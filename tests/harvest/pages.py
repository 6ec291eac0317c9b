"""Made-up pages in the Markdown layout, and a folder to put them in."""

from __future__ import annotations

from pathlib import Path

from events.harvest.records import BadRecord, FileRead, Item, Mention, Record

BRIDGE = """\
### [2003-05-4](/news/2003/05/4/index.md)

##### Harbour Bridge
# The old bridge is closed.

The council says it will stay shut until autumn.


### Sources:

1. [Harbour Post](https://post.example/bridge) [IMG](https://post.example/bridge.jpg)
2. [Radio Coast](https://www.coast.example/a_(b))
2. [Cover Image](http://coast.example/cover.png)

### Changes:

1. [The bridge is closed. ](/news/2003/05/4/the-bridge-is-closed.md) _2003-05-05 10:00:00 (First version)_
1. [The old bridge is closed.](/news/2003/05/4/the-old-bridge-is-closed.md) _(Current version)_

### Related:

1. [ The bridge opens. ](/news/1931/06/1/the-bridge-opens.md) _Context: Harbour Bridge, Portville, Coast_
"""

DAY = """\
## [2003-05-4](/news/2003/05/4/index.md)

##### Harbour Bridge
### [The old bridge is closed.](/news/2003/05/4/the-old-bridge-is-closed.md)
_Context: Council, Harbour Bridge_

##### {none}
### [A parade is held. ](/news/2003/05/4/a-parade-is-held.md)
Thousands came, the police say.

## [Previous Day...](/news/2003/05/3/index.md)
""".format(none="")

CHINESE = """\
### [2019-01-3](/zh/news/2019/01/3/index.md)

##### 海港大桥
# 旧桥关闭

### 信息来源:

1. [海港报](https://post.example/qiao)

### 有关:

1. [大桥开通 ](/zh/news/1931/06/1/大桥开通.md) _上下文: 海港大桥_
2. [大桥修缮](/news/1950/02/11/大桥修缮.md) _消息: 海港大桥, 市议会_
"""


def page(date: str, text: str, *, lead: str = "", related: str = "") -> str:
    """A small English event page."""
    return f"### [{date}](/x)\n\n##### {lead}\n# {text}\n\n### Related:\n\n{related}\n"


def put(root: Path, name: str, text: str | bytes) -> Path:
    """Write a file below *root*, with its folders."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def records(items: list[Item]) -> list[Record]:
    return [item for item in items if isinstance(item, Record)]


def bad(items: list[Item]) -> list[BadRecord]:
    return [item for item in items if isinstance(item, BadRecord)]


def mentions(items: list[Item]) -> list[Mention]:
    return [item for item in items if isinstance(item, Mention)]


def files(items: list[Item]) -> list[FileRead]:
    return [item for item in items if isinstance(item, FileRead)]
