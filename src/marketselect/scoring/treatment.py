"""Transforms of raw values before they are normalized: the logarithm, and outliers."""

import numpy as np
import pandas as pd

from marketselect.framework import Framework, as_framework
from marketselect.schemas import raise_faults
from marketselect.scoring.changes import Step, changed_cells


def take_logs(values: pd.DataFrame, framework: Framework | str) -> Step:
    """Take the natural logarithm of the indicators whose transform is "log".

    Values are clipped to the goalposts first, and the clipped cells recorded; the logarithm
    itself is no change of a cell.

    Raises
    ------
    InputError
        With every value that is not positive where there are no goalposts to clip it to.
    """
    rules = as_framework(framework)
    logged = [i for i in rules.indicators if i.transform == "log" and i.code in values.columns]
    clipped = values.assign(
        **{i.code: values[i.code].clip(*i.goalposts) for i in logged if i.goalposts}
    )
    columns = [indicator.code for indicator in logged]
    row, column = np.nonzero((clipped[columns] <= 0).to_numpy())
    raise_faults(
        [
            f'indicator "{code}", market "{market}": value is {values.loc[market, code]:g}, a '
            "logarithm needs it above 0; give goalposts, or drop the transform"
            for market, code in zip(
                values.index[row], clipped[columns].columns[column], strict=True
            )
        ]
    )
    taken = clipped.assign(**{code: np.log(clipped[code]) for code in columns})
    return Step(values=taken, changes=changed_cells(values, clipped, "clipped to the goalpost"))
