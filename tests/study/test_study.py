"""Studies: saved whole, replayed to the last bit, tampering found and named, nothing trusted."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import marketselect as ms
from marketselect import files
from marketselect.framework.vocabulary import Normalization
from marketselect.study import folder as folder_module
from marketselect.study import replay_study, save_study
from marketselect.study.contents import csv_of_table, encoded_study_text
from marketselect.study.parsing import read_number_file
from shared import observations, part_of_the_world

TREE = pd.DataFrame(
    {
        "code": ["gdp", "growth", "risk"],
        "factor": ["economic", "economic", "political"],
        "direction": ["benefit", "benefit", "cost"],
    }
)
SMALL = ms.Framework.from_table(TREE, name="small", min_coverage=0.5)
DATA = pd.DataFrame(
    {
        "gdp": [4.1, 0.43, 1.7, 0.1 + 0.2],
        "growth": [0.5, np.nan, 3.1, 2.0],
        "risk": [0.1, 0.7, 0.5, 1 / 3],
    },
    index=pd.Index(["DEU", "VNM", "MEX", "NAM"], name="iso3"),
)


def small(**call: Any) -> ms.Ranking:
    return ms.rank_markets(DATA, SMALL, **{"draws": 50, **call})


@pytest.fixture(scope="module")
def table() -> ms.IndicatorTable:
    return part_of_the_world()


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_study(small(), tmp_path_factory.mktemp("saved") / "study")


@pytest.fixture
def study(saved: Path, tmp_path: Path) -> Path:
    """A study that the test may change."""
    return Path(shutil.copytree(saved, tmp_path / "study"))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def hdi() -> ms.Ranking:
    """UNDP, Human Development Report 2023/24: figures of 2022, 193 countries."""
    case = json.loads((Path(__file__).parents[1] / "cases" / "hdi_2022.json").read_text("utf-8"))
    return ms.rank_markets(pd.DataFrame(case["rows"], columns=case["columns"]), "hdi", draws=200)


def judged() -> ms.Ranking:
    framework = replace(
        SMALL,
        judgements=(
            ms.Judgement(more="economic", less="political", ratio=3),
            ms.Judgement(more="gdp", less="growth", ratio=1 / 7, of="economic"),
        ),
    )
    return ms.rank_markets(DATA, framework, draws=50)


def inconsistent() -> ms.Ranking:
    pairs = [("political", "economic"), ("economic", "social"), ("social", "political")]
    tree = pd.DataFrame(
        {
            "code": ["gdp", "growth", "risk"],
            "factor": ["political", "economic", "social"],
            "direction": "benefit",
        }
    )
    framework = replace(
        ms.Framework.from_table(tree, min_coverage=0.0),
        judgements=tuple(ms.Judgement(more=a, less=b, ratio=9) for a, b in pairs),
    )
    with pytest.warns(ms.ConsistencyWarning, match="economic"):
        return ms.rank_markets(DATA.dropna(), framework, draws=50)


def scaled() -> ms.Ranking:
    wider = DATA.mul([2.0, 1.5, 3.0])
    return small(scale=ms.fit_scale(pd.concat([DATA, wider.set_axis(list("abcd"))]), SMALL))


def scaled_otherwise(normalization: Normalization) -> ms.Ranking:
    framework = replace(SMALL, normalization=normalization, missing="mean", treatment="none")
    return ms.rank_markets(DATA, framework, scale=ms.fit_scale(DATA * 2, framework), draws=50)


def treated() -> ms.Ranking:
    skewed = pd.DataFrame(
        {code: [*np.linspace(1, 2, 9), 50.0 + place] for place, code in enumerate(DATA)},
        index=list("abcdefghij"),
    )
    framework = replace(SMALL, treatment="skew-kurtosis")
    return ms.rank_markets(skewed, framework, scale=ms.fit_scale(skewed, framework), draws=50)


def group_means(data: pd.DataFrame) -> ms.Ranking:
    framework = replace(SMALL, missing="group-mean", group="region")
    return ms.rank_markets(data, framework, draws=50)


def of_a_panel() -> ms.Ranking:
    rows = observations()[observations()["market"].isin(part_of_the_world().values.index)]
    panel = ms.rank_panel(rows, "pestle", years=[2019, 2024], markets=["VNM"])
    return panel.rankings[2024]


WEIGHTINGS = ("equal", "rank_sum", "critic")
CASES: dict[str, Callable[[], ms.Ranking]] = {
    "hdi": hdi,
    "small": small,
    "by mapping": lambda: small(weights={"economic": 1, "political": 1 / 3}),
    "by mapping of indicators": lambda: small(weights=pd.Series({"gdp": 1, "growth": np.pi})),
    **{f"by name, {name}": lambda name=name: small(weights=name) for name in WEIGHTINGS},  # type: ignore[misc]  # a default binds it
    "judged": judged,
    "inconsistent": inconsistent,
    "markets": lambda: small(markets=["NAM", "DEU"]),
    "no draws": lambda: small(draws=0),
    "seed and tolerance": lambda: small(seed=7, tolerance=0.9),
    "one market": lambda: small(markets=["MEX"]),
    "topsis": lambda: small(method="topsis", options={"normalization": "vector"}),
    "topsis, fixed": lambda: small(method="topsis"),
    "promethee": lambda: small(method="promethee", options={"p": np.array([20.0, 30.0])}),
    "vikor": lambda: small(method="vikor", options={"v": np.float64(1 / 3)}),
    "a method of its own": lambda: small(method=ms.copeland),
    "scale": scaled,
    "treated": treated,
    **{
        f"scale, {name}": lambda name=name: scaled_otherwise(name)  # type: ignore[misc]  # as above
        for name in ("z-score", "rank", "percentile-rank", "vector")
    },
    "groups of the data": lambda: group_means(DATA.assign(region=["n", "s", "s", ""])),
    "groups of the embedded markets": lambda: group_means(DATA),
    "ranks within regions": lambda: small(within="region"),
    "ranks within groups of their own": lambda: small(
        markets=["DEU", "VNM", "MEX"],
        within=pd.Series({"VNM": "a, b", "MEX": 2, "NAM": "c"}, name=' "zone"'),
    ),
    "whole numbers as labels": lambda: ms.rank_markets(
        DATA.set_axis([7, 12, -3, 4]), SMALL, markets=[12, -3], draws=50
    ),
    "a panel": of_a_panel,
    "decimals": lambda: ms.rank_markets(DATA, replace(SMALL, decimals=0), draws=50),
    "whole weights": lambda: ms.rank_markets(DATA, SMALL.with_weights({"gdp": 3, "growth": 1})),
}


# The way there and back


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore::marketselect.errors.ConsistencyWarning")
def test_a_study_gives_every_number_again(name: str, tmp_path: Path) -> None:
    ranking = CASES[name]()
    replay = replay_study(save_study(ranking, tmp_path / "study"))
    assert replay.identical
    assert (replay.largest, len(replay.changed)) == (0.0, 0)
    again = replay.ranking
    pd.testing.assert_frame_equal(
        again.table, ranking.table, check_exact=True, check_index_type=False
    )
    assert again.table.index.name == ranking.table.index.name
    for part in ("matrix", "excluded"):
        expected = getattr(ranking, part)
        pd.testing.assert_frame_equal(
            getattr(again, part), expected, check_exact=True, check_index_type=False
        )
    pd.testing.assert_series_equal(again.tree_weights, ranking.tree_weights, check_exact=True)
    assert again.options.keys() == ranking.options.keys()
    assert list(again.judgements) == list(ranking.judgements)
    assert again.within == ranking.within
    assert (again.weighting is None) == (ranking.weighting is None)
    assert replay.numbers > ranking.table.size


@pytest.mark.slow
def test_the_embedded_data_come_back_with_years_errors_and_sources(
    pestle_table: ms.IndicatorTable, tmp_path: Path
) -> None:
    table, markets = pestle_table, ["DEU", "TWN"]
    ranking = ms.rank_markets(
        table, "pestle", weights="principal_component", method="topsis", markets=markets, draws=50
    )
    replay = replay_study(save_study(ranking, tmp_path / "study"))
    assert replay.identical
    again = replay.ranking.scores.table
    for name in ("values", "years", "errors"):
        found, expected = (getattr(one, name) for one in (again, table))
        pd.testing.assert_frame_equal(found, expected, check_exact=True, check_names=False)
    assert again.sources.to_dict() == table.sources.to_dict()
    assert (again.as_of, again.max_age) == (2024, 5)
    assert replay.ranking.excluded["market"].tolist() == ["TWN"]
    assert replay.ranking.provenance == ranking.provenance


@pytest.mark.slow
def test_a_study_needs_nothing_but_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save_study(group_means(DATA), tmp_path / "study")

    def gone() -> None:
        raise AssertionError("the embedded markets were read")

    monkeypatch.setattr("marketselect.scoring.plan.load_markets", gone)
    assert replay_study(path).identical


@pytest.mark.slow
def test_saving_does_not_warn_again_of_judgements_and_replaying_does(tmp_path: Path) -> None:
    path = save_study(inconsistent(), tmp_path / "study")
    with pytest.warns(ms.ConsistencyWarning, match="economic"):
        assert replay_study(path).identical


@pytest.mark.slow
def test_saving_twice_gives_the_same_bytes(study: Path, tmp_path: Path) -> None:
    first = contents(study)
    assert first == contents(save_study(small(), tmp_path / "second"))
    for content in first.values():
        assert b"\r" not in content
        assert content.decode("utf-8").endswith("\n")


def test_every_file_has_its_hash_and_its_line_in_the_page(study: Path) -> None:
    hashes = json.loads((study / "hashes.json").read_text("utf-8"))
    page = (study / "README.md").read_text("utf-8")
    assert {*hashes, "hashes.json"} == set(names(study))
    for name, value in hashes.items():
        assert hashlib.sha256((study / name).read_bytes()).hexdigest() == value
        assert f"- `{name}`: " in page
    assert "marketselect replay ." in page
    assert f"numpy=={np.__version__}" in page
    assert "scale.json" not in page


@pytest.mark.slow
def test_nothing_given_is_changed(tmp_path: Path) -> None:
    ranking = small()
    before = ranking.table.copy(), ranking.scores.table.values.copy(), dict(ranking.provenance)
    save_study(ranking, tmp_path / "study")
    pd.testing.assert_frame_equal(ranking.table, before[0])
    pd.testing.assert_frame_equal(ranking.scores.table.values, before[1])
    assert ranking.provenance == before[2]


LABEL = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)
NUMBER = st.floats(allow_nan=False, allow_infinity=False) | st.just(np.nan)


@given(labels=st.lists(LABEL, min_size=1, max_size=5, unique=True), data=st.data())
def test_any_label_and_any_float_come_back_from_csv(labels: list[str], data: st.DataObject) -> None:
    rows = [data.draw(st.lists(NUMBER, min_size=2, max_size=2)) for _ in labels]
    frame = pd.DataFrame(rows, index=labels, columns=["x", 'y, "z"'])
    files = {"f.csv": csv_of_table(frame).encode()}
    again = read_number_file(files, "f.csv", ["market", *frame.columns], "text")
    assert again.index.tolist() == labels
    np.testing.assert_array_equal(again.to_numpy().view("i8"), frame.to_numpy().view("i8"))


HOSTILE = ["=1+1", "-2+3\n", '@"x"', "a,b\r\nc", " [x](y) <b>`|` "]


@pytest.mark.slow
def test_hostile_labels_are_kept_as_text(tmp_path: Path) -> None:
    data = pd.concat([DATA, DATA.iloc[:1]]).set_axis(HOSTILE)
    framework = replace(SMALL, title="# <script>\n\n- [link](http://x.y) {count}")
    path = save_study(ms.rank_markets(data, framework, draws=50), tmp_path / "study")
    replay = replay_study(path)
    assert replay.identical
    assert sorted(replay.ranking.table.index) == sorted(HOSTILE)
    page = (path / "README.md").read_text("utf-8")
    first = r"# Study: \# \<script\>  \- \[link\]\(http\:\/\/x\.y\) \{count\}"
    assert page.splitlines()[0] == first
    assert r"""such texts: "\=1\+1", "\-2\+3 ", "\@\"x\"".""" in page


def test_labels_with_commas_stand_apart_in_the_page(tmp_path: Path) -> None:
    data = DATA.set_axis(["Delft, South", "Ghent, Old Town", "Congo", "Chad"])
    page = save_study(ms.rank_markets(data, SMALL, draws=0), tmp_path / "study") / "README.md"
    assert r'"Delft\, South", "Congo", "Chad"' in page.read_text("utf-8")
    assert "install it from a clone of its repository" in page.read_text("utf-8")


# Who may be saved, and where


def topsis(matrix: Any, weights: Any) -> Any:
    """A method of somebody's own that bears the name of one of ours."""
    return matrix @ weights


