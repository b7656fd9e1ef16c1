"""The embedded snapshot of indicators: its observations, its catalogue and its markets.

The snapshot is a folder of CSV files that scripts/build_snapshot.py writes. A wheel carries it
inside the package; a checkout has it in data/indicators. LICENSE-DATA.md gives the sources.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from marketselect.dataframes import Table
from marketselect.errors import InputError, MarketSelectError, is_a, raise_faults
from marketselect.files import path_text, shipped_bytes
from marketselect.frozen import thawed
from marketselect.printing import to_print
from marketselect.sources.snapshot import read_snapshot
from marketselect.tables import schemas
from marketselect.tables.agreement import refuse_two_in_frame
from marketselect.tables.aliases import column_of
from marketselect.tables.cells import are_empty, number_cells, to_numbers
from marketselect.tables.door import is_long_frame, long_columns, readings, times_of
from marketselect.tables.labels import country_codes
from marketselect.tables.meanings import refuse_meanings, row_multipliers, values_by_powers
from marketselect.tables.years import plain_year
from marketselect.values import a_flag

COLUMNS = ["market", "indicator", "year", "value"]
SHORT = 2  # letters of a code beside that of three


def load_indicators(
    *,
    add: Table | str | Path | Sequence[Table | str | Path] | None = None,
    data: str | PathLike[str] | None = None,
) -> pd.DataFrame:
    """Load every observation of the embedded snapshot, and one's own beside them.

    Parameters
    ----------
    add : DataFrame, str or Path, or a list of these, optional
        Observations of one's own, or files of them as `read_indicators` takes them: long, or wide
        with markets down and indicators across, whose values are undated then. Markets may be
        given by name.
    data : str or Path, optional
        A snapshot of one's own, a folder of `update_snapshot`, in place of the embedded one.

    Returns
    -------
    DataFrame
        One row an observation, sorted by indicator, market and year, one's own at the end:

        - ``market`` (text): ISO 3166 alpha-3 code, ``XKX`` for Kosovo;
        - ``indicator`` (text): code of the series, a row of `load_catalogue`;
        - ``year`` (int): 2000 to 2025; of one's own any, or empty where undated;
        - ``value`` (float): in the unit that the catalogue gives.

        An observation that does not exist has no row, so no value is missing. Every call
        returns a new frame.

    Raises
    ------
    MarketSelectError
        If the snapshot is not there or is damaged.
    InputError
        If what is to be added is no table, a file cannot be read, or one's own snapshot is none or
        was changed. Values are looked at when they are used: one that the snapshot has, too, is
        refused then.

    Notes
    -----
    Official exchange rates are spliced where a market changed its currency. The ``note`` of the
    catalogue says so, and names the traps of the other series.

    Examples
    --------
    >>> observations = load_indicators()
    >>> hdi = observations[observations["indicator"] == "UNDP.HDI"]
    >>> hdi[hdi["year"] == 2023].nlargest(3, "value").reset_index(drop=True)
      market indicator  year  value
    0    ISL  UNDP.HDI  2023  0.972
    1    CHE  UNDP.HDI  2023  0.970
    2    NOR  UNDP.HDI  2023  0.970

    A score of one's own, for a framework that has an indicator "contacts":

    >>> own = pd.DataFrame({"contacts": [12, 3]}, index=["Norway", "Iceland"])
    >>> load_indicators(add=own).tail(2).reset_index(drop=True)
        market indicator  year  value
    0   Norway  contacts  <NA>   12.0
    1  Iceland  contacts  <NA>    3.0
    """
    return with_own(_observations() if data is None else read_snapshot(data).observations, add)


def with_own(
    found: pd.DataFrame,
    add: Table | str | Path | Sequence[Table | str | Path] | None,
    read: Sequence[Mapping[str, Any]] | None = None,
) -> pd.DataFrame:
    """Return a snapshot's observations with one's own at the end, and what all came from.

    What the first were read from is `read` where they do not say so themselves.
    """
    given = [] if add is None else list(add) if is_a(add, (list, tuple)) else [add]
    own = list(map(own_as_observations, given))
    whole = pd.concat([found, *own], ignore_index=True) if own else found.copy(deep=False)
    first = list(map(thawed, readings(found))) if read is None else list(read)
    told = [*first, *(each for frame in own for each in frame.attrs["read"])]
    whole.attrs = {"read": told} if told else {}
    return to_print(whole, own)  # what is embedded is clean, and long


def own_as_observations(given: Any) -> pd.DataFrame:
    """Return a file or table of one's own as observations to add to the snapshot."""
    from marketselect.sources.files import read_indicators
    from marketselect.sources.tables import as_observations

    if is_a(given, (str, PathLike)):
        given = read_indicators(path_text(given, "give the name of a file"))
    else:
        given = as_observations(given, "add")
    table = schemas.need_frame(given, "add")
    refuse_two_in_frame(table)
    frame = long_columns(table)
    if not is_long_frame(frame.columns, ()):
        frame = melted_own_table(table)
    hint = "a long table has market, indicator, year and value"
    schemas.need_columns(frame, COLUMNS, "add", hint)
    factors = row_multipliers(frame, COLUMNS)
    if factors is not None:
        frame = frame.assign(value=values_by_powers(list(frame["value"]), factors))
    found = frame[COLUMNS].astype({"indicator": "str"}).assign(year=_own_years(frame["year"]))
    found.attrs["read"] = [thawed(each) for each in readings(given)]
    return found


