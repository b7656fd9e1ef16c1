"""What a market is to a firm: facts by hand, by their years, each with where it is from."""

from functools import cache
from typing import Any

import pandas as pd
import pytest

import marketselect as ms
from marketselect.firm.facts import shipped_table
from marketselect.firm.goods import COMPLETE
from marketselect.firm.pairs import NOT_LISTED, culture_rows
from marketselect.sources.embedded import embedded_series

GBR = ms.Firm(home="GBR", products=["64"], languages=["en"], own=[["DEU", "orders", 2024, 12]])


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    return ms.firm_observations(GBR)


def value(rows: pd.DataFrame, code: str, market: str, year: int | None = None) -> Any:
    there = rows[(rows["indicator"] == code) & (rows["market"] == market)]
    there = there if year is None else there[there["year"] == year]
    return there["value"].item() if len(there) else None


def note(rows: pd.DataFrame, code: str, market: str) -> str:
    there = rows[(rows["indicator"] == code) & (rows["market"] == market)]
    return str(there["note"].item())


@cache
def of(home: str, **more: Any) -> pd.DataFrame:
    return ms.firm_observations(ms.Firm(home=home, **more))


# The frame


def test_it_is_long_has_every_market_but_home_and_no_gaps(found: pd.DataFrame) -> None:
    assert list(found)[:4] == ["market", "indicator", "year", "value"]
    assert list(found)[4:] == ["source", "licence", "note"]
    # Nobody lives in the Antarctic and on Heard Island, and no clock is theirs.
    assert set(found["market"]) == set(ms.load_markets().index) - {"GBR", "ATA", "HMD"}
    assert found.drop(columns="year").notna().all(axis=None)
    assert not found.duplicated(["market", "indicator", "year"]).any()


def test_every_number_says_where_it_is_from(found: pd.DataFrame) -> None:
    own = found["indicator"].str.startswith("OWN.")
    assert (found["source"] != "").all()
    assert (found.loc[~own, "licence"] != "").all()


def test_a_firm_without_product_has_no_demand_and_loses_no_market() -> None:
    services = of("GBR")
    assert not services["indicator"].str.startswith("PROD.").any()
    assert services["market"].nunique() == 247


def test_ones_own_rows_are_observations(found: pd.DataFrame) -> None:
    assert value(found, "OWN.orders", "DEU", 2024) == 12


# Distance: CEPII GeoDist, distw of the ordered pair, in km


@pytest.mark.parametrize(("home", "market", "km"), [("GBR", "DEU", 808.6), ("DEU", "GBR", 808.6)])
def test_a_distance_is_that_of_geodist_and_mirrored(home: str, market: str, km: float) -> None:
    assert value(of(home), "PAIR.KM", market) == km


def test_where_people_live_is_weighed_or_it_is_said(found: pd.DataFrame) -> None:
    assert value(found, "PAIR.KM", "SRB") == 1694.0  # distance_km of GBR and SRB
    assert note(found, "PAIR.KM", "SRB").startswith("between the largest cities or the capitals")
    assert note(found, "PAIR.KM", "FRA") == ""


def test_a_border_and_a_colony_are_0_or_1_or_not_known(found: pd.DataFrame) -> None:
    assert value(found, "PAIR.BORDER", "IRL") == 1
    assert value(found, "PAIR.BORDER", "FRA") == 0
    assert value(found, "PAIR.COLONY", "IND") == 1
    assert value(found, "PAIR.COLONY", "SRB") is None


# Agreements, by year


def years(home: str, market: str) -> dict[int, float]:
    rows = of(home)
    there = rows[(rows["indicator"] == "PAIR.AGREEMENT") & (rows["market"] == market)]
    return dict(zip(there["year"], there["value"], strict=True))


def test_a_member_that_left_was_in_the_union_to_2020() -> None:
    # EU 1973-2020 (the customs union to its end), EU - United Kingdom from 2021.
    assert years("GBR", "DEU") == dict.fromkeys(range(1973, 2024), 1)


def test_an_agreement_of_2021_is_not_known_before_but_that_of_the_union_is() -> None:
    # EU - Japan 2019, of which the United Kingdom was part to 2020; its own from 2021.
    assert years("GBR", "JPN") == dict.fromkeys(range(2019, 2024), 1)
    # United Kingdom - Australia 2023; the Union has none.
    assert years("GBR", "AUS") == {2023: 1}


def test_a_member_has_the_agreements_of_the_union_while_it_is_one() -> None:
    # EU - Mexico 2000; Croatia is a member from 2013.
    assert years("HRV", "MEX") == dict.fromkeys(range(2013, 2024), 1)
    assert years("DEU", "MEX") == dict.fromkeys(range(2000, 2024), 1)


def test_two_members_are_in_one_from_the_later_accession() -> None:
    assert years("DEU", "POL") == dict.fromkeys(range(2004, 2024), 1)


def test_an_agreement_that_ended_was_one() -> None:
    # Canada - United States 1989, NAFTA, and from 2020 its successor.
    assert years("CAN", "USA") == dict.fromkeys(range(1989, 2024), 1)