def spread(matrix: Any) -> Any:
    return np.ptp(matrix, axis=0)


OWN_STUDIES: dict[str, dict[str, Any]] = {
    "method": {"method": topsis},
    "its value": {"method": ms.Method(call=topsis, name="mine", linear=True, batch="none")},
    "options": {"method": lambda matrix, weights, by: by * matrix @ weights, "options": {"by": 2}},
    "weights": {"weights": spread},
    "both": {"method": topsis, "weights": spread},
}


@pytest.mark.parametrize("given", OWN_STUDIES.values(), ids=OWN_STUDIES)
def test_a_study_by_functions_of_ones_own_is_replayed_by_them(
    tmp_path: Path, given: dict[str, Any]
) -> None:
    own = {what: given[what] for what in ("method", "weights") if what in given}
    study = save_study(small(**given), tmp_path / "study")
    replay = replay_study(study, **own)
    assert replay.identical
    assert replay.ranking.fingerprint.startswith("unverified:") is ("method" in own)
    assert f"replay_study(folder, {', '.join(f'{what}=...' for what in own)})" in (
        study / "README.md"
    ).read_text("utf-8")


def test_a_study_that_needs_a_function_says_which(tmp_path: Path) -> None:
    study = save_study(small(method=topsis, weights=spread), tmp_path / "study")
    with pytest.raises(ms.InputError, match="holds no code") as caught:
        replay_study(study)
    assert [(fault.code, fault.where) for fault in caught.value.faults] == [
        ("missing", f'study "{study}": the method "topsis"'),
        ("missing", f'study "{study}": the weights "spread"'),
    ]
    assert [fault.remedy for fault in caught.value.faults] == [
        "give it: replay_study(folder, method=...)",
        "give it: replay_study(folder, weights=...)",
    ]


@pytest.mark.slow
def test_a_function_that_is_another_gives_other_results(tmp_path: Path) -> None:
    study = save_study(small(method=topsis), tmp_path / "study")
    replay = replay_study(study, method=lambda matrix, weights: -matrix @ weights)
    assert not replay.identical
    assert set(replay.differences["file"]) >= {"results.csv"}
    assert "method" in set(replay.changed["name"])  # it bears another name, too


@pytest.mark.slow
def test_a_function_that_a_study_does_not_need_is_refused(tmp_path: Path) -> None:
    study = save_study(small(), tmp_path / "study")
    with pytest.raises(
        ms.InputError, match="method is given, and the study holds its method; leave it out"
    ):
        replay_study(study, method=topsis)


