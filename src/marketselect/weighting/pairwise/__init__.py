"""Weights from pairwise comparisons: read, completed, judged, put together for groups."""
