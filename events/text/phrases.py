"""Proper-noun phrases in texts: what a new context might be called (goals: "Contexts without hands").

A phrase is a run of capitalised words, with small words between them ("Organization of American
States"), told from the capitals that only begin a sentence. Of a titled person the name is taken
("U.S. President Barack Obama" → "Barack Obama"). Months, weekdays, countries and what is nothing but
offices and nationalities ("Iraqi Foreign Ministry") are no phrases. A phrase of one word counts where
it stands inside a sentence, has four letters or more, and is no country, people or office.

Chinese names stand in no capitals: what stands between 《》 or 「」 counts, and nothing else.
"""

from __future__ import annotations

import re
from typing import Final

from events.text.naming import OPENERS, TITLES, composed, is_common
from events.text.nations import NATION_OF, join_compounds
from events.text.normalise import is_cjk

PHRASE_MOST: Final = 80
_LINKS: Final = "of|the|and|for|de|la|le|du|des|del|al|el|bin|ibn|van|von|der|y|e|da|dos|di"
_CAPITAL: Final = r"(?:(?:al|el|an|as|ash|ar|at)-|[dl]['’])?[^\W\d_a-z][\w.]*(?:['’\-‐‑–][^\W_]+)*"
_RUN: Final = re.compile(
    rf"(?<![\w'’-])(?P<run>{_CAPITAL}(?:(?: (?:{_LINKS}))?(?: (?:{_LINKS}))? {_CAPITAL})*)(?![\w-])"
)
_POSSESSIVE: Final = re.compile(r"['’]s?$")
_SPLIT: Final = re.compile(r"(?<=\w)['’]s? ")
_AND: Final = re.compile(r" and (?:the )?")
_QUOTED: Final = re.compile(r"《([^《》]{2,40})》|「([^「」]{2,40})」")
_SENTENCE_END: Final = frozenset('.!?:;\n"“”–—•*(')
_OFFICE_WORDS: Final = """
president vice deputy prime premier minister ministry ministers chancellor king queen prince
princess emperor pope cardinal bishop archbishop senator senators senate representative
representatives congressman congresswoman congress governor mayor general attorney admiral colonel
captain major lieutenant sergeant commander judge justice doctor professor ambassador secretary
chairman chairwoman director coach sir dame lord lady mr mrs ms dr st foreign interior defence
defense finance home health state department supreme high court constitutional federal national
parliament government cabinet house lower upper assembly council opposition leader party police army
navy air force forces armed military security republic democratic kingdom union city province
district county region university hospital airport church international central bank commission
committee board office agency north south east west northern southern eastern western new former
first second third world war day year january february march april may june july august september
october november december monday tuesday wednesday thursday friday saturday sunday am pm utc gmt est
i ii iii iv tv internet muslim muslims christian christians jewish jews islamic catholic arab arabs
african africans european europeans asian latin black white democrats republicans republican
democrat communist english french winner champion championship championships open games final finals
series award awards prize group flight african-american executive chief officer chairperson member
members spokesman spokesperson spokeswoman ceo nobel laureate acting interim incumbent elect retired
governing commons lords delegates islamist militant rebel rebels
"""
OFFICES: Final = frozenset(_OFFICE_WORDS.split()) | TITLES | {"united", "states"}
_PLACE_WORDS: Final = """
africa europe asia america americas oceania antarctica north south americans atlantic pacific indian
texas california florida york washington london paris moscow beijing tokyo berlin brussels
"""
_REGNAL: Final = frozenset({"pope", "king", "queen", "prince", "princess", "emperor", "st"})
_OPENING: Final = OPENERS - {"new"}
_JOINED: Final = frozenset({"pro", "anti", "non", "ex", "post", "pre", "mid", *NATION_OF})
_PLACES: Final = frozenset(_PLACE_WORDS.split())


def phrases(text: str) -> list[str]:
    """The proper-noun phrases of *text*, in order, each as often as it stands there."""
    text = composed(text)
    found = [name for match in _QUOTED.finditer(text) if (name := (match[1] or match[2]).strip())]
    for match in _RUN.finditer(text):
        opens = _begins_sentence(text, match.start())
        for number, part in enumerate(_SPLIT.split(match["run"])):
            found += _named(part, opens=opens and number == 0)
    return found


def _named(run: str, *, opens: bool) -> list[str]:
    """The phrase in a run of words and, where it joins two by "and", these too: only counts can tell."""
    parts = _AND.split(run)
    runs = [run, *parts] if len(parts) > 1 else [run]
    firsts = {0, 1} if len(parts) > 1 else {0}
    named = [_trimmed(part, opens=opens and number in firsts) for number, part in enumerate(runs)]
    return [name for name in dict.fromkeys(named) if name]


def _begins_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 6) : start].rstrip(" \u00a0'‘’[")
    return not before.strip() or before[-1] in _SENTENCE_END


def _trimmed(run: str, *, opens: bool) -> str:
    """The phrase in a run of words; "" where there is none."""
    words = run.split(" ")
    # A full stop may end an abbreviation ("St. Louis") or the sentence: only short words keep theirs.
    for at, word in enumerate(words[:-1]):
        if word.endswith(".") and len(word) > 3 and "." not in word[:-1]:
            words = [*words[:at], word[:-1]]
            break
    words[-1] = _POSSESSIVE.sub("", words[-1])
    if not re.fullmatch(r"(?:\w\.)+", words[-1]):
        words[-1] = words[-1].rstrip(".")
    first = words[0].casefold()
    if opens and (first in _OPENING or (len(words) == 1 and not _unmistakable(words[0]))):
        words = words[1:]
    words = _named_person(words)
    while words and (words[0].islower() or words[0].casefold() in _OPENING):
        words = words[1:]
    while words and words[-1].islower():
        words = words[:-1]
    if not words or len(name := " ".join(words)) > PHRASE_MOST or any(is_cjk(char) for char in name):
        return ""
    return name if _telling(join_compounds(name).split(" ")) else ""


def _named_person(words: list[str]) -> list[str]:
    """What follows the last title, its realm left off, where it is two words or more; else all words."""
    for at in range(len(words) - 3, -1, -1):
        if _bare(words[at].split("-")[0]) not in TITLES - _REGNAL:
            continue
        rest = words[at + 1 :]
        while rest:
            cut = next(
                (n for n in (3, 2) if join_compounds(" ".join(rest[:n])).casefold() in NATION_OF), 0
            ) or (rest[0].islower() or _bare(rest[0]) in NATION_OF or _bare(rest[0]) in OFFICES)
            if not cut:
                break
            rest = rest[int(cut) :]
        if len(rest) > 1:
            return rest
    return words


def _bare(word: str) -> str:
    return _POSSESSIVE.sub("", word).rstrip(".").casefold()


def _unmistakable(word: str) -> bool:
    """Whether a word has capitals or figures inside."""
    return len(word) >= 3 and any(not char.islower() for char in word[1:] if char.isalnum())


def _telling(words: list[str]) -> bool:
    """Whether the words name something: not only offices, peoples and linking words."""
    bare = [_bare(word) for word in words]
    own = [
        word for word in bare
        if word not in OFFICES and word not in NATION_OF and word not in OPENERS and not word.isdigit()
    ]  # fmt: skip
    if len(words) > 1:
        return any(len(word) > 1 for word in own)
    word = words[0].rstrip(".")
    parts = word.split("-")
    if "." in word or any(part[:1].islower() or _bare(part) in _JOINED for part in parts[1:] + parts[:1]):
        return False
    return (
        bool(own) and own[0] not in _PLACES and not (len(word) < 4 - _unmistakable(word) or is_common(word))
    )
