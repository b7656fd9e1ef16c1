"""Figures of the World Bank, from a server on loopback that answers in the interface's shapes."""

import sys
import threading
from collections.abc import Callable, Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest

import marketselect as ms
from marketselect.cli import main
from marketselect.running import silent
from marketselect.sources import worldbank_api as api
from marketselect.sources.worldbank import fetched_series, fetched_tables, other_codes
from shared import Terminal
from sources.bank import ELSEWHERE, ROWS, Bank, Reply, row, said, served, status

NOW = 1_800_000_000.0
AMISS: list[Any] = [{}, 1, row("DEU", "2023M01", 1.0), row("DEU", 2023, True),
         row("DEU", 2023, float("nan")), row("DEU", 2023, None) | {"value": "n/a"}]  # fmt: skip


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bank]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with served(Bank()) as found:
        yield found


def fetch(bank: Bank, *codes: str, **more: Any) -> ms.Fetched:
    return ms.fetch_worldbank(
        codes or ["SP.POP.TOTL"], [2022, 2023], **{"address": bank.address, "tries": 1, **more}
    )


def waits(bank: Bank, tries: int = 4, timeout: float = 30.0) -> tuple[list[float], Any]:
    """Fetch with a clock of its own; return how long was waited, and what came or the error."""
    waited: list[float] = []
    client = api.Client(
        bank.address, tries=tries, timeout=timeout, wait=waited.append, now=lambda: NOW
    )
    codes, years = ["SP.POP.TOTL"], [2022, 2023]
    try:
        return waited, fetched_tables(
            *fetched_series(client, codes, years, None, False, silent), years
        )
    except ms.InputError as error:
        return waited, error


def refused(bank: Bank, *codes: str, **more: Any) -> Any:
    with pytest.raises(ms.InputError) as error:
        fetch(bank, *codes, **more)
    return error.value.faults[0]


# What comes


def test_figures_come_in_the_form_of_the_embedded_ones(bank: Bank) -> None:
    found = fetch(bank).observations
    expected = pd.DataFrame({
        "market": ["ABW", "DEU", "DEU"], "indicator": ["SP.POP.TOTL"] * 3,
        "year": [2023, 2022, 2023], "value": [1e5, 83.2e6, 83.3e6],
    })  # fmt: skip
    pd.testing.assert_frame_equal(found, expected.astype({"market": "str", "indicator": "str"}))
    assert list(found.dtypes) == list(ms.load_indicators().dtypes)


def test_regions_are_left_out_and_named(bank: Bank) -> None:
    assert fetch(bank).left_out == ("AFE",)


def test_the_catalogue_has_the_columns_of_the_embedded_one_with_source_license_and_vintage(
    bank: Bank,
) -> None:
    found = fetch(bank).catalogue
    assert list(found.columns) == [*ms.load_catalogue().columns, "known_as", "fetched"]
    one = found.loc["SP.POP.TOTL"]
    assert one["source"] == "World Bank, World Development Indicators"
    assert (one["licence"], one["vintage"], one["markets"]) == ("CC BY 4.0", "2026-07-01", 2)
    assert (one["first_year"], one["last_year"]) == (2022, 2023)


def test_a_source_without_a_known_license_has_none_and_says_so(bank: Bank) -> None:
    bank.sources["SP.POP.TOTL"] = "57"
    one = fetch(bank).catalogue.loc["SP.POP.TOTL"]
    assert one["licence"] == ""
    assert one["note"].startswith("No license is known")


def test_only_the_years_asked_for_come(bank: Bank) -> None:
    found = ms.fetch_worldbank(["SP.POP.TOTL"], [2022], address=bank.address, tries=1)
    assert found.observations["year"].tolist() == [2022]
    assert "date=2022%3A2022" in bank.asked[-1]


def test_every_page_is_asked_for(bank: Bank) -> None:
    bank.size = 2
    assert len(fetch(bank).observations) == 3
    assert [parse_qs(urlsplit(path).query).get("page") for path in bank.asked[1:]] == [
        ["1"], ["2"], ["3"]
    ]  # fmt: skip


