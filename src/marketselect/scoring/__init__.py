"""The steps from raw values to factor scores, one file a step, in the order they run.

``imputation`` -> ``treatment`` (log, outliers) -> ``normalization`` -> ``aggregation``;
``factors`` runs them all.
"""
