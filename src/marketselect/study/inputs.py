"""The inputs of a study, read and checked like any other: what `rank_markets` is called with."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pandas as pd

from marketselect.errors import Fault, InputError, raise_faults
from marketselect.firm.firm import Firm
from marketselect.framework import Framework, raw_codes
from marketselect.framework.keys import (
    Reader,
    a_table,
    a_value_function,
    a_whole,
    a_word,
    key_refusal,
    key_share,
    key_text,
    read_keys,
)
from marketselect.frozen import FrozenMapping
from marketselect.methods import METHODS
from marketselect.ranking.levels import LEVELS
from marketselect.ranking.making import rank_markets
from marketselect.ranking.ranking import Ranking
from marketselect.sampling import MOST_DRAWS
from marketselect.scoring.scale import IndicatorScale, Scale
from marketselect.study.consistency import refuse_misfits
from marketselect.study.contents import (
    BEFORE,
    FORMAT,
    PASSED,
    SOURCES,
    TEXT,
    WHOLE,
    WITH_OWN,
    Files,
)
from marketselect.study.marks import read_marks
from marketselect.study.parsing import (
    read_json,
    read_number_file,
    read_table_of,
    read_text,
    read_words,
)
from marketselect.study.readme import AS_SAVED
from marketselect.tables.cells import FIRST_YEAR, LAST_YEAR, YEAR
from marketselect.tables.table import IndicatorTable
from marketselect.values import is_count, is_number, is_real, is_size, is_truth, shown

Functions = Mapping[str, Any]
"""The method or the weights of one's own, by the name of the argument."""


def study_reader(fine: Callable[[Any], bool], needed: str) -> Reader:
    """Return a reader that takes a study's values that are fine, and refuses any other."""

    def read(value: Any, where: str) -> Any:
        if not fine(value):
            raise key_refusal("damaged", where, value, f"{needed} is needed")
        return value

    return read


def optional_reader(read: Reader) -> Reader:
    """Return a reader of a study's values that None passes, too."""
    return lambda value, where: None if value is None else read(value, where)


def is_figure(value: Any) -> bool:
    """Return whether a value of a study is a finite number, as JSON writes it."""
    return is_real(value) and is_number(value)


def is_numbers(value: Any) -> bool:
    """Return whether a value of a study is a list of numbers that is not empty."""
    return isinstance(value, list) and bool(value) and all(map(is_figure, value))


def is_index_name(value: Any) -> bool:
    """Return whether a study's value is a text or whole number, as an index's name may be."""
    return isinstance(value, (str, int)) and not is_truth(value)


def is_list_of(value: Any, kind: type) -> bool:
    """Return whether a value of a study is a list of values of one kind."""
    return isinstance(value, list) and all(isinstance(each, kind) for each in value)


def is_numbers_by_name(value: Any) -> bool:
    """Return whether a value of a study is a table of numbers."""
    return isinstance(value, dict) and all(map(is_figure, value.values()))


def is_functions(value: Any) -> bool:
    """Return whether a value of a study is a table that names a method, weights or both."""
    names = isinstance(value, dict) and all(isinstance(name, str) for name in value.values())
    return names and bool(value) and set(value) <= {"method", "weights"}


def is_written_whole(value: Any) -> bool:
    """Return whether a value of a study is a whole number, 0 or more, as JSON writes it."""
    return isinstance(value, int) and is_count(value)


def is_above_zero(value: Any) -> bool:
    """Return whether a value of a study is a finite number above zero, as JSON writes it."""
    return is_real(value) and is_size(value)


def figure_reader(read: Reader) -> Reader:
    """Return a reader of a study's numbers as JSON writes them alone: text would stay text."""

    def read_figure(value: Any, where: str) -> Any:
        if isinstance(value, str):
            raise key_refusal("damaged", where, value, "a number is needed")
        return read(value, where)

    return read_figure


