"""The inputs that once broke it and have no test elsewhere, kind by kind, each right or refused."""

import base64
import hashlib
import io
import re
import shutil
import zipfile
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from errno import EACCES
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from hostile.oddities import HALF, number_of_5000_digits
from hostile.rows import DATA, MATRIX, ranking, rules
from marketselect.cli import main
from marketselect.errors import Fault
from marketselect.framework.loading import shipped
from marketselect.markets import names
from sources import written

Five = Enum("Five", "A B C D E")
TABLE = pd.DataFrame(MATRIX, DATA.index, ["econ", "risk", "soc"])
EVEN = [1, 1, 1]


def turned(*values: Any) -> "pd.Series[Any]":
    """Return one value for each column of the table, by name and in another order."""
    return pd.Series(dict(zip(TABLE.columns, values, strict=True)))[::-1]


def refused(call: Callable[[], Any]) -> Fault:
    with pytest.raises(ms.InputError) as caught:
        call()
    return caught.value.faults[0]


# Silently wrong


def test_what_has_names_goes_by_name_in_topsis_and_promethee() -> None:
    fixed: dict[str, Any] = {"directions": ["benefit", "cost", "benefit"], "normalization": "none"}
    by_place = ms.topsis(TABLE, EVEN, ideal=[9, 0, 8], anti_ideal=[0, 7, 0], **fixed)
    by_name = ms.topsis(TABLE, EVEN, ideal=turned(9, 0, 8), anti_ideal=turned(0, 7, 0), **fixed)
    assert by_name.scores.tobytes() == by_place.scores.tobytes()
    words: Any = ["linear", "usual", "linear"]
    named_words: Any = turned(*words)
    p, q = [1.0, 2.0, 3.0], [0.5, 0.1, 0.2]
    flows = ms.promethee(TABLE, EVEN, preference=words, p=p, q=q)
    named = ms.promethee(TABLE, EVEN, preference=named_words, p=turned(*p), q=turned(*q))
    assert named.scores.tobytes() == flows.scores.tobytes()


def test_names_without_columns_to_hold_them_against_are_refused() -> None:
    call = ms.promethee
    assert refused(lambda: call(MATRIX, EVEN, p=turned(1.0, 2.0, 3.0))).code


def test_a_method_that_returns_its_markets_sorted_is_refused_unless_it_names_them() -> None:
    def best_first(matrix: Any, weights: Any) -> Any:
        scores = pd.Series(np.asarray(matrix) @ np.asarray(weights))
        return scores.sort_values(ascending=False)

    fault = refused(lambda: ms.rank_markets(DATA, rules(), method=best_first, draws=0))
    assert 'name "A", "B", "C", "D", "E"' in str(fault)


def test_a_framework_keeps_no_list_of_the_callers() -> None:
    factors = [ms.Factor(code="f")]
    made = ms.Framework(
        name="x",
        factors=factors,  # type: ignore[arg-type]
        indicators=(ms.Indicator(code="i", factor="f", direction="benefit"),),
    )
    factors.append(ms.Factor(code="g"))
    assert [factor.code for factor in made.factors] == ["f"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("pairwise", "yes"), ("errors", None), ("quasi", []), ("quasi", None), ("tolerance", 0.25j)],
)
def test_a_setting_of_robustness_is_what_it_should_be(name: str, value: Any) -> None:
    given: dict[str, Any] = {name: value}
    assert name in refused(lambda: ms.robustness(ranking(), draws=10, **given)).where


def test_a_flag_is_no_number_and_junk_no_choice() -> None:
    assert "v" in refused(lambda: ms.vikor(MATRIX, EVEN, v=True)).where
    junk: Any = {"junk": [1]}
    assert 'no choice "junk"' in str(refused(lambda: ms.sensitivity(ranking(), choices=junk)))


# What shipped, as pip lists it