@pytest.mark.parametrize("own", [{}, {"draws": "x"}, {"method": 3}, ["method"]])
def test_a_record_of_functions_that_is_none_is_refused(tmp_path: Path, own: Any) -> None:
    study = save_study(small(method=topsis), tmp_path / "study")
    call = json.loads((study / "call.json").read_text("utf-8"))
    (study / "call.json").write_text(json.dumps({**call, "own": own}), encoding="utf-8")
    with pytest.raises(ms.InputError, match=r"call\.json, own.*a table of names is needed"):
        replay_study(study, method=topsis)


@pytest.mark.slow
def test_a_ranking_that_was_changed_is_refused(tmp_path: Path) -> None:
    ranking = small()
    better = ranking.table.assign(score=ranking.table["score"] + 1)
    with pytest.raises(ms.InputError, match=r"does not follow from what it records(.|\n)*score"):
        save_study(replace(ranking, table=better), tmp_path / "study")
    other = replace(ranking, given_framework=replace(SMALL, min_coverage=0.1))
    with pytest.raises(ms.InputError, match=r"does not follow(.|\n)*option +framework"):
        save_study(other, tmp_path / "study")
    with pytest.raises(ms.InputError, match="ranking: got DataFrame; a Ranking is needed"):
        save_study(ranking.table, tmp_path / "study")  # type: ignore[arg-type]  # the point
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([1.5, 2.5, 3.5, 4.5], "market 1.5: .* neither all text nor all whole numbers"),
        (["a", 1, "b", 2], "market 1: .* neither all text nor all whole numbers"),
        ([10**18, 1, 2, 3], "market 1000000000000000000: the label has more than 18 digits"),
        ([1, 2, 3, -(10**18)], "market -1000000000000000000: the label has more than 18 digits"),
        (pd.CategoricalIndex(["a", "b", "c", "d"]), "labels of the markets are categories"),
        (pd.Index(["a", "b", "c", "d"], name=1.5), "the index of the markets is named 1.5"),
    ],
)
def test_labels_that_no_file_keeps_are_refused(labels: Any, message: str, tmp_path: Path) -> None:
    data = DATA.rename_axis(None).set_axis(pd.Index(labels, dtype=object, name=None))
    data.index = labels if isinstance(labels, pd.Index) else data.index
    ranking = ms.rank_markets(data, SMALL, draws=0)
    with pytest.raises(ms.InputError, match=message):
        save_study(ranking, tmp_path / "study")
    assert names(tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [2024, -1, "", "a, b"])
def test_the_name_of_the_index_comes_back(name: Any, tmp_path: Path) -> None:
    ranking = ms.rank_markets(DATA.rename_axis(name), SMALL, draws=0)
    again = replay_study(save_study(ranking, tmp_path / "study")).ranking
    assert again.table.index.name == name
    assert type(again.table.index.name) is type(name)


def test_half_a_character_is_refused_by_place() -> None:
    # No file can hold it, so it stands in no framework, nor in a study of one.
    indicators = tuple(replace(item, unit="\ud800") for item in SMALL.indicators[:1])
    with pytest.raises(ms.InputError, match=r'"gdp", unit: got .*; it holds half a character'):
        replace(SMALL, indicators=(*indicators, *SMALL.indicators[1:]))
    for text in ("a\ud800\nb", "a\n\ud800"):
        with pytest.raises(ms.InputError, match=r"line [12].*ud800' is half a character"):
            encoded_study_text(text, "framework.toml")


@pytest.mark.parametrize("overwrite", ["no", 0, 1, None])
def test_whether_to_replace_is_true_or_false(overwrite: Any, tmp_path: Path) -> None:
    with pytest.raises(ms.InputError, match=r"overwrite is .*; True or False is needed"):
        save_study(small(), tmp_path / "study", overwrite=overwrite)


def test_more_draws_than_a_replay_would_make_are_not_saved(tmp_path: Path) -> None:
    ranking = small()
    many = replace(ranking, provenance={**ranking.provenance, "draws": 10_000_001})
    with pytest.raises(ms.InputError, match=r"draws: got 10000001; .*at most 10,000,000"):
        save_study(many, tmp_path / "study")


def test_what_is_there_is_not_replaced_unasked(study: Path, tmp_path: Path) -> None:
    before = (study / "results.csv").read_bytes()
    for place in (study, tmp_path, study / "results.csv"):
        with pytest.raises(ms.InputError, match="exists; give another name, or overwrite=True"):
            save_study(small(seed=1), place)
    assert (study / "results.csv").read_bytes() == before