A_COUNT = study_reader(is_written_whole, "a whole number, 0 or more,")
TWO = study_reader(lambda value: is_numbers(value) and len(value) == 2, "a list of two numbers")
A_TEXT = study_reader(lambda value: isinstance(value, str), "a text")
WEIGHTS = study_reader(
    lambda value: isinstance(value, str) or is_numbers_by_name(value), "a name or weights"
)
CALL: dict[str, Reader] = {
    "format": figure_reader(a_whole(FORMAT, WITH_OWN)),
    "labels": a_word((TEXT, WHOLE)),
    "index_name": optional_reader(study_reader(is_index_name, "a text or a whole number")),
    "as_of": optional_reader(figure_reader(a_whole(FIRST_YEAR, LAST_YEAR))),
    "max_age": optional_reader(A_COUNT),
    "weights": optional_reader(WEIGHTS),
    "markets": optional_reader(study_reader(lambda value: isinstance(value, list), "a list")),
    "method": key_text,
    "options": a_table,
    "draws": study_reader(
        lambda value: is_written_whole(value) and value <= MOST_DRAWS,
        f"a whole number, 0 or more and at most {MOST_DRAWS:,},",
    ),
    "levels": a_word(LEVELS),
    "tolerance": figure_reader(key_share),
    "seed": A_COUNT,
}
# What a study of format WITH_OWN says beside: the names of the functions that it does not hold.
OWN: dict[str, Reader] = {"own": study_reader(is_functions, "a table of names")}
# What is said of the data where there is anything, and in no study that was saved before.
SAID: dict[str, Reader] = {
    "unused_columns": study_reader(lambda value: is_list_of(value, str), "a list of texts"),
    "read": study_reader(lambda value: is_list_of(value, dict), "a list of tables"),
}
SCALE: dict[str, Reader] = {
    **dict.fromkeys(("code", "normalization", "direction"), key_text),
    "range": study_reader(
        lambda value: is_numbers(value) and len(value) == 2 and value[0] < value[1],
        "a list of two numbers, the lower one first,",
    ),
    "log": study_reader(lambda value: isinstance(value, bool), "true or false"),
    **dict.fromkeys(
        ("target", "low", "high", "center"),
        optional_reader(study_reader(is_figure, "a finite number")),
    ),
    "reach": optional_reader(study_reader(is_above_zero, "a number above 0")),
    "fitted": optional_reader(study_reader(is_numbers, "a list of numbers")),
    "imputed": study_reader(is_numbers_by_name, "a table of numbers"),
    **dict.fromkeys(
        ("spread", "tie"),
        optional_reader(
            study_reader(lambda value: value == 0 or is_above_zero(value), "a number, 0 or more,")
        ),
    ),
    **dict.fromkeys(("winsorized", "shifted_log"), optional_reader(TWO)),
    "treatment": key_text,
}


def firm_of_study(value: Any, where: str) -> Firm:
    """Return a firm that a study kept as plain values."""
    known = {item.name for item in fields(Firm) if item.init}
    if not isinstance(value, dict) or not known >= set(value) >= {"home"}:
        raise key_refusal("damaged", where, value, "a table with the fields of a firm is needed")
    try:
        return Firm(**value)
    except InputError as error:
        raise InputError(*(fault.under(where) for fault in error.faults)) from None


def ranked_by_study(files: Files, call: Mapping[str, Any], given: Functions) -> Ranking:
    """Rank by what a study holds, and by the functions that it does not."""
    try:
        framework = Framework.from_toml(read_text(files, "framework.toml"))
    except RecursionError:
        deep = "it is nested too deeply"
        raise InputError.of("damaged", "framework.toml", deep, AS_SAVED) from None
    table = study_table(files, framework, call)
    passed = {**{key: call[key] for key in (*PASSED, "weights")}, **given}
    scale, within = read_scale(files), read_within(files, call)
    return rank_markets(table, framework, scale=scale, within=within, **passed)


def read_call(files: Files) -> dict[str, Any]:
    """Return what the ranking of a study was called with."""
    call = {**BEFORE, **read_table_of(files, "call.json")}
    if is_written_whole(call.get("format")) and call["format"] > WITH_OWN:
        raise InputError.of(
            "damaged",
            "call.json",
            f"its format is {call['format']}, this version reads {FORMAT} and {WITH_OWN}",
            "use the version of marketselect that README.md names",
        )
    own: Mapping[str, Reader] = OWN if call.get("format") == WITH_OWN else {}
    firm: Mapping[str, Reader] = {"firm": firm_of_study} if "firm" in call else {}
    within: Mapping[str, Reader] = {"within": A_TEXT} if "within" in call else {}
    told = {key: reader for key, reader in SAID.items() if key in call}
    refuse_keys("call.json", call, {**CALL, **own, **firm, **within, **told})
    if "method" not in call.get("own", {}):
        a_word(METHODS)(call["method"], "call.json, method")
    return call


def own_given(call: Mapping[str, Any], given: Functions) -> Functions:
    """Return the functions of one's own that a study needs, refused where they are not these."""
    needed: Mapping[str, str] = call.get("own", {})
    there = {what: function for what, function in given.items() if function is not None}
    raise_faults(
        Fault(
            "missing",
            f'the {what} "{name}"',
            "is a function of your own, and a study holds no code",
            f"give it: replay_study(folder, {what}=...)",
            f"replay it in Python: marketselect.replay_study(folder, {what}=...)",
        )
        for what, name in needed.items()
        if what not in there
    )
    raise_faults(
        Fault("contradiction", what, f"is given, and the study holds its {what}", "leave it out")
        for what in there
        if what not in needed
    )
    return there


def refuse_keys(where: str, found: Mapping[str, Any], checks: Mapping[str, Reader]) -> None:
    """Refuse a study's table that lacks a key, or has keys that are unknown or wrong."""
    raise_faults(read_keys(where, found, checks, checks)[1], where, placed=True)