def test_a_series_without_three_letters_has_the_place_in_its_other_field(bank: Bank) -> None:
    other = row("", 2023, 5.0) | {"country": {"id": "DEU", "value": "Germany"}}
    bank.rows["SP.POP.TOTL"] = [other]
    assert fetch(bank).observations["market"].tolist() == ["DEU"]


@pytest.mark.parametrize(("asked", "known"), [("PV.EST", "GOV_WGI_PV.EST"),
                                              ("GOV_WGI_PV.EST", "PV.EST")])  # fmt: skip
def test_a_renamed_series_comes_under_the_code_it_was_asked_by(
    bank: Bank, asked: str, known: str
) -> None:
    bank.rows[known], bank.sources[known] = ROWS, "3"  # it is found in its source alone
    found = fetch(bank, asked)
    assert set(found.observations["indicator"]) == {asked}
    assert found.catalogue.loc[asked, "known_as"] == known


def test_only_governance_indicators_have_another_code() -> None:
    assert other_codes("RL.STD.ERR") == ["GOV_WGI_RL.STD.ERR"]
    assert other_codes("SP.POP.TOTL") == []


def test_a_ranking_takes_what_was_fetched(bank: Bank) -> None:
    rules = ms.Framework(
        name="t",
        factors=(ms.Factor(code="size"),),
        indicators=(ms.Indicator(code="SP.POP.TOTL", factor="size", direction="benefit"),),
    )
    table = ms.indicator_table(fetch(bank).observations, rules, as_of=2023, max_age=1)
    assert ms.rank_markets(table, rules, draws=0).table.index.tolist() == ["DEU", "ABW"]


def test_progress_is_told_by_series(bank: Bank) -> None:
    told: list[tuple[int, int]] = []
    bank.rows["A.B"] = ROWS
    fetch(bank, "A.B", "SP.POP.TOTL", progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]


# What fails


def test_a_series_that_is_not_there_does_not_end_the_others(bank: Bank) -> None:
    found = fetch(bank, "NO.SUCH", "SP.POP.TOTL")
    assert found.catalogue.index.tolist() == ["SP.POP.TOTL"]
    assert [(fault.code, fault.where) for fault in found.faults] == [
        ("unknown-name", 'series "NO.SUCH"')
    ]
    assert "NO.SUCH" in repr(found)


def test_a_series_whose_figures_were_archived_though_it_is_described_is_none(bank: Bank) -> None:
    described = bank.answer("/v2/indicator/SP.POP.TOTL")
    bank.before = [lambda: described, lambda: said(ELSEWHERE)]
    assert refused(bank).code == "unknown-name"


def test_figures_are_asked_of_the_source_that_describes_them(bank: Bank) -> None:
    bank.sources["SP.POP.TOTL"] = "57"
    fetch(bank)
    assert parse_qs(urlsplit(bank.asked[-1]).query)["source"] == ["57"]


def test_a_mark_before_the_text_is_no_part_of_it(bank: Bank) -> None:
    plain = bank.answer("/v2/indicator/SP.POP.TOTL")
    assert plain is not None
    bank.before = [lambda: (200, {}, b"\xef\xbb\xbf" + plain[2])]
    assert len(fetch(bank).observations) == 3


def test_none_at_all_is_refused_with_every_fault(bank: Bank) -> None:
    with pytest.raises(ms.InputError) as error:
        fetch(bank, "NO.SUCH", "NO.OTHER")
    assert [fault.code for fault in error.value.faults] == ["unknown-name"] * 2


def test_an_empty_page_is_no_data(bank: Bank) -> None:
    bank.rows["SP.POP.TOTL"] = []
    assert refused(bank).code == "no-data"


def test_regions_alone_are_no_data(bank: Bank) -> None:
    bank.rows["SP.POP.TOTL"] = [row("AFE", 2023, 1.0)]
    assert refused(bank).code == "no-data"


