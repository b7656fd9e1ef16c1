"""A firm and its file: names are understood, and every fault is told at once."""

import pickle
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import marketselect as ms

FILE = """
name = "Little Soles"
home = "United Kingdom"
products = ["64"]
languages = ["eng", "es"]
served = ["Ireland"]
own = "own.csv"
[effort]
Ireland = 0.5
"""
OWN = "market,indicator,year,value\nGermany,orders,2024,12\nFRA,OWN.visits,,3\nESP,orders,2024,\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "own.csv").write_text(OWN)
    place = tmp_path / "firm.toml"
    place.write_text(FILE)
    return place


def faults_of(**given: Any) -> list[ms.Fault]:
    with pytest.raises(ms.InputError) as error:
        ms.Firm(**{"home": "GBR", **given})
    return list(error.value.faults)


def test_a_file_is_read_and_names_are_understood(path: Path) -> None:
    firm = ms.load_firm(path)
    assert (firm.name, firm.home, firm.products) == ("Little Soles", "GBR", ("64",))
    assert (firm.languages, firm.served, firm.effort) == (("en", "es"), ("IRL",), {"IRL": 0.5})


def test_own_observations_are_found_beside_the_file_and_begin_with_own(path: Path) -> None:
    own = ms.load_firm(path).own
    assert own == (("DEU", "OWN.orders", 2024, 12.0), ("FRA", "OWN.visits", None, 3.0))


def test_home_alone_is_enough_and_its_official_languages_are_spoken() -> None:
    firm = ms.Firm(home="BEL")
    assert firm.languages == ("nl", "fr", "de")  # 55 %, 38 %, 22 % of its people
    assert (firm.products, firm.served, firm.own, firm.effort) == ((), (), (), {})


def test_a_firm_is_a_value() -> None:
    firm = ms.Firm(home="GBR", products=["64"], effort={"IRL": 0.5})
    assert firm == ms.Firm(**firm.to_dict()) == pickle.loads(pickle.dumps(firm))
    assert hash(firm) == hash(ms.Firm(**firm.to_dict()))
    with pytest.raises(AttributeError):
        firm.home = "FRA"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("64", "64"), (64, "64"), (64.0, "64"), ("6403", "6403"), ("640399", "640399"),
        ("6403.99", "640399"), (1, "01"), (106, "0106"), ("0106", "0106"), (" 64 ", "64"),
    ],
)  # fmt: skip
def test_a_product_is_understood_as_text_and_as_a_number(given: Any, code: str) -> None:
    assert ms.Firm(home="GBR", products=[given]).products == (code,)


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        ("77", "unknown-name", "the HS has no chapter 77; its chapters are 01 to 76 and 78 to 97"),
        ("shoes", "wrong-form", "a code of the HS is needed"),
        ("6403999105", "wrong-form", 'the HS ends at six digits: give "640399"'),
        (True, "wrong-type", "a code of the HS is needed"),
        (None, "missing", "a code of the HS is needed"),
        ([64], "wrong-type", "a code of the HS is needed"),
        (64.5, "wrong-type", "a code of the HS is needed"),
    ],
)
def test_a_product_that_is_none_is_refused(given: Any, code: str, words: str) -> None:
    (fault,) = faults_of(products=[given])
    assert fault.code == code
    assert words in str(fault)


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        # Chapter 06 is live plants, 64 footwear: nobody but the firm knows which.
        ("64031", 'give "064031" if it has lost its zero in front, else "6403" or all 6 digits'),
        ("640", 'give "0640" if it has lost its zero in front, else "64" or all 4 digits'),
        ("64.0", 'give "0640" if it has lost its zero in front, else "64" or all 4 digits'),
        ("6", 'give "06" if it has lost its zero in front, else all 2 digits'),
        ("770", 'give "0770" if it has lost its zero in front, else all 4 digits'),  # no chapter 77
        ("0", "give all 2 digits"),
        ("6403199", 'the HS ends at six digits: give "640319"'),
        ("7701001", 'a code of the HS is needed, of 2, 4 or 6 digits as text: "64" or "6403"'),
        (6403199, 'the HS ends at six digits: give "640319", or "064031" if it has lost its zero '
                  "in front"),
        (640319919, 'the HS ends at six digits: give "640319", or "064031" if it has lost its zero '
                    "in front"),
    ],
)  # fmt: skip
def test_a_text_of_1_3_or_5_digits_is_refused_with_both_readings(given: Any, remedy: str) -> None:
    (fault,) = faults_of(products=[given])
    assert (fault.code, fault.remedy) == ("wrong-form", remedy)


