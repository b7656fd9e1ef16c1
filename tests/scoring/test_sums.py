"""Products in small pieces: the same numbers in one's own array, whose rows may lie apart."""

import numpy as np
import pytest

from marketselect.scoring import sums
from marketselect.scoring.sums import small_products


@pytest.mark.parametrize("draws", [0, 1, 7, 64])
@pytest.mark.parametrize("markets", [1, 5, 40])
def test_products_in_pieces_are_the_product_wherever_they_are_written(
    draws: int, markets: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole numbers, whose products are exact; pieces of rows, of markets, and what is left."""
    monkeypatch.setattr(sums, "SMALL_PRODUCT", 48)  # 16 markets, or 4 draws of 4 of them
    random = np.random.default_rng(draws + markets)
    weights = random.integers(-9, 9, (draws, 3)).astype(np.float64)
    values = random.integers(-9, 9, (3, markets)).astype(np.float64)
    apart = np.full((draws, 2, markets), np.nan)
    found = small_products(weights, values, out=apart[:, 1])
    assert np.shares_memory(found, apart) == (draws > 0)
    np.testing.assert_array_equal(apart[:, 1], weights @ values)
    np.testing.assert_array_equal(small_products(weights, values), weights @ values)
    assert np.isnan(apart[:, 0]).all()
