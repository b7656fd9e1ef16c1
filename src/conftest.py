"""What the examples of docstrings find: a folder with what the World Bank answered, kept."""

import numpy as np
import pytest

from marketselect.sources.embedded import embedded_series
from marketselect.sources.vintages import Vintage, keep_vintage

FETCHING = ("fetch_worldbank", "update_snapshot")
CODE, REVISED = "SP.POP.TOTL", ("DEU", 2024)


@pytest.fixture(autouse=True)
def worldbank(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep a series of the embedded figures, one of them revised, in the folder worldbank."""
    if not request.node.name.endswith(FETCHING):
        return
    folder = tmp_path_factory.mktemp("examples")
    request.getfixturevalue("monkeypatch").chdir(folder)
    (folder / "worldbank").mkdir()
    values = embedded_series(CODE).loc[:, 2015:2024]
    values.loc[REVISED] = 84e6
    rows = tuple((str(market), 2015 + place, float(value))
                 for market, row in zip(values.index, values.to_numpy(), strict=True)
                 for place, value in enumerate(row) if not np.isnan(value))  # fmt: skip
    series = Vintage(
        indicator=CODE, known_as=CODE, name="Population, total", unit="",
        source="World Bank, World Development Indicators", licence="CC BY 4.0",
        vintage="2026-07-01", fetched="2026-07-02", first_year=2015, last_year=2024,
        left_out=(), rows=rows,
    )  # fmt: skip
    keep_vintage(folder / "worldbank", series)