@pytest.mark.parametrize("number", [429, 500, 502, 503])
def test_a_trouble_that_may_pass_is_asked_again_after_a_growing_pause(
    bank: Bank, number: int
) -> None:
    bank.before = [status(number)] * 3
    waited, found = waits(bank)
    assert waited == [1.0, 2.0, 4.0]
    assert len(found.observations) == 3


def test_retry_after_is_waited_for_in_seconds_and_until_a_date(bank: Bank) -> None:
    date = formatdate(NOW + 30, usegmt=True)
    bank.before = [status(429, Retry_After="7"), status(503, Retry_After=date),
                   status(429, Retry_After="soon")]  # fmt: skip
    waited, _ = waits(bank)
    assert waited == [7.0, 30.0, 4.0]


def test_who_asks_to_wait_too_long_is_told_of_and_not_waited_for(bank: Bank) -> None:
    bank.before = [status(429, Retry_After="3600")]
    waited, error = waits(bank)
    assert waited == []
    assert "3,600 s" in str(error)


def test_after_the_last_try_it_is_refused(bank: Bank) -> None:
    bank.before = [status(502)] * 3
    waited, error = waits(bank, tries=3)
    assert waited == [1.0, 2.0]
    assert len(bank.asked) == 3
    assert "3 of 3 tries: HTTP 502" in str(error)


def test_malformed_json_is_asked_again(bank: Bank) -> None:
    bank.before = [lambda: (200, {}, b'[{"page":1,'), lambda: (200, {}, b"[" * 100_000)]
    waited, found = waits(bank)
    assert waited == [1.0, 2.0]
    assert len(found.observations) == 3


def test_a_server_that_is_silent_is_asked_again(bank: Bank) -> None:
    quiet = threading.Event()

    def silence() -> Reply:
        quiet.wait(10)
        return None

    bank.before = [silence]
    waited, found = waits(bank, timeout=0.2)
    quiet.set()
    assert waited == [1.0]
    assert len(found.observations) == 3


def test_a_connection_that_ends_early_is_asked_again(bank: Bank) -> None:
    bank.before = [lambda: None, lambda: (200, {"Content-Length": "1000"}, b"[{")]
    waited, found = waits(bank)
    assert waited == [1.0, 2.0]
    assert len(found.observations) == 3


def test_a_question_that_is_refused_is_not_asked_again(bank: Bank) -> None:
    bank.before = [status(403)]
    waited, error = waits(bank)
    assert waited == []
    assert "HTTP 403" in str(error)


def test_another_message_is_told_in_its_words(bank: Bank) -> None:
    bank.before = [lambda: said([{"message": [{"id": "150", "value": "Language is not yet"}]}])]
    assert "Language is not yet" in str(refused(bank))


def test_a_larger_answer_than_can_be_is_refused(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "MOST_BYTES", 100)
    assert refused(bank).code == "too-large"


@pytest.mark.parametrize(
    "found",
    [
        {}, [], [1, []], [{"page": 1}], [{"pages": 1, "total": 2}, [ROWS[0]]],
        [{"pages": 1, "total": 1, "lastupdated": "../x"}, [ROWS[1]]],
        [{"pages": 1, "total": 1, "lastupdated": None}, [ROWS[1]]],
        [{"pages": 1, "total": 2, "lastupdated": "2026-07-01"}, [ROWS[1]] * 2],
        *([{"pages": 1, "total": 1, "lastupdated": "2026-07-01"}, [each]] for each in AMISS),
    ],
)  # fmt: skip
def test_an_answer_in_another_form_is_refused(bank: Bank, found: Any) -> None:
    described = bank.answer("/v2/indicator/SP.POP.TOTL")
    bank.before = [lambda: described, lambda: said(found)]
    assert refused(bank).code == "wrong-form"


def test_a_series_that_is_updated_between_its_pages_is_refused(bank: Bank) -> None:
    bank.size, bank.updated = 3, ["2026-07-01", "2026-07-02"]
    assert "updated meanwhile" in str(refused(bank))