def test_what_a_number_that_lost_its_zero_became_is_told(tmp_path: Path) -> None:
    (tmp_path / "firm.toml").write_text('home = "GBR"\nproducts = [64, 106, 6, 6]')
    firm = ms.load_firm(tmp_path / "firm.toml")
    lines = (
        'products: the number 106 is read as "0106", with the zero in front',
        'products: the number 6 is read as "06", with the zero in front',
    )
    assert (firm.products, firm.remarks) == (("64", "0106", "06"), lines)
    assert ms.Firm(home="GBR", products=["64", "0106"]).remarks == ()
    assert firm == ms.Firm(home="GBR", products=["64", "0106", "06"])
    assert tuple(ms.firm_observations(firm).attrs["remarks"]) == lines


def test_a_product_within_another_is_refused() -> None:
    found = faults_of(products=["64", "6403", "6405"])
    assert [fault.got for fault in found] == ['"6403" is part of "64"', '"6405" is part of "64"']


@pytest.mark.parametrize(("given", "code"), [("EN", "en"), ("pt-BR", "pt"), ("zh_Hant", "zh")])
def test_a_language_is_normalized(given: str, code: str) -> None:
    assert ms.Firm(home="GBR", languages=[given]).languages == (code,)


def test_a_language_by_its_name_is_refused_with_its_code() -> None:
    (fault,) = faults_of(languages=["Spanish"])
    assert (fault.code, fault.remedy) == ("unknown-name", 'give "es"')


@pytest.mark.parametrize("given", ["xx", "", " "])
def test_a_language_that_is_none_is_refused(given: str) -> None:
    (fault,) = faults_of(languages=[given])
    assert fault.remedy == 'a code of ISO 639 is needed, of two or three letters: "en" or "eng"'


@pytest.mark.parametrize("home", [["GBR"], {"GBR": 1}, 1.5, True])
def test_a_market_is_a_text_or_a_whole_number(home: Any) -> None:
    (fault,) = faults_of(home=home)
    assert (fault.code, fault.where) == ("wrong-type", "home")
    assert ms.Firm(home=826).home == "GBR"  # type: ignore[arg-type]  # its numeric code


def test_an_empty_name_of_a_file_of_ones_own_is_refused() -> None:
    (fault,) = faults_of(own=" ")
    assert (fault.code, fault.where) == ("empty", "own")


def test_home_is_not_served() -> None:
    (fault,) = faults_of(served=["UK"])
    assert (fault.code, fault.where) == ("contradiction", "served")


def test_what_excludes_each_other_is_told_beside_other_faults() -> None:
    found = faults_of(served=["UK"], products=["64", "6403"], languages=["xx"])
    assert [(fault.code, fault.where) for fault in found] == [
        ("unknown-name", "languages"),
        ("duplicate", "products"),
        ("contradiction", "served"),
    ]


def test_what_is_sound_of_a_list_with_faults_is_held_against_the_rest() -> None:
    found = faults_of(home="GBR", products=["64", "6403", "7777"], served=["GBR", "Narnia"])
    assert [(fault.code, fault.where) for fault in found] == [
        ("unknown-name", "products"),
        ("unknown-name", "served"),
        ("duplicate", "products"),
        ("contradiction", "served"),
    ]


def test_no_effort_is_said_of_home() -> None:
    (fault,) = faults_of(effort={"IRL": 2, "UK": 1})
    assert (fault.code, fault.where) == ("contradiction", "effort")


@pytest.mark.parametrize("text", ["", 'name = "x"\n'])
def test_a_file_without_home_is_told_that_it_is_missing(tmp_path: Path, text: str) -> None:
    (tmp_path / "firm.toml").write_text(text)
    with pytest.raises(ms.InputError, match="home is missing; a name or a code is needed"):
        ms.load_firm(tmp_path / "firm.toml")


def test_what_is_said_twice_alike_counts_once() -> None:
    products: Any = ["64", 64]
    firm = ms.Firm(
        home="GBR", served=["IRL", "Ireland"], products=products, languages=["en", "eng"],
        effort={"IRL": 2, "Ireland": 2.0},
        own=[["DEU", "orders", None, 1], ["Germany", "OWN.orders", None, 1]],
    )  # fmt: skip
    assert (firm.served, firm.products, firm.languages) == (("IRL",), ("64",), ("en",))
    assert (firm.effort, firm.own) == ({"IRL": 2.0}, (("DEU", "OWN.orders", None, 1.0),))