def listed(path: Path) -> str:
    """Return the hash of a file as an installer writes it."""
    digest = hashlib.sha256(path.read_bytes()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@pytest.mark.parametrize("name", ["series/PV.EST.csv", "catalogue.csv", "markets.csv"])
def test_a_changed_figure_of_the_installed_snapshot_is_told(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "indicators"
    shutil.copytree(Path(ms.__file__).parents[2] / "data" / "indicators", folder)
    hashes = {str(path): listed(path) for path in folder.rglob("*.csv")}
    monkeypatch.setattr("marketselect.files.installed_hashes", lambda: hashes)
    monkeypatch.setattr("marketselect.sources.embedded._snapshot", lambda: folder)
    text = (folder / name).read_text("utf-8")
    (folder / name).write_text(text.replace("1", "2", 1), encoding="utf-8")

    def load() -> None:
        ms.load_indicators()
        ms.load_catalogue()
        ms.load_markets()

    with pytest.raises(ms.MarketSelectError, match="is not as it was installed"):
        load()
    (folder / name).write_text(text, encoding="utf-8")
    load()


def test_a_changed_table_of_names_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "names.csv"
    path.write_bytes(names.names_file().read_bytes())
    hashes = {str(path): listed(path)}
    monkeypatch.setattr("marketselect.files.installed_hashes", lambda: hashes)
    monkeypatch.setattr(names, "names_file", lambda: path)
    assert names.known_names.__wrapped__() == names.known_names()
    path.write_text(path.read_text("utf-8").replace("Germany", "Kenya", 1), encoding="utf-8")
    for read in (names.known_codes, names.known_names):
        with pytest.raises(ms.MarketSelectError, match=r"names\.csv\" is not as it was installed"):
            read.__wrapped__()


def test_a_changed_framework_of_the_installed_ones_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = Path(ms.__file__).parent / "frameworks" / "hdi.toml"
    hashes = {str(path): listed(path)}
    monkeypatch.setattr("marketselect.files.installed_hashes", lambda: hashes)
    assert shipped.__wrapped__("hdi") == ms.load_framework("hdi")
    hashes[str(path)] = "of another"
    with pytest.raises(ms.MarketSelectError, match=r"hdi\.toml\" is not as it was installed"):
        shipped.__wrapped__("hdi")


# Hangs and memory


def test_draws_that_would_never_end_are_refused() -> None:
    for call in (
        lambda: ms.robustness(ranking(), draws=10**12),
        lambda: ms.rank_markets(DATA, rules(), draws=10**12),
    ):
        assert refused(call).code == "too-large"


def test_bounds_of_5000_markets_are_refused_beforehand() -> None:
    values = np.random.default_rng(0).normal(size=(5000, 3))
    many = pd.DataFrame(values, [f"M{n}" for n in range(5000)], list(DATA))
    made = ms.rank_markets(many, rules(), draws=0)
    fault = refused(lambda: ms.rank_bounds(made, nodes=0))
    assert (fault.code, "5,000 markets" in fault.got) == ("too-large", True)


@pytest.mark.slow
def test_ten_million_texts_in_a_small_workbook_are_refused(tmp_path: Path) -> None:
    whole, raw = written.workbook({"x": [["market", "gdp"], ["A", 1], ["B", 2]]}), io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(whole)) as made,
        zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as bomb,
    ):
        for name in made.namelist():
            if name != "xl/sharedStrings.xml":
                bomb.writestr(name, made.read(name))
        bomb.writestr("xl/sharedStrings.xml", b"<sst>" + b"<si/>" * 10_000_000 + b"</sst>")
    assert len(raw.getvalue()) < 100_000
    fault = refused(lambda: ms.read_indicators(written.put(tmp_path, "bomb.xlsx", raw.getvalue())))
    assert "unpack" in fault.got + fault.remedy


@pytest.mark.nightly
def test_a_study_with_250_megabytes_of_commas_is_refused(tmp_path: Path) -> None:
    study = ms.save_study(ranking(), tmp_path / "study")
    with (study / "values.csv").open("ab") as file:
        file.write(b"," * 250_000_000)
    fault = refused(lambda: ms.replay_study(study))
    assert "values.csv" in fault.where
    assert str(study) in fault.where


# Words that help


@pytest.mark.parametrize(
    "framework",
    [DATA, MATRIX, pd.NA, "\0.toml", HALF, number_of_5000_digits(), 3, [], rules],
    ids=["frame", "array", "NA", "zero", "half", "long", "number", "list", "function"],
)
def test_what_is_no_framework_is_refused_as_such(framework: Any) -> None:
    fault = refused(lambda: ms.rank_markets(DATA, framework))
    assert "framework" in fault.where + fault.got
    assert len(str(fault)) < 1_000


def test_arguments_in_the_wrong_order_are_told() -> None:
    given: Any = (rules(), DATA)
    assert "framework" in refused(lambda: ms.rank_markets(*given)).where


@pytest.mark.parametrize(
    "call",
    [
        lambda: ms.ahp(MATRIX, EVEN, mode=np.array(["ideal"])),  # type: ignore[arg-type]
        lambda: ms.contributions(ranking(), level=np.array([1, 2])),  # type: ignore[arg-type]
        lambda: ms.consensus(DATA, method=["borda"]),  # type: ignore[arg-type]
        lambda: ms.normalize(DATA, rules(), scale=3),  # type: ignore[arg-type]
        lambda: ms.treat(DATA, rules(), scale="x"),  # type: ignore[arg-type]
        lambda: ms.impute(DATA, rules(), scale=DATA),  # type: ignore[arg-type]
    ],
)
def test_what_is_of_another_type_is_refused_by_name(call: Callable[[], Any]) -> None:
    assert refused(call).where in ("mode", "level", "method", "scale")