def study_table(files: Files, framework: Framework, call: Mapping[str, Any]) -> IndicatorTable:
    """Return the indicator table of a study."""
    codes, kind = list(framework.codes), str(call["labels"])
    raw = list(raw_codes(framework))
    names = [name for name in ("values.csv", "years.csv", "errors.csv") if name in files]
    frames = {
        name: read_number_file(
            files, name, ["market", *(codes if name == "errors.csv" else raw)], kind
        )
        for name in names
    }
    if "groups.csv" in files:
        frames["groups.csv"] = read_words(files, "groups.csv", ["market", "group"], kind)
    values = frames["values.csv"].rename_axis(index=call["index_name"])
    for name, frame in frames.items():
        if list(frame.index) != list(values.index):
            raise InputError.of(
                "damaged",
                f"{name}",
                "its markets are not those of values.csv, in that order",
                AS_SAVED,
            )
    marks = read_marks(files, values, call["as_of"])
    table = IndicatorTable(
        values=values,
        years=read_whole_years(frames["years.csv"]),
        sources=read_sources(files, codes),
        errors=frames.get("errors.csv", values * np.nan).reindex(columns=raw),
        as_of=call["as_of"],
        max_age=call["max_age"],
        unused=tuple(call.get("unused_columns", ())),
        read=tuple(map(FrozenMapping, call.get("read", ()))),
        **marks,
    )
    refuse_misfits(table, framework)
    if "firm" in call:
        table = replace(table, firm=firm_of_study(call["firm"], "call.json, firm"))
    table = replace(table, licences=read_licences(files, framework))
    if "groups.csv" not in files:
        return table
    return replace(table, groups=frames["groups.csv"]["group"].rename(framework.group))


def read_whole_years(years: pd.DataFrame) -> pd.DataFrame:
    """Return a study's years as whole numbers, or say which one is none."""
    known = years.to_numpy()[years.notna().to_numpy()]
    odd = known[(known % 1 != 0) | (known < FIRST_YEAR) | (known > LAST_YEAR)]
    if len(odd):
        raise InputError.of("damaged", "years.csv", f"got {odd[0]:g}", YEAR)
    return years.astype("Int64")


def read_sources(files: Files, codes: list[str]) -> "pd.Series[str]":
    """Return the source of each indicator of a study."""
    frame = read_words(files, "sources.csv", ["indicator", *SOURCES], TEXT)
    if list(frame.index) != codes:
        raise InputError.of(
            "damaged", "sources.csv", "its indicators are not those of framework.toml", AS_SAVED
        )
    return frame["source"].astype("str")


def read_licences(files: Files, framework: Framework) -> FrozenMapping:
    """Return the license of each indicator of a study where the framework has another one."""
    stored = read_words(files, "sources.csv", ["indicator", *SOURCES], TEXT)["licence"]
    pairs = zip(framework.indicators, stored, strict=True)
    return FrozenMapping({item.code: text for item, text in pairs if text != item.licence})


def read_within(files: Files, call: Mapping[str, Any]) -> "pd.Series[Any] | None":
    """Return the groups of a study that its markets are ranked within, by their name; None: none.

    A study that was saved before they were kept has none.
    """
    if ("within" in call) != ("within.csv" in files):
        got = "one of within.csv and the name of its groups in call.json is there alone"
        raise InputError.of("damaged", "within", got, AS_SAVED)
    if "within" not in call:
        return None
    groups = read_words(files, "within.csv", ["market", "group"], call["labels"])["group"]
    return groups.rename(call["within"])


def read_scale(files: Files) -> Scale | None:
    """Return the scale of a study, if it has one; that it fits the framework is checked later."""
    if "scale.json" not in files:
        return None
    rows = read_json(files, "scale.json")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        needed = "a list with one table an indicator is needed"
        raise InputError.of("damaged", "scale.json", needed, AS_SAVED)
    return Scale(indicators=tuple(map(one_scale, rows)))


def one_scale(row: Mapping[str, Any]) -> IndicatorScale:
    """Return the scale of one indicator of a study."""
    where = f"scale.json, {shown(row.get('code'))}"
    bent = {"value_function": a_value_function} if "value_function" in row else {}
    refuse_keys(where, row, {**SCALE, **bent})
    low, high = row["low"], row["high"]
    level = row["normalization"] == "distance-to-max"  # its markets may be all the same
    if low is not None and high is not None and (low > high or (low == high and not level)):
        raise InputError.of(
            "damaged", f"{where}", f"low is {low}, high is {high}", "low must be below high"
        )
    given: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in row.items()
    }
    if row["fitted"] is not None:
        given["fitted"] = np.array(row["fitted"], dtype=np.float64)
    if bent:
        given["value_function"] = a_value_function(row["value_function"], where)
    return IndicatorScale(**given)
