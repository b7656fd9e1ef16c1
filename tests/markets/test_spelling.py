"""What spellings of a name are one, and what is never taken for likeness."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketselect.markets.names import known_names
from marketselect.markets.spelling import folded, folded_look, trimmed_name

NAMES = sorted({each.name for each in known_names().values() if len(each.name) > 3})
BLANKS = [" ", "\u00a0", "\u202f", "\u2009", "\t", "\n", "  "]
names = st.sampled_from(NAMES)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Germany", "gERMANY"),
        ("Türkiye", "TURKIYE"),
        ("Türkiye", "Tu\u0308rkiye"),
        ("Côte d'Ivoire", "Cote d\u2019Ivoire"),
        ("São Tomé and Príncipe", "Sao Tome & Principe"),
        ("St. Lucia", "Saint Lucia"),
        ("St Vincent and the Grenadines", "SAINT VINCENT & GRENADINES"),
        ("The Gambia", "Gambia, The"),
        ("Korea, Rep.", "Korea Rep"),
        ("Guinea-Bissau", "Guinea Bissau"),
        ("Viet Nam", "Viet\u00a0Nam"),
        ("Viet Nam", "Vietnam"),
        ("Irak", "\u0131rak"),
        ("Đan Mạch", "Dan Mach"),
    ],
)
def test_what_differs_by_case_accents_punctuation_or_small_words_is_one(
    one: str, other: str
) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Niger", "Nigeria"),
        ("Iran", "Iraq"),
        ("Guinea", "Guinea-Bissau"),
        ("Dominica", "Dominican Republic"),
        ("Austria", "Australia"),
        ("ガーナ", "カーナ"),  # a voiced sound is another letter, not an accent
        ("निजेर", "नजर"),  # vowels that are signs in Hindi
    ],
)
def test_what_is_alike_is_not_one(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@given(names)
def test_case_changes_no_name(name: str) -> None:
    assert folded(name) == folded(name.upper()) == folded(name.lower()) == folded(name.title())


@given(names, st.sampled_from(BLANKS), st.sampled_from(BLANKS))
def test_blanks_around_and_within_change_no_name(name: str, around: str, within: str) -> None:
    assert folded(around + name.replace(" ", within) + around) == folded(name)
    assert trimmed_name(around + name + around) == name


@given(names)
def test_folding_twice_changes_nothing(name: str) -> None:
    assert folded(folded(name)) == folded(name)


def test_every_blank_of_unicode_is_taken_off() -> None:
    blanks = "".join(sign for sign in map(chr, range(0x110000)) if sign.isspace())
    assert trimmed_name(f"{blanks}KEN{blanks}") == "KEN"


def test_signs_without_width_are_blanks() -> None:
    assert trimmed_name("\ufeffKEN\u200b") == "KEN"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lyon", "lyon"),
        ("Lyon", "L\N{CYRILLIC SMALL LETTER U}on"),
        ("ATHENS", "\N{GREEK CAPITAL LETTER ALPHA}THENS"),
        ("New York", "New\u00a0York "),
        ("Málaga", "Malaga"),
    ],
)
def test_what_looks_the_same_is_drawn_the_same(one: str, other: str) -> None:
    assert folded_look(one) == folded_look(other)


@pytest.mark.parametrize(("one", "other"), [("C", "C+"), ("A 1", "A1"), ("ガーナ", "カーナ")])
def test_what_looks_different_is_not(one: str, other: str) -> None:
    assert folded_look(one) != folded_look(other)