def melted_own_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a wide table to add to the snapshot as observations: undated without years.

    Every other column is a series under its own name, whatever that is.
    """
    # What is called year is one, also with a cell that is none: that is refused as any such year.
    named = [name for name in frame if name == "year"]
    if len(named) > 1:
        raise InputError.of("duplicate", 'column "year"', "is there twice", "keep one")
    dates = list(dict.fromkeys([*times_of(frame, ()), *named]))
    wide = schemas.wide_by_market(frame, dated=bool(dates))
    if not dates:
        raise_faults(schemas.label_faults(wide))
    refuse_meanings(wide, ())
    date = column_of(dates, "year")
    years = [None] * len(wide) if date is None else list(map(plain_year, wide[date]))
    rows = wide.drop(columns=dates)
    # Places for names: a column may be called market, year or value itself.
    long = rows.set_axis(range(rows.shape[1]), axis=1).melt(ignore_index=False)
    return pd.DataFrame(
        {
            "market": long.index,
            "indicator": rows.columns.take(long["variable"].to_numpy(dtype=np.intp)),
            "year": pd.Series(years * rows.shape[1], dtype=object),
            "value": long["value"].array,
        }
    )


def _own_years(years: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return years to add to the snapshot as whole numbers if all are, else as they came."""
    numbers = to_numbers(years)
    empty = are_empty(years).to_numpy()
    whole = (empty | (number_cells(years).to_numpy() & (numbers % 1 == 0).to_numpy())).all()
    return numbers.mask(empty).astype("Int64") if whole else years


def _observations() -> pd.DataFrame:
    """Read every observation of the snapshot."""
    codes, header, bodies = _read_series(_snapshot() / "series")
    # All files have one header, so they are parsed as one block: faster than one by one.
    block = _parsed_embedded(header + b"".join(bodies))
    values = block.iloc[:, 1:].to_numpy(dtype=float)
    row, column = np.nonzero(~np.isnan(values))
    place = np.repeat(np.arange(len(codes)), [body.count(b"\n") for body in bodies])
    return pd.DataFrame(
        {
            # Texts are taken from few, not made one by one.
            "market": block["market"].astype("str").array.take(row),
            "indicator": pd.Series(codes, dtype="str").array.take(place[row]),
            "year": np.array([int(year) for year in block.columns[1:]], dtype=np.int64)[column],
            "value": values[row, column],
        }
    )