def test_none_is_known_of_the_last_year_alone() -> None:
    assert years("GBR", "USA") == {2023: 0}


@pytest.mark.slow
def test_an_agreement_listed_in_one_direction_counts_in_both() -> None:
    assert years("CRI", "PAN") == years("PAN", "CRI") != {2023: 0}
    assert years("AUS", "NZL") == years("NZL", "AUS") != {2023: 0}


# Languages: CLDR 47


def test_a_language_is_spoken_by_a_share_of_people(found: pd.DataFrame) -> None:
    # English: Denmark 86 %, the Netherlands 90 %, Brazil 8 %.
    shares = [value(found, "PAIR.LANGUAGE", market) for market in ("DNK", "NLD", "BRA")]
    assert shares == [0.86, 0.9, 0.08]
    assert [value(found, "PAIR.OFFICIAL", m) for m in ("DNK", "IRL", "USA", "IND")] == [0, 1, 1, 1]


def test_shares_overlap_so_the_largest_counts() -> None:
    # Switzerland: German 76 %, French 39 %; Portuguese is not among the firm's.
    assert (
        value(
            of(
                "DEU",
                languages=(
                    "de",
                    "fr",
                ),
            ),
            "PAIR.LANGUAGE",
            "CHE",
        )
        == 0.76
    )


def test_scripts_and_close_forms_are_one_language() -> None:
    assert value(of("CHN"), "PAIR.LANGUAGE", "TWN") == 0.95  # zh_Hant
    assert value(of("SRB"), "PAIR.OFFICIAL", "BIH") == 1
    assert value(of("DNK", languages=("nb",)), "PAIR.LANGUAGE", "NOR") == 1


def test_a_language_that_is_not_listed_counts_as_0_and_is_marked(found: pd.DataFrame) -> None:
    assert value(of("GBR", languages=("mt",)), "PAIR.LANGUAGE", "JPN") == 0
    assert note(of("GBR", languages=("mt",)), "PAIR.LANGUAGE", "JPN") == NOT_LISTED
    assert note(found, "PAIR.LANGUAGE", "DNK") == ""


# Clocks


@pytest.mark.parametrize(
    ("home", "market", "hours"),
    [
        ("GBR", "USA", 5),
        ("GBR", "IND", 5.5),
        ("NZL", "USA", 7),  # 12 and -5: 17 apart, and 24 - 17 across the date line
        ("WSM", "ASM", 0),  # 13 and -11: the same hour of two days
        ("IRL", "GBR", 0),  # whose summer time is the standard one in law
    ],
)
def test_hours_are_the_shorter_way_round(home: str, market: str, hours: float) -> None:
    assert value(of(home), "PAIR.HOURS", market) == hours


# Migrants: UN DESA, persons of 2020


def test_ties_are_people_both_ways_per_1000_of_the_market(found: pd.DataFrame) -> None:
    table = shipped_table("pairs", "migrants.csv.gz").set_index(["born_in", "lives_in"])
    persons = table["2020"].to_dict()
    both = persons["GBR", "IRL"] + persons["IRL", "GBR"]
    people = embedded_series("SP.POP.TOTL")[2020].to_dict()
    assert value(found, "PAIR.TIES", "IRL") == pytest.approx(1000 * both / people["IRL"])
    assert value(found, "PAIR.TIES", "USA") != value(of("USA"), "PAIR.TIES", "GBR")


def test_a_pair_that_is_not_listed_is_0_where_both_are_covered() -> None:
    assert value(of("FJI"), "PAIR.TIES", "MLI") == 0
    assert value(of("FJI"), "PAIR.TIES", "XKX") is None
    assert not of("XKX")["indicator"].eq("PAIR.TIES").any()


def test_the_stock_of_2020_is_undated_and_not_known_before() -> None:
    ties = GBR.observations()
    assert ties.loc[ties["indicator"] == "PAIR.TIES", "year"].isna().all()
    earlier = GBR.observations(as_of=2015)
    assert set(earlier.loc[earlier["indicator"] == "PAIR.TIES", "year"]) == {2010, 2015}


# Currencies


def test_the_rate_is_against_homes_currency_year_by_year(found: pd.DataFrame) -> None:
    rates = embedded_series("PA.NUS.FCRF")[2020].to_dict()
    per_pound = rates["JPN"] / rates["GBR"]
    assert value(found, "PAIR.FX", "JPN", 2020) == pytest.approx(per_pound)
    assert value(of("JPN"), "PAIR.FX", "GBR", 2020) == pytest.approx(1 / per_pound)


def test_one_currency_does_not_move_across_a_changeover() -> None:
    rows = of("DEU")
    croatia = rows[(rows["indicator"] == "PAIR.FX") & (rows["market"] == "HRV")]
    rates = croatia.set_index("year")["value"]
    assert rates[2024] == pytest.approx(1)
    assert rates[2021] == pytest.approx(1, abs=0.02)  # the kuna, at 7.5345 to the euro


# Culture


