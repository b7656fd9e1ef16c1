"""Names to codes: what comes back, and in which words a name is refused."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.tables.labels import read_labels

GIVEN = ["South Korea", "VNM", "de", "Turkiye", "Allemagne", "UK"]


def refused(*names: Any) -> ms.InputError:
    with pytest.raises(ms.InputError) as caught:
        ms.market_codes(names)
    return caught.value


def test_each_name_has_its_code_its_name_and_the_list_that_has_it() -> None:
    found = ms.market_codes(GIVEN)
    assert found.index.tolist() == GIVEN
    assert found.index.name == "given"
    assert found["code"].tolist() == ["KOR", "VNM", "DEU", "TUR", "DEU", "GBR"]
    assert found["name"].tolist()[:3] == ["South Korea", "Vietnam", "Germany"]
    assert found["matched"].tolist() == [
        "English", "alpha-3", "alpha-2", "English", "French", "everyday English",
    ]  # fmt: skip


@pytest.mark.parametrize("make", [list, tuple, pd.Series, pd.Index, np.array, iter, dict.fromkeys])
def test_any_collection_of_names_will_do(make: Callable[[list[str]], Any]) -> None:
    pd.testing.assert_frame_equal(ms.market_codes(make(GIVEN)), ms.market_codes(GIVEN))


def test_a_name_given_twice_has_two_rows() -> None:
    assert ms.market_codes(["Chad", "Chad"])["code"].tolist() == ["TCD", "TCD"]


def test_nothing_gives_an_empty_table() -> None:
    found = ms.market_codes([])
    assert found.shape == (0, 3)


@pytest.mark.parametrize("number", [4, 4.0, np.int64(4), "4", " 04"])
def test_a_number_is_a_numeric_code(number: Any) -> None:
    assert ms.market_codes([number])["code"].tolist() == ["AFG"]


def test_what_is_not_understood_may_be_kept_without_a_code() -> None:
    names = ["Kenya", "Korea", "USSR", "World", "Wales", "GER", "Atlantis", None]
    found = ms.market_codes(names, unknown="keep")
    assert found["code"].isna().tolist() == [False, *[True] * 7]
    assert found["name"].isna().tolist() == [False, *[True] * 7]
    assert found["matched"].tolist() == [
        "English", "ambiguous", "former", "group", "part", "foreign code", "unknown", "unknown",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        (
            "Korea",
            "ambiguous",
            'names: "Korea" means more than one market; '
            'give one of "South Korea" (KOR), "North Korea" (PRK)',
        ),
        ("USSR", "unknown-name", '"USSR" is no market since 1991; today there is "Armenia" (ARM)'),
        ("World", "unknown-name", '"World" is a group of markets; name its markets, or leave it'),
        ("Wales", "unknown-name", '"Wales" is a part of "United Kingdom" (GBR)'),
        ("SUI", "unknown-name", 'give "Switzerland" (CHE) if that is meant'),
        ("Germny", "unknown-name", 'give a name or an ISO code. Did you mean "Germany" (DEU)'),
        ("XQZ", "unknown-name", '"XQZ" is the name of no market that is known'),
        ("", "missing", "names: a name is empty; give a name or a code"),
        (None, "missing", "names: a name is empty"),
        (True, "unknown-name", '"True" is the name of no market'),
    ],
)
def test_a_name_that_is_not_understood_is_refused(name: Any, code: str, said: str) -> None:
    error = refused(name)
    assert said in str(error)
    assert [fault.code for fault in error.faults] == [code]


def test_all_names_that_are_not_understood_come_in_one_error() -> None:
    error = refused("Kenya", "Korea", "Wales", "Korea")
    assert [fault.got.split('"')[1] for fault in error.faults] == ["Korea", "Wales"]


@pytest.mark.parametrize("names", ["Kenya", b"Kenya", 5, None])
def test_one_name_is_no_list(names: Any) -> None:
    with pytest.raises(ms.InputError, match="give a list"):
        ms.market_codes(names)


def test_what_becomes_of_the_unknown_is_one_of_two_words() -> None:
    with pytest.raises(ms.InputError, match='Did you mean "keep"'):
        ms.market_codes(["Kenya"], unknown="kepe")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *((f"Germany{mark}", "DEU") for mark in ("*", "¹", " ²", " (1)", "[1]", " [a]", " 1/")),
        *((f"Germany{mark}", "DEU") for mark in ("1", " 1", " 1, 2")),
        ("Cyprus 1,2", "CYP"),
        ("DEU (2)", "DEU"),
        ("S. Sudan", "SSD"),
        ("Bosnia and Herz.", "BIH"),
        ("Korea, DPR", "PRK"),
        ("D.R. of the Congo", "COD"),
    ],
)  # fmt: skip
def test_the_mark_of_a_footnote_behind_a_name_is_none_of_it(name: str, code: str) -> None:
    assert ms.market_codes([name])["code"].tolist() == [code]


# DE1 and AT13 are regions of NUTS, a name with a year is a row of a panel.
@pytest.mark.parametrize(
    "name", ["DE1", "AT13", "Kenya 2021", "Kenya (2021)", "Kenya a", "1/", "Oz 1"]
)
def test_what_is_more_than_a_mark_is_not_taken_off(name: str) -> None:
    assert ms.market_codes([name], unknown="keep")["code"].isna().all()


def test_numbered_labels_of_a_table_are_no_footnotes() -> None:
    labels = ["Kenya 1", "Kenya 2", "Peru 1", "Peru 2"]
    assert read_labels(labels).used == labels
    assert read_labels(["Kenya¹", "Peru", "KEN"]).used == ["KEN", "Peru", "KEN"]