@pytest.mark.slow
def test_only_a_study_is_replaced(study: Path, tmp_path: Path) -> None:
    save_study(small(seed=1, draws=0), study, overwrite=True)
    replay = replay_study(study)
    assert replay.identical
    assert replay.ranking.provenance["seed"] == 1
    assert names(tmp_path) == ["study"]
    save_study(small(), tmp_path / "new", overwrite=True)
    (study / "thesis.tex").write_text("years of work", encoding="utf-8")
    with pytest.raises(ms.InputError, match=r'holds "thesis.tex", which is no part of a study'):
        save_study(small(), study, overwrite=True)
    with pytest.raises(ms.InputError, match='holds "new", "study", which is no part'):
        save_study(small(), tmp_path, overwrite=True)
    with pytest.raises(ms.InputError, match="cannot be read: Not a directory"):
        save_study(small(), study / "results.csv", overwrite=True)
    (tmp_path / "link").symlink_to(tmp_path / "new")
    with pytest.raises(ms.InputError, match='link" is a link; give the folder itself'):
        save_study(small(), tmp_path / "link", overwrite=True)
    assert (tmp_path / "new" / "results.csv").exists()


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("", "path is ''; give the name of a folder"),
        ("a\0b", "give the name of a folder"),
        (7, "path is a int; give the name of a folder"),
        ("nowhere/study", "there is no folder .*nowhere"),
        ("..", r'study "\.\." ends in "\.\."; give the name of the folder itself'),
        ("/", "is the root of all folders; give the name of the folder itself"),
    ],
)
def test_a_place_that_is_none_is_refused(path: Any, message: str) -> None:
    with pytest.raises(ms.InputError, match=message):
        save_study(small(), path)


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("moment", ["write_new_file", "rename", "exchanged"])
def test_a_save_that_breaks_off_leaves_all_as_it_was(
    fault: BaseException, moment: str, study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(study)
    place = Path if moment == "rename" else files
    real = getattr(place, moment)

    def broken(first: Any, second: Path, **others: Path) -> Any:
        if second.name in ("results.csv", "study"):
            monkeypatch.undo()  # only the first time: what was there can be put back
            raise fault
        return real(first, second, **others)

    for path, overwrite in ((tmp_path / "new" / "study", False), (study, True)):
        path.parent.mkdir(exist_ok=True)
        if moment == "exchanged" and not overwrite:
            continue  # nothing to exchange
        if moment == "rename":  # as on a system that cannot exchange two folders in one step
            monkeypatch.setattr(files, "exchanged", lambda *_: False)
        monkeypatch.setattr(place, moment, broken)
        with pytest.raises((ms.InputError, KeyboardInterrupt), match=r"No space left on device|^$"):
            save_study(small(seed=1, draws=9), path, overwrite=overwrite)
    assert names(tmp_path / "new") == []
    assert names(tmp_path) == ["new", "study"]
    assert contents(study) == before


# Tampering


def edit(study: Path, name: str, old: str, new: str, *, hashes: bool = False) -> None:
    """Change a text that stands once in a file; with `hashes`, its hash, too."""
    path = study / name
    text = path.read_bytes().decode("utf-8")
    assert text.count(old) == 1
    path.write_bytes(text.replace(old, new).encode("utf-8"))
    if hashes:
        listed = json.loads((study / "hashes.json").read_text("utf-8"))
        listed[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        (study / "hashes.json").write_text(json.dumps(listed, indent=2) + "\n", encoding="utf-8")


def test_a_changed_value_is_found(study: Path) -> None:
    edit(study, "values.csv", "MEX,1.7,", "MEX,2.9,")
    replay = replay_study(study)
    assert not replay.identical
    assert replay.changed[["kind", "name"]].to_numpy().tolist() == [
        ["file", "values.csv"],
        ["option", "data"],
    ]
    found = replay.differences.set_index(["file", "row", "column"])
    row = found.xs(("normalized.csv", "MEX", "gdp"))
    # Min-max between 0.3 (0.1 + 0.2) and 4.1
    assert row["stored"] == pytest.approx(100 * (1.7 - 0.3) / 3.8)
    assert row["now"] == pytest.approx(100 * (2.9 - 0.3) / 3.8)
    assert row["difference"] == pytest.approx(100 * 1.2 / 3.8)
    assert ("results.csv", "MEX", "score") in found.index
    assert ("results.csv", "DEU", "score") not in found.index
    assert replay.largest == pytest.approx(100 * 1.2 / 3.8)
    text = repr(replay)
    assert text.startswith(f"Replay of {study}: not identical; {len(found)} of {replay.numbers} ")
    assert "values.csv" in text
    assert "Changed since it was saved" in text


def test_a_changed_value_is_found_though_the_hash_was_changed_too(study: Path) -> None:
    edit(study, "values.csv", "VNM,0.43,,0.7", "VNM,0.43,,0.70000001", hashes=True)
    replay = replay_study(study)
    assert not replay.identical
    assert replay.changed["name"].tolist() == ["values.csv", "data"]


@pytest.mark.parametrize("change", ["blank", "order", "line ends"])
def test_a_blank_and_the_order_in_the_list_of_hashes_are_found(study: Path, change: str) -> None:
    """Whoever quotes its hash could not find it again."""
    path = study / "hashes.json"
    text = path.read_text("utf-8")
    turned = json.dumps(dict(reversed(json.loads(text).items())), indent=2) + "\n"
    ends = text.replace("\n", "\r\n")
    path.write_bytes({"blank": f"{text} ", "order": turned, "line ends": ends}[change].encode())
    replay = replay_study(study)
    assert not replay.identical
    assert replay.differences.empty
    assert replay.changed[["kind", "name", "stored"]].to_numpy().tolist() == [
        ["file", "hashes.json", hashlib.sha256(text.encode()).hexdigest()[:12]]
    ]


def test_a_changed_option_is_found(study: Path) -> None:
    edit(study, "call.json", '"seed": 0', '"seed": 12', hashes=True)
    replay = replay_study(study)
    changed = replay.changed.to_numpy().tolist()
    assert [row[:2] for row in changed] == [["file", "call.json"], ["option", "seed"]]
    assert changed[1][2:] == [0, 12]
    assert not replay.identical


@pytest.mark.slow
def test_a_changed_group_is_found(tmp_path: Path) -> None:
    groups = {"DEU": "a", "VNM": "b", "MEX": "a", "NAM": "b"}
    study = save_study(small(within=groups), tmp_path / "study")
    assert (study / "within.csv").read_text().startswith("market,group\n")
    assert "rank_within" in (study / "results.csv").read_text()
    edit(study, "within.csv", "MEX,a", "MEX,b")
    replay = replay_study(study)
    assert not replay.identical
    assert "within.csv" in set(replay.changed["name"])
    assert set(replay.differences["column"]) == {"rank_within"}


@pytest.mark.parametrize("kept", ["name", "groups"])
def test_groups_without_their_name_and_a_name_without_groups_are_refused(
    kept: str, tmp_path: Path
) -> None:
    study = save_study(small(within="region"), tmp_path / "study")
    if kept == "groups":
        edit(study, "call.json", ',\n  "within": "region"', "")
    else:
        hashes = json.loads((study / "hashes.json").read_text())
        del hashes["within.csv"]
        (study / "hashes.json").write_text(json.dumps(hashes))
    with pytest.raises(ms.InputError, match="within") as caught:
        replay_study(study)
    assert [fault.code for fault in caught.value.faults] == ["damaged"]


def test_a_changed_option_of_the_method_is_found(tmp_path: Path) -> None:
    study = save_study(small(method="vikor", options={"v": 0.5}), tmp_path / "study")
    edit(study, "call.json", '"v": 0.5', '"v": 0.75')
    replay = replay_study(study)
    rows = replay.changed.to_numpy().tolist()
    assert [row[:2] for row in rows] == [["file", "call.json"], ["option", "options.v"]]
    assert rows[1][2:] == [0.5, 0.75]


def test_a_changed_framework_is_found(study: Path) -> None:
    edit(study, "framework.toml", "min_coverage = 0.5", "min_coverage = 0.9", hashes=True)
    replay = replay_study(study)
    assert replay.changed["name"].tolist() == ["framework.toml", "framework"]
    rows = replay.differences.set_index(["file", "row", "column"])
    # A market that has no rank any more stands there with nothing now, and with its reason.
    assert rows.loc[("results.csv", "VNM", "rank"), "stored"] == 4
    assert rows["now"].isna().loc[("results.csv", "VNM", "rank")]
    assert "90% needed" in str(rows.loc[("excluded.csv", "VNM", "reason"), "now"])


@pytest.mark.parametrize("hashes", [True, False])
def test_a_changed_result_is_found(hashes: bool, study: Path) -> None:
    edit(study, "results.csv", "DEU,1,", "DEU,2,", hashes=hashes)
    replay = replay_study(study, tolerance=5)  # ranks are compared exactly all the same
    assert replay.differences.to_numpy().tolist() == [["results.csv", "DEU", "rank", 2, 1, 1]]
    assert replay.changed["name"].tolist() == ([] if hashes else ["results.csv"])
    assert not replay.identical


def test_a_market_that_was_added_to_the_results_is_found(study: Path) -> None:
    path = study / "excluded.csv"
    path.write_bytes(path.read_bytes() + b"FRA,too far\n")
    replay = replay_study(study)
    row = replay.differences.iloc[0]
    assert row[["file", "row", "stored"]].tolist() == ["excluded.csv", "FRA", "too far"]
    assert replay.differences["now"].isna().tolist() == [True]
    words = f": not identical; 1 of {replay.numbers} results are not the same: 1 are not made again"
    assert f'{words} (row "FRA" of excluded.csv)\n' in repr(replay)


@pytest.mark.slow
def test_rows_that_are_missing_are_counted_and_named(study: Path) -> None:
    path = study / "factor_scores.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    assert lines[1].startswith("DEU,")
    path.write_text("".join([lines[0], *lines[2:]]), "utf-8")
    replay = replay_study(study)
    words = 'are not the same: 2 are missing from the study (row "DEU" of factor_scores.csv)\n'
    assert f"2 of {replay.numbers} results {words}" in repr(replay)
    assert "nan" not in repr(replay)
    edit(study, "results.csv", "DEU,1,75.0,", "DEU,1,74.5,")
    assert "3 of " in repr(replay_study(study))
    assert "same: 1 differ, by at most 0.5; 2 are missing" in repr(replay_study(study))


def test_a_changed_page_is_found(study: Path) -> None:
    edit(study, "README.md", "First come", "First comes")
    replay = replay_study(study)
    assert not replay.identical
    assert replay.differences.empty
    assert "not identical; all" in repr(replay)


@pytest.fixture(scope="module")
def measured(table: ms.IndicatorTable, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with years and standard errors."""
    ranking = ms.rank_markets(table, "pestle", markets=["VNM", "MEX", "POL"], draws=50)
    return save_study(ranking, tmp_path_factory.mktemp("measured") / "study")


def cell(study: Path, name: str, market: str, indicator: str, value: str) -> None:
    """Write one cell of a file, and its new hash into hashes.json."""
    frame = pd.read_csv(study / name, dtype=str, keep_default_na=False, index_col=0)
    frame.loc[market, indicator] = value
    (study / name).write_text(frame.to_csv(lineterminator="\n"), "utf-8")
    listed = json.loads((study / "hashes.json").read_text("utf-8"))
    listed[name] = hashlib.sha256((study / name).read_bytes()).hexdigest()
    (study / "hashes.json").write_text(json.dumps(listed, indent=2) + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "value"), [("errors.csv", "0.123"), ("years.csv", "2020"), ("sources.csv", "me")]
)
def test_an_input_is_held_against_the_record_too(
    name: str, value: str, measured: Path, tmp_path: Path
) -> None:
    """These change no result, and whoever edits them may write hashes.json anew."""
    study = Path(shutil.copytree(measured, tmp_path / "study"))
    place = ("RL.EST", "source") if name == "sources.csv" else ("VNM", "RL.EST")
    cell(study, name, *place, value)
    replay = replay_study(study)
    assert not replay.identical
    assert replay.differences.empty
    assert replay.changed[["kind", "name"]].to_numpy().tolist() == [["file", name]]


def test_an_input_that_is_taken_out_of_the_hashes_is_missed(measured: Path, tmp_path: Path) -> None:
    study = Path(shutil.copytree(measured, tmp_path / "study"))
    listed = json.loads((study / "hashes.json").read_text("utf-8"))
    del listed["errors.csv"]
    (study / "hashes.json").write_text(json.dumps(listed, indent=2) + "\n", encoding="utf-8")
    replay = replay_study(study)
    assert replay.changed["name"].tolist() == ["errors.csv"]
    assert replay.unread == ("errors.csv",)


def test_the_weights_of_the_record_are_compared(study: Path) -> None:
    stated = '"weights": {\n    "economic": 0.5,'
    edit(study, "provenance.json", stated, stated.replace("0.5", "0.75"), hashes=True)
    replay = replay_study(study, tolerance=1e-9)
    assert not replay.identical
    assert replay.changed.to_numpy().tolist() == [["option", "weights.economic", 0.75, 0.5]]
    edit(study, "provenance.json", '"economic": 0.75,', '"economic": 0.5000000001,', hashes=True)
    assert replay_study(study, tolerance=1e-9).identical
    assert not replay_study(study).identical


@pytest.mark.parametrize(
    ("name", "indicator", "value", "message"),
    [
        ("errors.csv", "RL.EST", "-0.1", "a standard error must not be negative"),
        ("errors.csv", "NY.GNP.PCAP.CD", "0.1", "framework.toml names no series of them"),
        ("years.csv", "RL.EST", "2025", "the year is later than 2024, which as_of names"),
        ("years.csv", "RL.EST", "2018", "the year is more than 5 before 2024, as max_age"),
        ("values.csv", "RL.EST", "", "there is a year, and values.csv has no value"),
    ],
)
def test_years_and_errors_that_no_table_has_are_refused_by_place(
    name: str, indicator: str, value: str, message: str, measured: Path, tmp_path: Path
) -> None:
    study = Path(shutil.copytree(measured, tmp_path / "study"))
    cell(study, name, "VNM", indicator, value)
    where = "years.csv" if name == "values.csv" else name
    with pytest.raises(ms.InputError, match=f'"{indicator}", market "VNM": .*{message}') as caught:
        replay_study(study)
    assert str(caught.value).startswith(f'study "{study}": {where}: indicator ')


def test_an_error_without_a_value_is_refused(measured: Path, tmp_path: Path) -> None:
    study = Path(shutil.copytree(measured, tmp_path / "study"))
    cell(study, "values.csv", "VNM", "RL.EST", "")
    cell(study, "years.csv", "VNM", "RL.EST", "")
    with pytest.raises(ms.InputError, match=r"a standard error, and values\.csv has no value"):
        replay_study(study)


def test_many_cells_that_do_not_fit_are_counted(measured: Path, tmp_path: Path) -> None:
    study = Path(shutil.copytree(measured, tmp_path / "study"))
    text = (study / "call.json").read_text("utf-8").replace('"as_of": 2024', '"as_of": 2019')
    (study / "call.json").write_text(text, "utf-8")
    with pytest.raises(
        ms.InputError, match=r"the year is later than 2019(.|\n)*and [\d,]+ more of this kind"
    ):
        replay_study(study)


def test_errors_of_another_framework_are_no_part_of_a_study(
    table: ms.IndicatorTable, tmp_path: Path
) -> None:
    rules = ms.load_framework("pestle").subset(["RL.EST", "NY.GNP.PCAP.CD"])
    plain = replace(
        rules, indicators=tuple(replace(item, standard_error=None) for item in rules.indicators)
    )
    path = save_study(ms.rank_markets(table, plain, draws=0), tmp_path / "study")
    assert not (path / "errors.csv").exists()
    assert replay_study(path).identical


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ('"scale": null', '"scale": "other"', ["option", "scale", "other", None]),
        ('"unused_columns": []', '"unused_columns": ["x"]',
         ["option", "unused_columns", ["x"], []]),
        ('"seed": 0', '"seed": 0,\n  "author": "M."', ["option", "author", "M.", None]),
    ],
)  # fmt: skip
def test_whatever_stands_in_the_record_is_compared(
    study: Path, old: str, new: str, change: list[Any]
) -> None:
    edit(study, "provenance.json", old, new, hashes=True)
    replay = replay_study(study)
    assert not replay.identical
    assert replay.changed.to_numpy().tolist() == [change]


def test_another_version_is_told_and_is_no_fault(study: Path) -> None:
    edit(study, "provenance.json", f'"numpy": "{np.__version__}"', '"numpy": "1.99.0"', hashes=True)
    replay = replay_study(study)
    assert replay.identical
    assert replay.changed.to_numpy().tolist() == [["version", "numpy", "1.99.0", np.__version__]]
    assert "version numpy" in repr(replay)


def test_a_tolerance_lets_the_last_digits_pass(study: Path) -> None:
    first = float(small().table["score"].iloc[0])
    moved = float(np.nextafter(first, 0))
    edit(study, "results.csv", f"DEU,1,{first!r},", f"DEU,1,{moved!r},", hashes=True)
    strict, loose = replay_study(study), replay_study(study, tolerance=1e-9)
    assert strict.differences[["row", "column"]].to_numpy().tolist() == [["DEU", "score"]]
    assert strict.largest == loose.largest == abs(first - moved)
    assert loose.identical
    assert "the largest difference is" in repr(loose)


@pytest.mark.parametrize("tolerance", [-1, np.nan, np.inf, "0_1", True, None, [0.0, 1.0]])
def test_a_tolerance_that_is_none_is_refused(tolerance: Any, study: Path) -> None:
    with pytest.raises(ms.InputError, match=r"tolerance is .*; a finite number, 0 or more"):
        replay_study(study, tolerance=tolerance)


def test_another_file_in_the_folder_is_told_and_not_read(study: Path) -> None:
    (study / "notes.txt").write_text("mine", encoding="utf-8")
    (study / "scale.json").write_text("not in the hashes: no part", encoding="utf-8")
    (study / "more").mkdir()
    replay = replay_study(study)
    assert replay.identical
    assert replay.unread == ("more", "notes.txt", "scale.json")
    assert 'not read: "more", "notes.txt", "scale.json"' in repr(replay)


# Files that are not as they should be


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("values.csv", ",0.43,", ",nan,", r'values.csv: indicator "gdp", market "VNM".*"nan"'),
        ("values.csv", ",0.43,", ",inf,", r'values.csv: indicator "gdp", market "VNM".*"inf"'),
        ("values.csv", ",0.43,", ",1e999,", r"values.csv: .*value is inf|\"1e999\""),
        ("values.csv", ",0.43,", ",__import__('os'),", r'values.csv: .*"__import__'),
        ("values.csv", "market,gdp", "market,gnp", 'missing: "gdp"; unknown: "gnp"'),
        ("values.csv", "risk\n", "risk,more\n", 'values.csv: .*unknown: "more"'),
        ("values.csv", "gdp,growth", "growth,gdp", "values.csv: its columns are not .* order"),
        ("values.csv", "VNM,0.43,,0.7", "VNM,0.43", r'row "VNM" has 2 cells; 4 are needed'),
        ("values.csv", "VNM,", "DEU,", '"DEU" stands there more than once'),
        ("values.csv", "VNM,", '"VNM,', "values.csv, line"),
        ("years.csv", "VNM,", "FRA,", "years.csv: its markets are not those of values.csv"),
        ("years.csv", "VNM,,", "VNM,2020.5,", "years.csv: got 2020.5; a whole year"),
        ("years.csv", "VNM,,", "VNM,99999,", "years.csv: got 99999; a whole year"),
        ("sources.csv", "growth,", "growing,", "sources.csv: its indicators are not those"),
        ("results.csv", "DEU,1,", "DEU,first,", 'results.csv: .*market "DEU".*"first"'),
        ("results.csv", "market,", "country,", 'results.csv: .*unknown: "country"'),
        ("framework.toml", 'name = "small"', 'name = "', "this is not TOML"),
        ("framework.toml", 'name = "small"', 'nom = "small"', "key name is missing"),
        ("call.json", '"draws": 50', '"draws": -1', "draws: got -1; a whole number, 0 or more"),
        ("call.json", '"draws": 50', '"draws": 100000000000', "draws: got 1.*at most 10,000,000"),
        ("call.json", '"draws": 50', '"draws": 50, "draws": 51', '"draws" stands there more than'),
        (
            "call.json",
            '"index_name": "iso3"',
            '"index_name": 1.5',
            "index_name: got 1.5; a text or",
        ),
        ("call.json", '"draws": 50', '"draws": null', "draws: got None; a whole number"),
        ("call.json", '"draws": 50', '"draws": 1e999', "call.json: this is no JSON .*1e999"),
        ("call.json", '"draws": 50', '"draws": NaN', "call.json: this is no JSON .*NaN"),
        ("call.json", '"seed": 0', '"seeds": 0', r'call.json has 2 faults(.|\n)*mean "seed"'),
        ("call.json", '"method": "weighted_sum"', '"method": "os.system"', "method: got 'os.sys"),
        ("call.json", '"markets": null', '"markets": ["FRA"]', '"FRA" not in the table'),
        ("call.json", '"weights": null', '"weights": {"gdp": "3"}', "a name or weights is needed"),
        ("call.json", '"weights": null', '"weights": "entropi"', 'mean "entropy"'),
        (
            "call.json",
            '"normalization"',
            '"normalisation"',
            'has no option "normalisation"',
        ),
        ("call.json", '"format": 1', '"format": 3', "its format is 3, this version reads 1 and 2"),
        ("call.json", '"labels": "text"', '"labels": "pickle"', "labels: got 'pickle'"),
        ("call.json", '"labels": "text"', '"labels": "whole numbers"', '"DEU".* is no whole num'),
        ("call.json", "{\n", "[" * 100_000, "call.json: this is no JSON"),
        ("provenance.json", "{\n  ", "[{\n  ", "provenance.json: this is no JSON"),
        ("hashes.json", '"values.csv"', '"../values.csv"', r'"../values.csv" is no file of a st'),
        ("hashes.json", '"values.csv"', '"years.csv "', '"values.csv" is not listed'),
        ("hashes.json", '"values.csv": "', '"values.csv": "Z', "is no SHA-256"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_place(
    name: str, old: str, new: str, message: str, study: Path
) -> None:
    text = (study / name).read_text("utf-8")
    (study / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert new in (study / name).read_text("utf-8")
    with pytest.raises(ms.InputError, match=message) as caught:
        replay_study(study)
    assert str(caught.value).startswith(f'study "{study}": ')
    if name != "hashes.json":
        assert f'(changed since it was saved: "{name}")' in str(caught.value)


@pytest.fixture(scope="module")
def saved_with_a_scale(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_study(scaled(), tmp_path_factory.mktemp("scaled") / "study")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("high", "0", r"high: got '0'; a finite number is needed"),
        ("high", -1.0, "low must be below high"),
        ("fitted", [], "fitted: got .*; a list of numbers is needed"),
        ("reach", 0, "reach: got 0; a number above 0 is needed"),
        ("winsorized", [1], "winsorized: got .*; a list of two numbers is needed"),
        ("imputed", {"": "x"}, "imputed: got .*; a table of numbers is needed"),
        ("log", 0, "log: got 0; true or false is needed"),
        ("normalization", "rank", "was fitted with normalization rank"),
        ("code", "gnp", 'the scale has no indicator "gdp"'),
        ("more", 1, 'key "more" is unknown'),
    ],
)
def test_a_scale_that_cannot_be_read_is_refused(
    key: str, value: object, message: str, saved_with_a_scale: Path, tmp_path: Path
) -> None:
    study = Path(shutil.copytree(saved_with_a_scale, tmp_path / "study"))
    rows = json.loads((study / "scale.json").read_text("utf-8"))
    rows[0][key] = value
    (study / "scale.json").write_text(json.dumps(rows), encoding="utf-8")
    with pytest.raises(ms.InputError, match=message):
        replay_study(study)
    (study / "scale.json").write_text("[1]", encoding="utf-8")
    with pytest.raises(ms.InputError, match="a list with one table an indicator is needed"):
        replay_study(study)


@pytest.mark.slow
@pytest.mark.parametrize("content", [b"", b"\x80\x04pickle.", b"\0\0", b"[]"])
def test_garbage_in_any_file_is_found(content: bytes, study: Path) -> None:
    for name in names(study):
        before = (study / name).read_bytes()
        (study / name).write_bytes(content)
        if name == "README.md":  # for people; only its hash is looked at
            assert not replay_study(study).identical
        else:
            with pytest.raises(ms.InputError, match=name):
                replay_study(study)
        (study / name).write_bytes(before)
    assert replay_study(study).identical


def test_a_file_saved_anew_by_a_spreadsheet_still_has_its_numbers(study: Path) -> None:
    path = study / "values.csv"
    text = path.read_text("utf-8").replace("\n", "\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    replay = replay_study(study)
    assert replay.differences.empty
    assert replay.changed["name"].tolist() == ["values.csv"]


def test_a_missing_file_is_refused(study: Path, tmp_path: Path) -> None:
    (study / "years.csv").unlink()
    with pytest.raises(ms.InputError, match=r'"years.csv" is missing'):
        replay_study(study)
    (study / "hashes.json").unlink()
    with pytest.raises(ms.InputError, match=r"there is no hashes.json; give a folder that save_st"):
        replay_study(study)
    with pytest.raises(ms.InputError, match="cannot be read: No such file"):
        replay_study(tmp_path / "nothing")
    with pytest.raises(ms.InputError, match="cannot be read: Not a directory"):
        replay_study(study / "values.csv")
    with pytest.raises(ms.InputError, match="path is a int; give the name of a folder"):
        replay_study(7)  # type: ignore[arg-type]  # the point of the test


@pytest.mark.parametrize("name", ["values.csv", "hashes.json", "anything"])
@pytest.mark.parametrize("target", ["moved", "/etc/passwd", "nowhere", "."])
def test_links_are_not_followed(name: str, target: str, study: Path, tmp_path: Path) -> None:
    if (study / name).exists():
        (study / name).rename(tmp_path / "moved")
    (study / name).symlink_to(tmp_path / target)
    with pytest.raises(ms.InputError, match=f'"{name}" is a link; links are not followed'):
        replay_study(study)


def test_a_link_that_comes_after_the_look_is_not_followed(study: Path, tmp_path: Path) -> None:
    (study / "values.csv").rename(tmp_path / "moved")
    (study / "values.csv").symlink_to(tmp_path / "moved")
    with pytest.raises(ms.InputError, match=r'"values.csv" cannot be read'):
        folder_module.read_plain(study / "values.csv")


def test_a_folder_that_is_a_link_is_refused(study: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(study, target_is_directory=True)
    for path in (tmp_path / "link", f"{tmp_path / 'link'}/"):
        with pytest.raises(ms.InputError, match="is a link; give the folder itself"):
            replay_study(path)


def test_what_is_no_plain_file_is_not_opened(study: Path) -> None:
    for make in (os.mkfifo, os.mkdir):
        (study / "values.csv").unlink()
        make(study / "values.csv")
        with pytest.raises(ms.InputError, match=r'"values.csv" (is no plain file|cannot be read)'):
            replay_study(study)
        if make is os.mkfifo:
            continue
        (study / "values.csv").rmdir()


def test_a_huge_file_is_not_read(study: Path) -> None:
    with (study / "values.csv").open("ab") as file:
        file.truncate(folder_module.LARGEST + 1)
    with pytest.raises(ms.InputError, match=r'"values.csv" is larger than 256 MB'):
        replay_study(study)


def test_a_huge_cell_is_refused(study: Path) -> None:
    edit(study, "values.csv", "VNM,0.43", "VNM," + "9" * 200_000)
    with pytest.raises(ms.InputError, match=r"values.csv, line 3: field larger than"):
        replay_study(study)


# A basket and a plan

POINTS = {"FRA": 60.0, "DEU": 70.0, "JPN": 50.0, "USA": 55.0}
HELD = ms.Framework(
    name="one",
    factors=(ms.Factor(code="f"),),
    indicators=(ms.Indicator(code="gdp", factor="f", direction="benefit", goalposts=(0, 100)),),
)


def figures() -> pd.DataFrame:
    """Return eleven years of the four markets."""
    rows = [
        (market, "gdp", year, last - 8.0 * (year % 2))
        for market, last in POINTS.items()
        for year in range(2014, 2025)
    ]
    return pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])


def held(**asked: Any) -> tuple[ms.Ranking, ms.Basket, ms.EntryPlan]:
    """Return a ranking of four markets, a basket of two of them, and its plan."""
    long = figures()
    ranking = ms.rank_markets(ms.indicator_table(long, HELD, as_of=2024, max_age=5), HELD, draws=0)
    shocks = pd.DataFrame(
        np.log1p([[-0.1, -0.3, -0.04], [0.1, 0.3, 0.04]]), [2001, 2002], ["FRA", "DEU", "JPN"]
    )
    safety = {"FRA": 1 / 3, "DEU": 80.0, "JPN": 90.0}
    chosen = {"size": 2, "shocks": shocks, "bad_years": 0.5, "safety": safety, **asked}
    basket = ms.diversify(ranking, **chosen)
    firm = ms.Firm(home="GBR", languages=["en"], effort={"FRA": 1.5})
    return ranking, basket, ms.entry_plan(basket, firm, ranking=ranking, observations=long)


@pytest.mark.slow
@pytest.mark.parametrize(
    "asked",
    [
        {"min_safety": 0.1, "must": ["JPN"], "never": ["USA"], "budget": 5.0},
        {"shocks": None, "safety": None, "max_per_region": 1, "effort": {"FRA": 0.1}},
    ],
)
def test_a_study_gives_a_basket_and_a_plan_again(asked: Any, tmp_path: Path) -> None:
    ranking, basket, plan = held(**asked)
    folder = save_study(ranking, tmp_path / "study", basket=basket, plan=plan)
    replay = replay_study(folder)
    assert replay.identical
    assert replay.basket is not None
    assert replay.plan is not None
    assert replay.basket.to_dict() == basket.to_dict()
    assert replay.plan.to_dict() == plan.to_dict()
    assert len(plan.watch) > 0
    listed = {"basket.json", "basket_markets.csv", "shocks.csv", "plan.json", "usual_changes.csv"}
    assert listed < set(json.loads((folder / "hashes.json").read_text()))
    page = (folder / "README.md").read_text()
    assert all(f"- `{name}`: " in page for name in ("plan.json", "basket.csv", "plan_words.csv"))
    again = save_study(replay.ranking, tmp_path / "again", basket=replay.basket, plan=replay.plan)
    assert contents(again) == contents(folder)


@pytest.mark.slow
def test_a_plan_of_a_mere_list_is_kept_alone(tmp_path: Path) -> None:
    ranking, _, _ = held()
    plan = ms.entry_plan(["JPN", "FRA"], ms.Firm(home="GBR"), ranking=ranking, per_wave=2)
    replay = replay_study(save_study(ranking, tmp_path / "study", plan=plan))
    assert replay.identical
    assert replay.basket is None
    assert replay.plan is not None
    assert replay.plan.table["wave"].tolist() == [1, 1]


@pytest.mark.slow
def test_what_was_changed_of_a_basket_or_a_plan_is_named(tmp_path: Path) -> None:
    ranking, basket, plan = held()
    folder = save_study(ranking, tmp_path / "study", basket=basket, plan=plan)
    shocks = folder / "shocks.csv"
    shocks.write_text(shocks.read_text().replace("JPN,-0.04", "JPN,-0.05"))
    wave = folder / "plan.csv"
    wave.write_text(wave.read_text().replace(",1,1,", ",1,2,"))
    replay = replay_study(folder)
    assert not replay.identical
    assert set(replay.changed["name"]) == {"shocks.csv", "plan.csv"}
    assert "wave" in set(replay.differences["column"])
    assert {"basket.csv", "basket_years.csv"} & set(replay.differences["file"])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["basket_markets.csv", "plan_words.csv", "usual_changes.csv"])
def test_a_part_of_a_basket_or_a_plan_that_is_missing_is_named(name: str, tmp_path: Path) -> None:
    ranking, basket, plan = held()
    folder = save_study(ranking, tmp_path / "study", basket=basket, plan=plan)
    (folder / name).unlink()
    with pytest.raises(ms.InputError, match=f'"{name}" is missing'):
        replay_study(folder)


@pytest.mark.slow
def test_only_what_a_study_can_give_again_is_saved(tmp_path: Path) -> None:
    ranking, basket, plan = held()
    own = ms.entry_plan(basket, ms.Firm(home="GBR"), ranking=ranking, step=lambda _at, _to: 1.0)
    other, smaller, _ = held(size=1)
    for parts, code in (
        ({"plan": plan}, "contradiction"),  # its basket is not there
        ({"plan": plan, "basket": smaller}, "contradiction"),
        ({"plan": own, "basket": basket}, "not-possible"),
        ({"plan": ms.entry_plan(["FRA"], ms.Firm(home="GBR"))}, "other-ranking"),
        ({"basket": "all"}, "wrong-type"),
    ):
        with pytest.raises(ms.InputError) as caught:
            save_study(other, tmp_path / "study", **parts)
        assert caught.value.faults[0].code == code
    assert not (tmp_path / "study").exists()


@pytest.mark.slow
def test_a_plan_whose_order_is_not_that_of_its_basket_is_kept(tmp_path: Path) -> None:
    ranking, basket, _ = held()
    first, last = basket.members
    firm = ms.Firm(home="GBR", effort={first: 9.0, last: 0.1})
    plan = ms.entry_plan(basket, firm, ranking=ranking, observations=figures())
    listed = ms.entry_plan([first, last], firm, ranking=ranking, observations=figures())
    assert plan.table["market"].tolist() == [last, first]
    assert plan.usual.index.tolist() == [first, last]
    for parts in ({"basket": basket, "plan": plan}, {"plan": listed}):
        replay = replay_study(save_study(ranking, tmp_path / f"study{len(parts)}", **parts))
        assert replay.identical, repr(replay)


@pytest.mark.parametrize("markets", ["[]", '["FRA", "FRA"]'])
def test_a_plan_of_no_market_or_of_one_twice_is_damaged(markets: str, tmp_path: Path) -> None:
    ranking, _, _ = held()
    plan = ms.entry_plan(["JPN", "FRA"], ms.Firm(home="GBR"), ranking=ranking)
    folder = save_study(ranking, tmp_path / "study", plan=plan)
    file = folder / "plan.json"
    there = json.loads(file.read_text())
    there["markets"] = json.loads(markets)
    there["safety"] = [None] * len(there["markets"])
    file.write_text(json.dumps(there))
    with pytest.raises(ms.InputError, match=r"plan\.json: its markets do not fit") as caught:
        replay_study(folder)
    assert caught.value.faults[0].code == "damaged"


@pytest.mark.slow
def test_a_basket_beside_the_plan_of_another_is_refused_wherever_both_are_given(
    tmp_path: Path,
) -> None:
    ranking, smaller, _ = held(size=1)
    _, _, plan = held()
    parts: dict[str, Any] = {"basket": smaller, "plan": plan}
    for give in (
        lambda: ranking.to_dict(**parts),
        lambda: ms.write_excel(ranking, tmp_path / "a.xlsx", **parts),
        lambda: ms.write_report(ranking, tmp_path / "a.html", **parts),
        lambda: save_study(ranking, tmp_path / "study", **parts),
    ):
        with pytest.raises(ms.InputError, match="basket is not that of the plan") as caught:
            give()
        assert caught.value.faults[0].code == "contradiction"
    assert not list(tmp_path.iterdir())


# What is told of cells


def marked_ranking() -> ms.Ranking:
    """Rank two of three markets of a firm: a stale cell, a missing one, a note and a remark."""
    rows = [("DEU", "a", 2023, 3.0), ("JPN", "a", 2023, 2.0), ("USA", "a", 2015, 1.0),
            ("DEU", "b", 2023, 1.0), ("JPN", "b", 2023, 5.0), ("USA", "b", 2023, 4.0)]  # fmt: skip
    given = pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])
    rules = ms.Framework(
        name="marks", min_coverage=0.3, factors=(ms.Factor(code="f"),),
        indicators=(
            ms.Indicator(code="a", factor="f", direction="benefit"),
            ms.Indicator(code="b", factor="f", direction="benefit"),
            ms.Indicator(code="sold", series="PROD.SUPPLIERS", factor="f", direction="benefit"),
        ),
    )  # fmt: skip
    firm = ms.Firm(home="GBR", products=["6403"], own=[["DEU", "visits", 2024, 1]])
    table = ms.indicator_table(given, rules, as_of=2024, max_age=5, firm=firm)
    return ms.rank_markets(table, rules, draws=0)


@pytest.mark.slow
def test_the_record_of_a_replayed_ranking_is_that_of_the_first(tmp_path: Path) -> None:
    first = marked_ranking()
    kinds = set(first.scores.cells["kind"])
    assert {"stale", "missing", "noted"} <= kinds
    replay = replay_study(save_study(first, tmp_path / "study"))
    assert replay.identical
    assert replay.ranking.to_dict() == first.to_dict()
    assert "chapter 64 stands for 6403" in set(replay.ranking.scores.cells["why"])
    # Of a wide table with whole numbers for labels, and a column that nothing uses.
    wide = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [1.0, None, 2.0], "x": 1.0}, [10, 20, 30])
    rules = marked_ranking().scores.framework.subset(["a", "b"])
    other = ms.rank_markets(wide, rules, draws=0)
    again = replay_study(save_study(other, tmp_path / "wide")).ranking
    assert again.to_dict() == other.to_dict()
    assert again.provenance["unused_columns"] == ("x",)


def test_what_is_too_low_is_told_of_a_replayed_ranking(tmp_path: Path) -> None:
    given = pd.DataFrame(
        [(m, "a", 2023, v) for m, v in [("DEU", 1.0), ("JPN", 2.0), ("USA", 3.0)]],
        columns=["market", "indicator", "year", "value"],
    )
    rules = ms.Framework(
        name="arms", factors=(ms.Factor(code="f"),),
        indicators=(
            ms.Indicator(code="a", factor="f", direction="benefit"),
            ms.Indicator(code="sold", series="PROD.IMPORTS", factor="f", direction="benefit"),
        ),
    )  # fmt: skip
    firm = ms.Firm(home="GBR", products=["93"])
    table = ms.indicator_table(given, rules, as_of=2024, max_age=5, firm=firm)
    first = ms.rank_markets(table, rules, draws=0)
    again = replay_study(save_study(first, tmp_path / "study")).ranking
    assert any("so it is too low" in line for line in first.remarks)
    assert again.remarks == first.remarks
    assert again.scores.table.too_low == table.too_low


def test_a_study_saved_before_marks_were_kept_is_replayed(tmp_path: Path) -> None:
    path = save_study(marked_ranking(), tmp_path / "study")
    (path / "marks.csv").unlink()
    hashes = json.loads((path / "hashes.json").read_text())
    del hashes["marks.csv"]
    (path / "hashes.json").write_text(json.dumps(hashes))
    replay = replay_study(path)
    assert replay.differences.empty
    assert {"stale", "missing", "noted"}.isdisjoint(replay.ranking.scores.cells["kind"])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        *[("missing,", "gone,"), (",DEU,", ",Atlantis,"), ("2015", "long ago")],
        *[("missing,USA,a,", "missing,USA,,"), ("missing,USA,a,", "too low,,a,")],
    ],
)
def test_a_mark_of_no_cell_is_refused(tmp_path: Path, old: str, new: str) -> None:
    path = save_study(marked_ranking(), tmp_path / "study")
    marks = path / "marks.csv"
    stale = marks.read_text().replace("stale,USA,a,2015", f"stale,USA,a,{new}")
    marks.write_text(stale if old == "2015" else marks.read_text().replace(old, new, 1))
    with pytest.raises(ms.InputError, match="tells of no cell of values"):
        replay_study(path)


def test_a_cell_that_was_given_a_value_is_not_missing_any_more(tmp_path: Path) -> None:
    path = save_study(marked_ranking(), tmp_path / "study")
    values = path / "values.csv"
    row = next(line for line in values.read_text().splitlines() if line.startswith("USA"))
    values.write_text(values.read_text().replace(row, "USA,7.0,4.0,"))
    cells = replay_study(path).ranking.scores.cells
    own = cells[(cells["market"] == "USA") & (cells["indicator"] == "a")]
    assert {"stale", "missing"}.isdisjoint(own["kind"])
