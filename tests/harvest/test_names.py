"""Context lines: our own escapes, and the ancestor's lines without any."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from events.harvest.known import learn_names
from events.harvest.names import escaped_names, join_names, possible_names, split_names

NAMES = st.lists(
    st.text(st.sampled_from("ab,\\ _é中"), min_size=1, max_size=8)
    .map(str.strip)
    .filter(lambda name: name not in {"", " "}),
    unique=True,
)


@given(NAMES)
def test_what_is_joined_is_split_into_the_same_names(names: list[str]) -> None:
    assert split_names(join_names(names)) == tuple(names)


@given(st.lists(st.text("ab", min_size=1), unique=True), st.sets(st.text("ab, ", max_size=8)))
def test_known_names_only_move_the_cuts(pieces: list[str], known: set[str]) -> None:
    assert ", ".join(split_names(", ".join(pieces), known)) == ", ".join(pieces)


@given(st.text())
def test_any_line_can_be_split(line: str) -> None:
    for name in split_names(line, {"a, b"}):
        assert name == name.strip() != ""


def test_line_without_known_names_is_split_at_every_comma() -> None:
    assert split_names("Ferry, Lakeside, Upper County") == ("Ferry", "Lakeside", "Upper County")


def test_comma_without_a_blank_does_not_split() -> None:
    assert split_names("10,000 Lamps, Ferry") == ("10,000 Lamps", "Ferry")


def test_longest_known_name_wins() -> None:
    known = {"Lakeside, Upper County", "Lakeside, Upper County, North"}
    line = "Ferry, Lakeside, Upper County, North, Rain"
    assert split_names(line, known) == ("Ferry", "Lakeside, Upper County, North", "Rain")


def test_escaped_line_says_itself_where_names_end() -> None:
    line = r"Lakeside, Upper County, Portville\, West"
    assert split_names(line, {"Lakeside, Upper County"}) == ("Lakeside", "Upper County", "Portville, West")


def test_empty_and_repeated_names_are_left_out() -> None:
    assert split_names("Ferry, , Rain, Ferry") == ("Ferry", "Rain")


def test_possible_names_are_runs_of_pieces() -> None:
    assert set(possible_names("A, B, C")) == {"A, B", "B, C", "A, B, C"}
    assert len(list(possible_names(", ".join("x" * 500)))) < 500 * 5


def test_escaped_names_are_certain() -> None:
    assert escaped_names(r"Ferry, Lakeside\, Upper County") == ("Lakeside, Upper County",)


def test_heading_and_escape_prove_a_name_for_every_page() -> None:
    pages = [
        "1. [x](/news/2001/01/1/x.md) _Context: Ferry, Lakeside, North_",
        "##### Lakeside, North\n# text",
        "_Context: Portville\\, West_",
        "##### Ferry\n_not a context line, at all_",
    ]
    assert learn_names(pages, "en", ()) == {"Lakeside, North", "Portville, West"}
    assert learn_names(reversed(pages), "en", ()) == {"Lakeside, North", "Portville, West"}


def test_archive_is_asked_only_for_names_that_may_stand_there() -> None:
    asked: list[set[str]] = []

    def archive(names: object) -> set[str]:
        asked.append(set(names))  # type: ignore[call-overload]
        return {"A, B"}

    assert learn_names(["_Context: A, B, C_"], "en", archive) == {"A, B"}
    assert asked == [{"A, B", "B, C", "A, B, C"}]


def test_archive_is_asked_in_bounded_questions() -> None:
    sizes = []

    def archive(names: object) -> set[str]:
        sizes.append(len(names))  # type: ignore[arg-type]
        return set()

    line = "_Context: " + ", ".join(str(number) for number in range(3_000)) + "_"
    assert learn_names([line], "en", archive) == frozenset()
    assert len(sizes) == 3
    assert max(sizes) <= 5_000