def test_cultural_distance_is_kogut_and_singhs_by_hand() -> None:
    # Variances (ddof 1) of 10, 20, 60 and of 1, 3, 2: 700 and 1.
    # B: (10^2 / 700 + 2^2 / 1) / 2; C: (50^2 / 700 + 1^2 / 1) / 2.
    table = pd.DataFrame(
        {"power": [10.0, 20, 60], "risk": [1.0, 3, 2]}, ["United Kingdom", "FRA", "JPN"]
    )
    rows = ms.firm_observations(GBR, culture=table)
    assert value(rows, "PAIR.CULTURE", "FRA") == pytest.approx((100 / 700 + 4) / 2)
    assert value(rows, "PAIR.CULTURE", "JPN") == pytest.approx((2500 / 700 + 1) / 2)
    assert set(rows.loc[rows["indicator"] == "PAIR.CULTURE", "source"]) == {"given by the user"}


def test_a_market_without_a_dimension_has_no_cultural_distance() -> None:
    table = pd.DataFrame({"power": [10.0, 20, 60], "risk": [1.0, 3, None]}, ["GBR", "FRA", "JPN"])
    (rows,) = culture_rows("GBR", table)
    assert list(rows["market"]) == ["FRA"]


@pytest.mark.parametrize(
    ("table", "code"),
    [
        (pd.DataFrame({"power": [1.0, 2.0]}, ["FRA", "JPN"]), "no-data"),
        (pd.DataFrame({"power": [1.0, 1.0]}, ["GBR", "JPN"]), "no-difference"),
    ],
)
def test_a_culture_table_that_gives_no_distance_is_refused(table: pd.DataFrame, code: str) -> None:
    with pytest.raises(ms.InputError) as error:
        ms.firm_observations(GBR, culture=table)
    assert error.value.faults[0].code == code


# Products, by chapter


def test_imports_are_those_of_the_chapter_and_a_longer_code_is_marked(found: pd.DataFrame) -> None:
    longer = of(
        "GBR",
        products=(
            "6403",
            "6405",
        ),
    )
    assert value(longer, "PROD.IMPORTS", "DNK") == value(found, "PROD.IMPORTS", "DNK")
    assert note(longer, "PROD.IMPORTS", "DNK") == "chapter 64 stands for 6403, 6405"
    assert note(found, "PROD.IMPORTS", "DNK") == ""
    assert set(found.loc[found["indicator"] == "PROD.IMPORTS", "year"]) == {2024}


def test_a_row_of_ones_own_on_home_is_none_of_a_market() -> None:
    firm = ms.Firm(home="GBR", own=[["GBR", "orders", None, 9], ["IRL", "orders", None, 1]])
    own = ms.firm_observations(firm)
    assert own.loc[own["indicator"] == "OWN.orders", "market"].tolist() == ["IRL"]


def test_a_chapter_stands_for_longer_codes_alone_not_for_one_that_is_named_itself() -> None:
    several = of("GBR", products=("64", "4202", "610910"))
    assert note(several, "PROD.IMPORTS", "DNK") == "chapters 42, 61 stand for 4202, 610910"


@pytest.mark.slow
def test_imports_of_several_chapters_add_up_and_have_no_suppliers(found: pd.DataFrame) -> None:
    bags, both = (
        of("GBR", products=("42",)),
        of(
            "GBR",
            products=(
                "42",
                "64",
            ),
        ),
    )
    total = value(bags, "PROD.IMPORTS", "DNK") + value(found, "PROD.IMPORTS", "DNK")
    assert value(both, "PROD.IMPORTS", "DNK") == pytest.approx(total)
    assert not both["indicator"].isin(["PROD.SUPPLIERS", "PROD.HHI"]).any()
    # The Cocos Islands import no shoes that are listed.
    assert note(
        of(
            "GBR",
            products=(
                "62",
                "64",
            ),
        ),
        "PROD.IMPORTS",
        "CCK",
    ) == ("no figure for chapter 64")


def test_suppliers_are_not_covered_for_six_and_where_codes_are_missing(found: pd.DataFrame) -> None:
    assert value(found, "PROD.SUPPLIERS", "DNK") > 0
    assert 0 < value(found, "PROD.HHI", "DNK") < 1
    for market in ("USA", "DEU", "FRA", "NLD", "ESP"):
        assert value(found, "PROD.SUPPLIERS", market) is value(found, "PROD.HHI", market) is None
    wool = of("GBR", products=("51",))  # up to 32 % of its codes are missing
    assert not wool["indicator"].isin(["PROD.SUPPLIERS", "PROD.HHI"]).any()
    paper = of("GBR", products=("89",))
    marked = paper[(paper["indicator"] == "PROD.HHI") & (paper["note"] != "")]
    assert marked["note"].str.contains("made without").all()
    assert COMPLETE == 0.05


def test_ships_under_flags_of_convenience_are_noted() -> None:
    ships = of("GBR", products=("8901",))
    for market in ("LBR", "MHL"):
        assert "flag of convenience" in note(ships, "PROD.IMPORTS", market)
    assert "flag" not in note(ships, "PROD.IMPORTS", "JPN")


# What is refused


def test_a_firm_is_needed() -> None:
    with pytest.raises(ms.InputError, match="a Firm is needed"):
        ms.firm_observations("GBR")  # type: ignore[arg-type]
