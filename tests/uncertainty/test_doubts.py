"""Everything that a ranking may be doubted for, side by side."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator

import marketselect as ms
from marketselect.cli import main
from marketselect.ranking.ranking import Ranking
from marketselect.uncertainty import doubt_parts, doubts
from marketselect.uncertainty.doubt_parts import APART, KEPT
from marketselect.uncertainty.doubts import SOURCES, doubt

ALL = list(SOURCES)


def rules(**settings: Any) -> ms.Framework:
    """Return two factors, three indicators; one of them has standard errors."""
    return ms.Framework(
        name="small",
        range=(1, 100),
        factors=(ms.Factor(code="size", weight=2), ms.Factor(code="law")),
        indicators=(
            ms.Indicator(code="gdp", factor="size", direction="benefit"),
            ms.Indicator(code="growth", factor="size", direction="benefit"),
            ms.Indicator(code="rule", factor="law", direction="benefit", standard_error="rule.se"),
        ),
        **settings,
    )


def data(errors: float | None = 4.0) -> pd.DataFrame:
    """Return six markets: one ahead in all, two alike, and the rest behind them."""
    table = pd.DataFrame(
        {
            "gdp": [90.0, 60, 58, 40, 30, 10],
            "growth": [95.0, 50, 52, 35, 20, 12],
            "rule": [99.0, 55, 54, 30, 35, 5],
        },
        index=pd.Index(["top", "one", "two", "mid", "low", "end"], name="market"),
    )
    return table if errors is None else table.assign(**{"rule.se": errors})


def ranked(table: pd.DataFrame | None = None, **options: Any) -> Ranking:
    given = data() if table is None else table
    return ms.rank_markets(given, rules(), **{"draws": 0, **options})


def asked(ranking: Ranking, **options: Any) -> Any:
    return doubt(ranking, **{"draws": 300, "choices": ["normalization", "missing"], **options})


@pytest.mark.slow
def test_a_market_that_is_ahead_in_all_comes_first_under_every_doubt() -> None:
    found = asked(ranked())
    assert found.headline == (
        "top comes first: it is ahead of each of the others at least 95% of the time if the "
        "weights stay near the stated ones, if the data err as their standard errors say and if "
        "another market is left out. The same holds under every other doubt."
    )
    assert found.order[0] == ("top",)
    assert found.table.loc["top", ["low", "high"]].tolist() == [1, 1]
    assert list(found.words) == ALL
    assert not found.skipped


@pytest.mark.slow
def test_markets_that_are_alike_cannot_be_told_apart() -> None:
    found = asked(ranked(data().drop(index="top")))
    assert found.headline.startswith("one and two cannot be told apart: one is ahead of two ")
    pair = found.pairs.loc[("one", "two")]
    assert not pair["apart"]
    share = pair[list(KEPT)].min()
    assert f"of two {round(100 * share)}% of the time" in found.headline
    assert found.order[0] == ("one", "two")
    assert found.pairs.loc[("one", "end"), "always"]


@pytest.mark.slow
def test_every_interval_holds_the_rank_and_the_widest_is_the_widest() -> None:
    table = asked(ranked()).table
    for name in ALL:
        assert (table[f"{name}_low"] <= table["rank"]).all()
        assert (table[f"{name}_high"] >= table["rank"]).all()
    lows, highs = (table[[f"{name}_{end}" for name in ALL]] for end in ("low", "high"))
    assert table["low"].tolist() == lows.min(axis=1).tolist()
    assert table["high"].tolist() == highs.max(axis=1).tolist()
    width = highs.to_numpy() - lows.to_numpy()
    for row, name in enumerate(table["widest"]):
        assert name == ("" if not width[row].any() else ALL[width[row].argmax()])
    assert table.loc["top", "widest"] == ""  # its rank is 1, whatever is doubted


@pytest.mark.slow
def test_a_winner_that_statements_leave_is_said_to_be_proven() -> None:
    """As one has more of gdp, growth or law than two, but for growth: gdp >= growth settles it."""
    ranking = ranked(data().drop(index="top"))
    agreed = ["law >= 0.4", "gdp >= growth"]
    found = asked(ranking, statements=agreed)
    bounds = ms.rank_bounds(ranking, statements=agreed, levels="all", markets=["one"])
    assert found.winner == bounds.winner == "one"
    assert found.headline.endswith(" At any weights that meet them one is first, which is proven.")
    assert found.headline in " ".join(repr(found).split())
    assert "one is first, which is proven." in found._repr_html_()
    record = json.loads(ranking.to_json(doubt=found))
    assert record["doubt"]["winner"] == "one"
    Draft202012Validator(ranking.json_schema()).validate(record)
    open_ = asked(ranking, statements=["law >= 0.4"])
    assert open_.winner is None
    assert "proven" not in open_.headline
    assert open_.to_dict()["winner"] is None


def test_the_headline_says_who_leads_where_statements_reverse_the_leader() -> None:
    """By a weight w of law big has 100 - 89 w and just 50.5 + 49.5 w: less from w = 0.357 on.

    Stated is one third. Of w from 0.3 on, uniform, big is ahead by 0.057 in 0.7, eight percent.
    """
    ranking = ranked(pd.DataFrame(
        {"gdp": [90.0, 45, 0], "growth": [90.0, 45, 0], "rule": [10.0, 99, 0]},
        index=pd.Index(["big", "just", "end"], name="market"),
    ))  # fmt: skip
    found = asked(ranking, statements=["law >= 0.6"])
    assert ranking.table.index[0] == "big"
    start = (
        "By the statements just leads, not big: at weights that meet them it is ahead of big 100% "
        "of the time, and of each of the others at least 100%. "
    )
    assert found.headline.startswith(start)
    assert found.headline.endswith("At any weights that meet them just is first, which is proven.")
    # Some weights near the stated ones meet this one: by these markets are told apart.
    open_ = asked(ranking, statements=["law >= 0.3"], draws=3000)
    assert open_.headline.startswith("big and just cannot be told apart: big is ahead of just")
    assert open_.pairs.loc[("big", "just"), "any"] == pytest.approx(0.0574 / 0.7, abs=0.02)


def test_a_market_that_another_can_beat_is_not_said_to_be_ahead_at_any_weights() -> None:
    """By growth alone two is ahead of one, a little: few draws of any weights see that."""
    ranking = ranked(pd.DataFrame(
        {"gdp": [90.0, 10, 0], "growth": [50.0, 50.1, 0], "rule": [90.0, 10, 0]},
        index=pd.Index(["one", "two", "end"], name="market"),
    ))  # fmt: skip
    found = asked(ranking)
    assert found.pairs.loc[("one", "two"), "always"]
    assert ms.rank_bounds(ranking, around="any", levels="all", markets=["two"]).can_be_first == (
        "two",
    )
    assert "at least 95% of the time if the weights" in found.headline
    assert "proven" not in found.headline


@pytest.mark.slow
def test_draws_are_those_of_robustness() -> None:
    ranking = ranked(tolerance=0.4)
    found = asked(ranking, seed=3)
    drawn = {
        "weights": ms.robustness(ranking, draws=300, seed=3, tolerance=0.4, pairwise=True),
        "order": ms.robustness(ranking, draws=300, seed=3, around="ordered", pairwise=True),
        "any": ms.robustness(ranking, draws=300, seed=3, around="any", pairwise=True),
        "data": ms.robustness(
            ranking, draws=300, seed=3, tolerance=0, errors=True, levels="top", pairwise=True
        ),
    }
    for name, robust in drawn.items():
        assert robust.pairwise is not None
        for end in ("low", "high"):
            assert found.table[f"{name}_{end}"].tolist() == robust.summary[f"rank_{end}"].tolist()
        for pair in found.pairs.index:
            assert found.pairs.loc[pair, name] == robust.pairwise.loc[pair]


@pytest.mark.slow
def test_the_record_says_what_was_stated() -> None:
    ranking, agreed = ranked(tolerance=0.4), ["law >= 0.4", "gdp >= growth"]
    stated = asked(ranking, statements=agreed)
    record = json.loads(ranking.to_json(doubt=stated))
    assert record["doubt"]["statements"] == agreed
    Draft202012Validator(ranking.json_schema()).validate(record)
    assert asked(ranking).to_dict()["statements"] == []


@pytest.mark.slow
def test_statements_limit_the_doubts_about_weights_as_they_do_in_robustness() -> None:
    ranking, agreed = ranked(tolerance=0.4), ["law >= 0.4", "gdp >= growth"]
    found = asked(ranking, seed=3, statements=agreed)
    same: dict[str, Any] = {"draws": 300, "seed": 3, "statements": agreed}
    drawn = {
        "weights": ms.robustness(ranking, tolerance=0.4, **same),
        "order": ms.robustness(ranking, around="ordered", **same),
        "any": ms.robustness(ranking, around="any", **same),
    }
    for name, robust in drawn.items():
        assert "2 statements" in found.words[name]
        for end in ("low", "high"):
            assert found.table[f"{name}_{end}"].tolist() == robust.summary[f"rank_{end}"].tolist()
    assert found.statements == tuple(agreed)
    # gdp puts "one" ahead of "two", 60 to 58, by more than growth puts it behind, 2/80 to 2/83; so
    # with the rule of law, 55 to 54, it is ahead at all weights that meet the statements.
    assert found.pairs.loc[("one", "two"), ["weights", "order", "any"]].tolist() == [1, 1, 1]
    assert asked(ranking, seed=3).pairs.loc[("one", "two"), "any"] < 1
    said = ' Weights are drawn by 2 statements: "law >= 0.4", "gdp >= growth".'
    proof = " At any weights that meet them top is first, which is proven."
    assert found.headline.endswith(said + proof)
    assert "Weights are drawn" not in asked(ranking).headline


@pytest.mark.slow
def test_statements_that_no_weights_near_the_stated_ones_meet_leave_that_doubt_out() -> None:
    """Law weighs a third: within a quarter of itself it never has half."""
    found = asked(ranked(), statements=["law >= 0.5"])
    assert list(found.skipped) == ["weights"]
    assert "each weight is within 25 % of itself" in found.skipped["weights"]
    told = "95% of the time if the weights are drawn at random, if the data err"
    assert told in found.headline
    # Law has more than half, size would have to have more than law.
    assert list(asked(ranked(), statements=["law >= 0.6"]).skipped) == ["weights", "order"]


def test_two_choices_give_the_ranks_of_both() -> None:
    """Of two equally likely rankings the 5th and the 95th percentile are the two."""
    table, options = data(None), ["min-max", "percentile-rank"]
    found = asked(ranked(table), choices={"normalization": options})
    ranks = pd.concat(
        [
            ms.rank_markets(table, rules(normalization=kind), draws=0).table["rank"]
            for kind in options
        ],
        axis=1,
    ).loc[found.table.index]
    assert found.table["choices_low"].tolist() == ranks.min(axis=1).tolist()
    assert found.table["choices_high"].tolist() == ranks.max(axis=1).tolist()
    assert found.words["choices"] == "normalization: 2 combinations"


def test_other_markets_are_left_out_one_by_one() -> None:
    """A slow loop: by how many places each moves among those that are left."""
    table = data(None)
    table.loc["odd"] = [1000.0, 0, 60]  # it sets the scale of gdp
    ranking = ranked(table)
    found = asked(ranking)
    own = ranking.table["rank"]
    every: dict[Any, list[float]] = {market: [] for market in own.index}
    for market in table.index:
        again = ms.rank_markets(table.drop(index=market), rules(), draws=0).table["rank"]
        before = own.drop(index=market).rank(method="min")
        for other in again.index:
            every[other].append(own[other] + again[other] - before[other])
    for market, ranks in every.items():
        low, high = np.quantile(ranks, (0.05, 0.95), method="inverted_cdf")
        row = found.table.loc[market]
        assert row["others_low"] == min(low, own[market])
        assert row["others_high"] == max(high, own[market])
    assert (found.table["others_high"] > found.table["others_low"]).any()


def test_where_no_score_depends_on_others_nothing_moves() -> None:
    ends = {"gdp": (0.0, 100.0), "growth": (0.0, 100.0), "rule": (0.0, 100.0)}
    fixed = ms.Framework(
        name="fixed",
        range=(1, 100),
        factors=rules().factors,
        indicators=tuple(
            ms.Indicator(
                code=item.code, factor=item.factor, direction="benefit", goalposts=ends[item.code]
            )
            for item in rules().indicators
        ),
    )
    found = asked(ms.rank_markets(data(None), fixed, draws=0))
    assert (found.table["others_low"] == found.table["rank"]).all()
    assert found.words["others"] == "each left out in turn; no score depends on another market"


@pytest.mark.slow
def test_what_cannot_be_asked_is_told() -> None:
    plain = asked(ranked(data(None)))
    assert list(plain.skipped) == ["data"]
    assert "no indicator has a standard error" in plain.skipped["data"]
    assert plain.table["data_low"].isna().all()
    assert "data: not asked; " in repr(plain)
    first = ranked()
    placed = asked(ms.rank_markets(data(), rules(), scale=first.scores.scale, draws=0))
    assert "scale that was given" in placed.skipped["choices"]
    assert placed.table["choices_low"].isna().all()


@pytest.mark.slow
def test_other_choices_that_turn_the_first_place_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = doubt_parts.ranks_over_choices

    def turned(*given: Any) -> Any:
        found = chosen(*given)
        found.ahead.loc["top", "one"] = 0.2
        return found

    monkeypatch.setattr(doubts, "ranks_over_choices", turned)
    headline = asked(ranked()).headline
    assert headline.endswith("Other modeling choices put one ahead more often than not.")
    assert "every doubt" not in headline


def test_one_market_alone_is_said_to_be_alone() -> None:
    found = asked(ranked(markets=["one"]))
    assert found.headline == "one is the only market that is ranked."
    assert found.order == (("one",),)
    assert found.pairs.empty


@pytest.mark.slow
@pytest.mark.parametrize("method", ["topsis", "vikor", "copeland"])
def test_methods_of_every_kind_can_be_doubted(method: str) -> None:
    found = asked(ranked(method=method), draws=50)
    assert found.order[0][0] == "top"
    assert (found.pairs[["weights", "any"]] <= 1).all(axis=None)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_and_progress_counts_the_doubts() -> None:
    steps: list[tuple[int, int]] = []
    one = asked(ranked(), progress=lambda *done: steps.append(done))
    two = asked(ranked())
    assert one.to_dict() == two.to_dict()
    assert steps == [(done, 6) for done in range(1, 7)]
    assert (
        asked(ranked(data().drop(index="top")), seed=1).pairs.loc[("one", "two"), "weights"]
        != (asked(ranked(data().drop(index="top"))).pairs.loc[("one", "two"), "weights"])
    )


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"draws": 0}, "out-of-range"),
        ({"draws": "many"}, "not-a-number"),
        ({"seed": -1}, "out-of-range"),
        ({"choices": ["nothing"]}, "unknown-word"),
        ({"statements": ["law >= 0.6", "law <= 0.2"]}, "contradiction"),
        ({"statements": ["laws >= 0.6"]}, "unknown-name"),
    ],
)
def test_what_is_asked_wrongly_is_refused(options: Any, code: str) -> None:
    with pytest.raises(ms.InputError) as caught:
        asked(ranked(), **options)
    assert caught.value.faults[0].code == code


# --- where it is shown


@pytest.mark.slow
def test_the_record_holds_it_as_the_schema_says() -> None:
    ranking = ranked()
    found = asked(ranking)
    record = json.loads(ranking.to_json(doubt=found))
    Draft202012Validator(ms.Ranking.json_schema()).validate(record)
    assert record["doubt"]["headline"] == found.headline
    assert record["doubt"]["table"][0]["market"] == "top"
    assert record["doubt"]["pairs"][0]["apart"] is True
    assert "doubt" not in ranking.to_dict()


@pytest.mark.slow
def test_a_doubt_of_another_ranking_is_refused() -> None:
    other = asked(ranked(data().drop(index="end")))
    with pytest.raises(ms.InputError, match="is of another ranking"):
        ranked().to_dict(doubt=other)
    with pytest.raises(ms.InputError, match=r"doubt: got str; give what doubt\(ranking\) returns"):
        ranked().to_dict(doubt="much")
    for part in ("doubt", "basket", "plan"):  # a result of another kind is none of these
        with pytest.raises(ms.InputError, match=f"{part}: got Ranking; give what"):
            ranked().to_dict(**dict[str, Any]({part: ranked()}))


@pytest.mark.slow
def test_a_notebook_shows_headline_intervals_and_words_escaped() -> None:
    table = data().rename(index={"one": "<b>one</b>"})
    html = asked(ranked(table))._repr_html_()
    assert "top comes first" in html
    assert "&lt;b&gt;one" in html
    assert "<b>one" not in html
    assert "each left out in turn" in html


@pytest.mark.slow
def test_the_command_line_says_it_below_the_table_or_in_json(
    capsys: pytest.CaptureFixture[str], tmp_path: Any
) -> None:
    path, file = tmp_path / "data.csv", tmp_path / "small.toml"
    data(None).to_csv(path)
    file.write_text(rules().to_toml())
    words = ["rank", "--data", str(path), "--framework", str(file), "--doubt"]
    words += ["--draws", "50", "--seed", "7"]
    assert main(words) == 0
    shown = capsys.readouterr().out
    assert "What can be doubted\ntop comes first" in shown
    assert max(map(len, shown.splitlines())) <= 120
    assert main([*words, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)["doubt"]
    assert found["order"][0] == ["top"]
    assert (found["draws"], found["seed"]) == (50, 7)
    assert found["words"]["any"].endswith("; 50 draws")
    assert main([*words, "--format", "csv"]) == 2
    assert "--doubt" in capsys.readouterr().err


@pytest.mark.slow
def test_apart_is_nineteen_times_of_twenty() -> None:
    assert APART == 0.95
    found = asked(ranked())
    kept = found.pairs[list(KEPT)]
    assert found.pairs["apart"].tolist() == (kept >= APART).all(axis=1).tolist()
