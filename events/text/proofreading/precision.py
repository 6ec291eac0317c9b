"""How often each rule is right: counted from docs/proofreading-judgements.jsonl, which a test compares."""

from __future__ import annotations

from typing import Final

from events.text.proofreading.rule import Judged

PRECISION: Final[dict[str, Judged]] = {
    "address-in-text": Judged(50, 50),
    "markup-tag": Judged(2, 2),
    "template": Judged(50, 50),
    "wiki-markup": Judged(10, 10),
    "zh-variants": Judged(48, 50),
    "zh-time-left": Judged(50, 50),
    "zh-repeated": Judged(23, 23),
    "zh-blank": Judged(48, 48),
    "zh-half-width": Judged(20, 20),
    "zh-doubled-mark": Judged(2, 2),
    "mojibake": Judged(50, 50),
    "html-entity": Judged(1, 1),
    "lost-words": Judged(50, 50),
    "article-sound": Judged(47, 50),
    "article-plural": Judged(7, 7),
    "age-hyphens": Judged(50, 50),
    "measure-hyphen": Judged(49, 50),
    "doubled-word": Judged(15, 15),
    "misspelling": Judged(50, 50),
    "name-variant": Judged(25, 26),
    "space-before-mark": Judged(22, 50),
    "space-after-mark": Judged(40, 40),
    "doubled-mark": Judged(27, 27),
    "space-before-bracket": Judged(6, 6),
    "figure-spacing": Judged(21, 21),
    "single-bracket": Judged(50, 50),
    "single-quotation-mark": Judged(21, 21),
}
