"""Words of which two texts may not have different ones if they tell of one event.

"wins the semi-final" and "wins the final", "House passes" and "Senate passes": one word differs, and
so does the event. Groups end with ";", their members (in several forms) are
parted by "|". Members of one group on both sides, none of them on both, speak against.
"""

from __future__ import annotations

from typing import Final

_GROUPS: Final = """
win wins won winning | lose loses lost losing;
men mens man male | women womens woman female;
boys | girls;
singles | doubles;
final finals | semifinal semifinals semi | quarterfinal quarterfinals quarter | preliminary |
    qualifying;
first 1st | second 2nd | third 3rd | fourth 4th | fifth 5th | sixth 6th | seventh 7th | eighth 8th |
    ninth 9th | tenth 10th;
gold | silver | bronze;
presidential | parliamentary legislative | municipal local mayoral | regional provincial |
    gubernatorial | constitutional | primary primaries;
senate | house representatives | commons | lords;
actor | actress | director | picture | song | album | screenplay;
elected elects | appointed appoints appointment | nominates nominated nomination nominee | resigns
    resigned resignation resigning;
arrives arrive arrived | leaves leave departs depart left;
begins begin starts start opens opened | ends ended concludes finishes closes closed;
rises rise increases increase strengthens strengthen strengthened strengthening gains | falls fall
    decreases decrease weakens weaken weakened weakening declines drops;
approves approve passes passed accepts accepted ratifies | rejects reject rejected vetoes vetoed;
convicted guilty convicts | acquitted acquits acquittal;
arrested arrests arrest | released releases freed frees;
northern north | southern south | eastern east | western west | central;
monday | tuesday | wednesday | thursday | friday | saturday | sunday;
earthquake quake | flood floods flooding | tornado tornadoes | hurricane typhoon cyclone | landslide
    mudslide avalanche | eruption erupts;
comedy | drama | documentary | animated;
signs signed | suspends suspended | withdraws withdrew withdrawal;
launches launched | lands landed landing
"""

CONTRAST_OF: Final[dict[str, tuple[str, str]]] = {
    word: (f"group {number}", words.split()[0])
    for number, line in enumerate(_GROUPS.split(";"))
    for words in line.split("|")
    for word in words.split()
}

# What is numbered, so that another number is another thing: "game six", "round 2". Of other figures
# (the dead, the tonnes, a storm's category) a later text may simply know better.
NUMBERED: Final = frozenset(
    (
        "game",
        "round",
        "stage",
        "leg",
        "phase",
        "day",
        "week",
        "group",
        "district",
        "flight",
        "season",
        "episode",
    )
)