def test_a_series_of_too_many_pages_is_refused(bank: Bank) -> None:
    bank.rows["SP.POP.TOTL"], bank.size = [row("DEU", 2023, 1.0)] * 101, 1
    assert refused(bank).code == "too-large"
    assert len(bank.asked) == 2


# What is asked for


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        ("SP.POP.TOTL", "wrong-type"), ([], "empty"), ([1], "wrong-type"), (["../x"], "wrong-form"),
        (["SP.POP.TOTL?x"], "wrong-form"), (["A.B", "a.b"], "duplicate"),
        (["PV.EST", "GOV_WGI_PV.EST"], "duplicate"), (["A." + "B" * 90], "wrong-form"),
    ],
)  # fmt: skip
def test_codes_that_are_none_are_refused_before_anything_is_asked(
    bank: Bank, codes: Any, code: str
) -> None:
    with pytest.raises(ms.InputError) as error:
        ms.fetch_worldbank(codes, [2023], address=bank.address)
    assert error.value.faults[0].code == code
    assert bank.asked == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"years": []}, {"years": [1066]}, {"years": [2023.5]}, {"years": [9999]},
        {"tries": 0}, {"timeout": 0}, {"refresh": "yes"}, {"address": "file:///etc/hosts"},
        {"address": "http://x y"}, {"cache": 5}, {"cache": "http://x/y"}, {"progress": 3},
    ],
)  # fmt: skip
def test_other_arguments_that_are_none_are_refused(bank: Bank, wrong: dict[str, Any]) -> None:
    good: dict[str, Any] = {"codes": ["A.B"], "years": [2023], "address": bank.address}
    with pytest.raises(ms.InputError):
        ms.fetch_worldbank(**(good | wrong))
    assert bank.asked == []


# What is kept


def test_what_is_kept_is_not_asked_again(bank: Bank, tmp_path: Path) -> None:
    first = fetch(bank, cache=tmp_path / "wb")
    asked = len(bank.asked)
    again = fetch(bank, cache=tmp_path / "wb")
    assert len(bank.asked) == asked
    pd.testing.assert_frame_equal(first.observations, again.observations)
    pd.testing.assert_frame_equal(first.catalogue, again.catalogue)
    assert again.left_out == first.left_out


def test_a_renamed_series_is_kept_once_whatever_it_is_called(bank: Bank, tmp_path: Path) -> None:
    bank.rows["GOV_WGI_PV.EST"] = ROWS
    first = fetch(bank, "PV.EST", cache=tmp_path)
    asked = len(bank.asked)
    again = fetch(bank, "GOV_WGI_PV.EST", cache=tmp_path)
    assert len(bank.asked) == asked
    assert set(again.observations["indicator"]) == {"GOV_WGI_PV.EST"}
    assert again.observations["value"].equals(first.observations["value"])


def test_fewer_years_are_taken_of_what_is_kept_and_more_are_asked_for(
    bank: Bank, tmp_path: Path
) -> None:
    fetch(bank, cache=tmp_path)
    asked = len(bank.asked)
    kept = ms.fetch_worldbank(["SP.POP.TOTL"], [2022], cache=tmp_path, address=bank.address)
    assert kept.observations["year"].tolist() == [2022]
    assert len(bank.asked) == asked
    ms.fetch_worldbank(["SP.POP.TOTL"], [2021], cache=tmp_path, address=bank.address)
    assert len(bank.asked) > asked


def test_a_refreshed_series_stands_beside_its_older_vintage_and_is_taken(
    bank: Bank, tmp_path: Path
) -> None:
    fetch(bank, cache=tmp_path)
    bank.updated, bank.rows["SP.POP.TOTL"] = ["2026-09-01"], [row("DEU", 2023, 9.0)]
    fetch(bank, cache=tmp_path, refresh=True)
    assert sorted(path.name for path in (tmp_path / "SP.POP.TOTL").iterdir()) == [
        "2026-07-01_2022-2023.json", "2026-09-01_2022-2023.json",
    ]  # fmt: skip
    assert fetch(bank, cache=tmp_path).observations["value"].tolist() == [9.0]


