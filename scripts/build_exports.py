"""Write yearly exports of four homes to tests/cases/exports/, for docs/does_it_work.md.

    python scripts/build_exports.py FOLDER [--out tests/cases/exports]

FOLDER holds the raw extract: tradhist_four_homes_1990_2014.csv.gz and uk_exports_by_market.csv.gz.
The result is the same bytes every time: sorted, UTF-8, LF, packed without a date.

- ``exports.csv.gz``: source, flow (goods or services), home, market, year and exports in millions
  of pounds, from 2000 on. What is not known has no row; 0 is published as 0.
- ``about.json``: whose figures they are, under which license, and what was changed.

Of TRADHIST the codes of markets that have gone or were renamed are replaced: ROM is Romania, ROU.
The Netherlands Antilles and Yugoslavia have no successor that is one market, and are left out.
"""

import argparse
import gzip
import json
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parents[1]
FIRST = 2000  # the first year of the embedded indicators
RENAMED = {"ROM": "ROU"}
GONE = ("ANT", "YUG")
COLUMNS = ["source", "flow", "home", "market", "year", "exports"]
ABOUT = {
    "about": "Yearly exports by market, in millions of pounds: of goods from DEU, FRA, GBR and USA"
    " 2000 to 2014 (source tradhist), of goods and of services from GBR 2000 to 2020 (source ons).",
    "citation": {
        "tradhist": "Fouquin, M., & Hugot, J. (2016). Two Centuries of Bilateral Trade and Gravity"
        " Data: 1827-2014. CEPII Working Paper 2016-14. https://www.cepii.fr",
        "ons": "Office for National Statistics, UK trade. Contains public sector information"
        " licensed under the Open Government Licence v3.0.",
    },
    "licence": {
        "tradhist": "Etalab Open Licence 2.0,"
        " https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
        "ons": "Open Government Licence v3.0,"
        " https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    },
    "changed": "Selection: exports, from 2000 on, markets of today, goods and services without"
    " their total. TRADHIST: pounds to millions of pounds with 6 significant digits; ROM is ROU.",
    "traps": "ONS has whole millions, so a small market's growth is coarse, and its goods of 2006"
    " hold carousel fraud (France 29,665).",
}


def read_raw(path: Path) -> pd.DataFrame:
    """Read a raw CSV; Namibia's code ``NA`` is a value, and only what is empty is missing."""
    return pd.read_csv(path, keep_default_na=False, na_values=[""])


def tradhist(path: Path) -> pd.DataFrame:
    """Return exports of goods of four homes."""
    raw = read_raw(path).dropna(subset="exports")
    raw = raw[~raw["partner"].isin(GONE)]
    return pd.DataFrame(
        {
            "source": "tradhist",
            "flow": "goods",
            "home": raw["home"],
            "market": raw["partner"].replace(RENAMED),
            "year": raw["year"],
            "exports": raw["exports"] / 1e6,
        }
    )


def ons(path: Path) -> pd.DataFrame:
    """Return British exports of goods and of services; their total is left out."""
    raw = read_raw(path).rename(columns={"importer": "market", "value_gbp_m": "exports"})
    raw = raw[raw["flow"] != "total"]
    return raw.assign(source="ons", home="GBR")[COLUMNS]


def build(folder: Path, out: Path) -> None:
    """Write the table and what there is to know of it."""
    found = pd.concat(
        [
            tradhist(folder / "tradhist_four_homes_1990_2014.csv.gz"),
            ons(folder / "uk_exports_by_market.csv.gz"),
        ]
    )
    found = found[found["year"] >= FIRST].sort_values(COLUMNS[:-1])
    text = found.to_csv(index=False, lineterminator="\n", float_format="%.6g").encode()
    out.mkdir(parents=True, exist_ok=True)
    (out / "exports.csv.gz").write_bytes(gzip.compress(text, 9, mtime=0))
    about = json.dumps(ABOUT, indent=1, ensure_ascii=False)
    (out / "about.json").write_text(f"{about}\n", encoding="utf-8")


def main() -> None:
    """Read the command line."""
    words = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words.add_argument("folder", type=Path, help="the raw extract")
    words.add_argument("--out", type=Path, default=ROOT / "tests" / "cases" / "exports")
    given = words.parse_args()
    build(given.folder, given.out)


if __name__ == "__main__":
    main()
