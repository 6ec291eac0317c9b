"""English articles: "a" or "an" by the sound that follows, and no "a" before a plural.

By sound: "an hour", "a European", "an FBI agent", "an 18-year-old". Where usage differs ("an
historic"), or nobody can tell how a word is spoken, nothing is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from events.text.proofreading.rule import Example, Hit, Rule, Severity

# Sums in other currencies (N3 billion, A$5) are spoken with the currency's name; of "L'Équipe" nobody knows.
_WORD: Final = (
    r"(?P<word>\d[\d.,]*(?![\d$])|[^\W\d_][\w-]*(?![\w$-]|['’]\w\w| (?:million|billion|trillion)\b))"
)
_A: Final = re.compile(rf"(?<![\w'’.&/-])(?P<article>[aA]) (?=[aeiouhAEFHILMNORSX81]){_WORD}")
_AN: Final = re.compile(rf"(?<![\w'’.&/-])(?P<article>[aA]n) {_WORD}")
# Small words that follow the letter A, not the article ("bisphenol A in bottles").
_NO_NOUNS: Final = frozenset(["a", "an", "and", "are", "as", "at", "in", "is", "of", "on", "or", "over"])
_FOREIGN: Final = frozenset(["der", "den", "dem", "die", "im"])
_BEFORE: Final = re.compile(r"\b(?:de|la|el|les|ad|di|do|y|e|vuelta|basta|vs\.?) $", re.IGNORECASE)
_SENTENCE_END: Final = frozenset(".!?:;–—")

_VOWELS: Final = frozenset("AEIOUY")
_SPOKEN_VOWELS: Final = frozenset("AEFHILMNORSX")
_SPOKEN_CONSONANTS: Final = frozenset("BCDGJKPQTUVWYZ")
# Abbreviations with a vowel inside that are spelt out when spoken, so begin with a vowel.
_SPELT_WORDS: Final = """
FA FBI FDIC FIA FDA HIV HQ LGBT LGBTQ MBA MEP MI MIA MIT MRI NBA NCAA NGO NSA RAF RCMP SAS SDLP SEC SOS
SUV FAA LAPD NAACP NYPD NPR MSNBC NRA RSPCA MLA LPGA LNG FCO FSA
"""
_SPELT: Final = frozenset(_SPELT_WORDS.split())
_WRITTEN_OUT: Final = frozenset({"AAA", "HMS", "NSW", "NZ", "NT", "NY", "MT", "ST", "LTD"})
_LETTERS: Final = re.compile(r"[A-Z]+")
_LIKE_YOU: Final = re.compile(
    r"eu|ewe|once\b|one(?:s|self)?(?![a-z])|oui|u(?:bi|f|k|ga|nanim|ni(?!n|m|den|r[oe]|ss)|ra|re|ri|ro(?!s)|ru"
    r"|s(?!h)|t[ei](?!n)|tens|to|va|vu|yg)",
    re.IGNORECASE,
)  # fmt: skip
_SILENT_H: Final = re.compile(r"hour|honest|honou?r|heir", re.IGNORECASE)
_EITHER: Final = re.compile(
    r"h(?:abit|all|arm|era|ere|ero|erb|ila|ist|ispa|oma|ombre|orr|otel|umb|yd|yp|yst|onor)", re.IGNORECASE
)  # fmt: skip


def _begins_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \"'“‘([")
    return not before or before[-1] in _SENTENCE_END


def _vowel_first(word: str) -> bool | None:
    """Whether *word* is spoken with a vowel first; ``None`` where that cannot be told."""
    if word[0].isdigit():
        return _number_vowel_first(word)
    head = word.split("-", 1)[0]
    letters = _LETTERS.match(head)
    if letters and not any(char.islower() for char in head):
        return _letters_vowel_first(letters[0])
    if len(head) == 1:
        return head.upper() in _SPOKEN_VOWELS
    return _word_vowel_first(head, word)


def _word_vowel_first(head: str, word: str) -> bool | None:
    """What the first letters tell; *head*: the part of *word* before its first hyphen."""
    if _SILENT_H.match(head) and not head[0].isupper():
        return True
    unsure = _EITHER.match(head) or not head[0].isascii() or head[0] in "xX"
    if unsure or any(char.isupper() for char in head[1:]):
        return None
    if _LIKE_YOU.match(word):
        return False
    # Names in U are spoken one way or the other.
    return None if head[0] == "U" else head[0] in "aeiouAEIO"


def _letters_vowel_first(letters: str) -> bool | None:
    if letters in _WRITTEN_OUT:
        return None
    if letters in _SPELT or not set(letters) & _VOWELS:
        return letters[0] in _SPOKEN_VOWELS
    if letters.startswith("EU") and letters != "EU":
        return None  # EUFOR is spoken as a word, others are spelt
    if letters[0] in "AEIO":
        return True
    return False if letters[0] in _SPOKEN_CONSONANTS else None


def _number_vowel_first(number: str) -> bool | None:
    whole = number.rstrip(".,").split(".", 1)[0]
    first, *groups = whole.split(",")
    if first.startswith("0"):
        return None  # "an oh-and-sixteen record"
    if not groups and len(first) == 4 and first.startswith(("11", "18")):
        return None  # eleven hundred or one thousand one hundred; eighteen seventy-two
    if groups and first == "1" and groups[0].startswith(("1", "8")):
        return None
    return first in ("11", "18") or first.startswith("8")


def _sound(text: str) -> Iterator[Hit]:
    for match in _A.finditer(text):
        word = match["word"]
        if match["article"] == "A" and not _begins_sentence(text, match.start()):
            continue
        if word.lower() in _NO_NOUNS or _BEFORE.search(text, max(0, match.start() - 8), match.start()):
            continue
        if _vowel_first(word):
            yield Hit(match.start(), match.end("article"), f"{match['article']}n")
    for match in _AN.finditer(text):
        word = match["word"]
        if match["article"] == "An" and not (_begins_sentence(text, match.start()) and _plain(word)):
            continue
        if word not in _FOREIGN and _vowel_first(word) is False:
            yield Hit(match.start(), match.end("article"), match["article"][0])


def _plain(word: str) -> bool:
    """Whether "An" before *word* is the article, and not a name ("An Yue")."""
    return not word[0].isupper() or word.isupper()


# What may stand after a noun that ends its phrase, so that a plural there qualifies no other noun
# ("a weapons inspector").
_AFTER: Final = (
    r"(?= (?:of|that|which|who|whose|to|from|with|by|at|in|for|on|near|after|during|against|between|into|"
    r"[a-z]{3,}ed (?:to|by|in|at|from|with))\b|[.,;:]?$|[.,;:] )"
)
_PLURAL: Final = re.compile(
    rf"(?<![\w'’.&/-])(?P<article>[aA]|[aA]n) (?P<noun>[a-z]{{3,}}(?:s|men))(?![\w'’-]){_AFTER}"
)
_ONE_IN_S_WORDS: Final = """
alias always amens amiss arms atlas barracks bias billiards binoculars biceps canvas carcass chaos chess
christmas clothes colours commons congress corps cosmos crossroads customs debris diabetes dozens dues
ethos forceps francs gallows gas glasses goods hundreds headquarters hertz hippos honours hustings
innings jeans kudos lens likes lots means measles middlemen millions billions miniseries minutes molasses
mumps news numbers odds omens oats others outdoors overseas oxygen pancreas perhaps plus premises
princess rabies remains rhinoceros rickets savings scissors series shambles shorts species specimen
sometimes steelworks summons tennis thanks thousands trans trousers tweezers upstairs whereabouts yes
abdomen acumen omen semen women regimen heads weapons hours days weeks months years decades miles
versus towards besides afterwards
"""
_ONE_IN_S: Final = frozenset(_ONE_IN_S_WORDS.split())
_ES_OFF: Final = re.compile(r"(?:ch|sh|ss|x|zz|[^aeiou]o|[bdgmr]us|[rmp]as)es$")


def _singular(noun: str) -> str:
    if noun.endswith("men"):
        return noun.removesuffix("men") + "man"
    if noun.endswith("ies") and len(noun) > 5:
        return noun.removesuffix("ies") + "y"
    return noun[:-2] if _ES_OFF.search(noun) else noun[:-1]


def _plurals(text: str) -> Iterator[Hit]:
    for match in _PLURAL.finditer(text):
        noun = match["noun"]
        if noun in _ONE_IN_S or noun.endswith(("ss", "us", "is", "ics", "works", "ves")):
            continue
        if match["article"][0] == "A" and not _begins_sentence(text, match.start()):
            continue
        yield Hit(match.start(), match.end(), f"{match['article']} {_singular(noun)}")


RULES: Final = (
    Rule(
        id="article-sound",
        title="“a” or “an”",
        explanation=(
            "“An” stands before a vowel as it is spoken, “a” before any other sound: an hour, a European, "
            "an FBI agent, an 18-year-old. Where usage differs (an historic) nothing is found."
        ),
        severity=Severity.MISTAKE,
        find=_sound,
        quotations=False,
        bad=(
            Example(
                "A court in Rome frees a Italian reporter.", "A court in Rome frees an Italian reporter."
            ),
            Example("Police arrest an university teacher.", "Police arrest a university teacher."),
            Example("It takes a hour to put out the fire.", "It takes an hour to put out the fire."),
            Example("A F-16 jet crashes.", "An F-16 jet crashes."),
            Example("An US drone strikes a village.", "A US drone strikes a village."),
            Example("Rescuers find a 8-year-old boy.", "Rescuers find an 8-year-old boy."),
        ),
        good=(
            "An hour later an FBI agent and a European envoy meet at a university.",
            "A NATO convoy, an historic treaty and an 18-year-old.",
            "Qur'an burnings are reported; protesters march on Sana'a in protest.",
            "Vitamin A in food; the An Yue Jiang; the Vuelta a España.",
            "Under an 1872 law, a one-off payment is due to a U.S. citizen.",
        ),
    ),
    Rule(
        id="article-plural",
        title="“a” before a plural",
        explanation=(
            "“A” and “an” stand before a singular. The fix makes the noun singular; where the article is "
            "what is wrong, ignore it and correct the event."
        ),
        severity=Severity.MISTAKE,
        find=_plurals,
        quotations=False,
        bad=(
            Example(
                "He calls it a cornerstones of European security.",
                "He calls it a cornerstone of European security.",
            ),
            Example("Youths stage a protests against the cuts.", "Youths stage a protest against the cuts."),
            Example("Gunmen shoot dead a policemen in Cairo.", "Gunmen shoot dead a policeman in Cairo."),
        ),
        good=(
            "A weapons inspector boards a bus at a headquarters in a series of raids.",
            "It is a means to an end, and a species of toad is found at a brickworks in Shanxi.",
            "A heads of state summit; a hundred villages; a sports club.",
        ),
    ),
)