def test_what_came_before_a_failure_is_kept(bank: Bank, tmp_path: Path) -> None:
    fetch(bank, "SP.POP.TOTL", "NO.SUCH", cache=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["SP.POP.TOTL"]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[:-20], lambda text: text.replace("83300000.0", "NaN"),
        lambda text: text.replace("2023", '"2023"'), lambda _: "[]",
        lambda text: text.replace('"name"', '"nom"'), lambda text: text.replace('"DEU"', "1"),
        lambda text: text.replace('"ABW"', '"DEU"'), lambda text: text.replace("TOTL", "ELSE"),
    ],
)  # fmt: skip
def test_a_kept_file_that_was_changed_is_refused(
    bank: Bank, tmp_path: Path, change: Callable[[str], str]
) -> None:
    fetch(bank, cache=tmp_path)
    (path,) = tmp_path.glob("*/*.json")
    path.write_text(change(path.read_text("utf-8")), "utf-8")
    fault = refused(bank, cache=tmp_path)
    assert fault.code == "wrong-form"
    assert "refresh=True" in fault.remedy
    fetch(bank, cache=tmp_path, refresh=True)
    assert len(fetch(bank, cache=tmp_path).observations) == 3


def test_other_files_of_the_cache_are_let_alone(bank: Bank, tmp_path: Path) -> None:
    (tmp_path / "SP.POP.TOTL").mkdir()
    (tmp_path / "SP.POP.TOTL" / "notes.txt").write_text("mine")
    assert len(fetch(bank, cache=tmp_path).observations) == 3
    assert (tmp_path / "SP.POP.TOTL" / "notes.txt").read_text() == "mine"


def test_a_cache_that_cannot_be_is_refused_before_anything_is_asked(
    bank: Bank, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    assert refused(bank, cache=tmp_path / "file").code == "unwritable"
    assert refused(bank, cache=tmp_path / "no" / "such").code == "unwritable"
    assert bank.asked == []


# On the command line


def test_the_command_writes_a_file_that_rank_takes(
    bank: Bank, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new.csv"
    words = ["fetch", "SP.POP.TOTL", "--years", "2022-2023", "-o", str(out),
             "--cache", str(tmp_path / "wb"), "--address", bank.address]  # fmt: skip
    assert main(words) == 0
    shown = capsys.readouterr().out
    assert "3 observations" in shown
    assert "CC BY 4.0" in shown
    found = ms.read_indicators(out)
    assert found["value"].tolist() == [1e5, 83.2e6, 83.3e6]
    assert (tmp_path / "wb" / "SP.POP.TOTL").is_dir()


def test_the_command_tells_what_is_not_there_with_status_one(
    bank: Bank, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new.csv"
    words = ["fetch", "SP.POP.TOTL", "NO.SUCH", "--years", "2023", "-o", str(out)]
    assert main([*words, "--address", bank.address]) == 1
    assert "NO.SUCH" in capsys.readouterr().out
    assert set(ms.read_indicators(out)["year"]) == {2023}


def test_what_the_command_tells_fits_the_screen(
    bank: Bank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Terminal()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(sys, "stdout", screen)
    words = ["fetch", "SP.POP.TOTL", "NO.SUCH", "--years", "2023", "-o", "new.csv"]
    assert main([*words, "--address", bank.address]) == 1
    assert max(map(len, screen.getvalue().split("\n"))) <= 60
    assert "marketselect rank --add" in " ".join(screen.getvalue().split())


@pytest.mark.parametrize("years", ["2023-2022", "x", "2020-", "20222-20223"])
def test_the_command_refuses_years_that_are_none(
    bank: Bank, tmp_path: Path, years: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["fetch", "A.B", "--years", years, "-o", str(tmp_path / "x.csv")]
    assert main([*words, "--address", bank.address]) == 2
    assert "--years" in capsys.readouterr().err
    assert bank.asked == []
