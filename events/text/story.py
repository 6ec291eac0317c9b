"""What a text is about, as far as a machine can tell cheaply: its names, words, figures and sources.

A :class:`Story` is computed once a text and then compared with others (:mod:`events.text.sameness`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from events.text.contrasts import CONTRAST_OF, NUMBERED
from events.text.figures import NUMBER_WORDS, figures
from events.text.hanzi import contrasts_in, grams, latin_names_in, nations_in, simplify
from events.text.nations import NATION_OF, join_compounds
from events.text.normalise import fold, published

# Words that say nothing about what happened.
_STOP: Final = """
a an the of in on at to for from by with and or as is are was were be been being after before that
this these those it its his her their they he she him them into over during has have had having who
whom whose which while amid amidst against between near about also not no than then there where when
but out up down off under around more most least other others another such some any all both each
several many if so due via per will would can could may might must says said say according reports
reported report reportedly announces announced u s including include following follow since because
through within without across along later earlier early
"""
STOP_WORDS: Final = frozenset(_STOP.split())
# Words that often open a sentence and are no names there.
_OPENERS_WORDS: Final = """
at the a an in on two three four five six seven eight nine ten eleven twelve dozens hundreds
thousands several many more most some over around about nearly almost approximately up police voters
citizens people residents protesters protestors protests protest demonstrators rioting riots clashes
clash gunmen militants rebels insurgents soldiers troops former following after before during amid
as multiple authorities officials lawmakers rescuers scientists researchers workers students
teachers doctors miners journalists fighting floods flooding flood heavy rain snow fire fires
wildfire wildfires explosion explosions bomb bombs car suicide unidentified unknown armed air
government opposition president prime minister ministers foreign health interior defense defence
military army navy senior leaders leader members results polls polling exit early presidential
parliamentary general local regional international national federal state for with by from it he she
they this that there his her its their one both each all none no new old final first second third
last next another tens millions billions scores elections election counting voting talks
negotiations peace ceasefire human rights oil gas stock shares prices inflation unemployment women
men children girls boys families relatives victims survivors passengers pilots crew aircraft plane
planes train trains bus ship boat ferry ships boats strong large small massive major minor severe
tropical storm typhoon cyclone hurricane tornado earthquake landslide landslides avalanche volcanic
volcano medical least meanwhile however although while when if
"""
_OPENERS: Final = frozenset(_OPENERS_WORDS.split())
# What stands before a word, and the word.
_WORD: Final = re.compile(r"([\W_]*)(\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*)")
_ONLY_WORDS: Final = re.compile(_WORD.pattern.replace(r"([\W_]*)(", "(", 1))
_NOTHING: Final = frozenset(("",))
_WORDS_REMEMBERED: Final = 20_000
# "Semi-final" is no final.
_HALF: Final = frozenset(("semi", "quarter"))
_LINKS: Final = frozenset(("of", "for", "and", "the", "in", "on", "de", "to"))
# Written with a capital or not, as the editor likes.
_TITLES_WORDS: Final = """
president prime minister ministers foreign interior defence defense finance justice culture health
education attorney general governor senator senators secretary chancellor king queen prince princess
pope judge court high supreme police army military navy government parliament senate house party
former leader chief staff state department ministry representative representatives member members
assembly congress mayor chair chairman chairwoman speaker commander captain colonel lieutenant sir
dr mr mrs ms city province district region county river lake mount island airport university war
civil ceo deputy vice acting spokesman spokesperson us monday tuesday wednesday thursday friday
saturday sunday january february march april may june july august september october november
december
"""
_TITLES: Final = frozenset(_TITLES_WORDS.split())
_ENDS_SENTENCE: Final = re.compile(r"[.!?:;]\s+[\"“(]*$|[\"“]$")
_YEAR: Final = re.compile(r"(?:1[5-9]|20)\d\d")
# A text is compared by its beginning: more would cost time and say no more.
_LENGTH_USED: Final = 2_000
_SYNONYMS: Final = {
    **dict.fromkeys(
        ("kill", "kills", "killed", "killing", "dead", "die", "dies", "died", "dying", "death", "deaths"),
        "kill",
    ),
    **dict.fromkeys(("fatalities", "fatality", "deadly", "fatal", "fatally"), "kill"),
    **dict.fromkeys(
        ("injured", "injuring", "injures", "injuries", "injury", "wounded", "wounding", "wounds", "hurt"),
        "injur",
    ),
    **dict.fromkeys(("military", "army", "forces", "troops", "soldiers", "soldier"), "army"),
    **dict.fromkeys(("plane", "airplane", "aircraft", "aeroplane", "planes"), "plane"),
}
_SUFFIXES: Final = ("ings", "ing", "edly", "ers", "ies", "ied", "ed", "es", "ly", "er", "s", "e", "y")
_STEM_LENGTH: Final = 8


class Story:
    """One text's features.

    *tokens* are stems of all words that say something; *names* those of them that are names or
    years, *soft* those that may be (they open a sentence); *key* is the folded text. Most texts of a day
    share no words, so that what is more than *tokens* is looked for when it is asked.
    """

    __slots__ = ("_kept", "_shown", "cjk", "key", "sources", "text", "tokens")

    def __init__(self, text: str, sources: frozenset[str], *, cjk: bool) -> None:
        self.text = published(text)
        self.cjk = cjk
        self.sources = sources
        shown = self.text[:_LENGTH_USED]
        self._kept: _Features | None = None
        self.tokens: frozenset[str]
        if cjk:
            self._shown = simplify(unicodedata.normalize("NFKC", shown))
            self.key = "".join(char for char in self._shown if char.isalnum()).casefold() or fold(shown)
            self.tokens = frozenset(grams(self._shown))
        else:
            self._shown = join_compounds(shown)
            self.key = fold(shown)
            self.tokens = frozenset(map(_token, _ONLY_WORDS.findall(self._shown))) - _NOTHING

    @property
    def _features(self) -> _Features:
        if self._kept is None:
            self._kept = _cjk_features(self._shown) if self.cjk else _Reader(self._shown).features
        return self._kept

    @property
    def names(self) -> frozenset[str]:
        """The tokens that are names or years."""
        return self._features.names

    @property
    def soft(self) -> frozenset[str]:
        """The tokens that may be names."""
        return self._features.soft

    @property
    def figures(self) -> frozenset[str]:
        """The figures in it."""
        return self._features.figures

    @property
    def contrasts(self) -> frozenset[tuple[str, str]]:
        """Words of groups of which an event has one only: the group and the word."""
        return self._features.contrasts

    @property
    def acronyms(self) -> frozenset[str]:
        """Words in capitals."""
        return self._features.acronyms

    @property
    def phrases(self) -> tuple[tuple[str, ...], ...]:
        """Names of several words."""
        return self._features.phrases


class _Features(NamedTuple):
    names: frozenset[str]
    soft: frozenset[str]
    figures: frozenset[str]
    contrasts: frozenset[tuple[str, str]]
    acronyms: frozenset[str]
    phrases: tuple[tuple[str, ...], ...]


def story(text: str, *, sources: Iterable[str] = (), cjk: bool = False) -> Story:
    """The features of *text*; *sources* are normalised addresses."""
    return Story(text, frozenset(sources), cjk=cjk)


class _Reader:
    """Walks once over an English text and collects what it is about."""

    __slots__ = ("acronyms", "contrasts", "figures", "names", "phrases", "soft")

    def __init__(self, text: str) -> None:
        self.names: set[str] = set()
        self.soft: set[str] = set()
        self.figures: set[str] = set()
        self.contrasts: set[tuple[str, str]] = set()
        self.acronyms: set[str] = set()
        self.phrases: list[tuple[str, ...]] = []
        self._read(text)

    @property
    def features(self) -> _Features:
        return _Features(
            frozenset(self.names), frozenset(self.soft - self.names), frozenset(self.figures),
            frozenset(self.contrasts), frozenset(self.acronyms), tuple(self.phrases),
        )  # fmt: skip

    def _read(self, text: str) -> None:
        phrase: list[str] = []
        opens, before = True, ""
        rows = _WORD.findall(text)
        for at, (gap, raw) in enumerate(rows):
            opens = opens or (len(gap) > 1 and _ENDS_SENTENCE.search(gap) is not None)
            word, key, kind = _look(raw)
            upper = kind in (_NAME, _NATION)
            if phrase and (opens or not (upper or word in _LINKS) or "," in gap):
                self.phrases.append(tuple(phrase))
                phrase = []
            if kind == _NUMBER:
                self.figures.add(key)
            elif key and kind in (_YEARS, _NATION):
                self.names.add(key)
            elif key and kind == _NAME:
                self._name(word, key, opens, at + 1 < len(rows) and rows[at + 1][1][0].isupper())
            if before in NUMBERED and kind == _NUMBER:
                self.contrasts.add((before, key))
            elif word in CONTRAST_OF and before not in _HALF:
                self.contrasts.add(CONTRAST_OF[word])
            before = word
            if upper:
                phrase.append(key or word)
                if len(raw) > 1 and raw.isupper():
                    self.acronyms.add(key)
            opens = False
        if phrase:
            self.phrases.append(tuple(phrase))

    def _name(self, word: str, key: str, opens: bool, before_name: bool) -> None:
        if word in _TITLES or (opens and word in _OPENERS):
            return
        (self.soft if opens and not before_name else self.names).add(key)


_PLAIN, _NAME, _NATION, _NUMBER, _YEARS = range(5)


def word_key(word: str) -> str:
    """The token that a folded word, with its punctuation, stands for in a story; "" if it says nothing."""
    letters = _WORD.search(word)
    if letters is None:
        return ""
    return NATION_OF.get(letters[2], _look(letters[2])[1])


@lru_cache(maxsize=_WORDS_REMEMBERED)
def _look(raw: str) -> tuple[str, str, int]:
    """A word as written → (folded, key, kind); the key is "" for words that say nothing."""
    word = (raw.lower() if raw.isascii() else fold(raw)).replace("’", "'")
    word = word.removesuffix("'s").removesuffix("'").replace("'", "")
    if raw[0].isdigit():
        number = word.replace(",", "")
        return word, number, _YEARS if _YEAR.fullmatch(number) else _NUMBER
    if word in NUMBER_WORDS:
        return word, str(NUMBER_WORDS[word]), _NUMBER
    if raw[0].isupper():
        nation = NATION_OF.get(word)
        if nation is not None:
            return word, nation, _NATION
    key = "" if word in STOP_WORDS else stem(word)
    return word, key, _NAME if raw[0].isupper() and key else _PLAIN


@lru_cache(maxsize=_WORDS_REMEMBERED)
def _token(raw: str) -> str:
    """The token that a word as written is; "" for words that say nothing and for figures."""
    _, key, kind = _look(raw)
    return "" if kind == _NUMBER else key


def _cjk_features(simplified: str) -> _Features:
    return _Features(
        names=frozenset(nations_in(simplified) | latin_names_in(simplified)),
        soft=frozenset(),
        figures=frozenset(f"{figure.value:g}" for figure in figures(simplified, cjk=True)),
        contrasts=frozenset(contrasts_in(simplified)),
        acronyms=frozenset(),
        phrases=(),
    )


def stem(word: str) -> str:
    """A crude English stem of a folded word: enough to see "votes" and "voting" as one."""
    known = _SYNONYMS.get(word)
    if known is not None:
        return known
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word[: -len(suffix)]
            break
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    return word[:_STEM_LENGTH]