@pytest.mark.parametrize(
    "odd", [None, 3, "A", DATA, MATRIX, pd.NA, rules, ms.load_framework("hdi")]
)
def test_what_is_asked_of_anything_but_a_ranking_is_refused(odd: Any) -> None:
    for call in (
        lambda: ms.explain(odd, "A"),
        lambda: ms.compare(odd, "A", "B"),
        lambda: ms.contributions(odd),
        lambda: ms.overtake(odd, "A", "B"),
    ):
        fault = refused(call)
        assert (fault.where, fault.code in ("wrong-type", "missing")) == ("ranking", True)


def test_half_a_character_in_the_name_of_a_file_is_refused() -> None:
    for call in (
        lambda: ms.read_indicators(f"{HALF}.csv"),
        lambda: ms.load_framework(f"{HALF}.toml"),
        lambda: ms.replay_study(HALF),
        lambda: ms.write_report(ranking(), f"{HALF}.html"),
        lambda: ms.save_study(ranking(), HALF),
    ):
        assert str(refused(call)).isprintable()


@pytest.mark.parametrize("words", [b"{not json", b"[]", b"\xff", b'{"index_columns": [1]}'])
def test_damaged_words_about_a_parquet_file_are_told_as_damage(
    words: bytes, tmp_path: Path
) -> None:
    pa: Any = import_module("pyarrow")
    pq: Any = import_module("pyarrow.parquet")
    table = pa.table({"market": ["A"], "gdp": [1.0]})
    pq.write_table(table.replace_schema_metadata({b"pandas": words}), tmp_path / "mine.parquet")
    fault = refused(lambda: ms.read_indicators(tmp_path / "mine.parquet"))
    assert "mine.parquet" in fault.where
    assert "damaged" in fault.got


def test_a_snapshot_that_nobody_may_read_is_told_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def forbidden() -> None:
        raise PermissionError(EACCES, "Permission denied", "catalogue.csv")

    monkeypatch.setattr(ms, "load_catalogue", forbidden)
    assert main(["indicators"]) == 1
    told = 'marketselect: "catalogue.csv" cannot be read: Permission denied\n'
    assert capsys.readouterr() == ("", told)


@pytest.mark.parametrize("call", [ms.normalize, ms.treat])
def test_a_scale_of_other_indicators_is_refused(call: Callable[..., Any]) -> None:
    other = ms.Framework(
        name="other",
        factors=(ms.Factor(code="f"),),
        indicators=(ms.Indicator(code="z", factor="f", direction="benefit"),),
    )
    scale = ms.fit_scale(DATA.rename(columns={"gdp": "z"}), other)
    assert "gdp" in str(refused(lambda: call(DATA, rules(), scale=scale)))


def test_a_signalling_gap_is_a_gap() -> None:
    cells: list[Any] = [Decimal("sNaN"), 2, 3, 4, 5]
    made = ms.rank_markets(DATA.assign(gdp=pd.Series(cells, DATA.index)), rules(), draws=0)
    assert made.excluded["market"].tolist() == ["A"]


@pytest.mark.parametrize(
    "labels",
    [
        pd.interval_range(0, 5),
        pd.Index([b"a", b"b", b"c", b"d", b"e"]),
        pd.Index([*Five], dtype=object),
    ],
    ids=["intervals", "bytes", "enums"],
)
def test_labels_of_any_type_go_through_all_that_is_written(labels: Any, tmp_path: Path) -> None:
    made = ms.rank_markets(DATA.set_axis(labels), rules(), draws=10)
    for text in (repr(made), made._repr_html_(), made.to_json()):
        assert text
    ms.write_report(made, tmp_path / "page.html")
    ms.write_excel(made, tmp_path / "book.xlsx")
    fault = refused(lambda: ms.save_study(made, tmp_path / "study"))
    assert "a CSV file cannot keep them" in fault.remedy


@pytest.mark.parametrize(
    "labels",
    [pd.period_range("2020", periods=5, freq="Y"), pd.date_range("2020", periods=5)],
    ids=["periods", "dates"],
)
def test_dates_are_no_markets(labels: Any) -> None:
    fault = refused(lambda: ms.rank_markets(DATA.set_axis(labels), rules()))
    assert "are dates, not markets" in fault.got


def test_4500_faults_are_counted_and_not_all_printed() -> None:
    many = pd.concat([DATA.astype(object)] * 900).set_axis([f"m{n}" for n in range(4500)])
    with pytest.raises(ms.InputError) as caught:
        ms.rank_markets(many.assign(gdp="x"), rules())
    assert caught.value.total == 4500
    assert len(str(caught.value)) < 2_000


def test_a_column_of_polars_is_told_from_a_table() -> None:
    import polars as pl

    column: Any = pl.Series([1, 2])
    assert "polars" in refused(lambda: ms.rank_markets(column, rules())).remedy


# Let through


def test_the_csv_of_the_page_makes_no_formula_of_a_label() -> None:
    folder = Path(ms.__file__).parent / "report" / "page" / "template"
    found = re.search(r"const FORMULA = /\^\[(.*?)\]/", (folder / "files.js").read_text("utf-8"))
    assert found is not None
    assert set(found[1]) >= set(r"=+@\t\r")
