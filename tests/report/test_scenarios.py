"""Named weightings as a file that both the page and Python read."""

import json
from pathlib import Path
from typing import Any

import pytest

import marketselect as ms
from marketselect.errors import InputError
from report.conftest import cities, framework

RULES = framework({"a": "A", "b": "B"})
TABLE = cities({"x": [10, 20], "y": [30, 40], "z": [50, 5]}, ["a", "b"])


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    given = {"Growth": {"a": 3, "b": 1}, "\u05e9\u05dc\u05d5\u05dd </script>": {"a": 1, "b": 0.1}}
    path = ms.write_scenarios(given, tmp_path / "scenarios.json")
    assert ms.read_scenarios(path) == given
    assert list(ms.read_scenarios(path)) == list(given)
    again = ms.write_scenarios(given, tmp_path / "again.json")
    assert again.read_bytes() == path.read_bytes()


def test_a_scenario_of_a_ranking_gives_the_ranking_again(tmp_path: Path) -> None:
    ranking = ms.rank_markets(TABLE, RULES, weights={"a": 3, "b": 1}, draws=0)
    path = ms.write_scenarios({"own": ranking}, tmp_path / "scenarios.json")
    weights = ms.read_scenarios(path)["own"]
    assert weights == {"a": 0.75, "b": 0.25, "a_value": 1.0, "b_value": 1.0}
    again = ms.rank_markets(TABLE, RULES, weights=weights, draws=0)
    assert again.table["score"].tolist() == ranking.table["score"].tolist()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", r'scenarios ".*s\.json": this is no JSON that can be read'),
        ("[]", r'scenarios ".*s\.json" is no object; give a file that the page'),
        ('{"schema": "other"}', r"the schema is 'other'; give a file"),
        ('{"schema": "marketselect-scenarios"}', "has no list of scenarios"),
        ('{"schema": "marketselect-scenarios", "scenarios": [3]}', r"scenario 1 has no name"),
        (
            '{"schema": "marketselect-scenarios", "scenarios": [{"name": "G"}]}',
            '"G" has no weights',
        ),
    ],
)
def test_what_is_no_file_of_scenarios_is_refused(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(text)
    with pytest.raises(InputError, match=message):
        ms.read_scenarios(tmp_path / "s.json")


def test_a_weight_that_is_none_is_refused_with_its_place(tmp_path: Path) -> None:
    def written(*scenarios: Any) -> Path:
        path = tmp_path / "s.json"
        path.write_text(json.dumps({"schema": "marketselect-scenarios", "scenarios": scenarios}))
        return path

    with pytest.raises(InputError, match=r'scenario 1, "G": weights, "a"'):
        ms.read_scenarios(written({"name": "G", "weights": {"a": -1}}))
    one = {"name": "G", "weights": {"a": 1}}
    with pytest.raises(InputError, match='the name "G" stands there twice'):
        ms.read_scenarios(written(one, one))
    with pytest.raises(InputError, match=r'scenarios, "G": weights, "a"'):
        ms.write_scenarios({"G": {"a": "much"}}, tmp_path / "t.json")
    with pytest.raises(InputError, match="scenarios is empty"):
        ms.write_scenarios({}, tmp_path / "t.json")
    with pytest.raises(InputError, match="give a mapping of names to weights"):
        ms.write_scenarios([1], tmp_path / "t.json")  # type: ignore[arg-type]
    assert not (tmp_path / "t.json").exists()


def test_scenarios_of_another_framework_are_not_put_on_a_page(tmp_path: Path) -> None:
    ranking = ms.rank_markets(TABLE, RULES, draws=0)
    for weights, message in (({"c": 1}, 'no factor or indicator "c"'), ({"a": 1}, "left out")):
        with pytest.raises(InputError, match=message) as caught:
            ms.write_report(ranking, tmp_path / "page.html", scenarios={"G": weights})
        assert 'scenarios, "G"' in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('"scenarios": [{"name": "G", "weights": {"a": 1, "a": 2}}]', '"a" stands there more than'),
        ('"scenarios": [], "scenarios": []', '"scenarios" stands there more than once'),
        ('"version": "2.0", "scenarios": []', r"the version is '2\.0'; export it as version 1\.0"),
    ],
)
def test_a_key_twice_and_another_version_are_refused(
    text: str, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "s.json"
    path.write_text(f'{{"schema": "marketselect-scenarios", {text}}}')
    with pytest.raises(InputError, match=message):
        ms.read_scenarios(path)


def test_more_scenarios_than_a_page_can_list_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    many = {str(number): {"a": 1} for number in range(1001)}
    with pytest.raises(InputError, match="has 1,001 of them, and a page lists at most 1,000"):
        ms.write_scenarios(many, path)
    listed = [{"name": name, "weights": weights} for name, weights in many.items()]
    path.write_text(json.dumps({"schema": "marketselect-scenarios", "scenarios": listed}))
    with pytest.raises(InputError, match="has 1,001 of them"):
        ms.read_scenarios(path)
