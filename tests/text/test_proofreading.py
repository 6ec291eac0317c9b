"""Proofreading rules: their examples, what they leave alone, and what was measured of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.text.normalise import is_cjk
from events.text.proofreading import PRECISION, RULES, Example, KnownNames, Rule, acts, find, judged
from events.text.proofreading.misspellings import MISSPELLINGS

ROOT = Path(__file__).resolve().parent.parent.parent
JUDGEMENTS = ROOT / "docs" / "proofreading-judgements.jsonl"


def edition_of(text: str) -> str:
    return "zh" if any(map(is_cjk, text)) else "en"


def fixed(text: str, rule: str) -> str:
    """*text* with every fix of *rule* applied."""
    for finding in reversed([one for one in find(text, edition_of(text)) if one.rule == rule]):
        text = finding.applied(text)
    return text


BAD = [(rule, example) for rule in RULES.values() for example in rule.bad]
GOOD = [(rule, text) for rule in RULES.values() for text in rule.good]


@pytest.mark.parametrize(("rule", "example"), BAD, ids=[f"{rule.id}: {one.before}" for rule, one in BAD])
def test_a_rule_finds_and_fixes_its_examples(rule: Rule, example: Example) -> None:
    found = [one for one in find(example.before, edition_of(example.before)) if one.rule == rule.id]
    assert found
    if example.after is None:
        assert {one.fix for one in found} == {None}
    else:
        assert fixed(example.before, rule.id) == example.after
        assert fixed(example.after, rule.id) == example.after


@pytest.mark.parametrize(("rule", "text"), GOOD, ids=[f"{rule.id}: {text}" for rule, text in GOOD])
def test_a_rule_leaves_what_is_right(rule: Rule, text: str) -> None:
    assert [one for one in find(text, edition_of(text)) if one.rule == rule.id] == []


def test_every_rule_can_be_told_and_shows_examples() -> None:
    for name, rule in RULES.items():
        assert name == rule.id
        assert rule.title
        assert rule.explanation.count(" ") > 4
        assert (rule.bad and rule.good) or rule.id == "name-variant"


def test_the_cornerstones_of_the_seeds() -> None:
    text = "Russia leaves the treaty, a cornerstones of European security, after a row."
    (found,) = find(text, "en")
    assert (found.rule, found.found, found.fix) == ("article-plural", "a cornerstones", "a cornerstone")
    assert found.applied(text) == text.replace("cornerstones", "cornerstone")


@pytest.mark.corpus
def test_the_seed_itself(corpus: Callable[[str], Path]) -> None:
    (seed,) = corpus("seeds").glob("000_*.txt")
    line = next(line for line in seed.read_text("utf-8").splitlines() if "a cornerstones" in line)
    assert "article-plural" in {one.rule for one in find(line, "en")}


def test_american_and_british_spelling_are_both_right() -> None:
    text = (
        "The defence and the defense of the colour and the color were organised and organized; the theatre "
        "and the theater were cancelled and canceled, targeted and targetted, travelling and traveling."
    )
    assert find(text, "en") == []


def test_names_titles_and_quotations_are_no_misspellings() -> None:
    for text in (
        "Goverment Mule play in Recieve Hall.",
        'He said: "the goverment is definately over".',
        "The firm thier.com is sold; a goverment@site.example address.",
        "The goverment's (sic) answer.".replace("'s", ""),
    ):
        assert [one for one in find(text, "en") if one.rule == "misspelling"] == []


def test_the_misspellings_are_no_right_words_of_the_list() -> None:
    assert not MISSPELLINGS.keys() & set(MISSPELLINGS.values())
    assert all(word.isalpha() and word.islower() and len(word) >= 4 for word in MISSPELLINGS)


@pytest.mark.parametrize(
    "text",
    [
        "Η ¨ανατροφή¨ δυστυχώς από τους προπονητές",
        "higher values (“+” and “×” curves) in the superficial region",
        "Join ZZAJÉ’s Official Fan List and receive news, events, and more!",
        "RETWEET SE VOCÊ…",
        "Oborzos, per. Vahbarz, frataraká§ 141",
        "Bremer/Mccoy – DrÃ¥ber",
        "(-1/2)! = √π",
    ],
)
def test_what_only_looks_like_mojibake_is_left(text: str) -> None:
    assert [one for one in find(text, "en") if one.rule == "mojibake"] == []


@pytest.mark.corpus
def test_the_negative_cases_of_ftfy_are_left_but_for_what_ftfy_itself_mends(
    corpus: Callable[[str], Path],
) -> None:
    cases = json.loads((corpus("typos/ftfy-test-cases") / "negative.json").read_text("utf-8"))
    for case in cases:
        wanted = case.get("fixed-encoding", case["fixed"])
        assert fixed(case["original"], "mojibake") == wanted
    assert sum(case["original"] == case.get("fixed-encoding", case["fixed"]) for case in cases) >= 30


def test_nothing_but_the_address_is_found_in_an_address() -> None:
    assert find("See http://site.example/a..b,,c?date=2018 for it.", "en") == []


def test_findings_never_overlap_and_the_graver_rule_wins() -> None:
    found = find("他辭職。[http:--news.example-a..b,,c.html 中時  電子報]date=十一月 2017", "zh")
    assert [one.rule for one in found] == ["address-in-text", "template"]


MARKS = (
    "-{",
    "zh:",
    ";}-",
    "[[",
    "]]",
    "{{",
    "http://a",
    "(",
    '"',
    "a",
    "an",
    "'s",
    "the",
    "''",
    "&amp;",
    ".",
)


@given(st.text(max_size=120) | st.lists(st.sampled_from(MARKS)).map(" ".join))
def test_any_text_can_be_read(text: str) -> None:
    for edition in ("en", "zh"):
        end = 0
        for found in find(text, edition):
            assert end <= found.start < found.end <= len(text)
            assert found.found == text[found.start : found.end]
            assert found.fix != found.found
            end = found.end


def test_names_like_known_ones() -> None:
    names = KnownNames(["Hosni Mubarak", "Kim Jong-un", "World Trade Center"], others=["Hosni Mubaraq"])

    def variants(text: str) -> list[tuple[str, str | None]]:
        return [(one.found, one.fix) for one in find(text, "en", names=names) if one.rule == "name-variant"]

    assert variants("Envoys meet Hosni Mobarak's son.") == [("Mobarak", "Mubarak")]
    assert variants("President Hosni Mubarak, Hosni Mubaraq and Kim Jong-il meet.") == []
    assert variants("The World Trade Centre opens; Gamal Mobarak speaks.") == []
    assert find("Envoys meet Hosni Mobarak.", "en") == []


def test_the_precision_of_a_rule_is_what_its_judgements_say() -> None:
    right: Counter[str] = Counter()
    of: Counter[str] = Counter()
    for line in JUDGEMENTS.read_text("utf-8").splitlines():
        judgement = json.loads(line)
        assert judgement["verdict"] in ("right", "wrong")
        assert judgement["verdict"] == "right" or judgement["why"]
        of[judgement["rule"]] += 1
        right[judgement["rule"]] += judgement["verdict"] == "right"
    assert {rule: (right[rule], of[rule]) for rule in of} == {
        rule: tuple(one) for rule, one in PRECISION.items()
    }
    assert PRECISION.keys() <= RULES.keys()


def test_a_rule_that_was_not_judged_or_is_often_wrong_only_suggests() -> None:
    assert acts("doubled-mark")
    assert not acts("space-before-mark"), "right in less than half"
    assert not acts("article-plural"), "always right, but judged too seldom"
    assert not acts("name-variant"), "a person decides each time"
    assert not acts("replacement-character"), "never judged"
    for rule in RULES:
        assert not acts(rule) or (judged(rule).precision >= 0.9 and judged(rule).of >= 10)
