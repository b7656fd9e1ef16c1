"""A snapshot with fresh figures: what came, what stayed, and what that does to a ranking."""

import json
import threading
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
import shared
from marketselect.cli import main
from marketselect.files import sha256_of
from marketselect.running import silent
from marketselect.sources import worldbank_api as api
from marketselect.sources.changeovers import CHANGEOVERS
from marketselect.sources.snapshot import snapshot_files
from marketselect.sources.updates import base_of, updated_figures, wanted_by_code
from sources.bank import Bank, row, said, served, status

POP, LIFE, RATE, CALM = "SP.POP.TOTL", "SP.DYN.LE00.IN", "PA.NUS.FCRF", "PV.EST"
NOW = 1_800_000_000.0  # 2027-01-15
YEARS = range(2000, 2026)
RULES = ms.Framework(
    name="two",
    factors=(ms.Factor(code="size"), ms.Factor(code="health")),
    indicators=(
        ms.Indicator(code=POP, factor="size", direction="benefit"),
        ms.Indicator(code=LIFE, factor="health", direction="benefit"),
    ),
)


MARKETS = ["DEU", "FRA", "ITA", "POL"]
SERIES = [POP, LIFE, RATE, CALM, "RL.EST", "RQ.EST", "UNDP.HDI", "NE.TRD.GNFS.ZS"]


@cache
def before() -> pd.DataFrame:
    """Return the embedded figures of a few series and markets."""
    every = shared.observations()
    few = every["market"].isin([*MARKETS, *CHANGEOVERS]) & every["indicator"].isin(SERIES)
    return every[few].reset_index(drop=True)


