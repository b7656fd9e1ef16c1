"""What the columns of a table may be called: one table of names for files and for frames.

The names are those of the sources that people download from, without regard to case, blanks and
signs: ``Country Code``, ``country_code`` and ``COUNTRYCODE`` are one.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

ALIASES: Mapping[str, tuple[str, ...]] = {
    "market": (
        "market",
        *("iso3", "iso3c", "iso_a3", "iso alpha 3", "alpha-3", "country iso3"),
        *("country iso3 code", "country iso code"),
        *("ref_area", "country code", "economy code", "geo", "iso2", "iso2c", "alpha-2"),
        *("iso code", "iso", "code", "country", "country name", "economy name", "entity"),
        *("reference area", "country or area"),
        *("iso3_code", "iso3 alpha-code", "iso2_code", "iso code 3", "iso_code3"),
        *("country/region", "country/territory", "country or territory", "country or region"),
        *("countries", "country_name_en", "region, subregion, country or area", "nation"),
        *("economy", "economies", "pays", "país", "pais", "países", "paese", "kraj", "país/región"),
    ),
    "indicator": (
        *("indicator code", "series code", "indicator id", "indicator", "series"),
        *("indicator name", "series name", "variable"),
    ),
    "year": (
        *("year", "time_period", "time period", "date", "time", "period", "ref_year"),
        *("reference year", "fiscal year", "calendar year", "jahr", "année", "annee", "año"),
        *("anno", "jaar", "observation_date"),
    ),
    "value": ("value", "obs_value", "observation value"),
}
"""The names of each column of a long table, codes before names: the first that is there is it."""

LABELS: tuple[str, ...] = (
    *("location", "territory", "country/territory name", "land", "area", "region/country"),
    *("city", "town", "municipality", "stadt", "ville", "ciudad", "name"),
)
"""What a column of labels may be called if it holds texts; with numbers they may be indicators."""


@lru_cache(maxsize=10_000)
def column_key(name: str) -> str:
    """Return the name of a table's column without regard to case, blanks and signs.

    Examples
    --------
    >>> column_key("Country Code") == column_key("COUNTRY_CODE")
    True
    """
    return "".join(sign for sign in name.casefold() if sign.isalnum()) or name.strip()


def first_wanted_column(names: Iterable[str], wanted: Sequence[str]) -> str | None:
    """Return the column that bears the first of the wanted names that is there, or None."""
    by_key: dict[str, str] = {}
    for name in names:
        by_key.setdefault(column_key(name), name)
    return next((by_key[one] for one in map(column_key, wanted) if one in by_key), None)


def column_of(names: Iterable[str], role: str) -> str | None:
    """Return the column that is a table's market, indicator, year or value, or None.

    Examples
    --------
    >>> column_of(["Country Name", "Country Code", "gdp"], "market")
    'Country Code'
    """
    return first_wanted_column(names, ALIASES[role])