def load_catalogue(*, firm: bool = False, data: str | PathLike[str] | None = None) -> pd.DataFrame:
    """Load the catalogue of the embedded snapshot: what each series is and where it comes from.

    Parameters
    ----------
    firm : bool
        Whether to list what a firm's observations are made of, too: the codes of PAIR and PROD that
        `firm_observations` gives from the embedded figures. They stand at the end, without numbers
        of years and markets: these depend on the firm.
    data : str or Path, optional
        A snapshot of one's own, a folder of `update_snapshot`, in place of the embedded one. Its
        catalogue has three columns more: ``known_as``, the code of today; ``fetched``, the day;
        ``kept``, why the figures are older ones.

    Returns
    -------
    DataFrame
        One row a series, sorted; index ``indicator``, its code. Text is empty where there is
        nothing to say. Every call returns a new frame.

        - ``name``, ``unit`` (text);
        - ``factor`` (text): the PESTLE factor that it may belong to, a hint;
        - ``source``, ``licence``, ``vintage`` (text);
        - ``first_year``, ``last_year`` (int);
        - ``markets`` (int): how many have any value;
        - ``markets_recent`` (int): how many have a value in 2021 to 2025;
        - ``standard_error`` (text): code of the series with its standard errors;
        - ``note`` (text): splices, projections, doubtful cells, stale series.

    Raises
    ------
    MarketSelectError
        If the snapshot is not there.
    InputError
        If `firm` is neither True nor False, or one's own snapshot is none or was changed.

    Examples
    --------
    >>> load_catalogue(firm=True).loc["PAIR.KM", ["unit", "licence"]].tolist()
    ['km', 'Etalab Open Licence 2.0']
    >>> load_catalogue().loc["PV.EST", ["source", "standard_error", "last_year"]]
    source            World Bank WGI (2024 update)
    standard_error                      PV.STD.ERR
    last_year                                 2023
    Name: PV.EST, dtype: object
    """
    whole = a_flag(firm, "firm")
    found = (
        _embedded_catalogue(str(_snapshot())).copy()
        if data is None
        else read_snapshot(data).catalogue
    )
    return pd.concat([found, _pairs_and_products(found)]) if whole else found


