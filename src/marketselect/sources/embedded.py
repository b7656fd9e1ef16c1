"""The embedded snapshot of indicators: its observations, its catalogue and its markets.

The snapshot is a folder of CSV files that scripts/build_snapshot.py writes. A wheel carries it
inside the package; a checkout has it in data/indicators. LICENSE-DATA.md gives the sources.
"""

import io
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from marketselect.errors import MarketSelectError


def load_indicators() -> pd.DataFrame:
    """Load every observation of the embedded snapshot.

    Returns
    -------
    DataFrame
        One row an observation, sorted by indicator, market and year:

        - ``market`` (text): ISO 3166 alpha-3 code, ``XKX`` for Kosovo;
        - ``indicator`` (text): code of the series, a row of `load_catalogue`;
        - ``year`` (int): 2000 to 2025;
        - ``value`` (float): in the unit that the catalogue gives.

        An observation that does not exist has no row, so no value is missing. Every call
        returns a new frame.

    Raises
    ------
    MarketSelectError
        If the snapshot is not there or is damaged.

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
    """
    codes, header, bodies = _read_series(_snapshot() / "series")
    # All files have one header, so they are parsed as one block: faster than one by one.
    block = _parse(header + b"".join(bodies))
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


def load_catalogue() -> pd.DataFrame:
    """Load the catalogue of the embedded snapshot: what each series is and where it comes from.

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

    Examples
    --------
    >>> load_catalogue().loc["PV.EST", ["source", "standard_error", "last_year"]]
    source            World Bank WGI (2024 update)
    standard_error                      PV.STD.ERR
    last_year                                 2023
    Name: PV.EST, dtype: object
    """
    return _read_table("catalogue.csv").set_index("indicator")


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
    return _markets(str(_snapshot())).copy()


def market_names(markets: Iterable[Any]) -> list[str]:
    """Return the name of each market; its label where it is no code that is known."""
    known = _markets(str(_snapshot()))["name"].to_dict()
    return [str(known.get(market) or market) for market in markets]


def names_beside(markets: Iterable[Any]) -> list[str]:
    """Return the name beside each code, empty beside other labels; nothing if no code is known."""
    known = _markets(str(_snapshot()))["name"].to_dict()
    names = [str(known.get(market, "")) for market in markets]
    return names if any(names) else []


@cache
def _markets(_folder: str) -> pd.DataFrame:
    """Read the markets' table of a folder once: scoring by groups asks for it again and again."""
    markets = _read_table("markets.csv").set_index("market")
    return markets.astype({"landlocked": bool, "area_km2": float})


def _snapshot() -> Traversable:
    """Find the snapshot: in the installed package, else in the checkout."""
    installed = files("marketselect") / "data" / "indicators"
    checkout = Path(__file__).parents[3] / "data" / "indicators"
    for folder in (installed, checkout):
        if folder.is_dir():
            return folder
    raise MarketSelectError(
        f'the embedded indicators are not there: neither "{installed}" nor "{checkout}" is a '
        "folder; install marketselect again, or read your own file with read_indicators"
    )


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
    parts = [by_code[code].read_bytes().partition(b"\n") for code in codes]
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
    table = _parse(path.read_bytes())
    texts = table.columns[[pd.api.types.is_string_dtype(kind) for kind in table.dtypes]]
    return table.fillna(dict.fromkeys(texts, ""))


def _parse(text: bytes) -> pd.DataFrame:
    """Parse CSV in which only an empty cell is missing: ``NA`` is Namibia."""
    return pd.read_csv(io.BytesIO(text), keep_default_na=False, na_values=[""])
