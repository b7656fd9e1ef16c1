"""Snapshots of one's own: what is written and read, and what a damaged or hostile one does."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.files import sha256_of
from marketselect.sources.changeovers import CHANGEOVERS, spliced_rates
from marketselect.sources.embedded import embedded_series
from marketselect.sources.snapshot import figures_by_change, snapshot_files

OBSERVATIONS = pd.DataFrame(
    [
        ("NAM", "A.B", 2020, 0.1 + 0.2),
        ("NAM", "A.B", 2023, 5e-324),
        ("DEU", "C.D", 2021, 83_166_711.0),
    ],
    columns=["market", "indicator", "year", "value"],
).astype({"market": "str", "indicator": "str"})
CATALOGUE = pd.DataFrame(
    {
        "name": ["NA", "Ünit, with a comma"], "unit": ["%", ""], "factor": "", "source": "S",
        "licence": "CC BY 4.0", "vintage": "2026-07-01", "first_year": [2020, 2021],
        "last_year": [2023, 2021], "markets": 1, "markets_recent": 1, "standard_error": "",
        "note": "", "known_as": ["A.B", ""], "fetched": ["2026-07-02", ""], "kept": "",
    },
    index=pd.Index(["A.B", "C.D"], name="indicator", dtype="str"),
)  # fmt: skip


def write(files: dict[str, bytes], folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(snapshot_files(OBSERVATIONS, CATALOGUE, {"made": "2026-07-02"}), tmp_path / "s")


def test_every_number_and_text_comes_back_as_it_was(folder: Path) -> None:
    found = ms.load_indicators(data=folder)
    pd.testing.assert_frame_equal(found, OBSERVATIONS, check_exact=True)
    catalogue = ms.load_catalogue(data=folder)
    expected = CATALOGUE.astype({n: "str" for n in CATALOGUE if CATALOGUE[n].dtype != "int64"})
    pd.testing.assert_frame_equal(catalogue, expected)


def test_the_embedded_snapshot_comes_back_as_it_was(
    observations: pd.DataFrame, tmp_path: Path
) -> None:
    part = observations[observations["indicator"].isin(["PV.EST", "PA.NUS.FCRF", "SP.POP.TOTL"])]
    write(snapshot_files(part, CATALOGUE, {}), tmp_path)
    found = ms.load_indicators(data=tmp_path)
    order = ["indicator", "market", "year"]
    expected = part.sort_values(order, ignore_index=True)
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_what_was_read_is_told_with_the_hash_of_the_record(folder: Path) -> None:
    (read,) = ms.load_indicators(data=folder).attrs["read"]
    record = sha256_of((folder / "provenance.json").read_bytes())
    assert read["layout"] == "snapshot"
    assert read["file"] == "s"
    assert read["said"] == (
        f"snapshot: 2 series, 1 of them fetched on 2026-07-02, SHA-256 of provenance.json {record}"
    )


def test_ones_own_rows_stand_beside_a_snapshot_of_ones_own(folder: Path) -> None:
    own = pd.DataFrame({"market": ["DEU"], "indicator": ["X"], "year": [2020], "value": [1.0]})
    found = ms.load_indicators(data=folder, add=own)
    assert found["indicator"].tolist() == ["A.B", "A.B", "C.D", "X"]
    assert [each["layout"] for each in found.attrs["read"]] == ["snapshot"]


@pytest.mark.parametrize("name", ["figures.csv", "catalogue.csv"])
def test_a_file_that_was_changed_is_refused(folder: Path, name: str) -> None:
    (folder / name).write_bytes((folder / name).read_bytes().replace(b"2021", b"2022"))
    with pytest.raises(ms.InputError) as error:
        ms.load_indicators(data=folder)
    assert [fault.code for fault in error.value.faults] == ["damaged"]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("figures.csv", b"83166711.0", b"inf"),
        ("figures.csv", b"83166711.0", b"n/a"),
        ("figures.csv", b",2020,", b",MMXX,"),
        ("figures.csv", b",2020,", b"," + b"9" * 40 + b","),
        ("figures.csv", b"market", b"place"),
        ("catalogue.csv", b"first_year", b"first"),
        ("catalogue.csv", b"fetched", b"taken"),
    ],
)
def test_files_amiss_are_refused_though_their_hashes_are_right(
    folder: Path, name: str, old: bytes, new: bytes
) -> None:
    content = (folder / name).read_bytes()
    assert old in content
    (folder / name).write_bytes(content.replace(old, new))
    record = json.loads((folder / "provenance.json").read_text())
    record["files"][name] = sha256_of((folder / name).read_bytes())
    (folder / "provenance.json").write_text(json.dumps(record))
    with pytest.raises(ms.InputError) as error:
        ms.load_indicators(data=folder)
    assert error.value.faults[0].code == "damaged"


@pytest.mark.parametrize("text", ["", "[]", "{}", "1", '{"format": 1}', "[" * 100_000, "\xff"])
def test_a_record_that_is_none_is_refused(folder: Path, text: str) -> None:
    (folder / "provenance.json").write_text(text, "latin-1")
    with pytest.raises(ms.InputError) as error:
        ms.load_catalogue(data=folder)
    assert error.value.faults[0].code == "damaged"


def test_a_record_of_a_later_version_says_so(folder: Path) -> None:
    place = folder / "provenance.json"
    place.write_text(place.read_text().replace('"format": 1', '"format": 2'))
    with pytest.raises(ms.InputError, match="is of another format than 1"):
        ms.load_indicators(data=folder)


@pytest.mark.parametrize(
    "make",
    [
        lambda f: f / "nothing", lambda f: f / "figures.csv", lambda _: "http://x/y",
        lambda _: 5, lambda _: "", lambda _: "\0",
    ],
)  # fmt: skip
def test_what_is_no_snapshot_is_refused(folder: Path, make: Callable[[Path], object]) -> None:
    given: object = make(folder)
    with pytest.raises(ms.InputError):
        ms.load_indicators(data=given)  # type: ignore[arg-type]


# What changed


def figures(*rows: tuple[str, int, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["market", "year", "value"]).assign(indicator="A.B")


def test_what_is_added_revised_and_gone_is_told_apart() -> None:
    old = figures(("A", 2020, 1.0), ("A", 2021, 2.0), ("B", 2020, 0.0), ("C", 2020, 4.0))
    new = figures(("A", 2020, 1.5), ("A", 2021, 2.0), ("B", 2020, 0.0), ("D", 2020, 9.0))
    added, revised, gone = figures_by_change(old, new, 0.0)
    assert added.to_numpy().tolist() == [["A.B", "D", 2020, 9.0]]
    assert revised.to_numpy().tolist() == [["A.B", "A", 2020, 1.0, 1.5, 0.5]]
    assert gone.to_numpy().tolist() == [["A.B", "C", 2020, 4.0]]


def test_what_is_but_rounded_is_not_revised() -> None:
    old = figures(("A", 2020, 1.008477), ("B", 2020, 1.008477), ("C", 2020, 0.0))
    new = figures(("A", 2020, 1.0084767), ("B", 2020, 1.0086), ("C", 2020, 1e-12))
    _, revised, _ = figures_by_change(old, new, 1e-5)
    assert revised["market"].tolist() == ["B", "C"]


# Exchange rates


def published() -> pd.DataFrame:
    """The embedded rates as they were before they were joined: in the currency of each year."""
    wide = embedded_series("PA.NUS.FCRF")
    for market, (year, rate) in CHANGEOVERS.items():
        wide.loc[market, list(range(2000, year))] *= rate
    long = wide.reset_index().melt("market", var_name="year").dropna()
    return long.astype({"year": int}).assign(indicator="PA.NUS.FCRF")


def test_rates_are_joined_as_the_embedded_ones_are() -> None:
    wide = spliced_rates(published()).pivot(index="market", columns="year", values="value")
    expected = embedded_series("PA.NUS.FCRF").reindex(wide.index)
    np.testing.assert_allclose(wide.to_numpy(), expected.to_numpy(), rtol=1e-12)


def test_rates_that_are_joined_already_are_left_alone() -> None:
    once = spliced_rates(published())
    pd.testing.assert_frame_equal(spliced_rates(once), once)


def test_croatia_paid_7_53_kuna_for_a_euro() -> None:
    # Council Regulation (EU) 2022/1208: 1 EUR = 7.53450 HRK. Per US dollar: 7.0 kuna are 0.93 euro.
    rates = pd.DataFrame({"market": "HRV", "year": [2022, 2023], "value": [7.0, 0.92]})
    assert spliced_rates(rates)["value"].round(4).tolist() == [0.9291, 0.92]


def test_a_market_without_both_currencies_is_left_alone() -> None:
    rates = pd.DataFrame({"market": "HRV", "year": [2021, 2022], "value": [6.4, 7.0]})
    assert spliced_rates(rates)["value"].tolist() == [6.4, 7.0]


def test_a_name_that_is_taken_is_told_once(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file")
    with pytest.raises(ms.InputError) as caught:
        ms.update_snapshot(taken, codes=["SP.POP.TOTL"])
    assert str(caught.value) == f'snapshot "{taken}" exists; give another name'
