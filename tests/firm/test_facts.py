"""The embedded figures of pairs and products: in form, complete, and as their sources have them."""

import pytest

import marketselect as ms
from marketselect.firm.facts import (
    chapters,
    languages,
    official_languages,
    origins_of_codes,
    shipped_table,
)

WORLD = set(ms.load_markets().index)


def test_every_code_of_the_figures_has_source_and_licence() -> None:
    found = {*ms.firm_observations(ms.Firm(home="GBR", products=["64"]))["indicator"]}
    assert found == set(origins_of_codes())
    assert all(origin.source and origin.licence for origin in origins_of_codes().values())


@pytest.mark.parametrize(
    ("name", "columns", "keys"),
    [
        ("distances.csv.gz", ["market", "partner"], ["market", "partner"]),
        ("agreements.csv.gz", ["market", "partner"], ["market", "partner", "first", "agreement"]),
        ("migrants.csv.gz", ["born_in", "lives_in"], ["born_in", "lives_in"]),
        ("languages.csv", ["market"], ["market", "language"]),
        ("clocks.csv", ["market"], ["market"]),
    ],
)
def test_a_table_of_pairs_names_known_markets_and_each_thing_once(
    name: str, columns: list[str], keys: list[str]
) -> None:
    table = shipped_table("pairs", name)
    assert all(set(table[column]) <= WORLD for column in columns)
    assert not table.duplicated(keys).any()


def test_pairs_stand_there_once_the_first_in_the_alphabet_first() -> None:
    for name in ("distances.csv.gz", "agreements.csv.gz"):
        table = shipped_table("pairs", name)
        assert (table["market"] < table["partner"]).all()
    assert len(shipped_table("pairs", "distances.csv.gz")) == 237 * 236 / 2


def test_shares_are_shares_and_namibia_is_no_gap() -> None:
    spoken = shipped_table("pairs", "languages.csv")
    assert spoken["share"].between(0, 1).all()
    assert "NAM" in set(spoken["market"])
    assert shipped_table("pairs", "clocks.csv")["hours"].between(-12, 14).all()


def test_every_chapter_has_a_name_and_figures() -> None:
    imports = shipped_table("products", "imports.csv.gz")
    assert list(chapters()) == [f"{n:02d}" for n in range(1, 98) if n != 77]
    assert set(imports["chapter"]) == set(chapters())
    assert len(set(chapters().values())) == 96


def test_six_importers_have_no_suppliers_and_none_is_made_up() -> None:
    imports = shipped_table("products", "imports.csv.gz")
    without = imports[(imports["year"] == 2024) & imports["suppliers"].isna()]
    assert {"USA", "DEU", "GBR", "FRA", "NLD", "ESP"} <= set(without["importer"])
    # Of the others the chapter of fuels alone has none: see the notes on the data.
    others = without[~without["importer"].isin(["USA", "DEU", "GBR", "FRA", "NLD", "ESP"])]
    assert set(others["chapter"]) == {"27"}


def test_imports_agree_with_those_of_the_world_bank() -> None:
    # FOB against CIF: a median ratio of 0.97 over the 76 importers above 20 bn, says the extract.
    imports = shipped_table("products", "imports.csv.gz")
    total = imports[imports["year"] == 2024].groupby("importer")["imports_usd"].sum()
    observations = ms.load_indicators()
    wdi = observations[
        (observations["indicator"] == "TM.VAL.MRCH.CD.WT") & (observations["year"] == 2024)
    ].set_index("market")["value"]
    large = wdi[wdi > 20e9]
    ratio = (total / large).dropna()
    assert ratio.median() == pytest.approx(0.97, abs=0.005)
    assert ratio[["USA", "DEU", "FRA", "GBR"]].round(2).tolist() == [0.93, 0.94, 1.00, 0.89]


def test_languages_are_known_by_two_and_three_letters_and_close_forms_are_one() -> None:
    codes = ["en", "eng", "deu", "ger", "nb", "no", "nor", "cmn", "zh", "tl"]
    wanted = ["en", "en", "de", "de", "no", "no", "no", "zh", "zh", "fil"]
    assert [languages()[code] for code in codes] == wanted
    spoken = shipped_table("pairs", "languages.csv")
    assert not spoken["language"].str.contains("_").any()
    assert set(spoken["language"]) <= set(languages().values())


@pytest.mark.parametrize(
    ("market", "official"),
    [("GBR", ("en",)), ("CHE", ("de", "gsw", "fr", "it")), ("USA", ("en",)), ("KEN", ("sw", "en"))],
)
def test_official_are_languages_of_the_whole_market(market: str, official: tuple[str, ...]) -> None:
    assert official_languages(market) == official


def test_a_table_that_is_not_there_is_said() -> None:
    with pytest.raises(ms.MarketSelectError, match=r"nothing\.csv\" is not there; install"):
        shipped_table("pairs", "nothing.csv")
    with pytest.raises(ms.MarketSelectError, match="the embedded nowhere are not there"):
        shipped_table("nowhere", "nothing.csv")


def test_the_script_has_a_zone_for_every_market_with_people() -> None:
    without = WORLD - set(shipped_table("pairs", "clocks.csv")["market"])
    population = ms.load_indicators()
    people = set(population.loc[population["indicator"] == "SP.POP.TOTL", "market"])
    assert not without & people


def test_the_catalogue_lists_what_a_firms_observations_are_made_of_where_it_is_asked() -> None:
    plain, whole = ms.load_catalogue(), ms.load_catalogue(firm=True)
    assert list(whole.columns) == list(plain.columns)
    assert list(whole.index[: len(plain)]) == list(plain.index)
    codes = set(ms.firm_observations(ms.Firm(home="GBR", products=["64"]))["indicator"])
    assert set(whole.index[len(plain) :]) == codes
    row = whole.loc["PROD.SUPPLIERS"]
    assert (row["unit"], row["licence"]) == ("markets", "Etalab Open Licence 2.0")
    assert whole[["name", "unit", "source", "licence"]].notna().to_numpy().all()
    assert whole.loc[list(codes), "first_year"].isna().all()