def test_an_effort_is_a_number_above_zero_and_said_once() -> None:
    found = faults_of(effort={"IRL": 0, "France": 1, "FRA": 2})
    assert [fault.code for fault in found] == ["out-of-range", "duplicate"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["DEU", "orders", None, "many"], "not-a-number"),
        (["DEU", "orders", 24, 1], "out-of-range"),
        (["DEU", "", None, 1], "missing"),
        (["Congo", "orders", None, 1], "ambiguous"),
        (["DEU", "orders", 1], "wrong-shape"),
    ],
)
def test_a_row_of_ones_own_that_is_not_sound_is_refused(row: list[Any], code: str) -> None:
    (fault,) = faults_of(own=[row])
    assert fault.code == code
    assert fault.where.startswith("own, row 1")


def test_a_row_of_ones_own_stands_there_once() -> None:
    (fault,) = faults_of(own=[["DEU", "orders", None, 1], ["Germany", "OWN.orders", None, 2]])
    assert fault.code == "duplicate"


def test_own_observations_may_be_a_wide_table() -> None:
    wide = pd.DataFrame({"orders": [3.0, 1.0]}, ["Germany", "France"])
    firm = ms.Firm(home="GBR", own=wide)
    assert firm.own == (("DEU", "OWN.orders", None, 3.0), ("FRA", "OWN.orders", None, 1.0))


def test_every_fault_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "firm.toml"
    path.write_text(
        'hom = "GBR"\nproduct = ["64"]\nlanguages = ["xx"]\nserved = ["Congo"]\nproducts = ["99"]\n'
        'own = "nothing.csv"\n[effort]\nAtlantis = 1'
    )
    with pytest.raises(ms.InputError) as error:
        ms.load_firm(path)
    codes = [fault.code for fault in error.value.faults]
    assert codes == [
        *("unknown-key", "unknown-key", "missing", "unknown-name", "unknown-name", "ambiguous"),
        *("unreadable", "unknown-name"),
    ]
    assert 'rename or drop it. Did you mean "home"?' in error.value.faults[0].remedy
    assert f'firm file "{path}" has 8 faults' in str(error.value)


@pytest.mark.parametrize(("text", "words"), [("home =", "is not TOML"), ("\xff", "is not UTF-8")])
def test_a_file_that_is_none_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "firm.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ms.InputError, match=words):
        ms.load_firm(path)


def test_a_path_is_needed() -> None:
    with pytest.raises(ms.InputError, match="path is a int; give the name of a firm's TOML file"):
        ms.load_firm(5)  # type: ignore[arg-type]


def test_of_many_unknown_markets_all_are_counted_and_a_few_have_suggestions() -> None:
    with pytest.raises(ms.InputError) as caught:
        ms.Firm(home="GBR", served=[f"Germani {number}x" for number in range(1500)])
    error = caught.value
    assert error.total == 1500
    assert len(error.faults) == 1000
    assert sum("Did you mean" in fault.remedy for fault in error.faults) == 10
    assert "the firm has 1,500 faults" in str(error)
    assert "1,490 more of this kind" in str(error)


def test_an_address_in_place_of_own_figures_is_told_as_one(tmp_path: Path) -> None:
    path = tmp_path / "firm.toml"
    path.write_text('home = "GBR"\nown = "https://example.com/own.csv"\n')
    with pytest.raises(ms.InputError, match="is an address, and nothing is fetched"):
        ms.load_firm(path)


@pytest.mark.parametrize(
    ("column", "code"),
    [("value", "OWN.value"), ("Value", "OWN.Value"), ("OBS_VALUE", "OWN.OBS_VALUE"),
     ("indicator", "OWN.indicator"), ("variable", "OWN.variable")],
)  # fmt: skip
def test_a_column_of_ones_own_may_have_any_name(tmp_path: Path, column: str, code: str) -> None:
    (tmp_path / "own.csv").write_text(f"market,{column},orders\nFRA,3,4\n")
    firm = ms.Firm(home="GBR", own=tmp_path / "own.csv")
    assert firm.own == (("FRA", code, None, 3.0), ("FRA", "OWN.orders", None, 4.0))


def test_a_wide_table_of_ones_own_with_a_year_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("market,year,orders,visits\nFRA,20223,4,1\nDEU,2022,4,1\n")
    (tmp_path / "firm.toml").write_text('home = "GBR"\nserved = ["GBR"]\nown = "own.csv"')
    with pytest.raises(ms.InputError) as error:
        ms.load_firm(tmp_path / "firm.toml")
    found = [fault.got for fault in error.value.faults]
    assert found[-2:] == ["year is 20223", '"United Kingdom" (GBR) is home']