def _pairs_and_products(catalogue: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the embedded catalogue on pairs and products."""
    parts = [
        _parsed_embedded(shipped_bytes(shipped_folder(name) / "catalogue.csv"))
        for name in ("pairs", "products")
    ]
    found = pd.concat(parts).set_index("indicator").reindex(columns=catalogue.columns)
    kinds = {name: "Int64" for name in catalogue if catalogue[name].dtype == "int64"}
    texts = [name for name in catalogue if name not in kinds]
    words = found.astype(dict.fromkeys(texts, object)).fillna(dict.fromkeys(texts, ""))
    return words.astype(dict.fromkeys(texts, "str") | kinds)


def load_markets() -> pd.DataFrame:
    """Load what the embedded snapshot says about each market apart from its indicators.

    Returns
    -------
    DataFrame
        One row a market, sorted; index ``market``, its ISO 3166 alpha-3 code (``XKX`` for
        Kosovo). Text is empty where nothing is known. Several values in one cell are separated
        by ``|``. Every call returns a new frame. Some markets have no indicators.

        - ``name``, ``iso2`` (text; Namibia's alpha-2 code is the text ``NA``);
        - ``region``, ``subregion`` (text): of the United Nations;
        - ``world_bank_region`` (text);
        - ``income_group`` (text): of the World Bank's fiscal year 2027, so not to be used
          for any earlier year;
        - ``languages`` (text, several): BCP 47 tags; ``currencies`` (text, several): ISO 4217;
        - ``capital`` (text);
        - ``latitude``, ``longitude`` (float, degrees, missing if unknown): of the main city;
        - ``area_km2`` (float, missing if unknown): surface area;
        - ``landlocked`` (bool);
        - ``borders`` (text, several): markets with a common land border.

    Raises
    ------
    MarketSelectError
        If the snapshot is not there.

    Examples
    --------
    >>> load_markets().loc[["NAM", "XKX"], ["name", "iso2", "landlocked", "borders"]]
               name iso2  landlocked          borders
    market
    NAM     Namibia   NA       False  AGO|BWA|ZAF|ZMB
    XKX      Kosovo   XK        True  ALB|MKD|MNE|SRB
    """
    return _embedded_markets(str(_snapshot())).copy()


def market_names(markets: Iterable[Any], among: Iterable[Any] = ()) -> list[str]:
    """Return each market's name in the embedded snapshot; its label if it is no known code.

    Codes of two letters are known by the company that they keep: that of the markets, and of others
    `among` which they are.
    """
    labels = list(markets)
    known = names_of_codes(labels, among)
    return [str(known.get(label) or label) for label in labels]


def names_of_codes(*labels: Iterable[Any]) -> dict[Any, str]:
    """Return the embedded snapshot's names by code, also by two-letter codes among labels."""
    every = list(dict.fromkeys(label for some in labels for label in some))
    names = _embedded_markets(str(_snapshot()))["name"].to_dict()
    codes = dict(zip(every, country_codes(every), strict=True))
    short = (label for label in every if is_a(label, str) and label.isalpha()
             and label.isupper() and len(label) == SHORT)  # fmt: skip
    found = {label: names.get(codes[label], "") for label in short}
    return names | {label: name for label, name in found.items() if name}


@cache  # every file that is read asks for them
def market_set() -> frozenset[str]:
    """Return the codes of all markets that the embedded snapshot knows."""
    return frozenset(_embedded_markets(str(_snapshot())).index)


def names_beside_codes(markets: Iterable[Any]) -> list[str]:
    """Return the embedded snapshot's name beside each code, empty beside others; or nothing."""
    labels = list(markets)
    known = names_of_codes(labels)
    names = [known.get(label, "") for label in labels]
    return names if any(names) else []


def named_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of markets with their names in front, where any label is a code."""
    names = names_beside_codes(table.index)
    if not names or "name" in table.columns:
        return table
    return pd.concat([pd.Series(names, table.index, name="name"), table], axis=1)


@cache
def _embedded_catalogue(folder: str) -> pd.DataFrame:
    """Read the embedded snapshot's catalogue of a folder once, and keep it."""
    table = _read_table("catalogue.csv")
    try:
        schemas.need_columns(table, ["indicator"], "catalogue", "one row a series has it")
        return schemas.check_catalogue(table.set_index("indicator"))
    except InputError as fault:
        raise MarketSelectError(
            f'the embedded indicators are damaged: "{folder}/catalogue.csv": {fault}; '
            "install marketselect again"
        ) from None


@cache
def _embedded_markets(_folder: str) -> pd.DataFrame:
    """Read the embedded snapshot's table of markets once, and keep it."""
    markets = _read_table("markets.csv").set_index("market")
    return markets.astype({"landlocked": bool, "area_km2": float})


def _snapshot() -> Traversable:
    """Find the snapshot: in the installed package, else in the checkout."""
    return shipped_folder("indicators", "read your own file with read_indicators")


def shipped_folder(name: str, otherwise: str = "") -> Traversable:
    """Find a folder of figures that ships: in the installed package, else in the checkout."""
    installed = files("marketselect") / "data" / name
    checkout = Path(__file__).parents[3] / "data" / name
    for folder in (installed, checkout):
        if folder.is_dir():
            return folder
    more = f", or {otherwise}" if otherwise else ""
    raise MarketSelectError(
        f'the embedded {name} are not there: neither "{installed}" nor "{checkout}" is a '
        f"folder; install marketselect again{more}"
    )


def embedded_series(code: str) -> pd.DataFrame:
    """Read one series of the snapshot: markets down, years across, NaN where not observed."""
    block = _parsed_embedded(shipped_bytes(_snapshot() / "series" / f"{code}.csv")).set_index(
        "market"
    )
    return block.set_axis(block.columns.astype(int), axis=1)


def _read_series(folder: Traversable) -> tuple[list[str], bytes, list[bytes]]:
    """Return the sorted codes, the header that all files share, and the lines of each file."""
    suffix = ".csv"
    paths = folder.iterdir() if folder.is_dir() else ()
    by_code = {path.name.removesuffix(suffix): path for path in paths if path.name.endswith(suffix)}
    if not by_code:
        raise MarketSelectError(
            f'the embedded indicators are damaged: "{folder}" holds no CSV file; '
            "install marketselect again"
        )
    codes = sorted(by_code)
    parts = [shipped_bytes(by_code[code]).partition(b"\n") for code in codes]
    header = parts[0][0]
    for code, (found, _, body) in zip(codes, parts, strict=True):
        if found != header or not body.endswith(b"\n"):
            raise MarketSelectError(
                f'the embedded indicators are damaged: "{by_code[code]}" has another header than '
                f'"{codes[0]}{suffix}" or ends within a line; install marketselect again'
            )
    return codes, header + b"\n", [body for _, _, body in parts]


def _read_table(name: str) -> pd.DataFrame:
    """Read a table of the snapshot: empty text stays text, an empty number is missing."""
    path = _snapshot() / name
    if not path.is_file():
        raise MarketSelectError(
            f'the embedded indicators are damaged: "{path}" is not there; '
            "install marketselect again"
        )
    table = _parsed_embedded(shipped_bytes(path))
    texts = table.columns[[pd.api.types.is_string_dtype(kind) for kind in table.dtypes]]
    return table.fillna(dict.fromkeys(texts, ""))


def _parsed_embedded(text: bytes) -> pd.DataFrame:
    """Parse CSV of the embedded snapshot: only an empty cell is missing, ``NA`` is Namibia."""
    return pd.read_csv(io.BytesIO(text), keep_default_na=False, na_values=[""])