def rows(code: str, name: str = "", changes: dict[tuple[str, int], Any] | None = None) -> list[Any]:
    """Return the figures of a series as the World Bank would answer them, some changed."""
    own = before()[before()["indicator"] == code]
    figures = {(m, y): v for m, y, v in zip(own["market"], own["year"], own["value"], strict=True)}
    return [row(m, y, v, name or code) for (m, y), v in (figures | (changes or {})).items()]


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bank]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    changes = {("DEU", 2024): 90e6, ("FRA", 2023): None, ("TWN", 2024): 23.4e6}
    known = {POP: [*rows(POP, changes=changes), row("AFE", 2024, 1.0)], LIFE: rows(LIFE)}
    with served(Bank(known)) as found:
        yield found


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot with these few figures: the whole embedded one takes a second each time."""
    folder = tmp_path_factory.mktemp("base")
    catalogue = ms.load_catalogue().loc[sorted(SERIES)].assign(known_as="", fetched="", kept="")
    for name, content in snapshot_files(before(), catalogue, {}).items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def ranking(base: Path) -> ms.Ranking:
    table = ms.indicator_table(ms.load_indicators(data=base), RULES, as_of=2024, max_age=2)
    return ms.rank_markets(table, RULES, markets=MARKETS, draws=0)


Update = Callable[..., ms.SnapshotUpdate]


@pytest.fixture
def update(bank: Bank, base: Path) -> Update:
    def made(folder: Path, **more: Any) -> ms.SnapshotUpdate:
        given: dict[str, Any] = {"codes": [POP, LIFE], "years": YEARS, "base": base, "tries": 1,
                                 "address": bank.address}  # fmt: skip
        if "framework" in more or "ranking" in more:
            del given["codes"]
        return ms.update_snapshot(folder, **{**given, **more})

    return made


# What comes


def test_what_is_added_revised_and_gone_is_told_by_series_market_and_year(
    update: Update, tmp_path: Path
) -> None:
    found = update(tmp_path / "mine")
    assert found.added.to_numpy().tolist() == [[POP, "TWN", 2024, 23.4e6]]
    old = before().set_index(["indicator", "market", "year"])["value"]
    germans = old[POP, "DEU", 2024]
    assert found.revised.to_numpy().tolist() == [[POP, "DEU", 2024, germans, 90e6, 90e6 - germans]]
    assert found.gone.to_numpy().tolist() == [[POP, "FRA", 2023, old[POP, "FRA", 2023]]]
    counts = found.series[["state", "added", "revised", "gone"]]
    assert list(counts.loc[POP]) == ["fetched", 1, 1, 1]
    assert list(counts.loc[LIFE]) == ["fetched", 0, 0, 0]
    assert found.left_out == ("AFE",)


def test_the_snapshot_holds_the_new_figures_and_all_others_of_the_base(
    update: Update, tmp_path: Path
) -> None:
    update(tmp_path / "mine")
    found = ms.load_indicators(data=tmp_path / "mine")
    figures = before().set_index(["indicator", "market", "year"])["value"].copy()
    figures[POP, "DEU", 2024] = 90e6
    figures[POP, "TWN", 2024] = 23.4e6
    expected = figures.drop((POP, "FRA", 2023)).sort_index().reset_index()
    pd.testing.assert_frame_equal(
        found, expected[["market", "indicator", "year", "value"]], check_exact=True
    )


def test_the_catalogue_says_what_came_when_and_from_where(update: Update, tmp_path: Path) -> None:
    update(tmp_path / "mine")
    found, old = ms.load_catalogue(data=tmp_path / "mine"), ms.load_catalogue().loc[sorted(SERIES)]
    assert list(found.columns) == [*old.columns, "known_as", "fetched", "kept"]
    one = found.loc[POP]
    assert one["source"] == "World Bank, World Development Indicators"
    assert (one["licence"], one["vintage"], one["kept"]) == ("CC BY 4.0", "2026-07-01", "")
    assert (one["unit"], one["factor"]) == tuple(old.loc[POP, ["unit", "factor"]])
    others = old.index.difference([POP, LIFE])
    pd.testing.assert_frame_equal(found.loc[others, old.columns], old.loc[others])


def test_the_record_has_the_request_and_the_base(
    bank: Bank, update: Update, base: Path, tmp_path: Path
) -> None:
    update(tmp_path / "mine", years=[2023, 2024])
    record = json.loads((tmp_path / "mine" / "provenance.json").read_text("utf-8"))
    assert record["base"] == sha256_of((base / "provenance.json").read_bytes())
    assert record["codes"] == [POP, LIFE]
    assert record["years"] == [2023, 2024]
    assert record["address"] == bank.address


def test_figures_of_other_years_stay(bank: Bank, update: Update, tmp_path: Path) -> None:
    bank.rows = {POP: [row("DEU", 2024, 1.0)]}
    found = update(tmp_path / "mine", codes=[POP], years=[2024])
    assert set(found.gone["year"]) == {2024}
    own = ms.load_indicators(data=tmp_path / "mine")
    own = own[own["indicator"] == POP]
    assert own[own["year"] == 2024]["value"].tolist() == [1.0]
    old = before()
    assert len(own[own["year"] < 2024]) == ((old["indicator"] == POP) & (old["year"] < 2024)).sum()


def test_a_second_update_is_of_the_first_and_changes_nothing(
    update: Update, tmp_path: Path
) -> None:
    place = tmp_path / "mine"
    update(place)
    first = json.loads((place / "provenance.json").read_text("utf-8"))["files"]
    again = update(place, base=place, overwrite=True)
    assert len(again.added) == len(again.revised) == len(again.gone) == 0
    record = json.loads((place / "provenance.json").read_text("utf-8"))
    assert record["files"]["figures.csv"] == first["figures.csv"]


def test_the_whole_framework_is_asked_for_but_what_the_world_bank_has_not(
    bank: Bank, update: Update, tmp_path: Path
) -> None:
    rules = ms.Framework.from_table(pd.DataFrame({
        "code": [POP, "UNDP.HDI", "NE.TRD.GNFS.ZS", "OWN.CONTACTS", "X.NEW"],
        "factor": "f", "direction": "benefit",
    }))  # fmt: skip
    bank.rows["X.NEW"] = [row("DEU", 2024, 7.0)]
    found = update(tmp_path / "mine", framework=rules)
    assert found.series["state"].to_dict() == {
        POP: "fetched", "X.NEW": "fetched", "UNDP.HDI": "kept", "NE.TRD.GNFS.ZS": "kept",
        "OWN.CONTACTS": "missing",
    }  # fmt: skip
    assert not any("HDI" in path or "TRD" in path or "OWN" in path for path in bank.asked)
    assert ms.load_catalogue(data=tmp_path / "mine").loc["X.NEW", "markets"] == 1


# Series that are one whole


@pytest.mark.parametrize("asked", [CALM, f"GOV_WGI_{CALM}"])
def test_a_renamed_series_is_one_whatever_it_is_called(
    bank: Bank, update: Update, tmp_path: Path, asked: str
) -> None:
    bank.rows = {f"GOV_WGI_{CALM}": rows(CALM, changes={("DEU", 2023): 0.5})}
    found = update(tmp_path / "mine", codes=[asked])
    assert found.series.index.tolist() == [CALM]
    assert len(found.added) == len(found.gone) == 0
    assert found.revised[["market", "year", "new"]].to_numpy().tolist() == [["DEU", 2023, 0.5]]
    one = ms.load_catalogue(data=tmp_path / "mine").loc[CALM]
    assert one["known_as"] == f"GOV_WGI_{CALM}"
    assert one["standard_error"] == "PV.STD.ERR"
    assert "2024 update" not in one["note"]


@pytest.mark.parametrize("code", [CALM, RATE])
def test_a_series_that_is_one_whole_is_not_taken_in_part(
    bank: Bank, update: Update, tmp_path: Path, code: str
) -> None:
    bank.rows[code] = rows(code)
    found = update(tmp_path / "mine", codes=[POP, code], years=range(2010, 2026))
    assert [(f.code, f.where) for f in found.faults] == [("contradiction", f'series "{code}"')]
    assert found.series.loc[code, "state"] == "kept"
    assert not any(code in path for path in bank.asked)


def test_governance_indicators_of_two_editions_are_not_mixed(
    bank: Bank, update: Update, tmp_path: Path
) -> None:
    bank.rows["RL.EST"] = rows("RL.EST", changes={("DEU", 2023): 9.0})
    found = update(tmp_path / "mine", codes=[POP, "RL.EST", "RQ.EST"])
    assert found.series["state"].to_dict() == {POP: "fetched", "RL.EST": "kept", "RQ.EST": "kept"}
    own = ms.load_indicators(data=tmp_path / "mine")
    assert 9.0 not in own.loc[own["indicator"] == "RL.EST", "value"].tolist()
    assert [fault.code for fault in found.faults] == ["unknown-name", "no-data"]


def test_exchange_rates_are_joined_over_changes_of_currency(
    bank: Bank, update: Update, tmp_path: Path
) -> None:
    own = before()[before()["indicator"] == RATE].set_index(["market", "year"])["value"]
    figures: dict[Any, float] = own.to_dict()
    raw = {(m, y): v * CHANGEOVERS[m][1] for (m, y), v in figures.items()
           if m in CHANGEOVERS and y < CHANGEOVERS[m][0]}  # fmt: skip
    bank.rows[RATE] = rows(RATE, changes=raw)
    found = update(tmp_path / "mine", codes=[RATE])
    assert len(raw) == sum(year - 2000 for year, _ in CHANGEOVERS.values())
    assert len(found.revised) == 0
    new = ms.load_indicators(data=tmp_path / "mine")
    np.testing.assert_allclose(new.loc[new["indicator"] == RATE, "value"], own, rtol=1e-12)


# What fails


def test_a_series_that_fails_stays_as_it_was_and_is_marked(
    bank: Bank, update: Update, tmp_path: Path
) -> None:
    del bank.rows[LIFE]
    found = update(tmp_path / "mine")
    assert found.series.loc[LIFE, "state"] == "kept"
    assert [fault.where for fault in found.faults] == [f'series "{LIFE}"']
    assert LIFE in repr(found)
    assert LIFE in found._repr_html_()
    catalogue = ms.load_catalogue(data=tmp_path / "mine")
    assert "in vain: is none that the World Bank has" in catalogue["kept"][LIFE]
    assert catalogue["vintage"][LIFE] == ms.load_catalogue()["vintage"][LIFE]
    new, old = ms.load_indicators(data=tmp_path / "mine"), before()
    assert (new["indicator"] == LIFE).sum() == (old["indicator"] == LIFE).sum()


def test_a_mark_goes_when_the_series_comes(bank: Bank, update: Update, tmp_path: Path) -> None:
    bank.before = [status(502)]
    place = tmp_path / "mine"
    assert update(place).series.loc[POP, "state"] == "kept"
    update(place, base=place, overwrite=True)
    assert ms.load_catalogue(data=place).loc[POP, "kept"] == ""


@pytest.mark.parametrize(
    "trouble",
    [status(429), status(502), status(404), lambda: None, lambda: said([{"page": 1}]),
     lambda: (200, {}, b"[{"), lambda: (200, {"Content-Length": "99"}, b"[")],
)  # fmt: skip
def test_every_trouble_of_one_series_leaves_the_others(
    bank: Bank, update: Update, tmp_path: Path, trouble: Callable[[], Any]
) -> None:
    bank.before = [trouble]
    found = update(tmp_path / "mine")
    assert found.series["state"].to_dict() == {POP: "kept", LIFE: "fetched"}


def test_a_trouble_that_passes_is_none(bank: Bank, base: Path) -> None:
    quiet = threading.Event()

    def silence() -> None:
        quiet.wait(10)

    bank.before = [status(502), silence]
    waited: list[float] = []
    client = api.Client(bank.address, timeout=0.2, wait=waited.append, now=lambda: NOW)
    old = base_of(base)
    found = updated_figures(
        old, wanted_by_code([POP], old.catalogue), [*YEARS], client, None,
        again=False, report=silent, tolerance=0.0,
    )  # fmt: skip
    quiet.set()
    assert waited == [1.0, 2.0]
    assert found.faults == ()
    assert found.catalogue.loc[POP, "fetched"] == "2027-01-15"


def test_if_nothing_comes_nothing_is_written(bank: Bank, update: Update, tmp_path: Path) -> None:
    bank.rows = {}
    with pytest.raises(ms.InputError) as error:
        update(tmp_path / "mine")
    assert [fault.code for fault in error.value.faults] == ["unknown-name"] * 2
    assert list(tmp_path.iterdir()) == []


def test_an_older_snapshot_stays_where_the_update_fails(
    bank: Bank, update: Update, tmp_path: Path
) -> None:
    place = tmp_path / "mine"
    update(place)
    old = {path.name: path.read_bytes() for path in place.iterdir()}
    bank.rows = {}
    with pytest.raises(ms.InputError):
        update(place, base=place, overwrite=True)
    assert {path.name: path.read_bytes() for path in place.iterdir()} == old


@pytest.mark.parametrize(
    "more",
    [
        {"codes": []}, {"codes": ["../x"]}, {"codes": [POP], "framework": "pestle"},
        {"framework": "no-such"}, {"years": []}, {"tolerance": 2}, {"overwrite": "yes"},
        {"base": "no/such"}, {"ranking": 5}, {"address": "file:///x"}, {"tries": 0},
        {"cache": "no/such/folder"}, {"progress": 3},
    ],
)  # fmt: skip
def test_arguments_that_are_none_are_refused_before_anything_is_asked(
    bank: Bank, tmp_path: Path, more: dict[str, Any]
) -> None:
    with pytest.raises(ms.InputError):
        ms.update_snapshot(tmp_path / "mine", **{"address": bank.address, **more})
    assert bank.asked == []
    assert list(tmp_path.iterdir()) == []


def test_only_a_snapshot_is_replaced_and_only_if_asked(update: Update, tmp_path: Path) -> None:
    place = tmp_path / "mine"
    update(place)
    with pytest.raises(ms.InputError, match="exists"):
        update(place)
    (place / "thesis.docx").write_text("")
    with pytest.raises(ms.InputError, match=r"thesis\.docx"):
        update(place, overwrite=True)
    (tmp_path / "link").symlink_to(place)
    with pytest.raises(ms.InputError, match="exists"):
        update(tmp_path / "link", overwrite=True)


# The ranking


@pytest.mark.slow
def test_a_ranking_is_made_again_and_compared(
    update: Update, tmp_path: Path, ranking: ms.Ranking
) -> None:
    found = update(tmp_path / "mine", ranking=ranking)
    data = ms.load_indicators(data=tmp_path / "mine")
    table = ms.indicator_table(data, RULES, as_of=2024, max_age=2)
    alone = ms.rank_markets(table, RULES, markets=MARKETS, draws=0)
    assert found.ranking is not None
    assert found.comparison is not None
    pd.testing.assert_frame_equal(found.ranking.table, alone.table)
    moved = ms.compare_rankings(ranking, alone)
    pd.testing.assert_frame_equal(found.comparison.table, moved.table)
    assert "data" in found.comparison.changed
    assert found.ranking.provenance["read"][0]["layout"] == "snapshot"


def test_ones_own_figures_of_the_ranking_are_added(
    bank: Bank, update: Update, base: Path, tmp_path: Path
) -> None:
    own = pd.DataFrame(
        {"market": MARKETS, "indicator": "OWN.X", "year": 2024, "value": [1.0, 2.0, 3.0, 4.0]}
    )
    rules = ms.Framework.from_table(pd.DataFrame(
        {"code": [POP, "OWN.X"], "factor": "f", "direction": "benefit"}))  # fmt: skip
    table = ms.indicator_table(ms.load_indicators(add=own, data=base), rules, as_of=2024, max_age=2)
    mine = ms.rank_markets(table, rules, draws=0)
    with pytest.raises(ms.InputError):
        update(tmp_path / "mine", ranking=mine)
    assert bank.asked == []
    found = update(tmp_path / "mine", ranking=mine, add=own)
    assert found.ranking is not None
    assert set(found.ranking.table.index) == set(MARKETS)


def test_a_ranking_of_other_figures_is_refused(
    bank: Bank, update: Update, tmp_path: Path, ranking: ms.Ranking
) -> None:
    other = ms.what_if(ranking, {("DEU", POP): 1.0}).after
    with pytest.raises(ms.InputError) as error:
        update(tmp_path / "mine", ranking=other)
    (fault,) = error.value.faults
    assert fault.code == "other-ranking"
    assert '"DEU", "SP.POP.TOTL"' in fault.where
    wide = ranking.scores.table.values
    with pytest.raises(ms.InputError, match="of a table without years"):
        update(tmp_path / "mine", ranking=ms.rank_markets(wide, RULES, draws=0))
    assert bank.asked == []


def test_figures_that_cannot_be_ranked_are_written_and_that_is_told(
    bank: Bank, update: Update, tmp_path: Path, ranking: ms.Ranking
) -> None:
    bank.rows = {LIFE: [row("DEU", 2000, 80.0)], POP: [row("DEU", 2000, 80.0)]}
    found = update(tmp_path / "mine", ranking=ranking)
    assert found.comparison is None
    assert found.faults[0].where.startswith("the ranking with the new figures")
    assert len(ms.load_indicators(data=tmp_path / "mine"))


@pytest.mark.slow
def test_a_study_carries_the_snapshot(update: Update, tmp_path: Path) -> None:
    update(tmp_path / "mine")
    data = ms.load_indicators(data=tmp_path / "mine")
    table = ms.indicator_table(data, RULES, as_of=2024, max_age=2)
    study = ms.save_study(
        ms.rank_markets(table, RULES, markets=MARKETS, draws=0), tmp_path / "study"
    )
    (read,) = json.loads((study / "provenance.json").read_text("utf-8"))["read"]
    assert "2 of them fetched on" in read["said"]
    assert ms.replay_study(study).identical


def test_it_is_short_in_the_terminal_and_in_a_notebook(
    update: Update, tmp_path: Path, ranking: ms.Ranking
) -> None:
    found = update(tmp_path / "mine", ranking=ranking)
    text = repr(found)
    assert "2 of 2 series fetched; of its figures 1 added, 1 revised, 1 gone." in " ".join(
        text.split()
    )
    assert text.count("\n") < 20
    assert "have another rank" in text
    assert "revised most" in found._repr_html_()


# On the command line


@pytest.mark.slow
def test_the_command_makes_a_snapshot_and_then_updates_it(
    bank: Bank, base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "mine"
    (tmp_path / "rules.toml").write_text(RULES.to_toml(), "utf-8")
    words = ["update", str(place), "--address", bank.address, "--years", "2000-2025",
             "--framework", str(tmp_path / "rules.toml"),
             "--cache", str(tmp_path / "wb")]  # fmt: skip
    assert main([*words, "--base", str(base)]) == 0
    shown = capsys.readouterr().out
    assert "1 added, 1 revised, 1 gone" in shown
    assert f"marketselect rank --data {place}" in shown
    asked = len(bank.asked)
    assert main([*words, "--format", "json"]) == 0
    assert len(bank.asked) == asked
    found = json.loads(capsys.readouterr().out)
    assert found["changes"] == []
    assert {each["indicator"] for each in found["series"]} == {POP, LIFE}
    data = ["rank", "--data", str(place), "--framework", str(tmp_path / "rules.toml")]
    assert main([*data, "--draws", "0", "--markets", "DEU,FRA", "--format", "csv"]) == 0
    told = capsys.readouterr()
    assert "read as snapshot" in told.err
    assert "DEU" in told.out
    assert main([*data, "--draws", "0", "--markets", "DEU,FRA"]) == 0
    assert "\nSources: World Bank, World Development Indicators\nLicense: CC BY 4.0; see " in (
        capsys.readouterr().out
    )


def test_the_command_lists_every_figure_that_changed(
    bank: Bank, base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del bank.rows[LIFE]
    (tmp_path / "rules.toml").write_text(RULES.to_toml(), "utf-8")
    words = ["update", str(tmp_path / "mine"), POP, LIFE, "--address", bank.address,
             "--base", str(base), "--framework", str(tmp_path / "rules.toml"),
             "--years", "2000-2025"]  # fmt: skip
    assert main([*words, "--format", "csv"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "change,indicator,market,year,old,new"
    assert lines[1:] == [
        "added,SP.POP.TOTL,TWN,2024,,23400000.0",
        "revised,SP.POP.TOTL,DEU,2024,83516593.0,90000000.0",
        "gone,SP.POP.TOTL,FRA,2023,68372286.0,",
    ]


def test_the_command_says_what_is_wrong_in_its_own_words(
    bank: Bank, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").mkdir()
    assert main(["update", str(tmp_path / "mine"), POP, "--address", bank.address]) == 2
    assert "exists" in capsys.readouterr().err
    assert main(["update", str(tmp_path / "x"), "--years", "x", "--address", bank.address]) == 2
    assert "--years" in capsys.readouterr().err
    assert main(["update", str(tmp_path / "x"), "--base", "nothing"]) == 2
    assert 'snapshot "nothing"' in capsys.readouterr().err
    words = ["update", str(tmp_path / "x"), "--framework", "hdi", "--address", bank.address]
    assert main(words) == 2
    told = capsys.readouterr().err
    assert told.startswith('marketselect: --framework has series that the snapshot has not: "')
    assert "give one that ranks by series of the snapshot" in told
    assert "--add" not in told
    assert bank.asked == []


@pytest.mark.slow
def test_the_embedded_snapshot_is_what_is_updated_where_none_is_named(
    bank: Bank, tmp_path: Path
) -> None:
    found = ms.update_snapshot(
        tmp_path / "mine", codes=[POP], years=YEARS, address=bank.address, tries=1
    )
    every = shared.observations()
    gone = (every["indicator"] == POP).sum() - len(rows(POP)) + 1
    assert len(found.gone) == gone
    assert len(ms.load_indicators(data=tmp_path / "mine")) == len(every) + 1 - gone
    record = json.loads((tmp_path / "mine" / "provenance.json").read_text("utf-8"))
    assert record["base"] == "embedded"
