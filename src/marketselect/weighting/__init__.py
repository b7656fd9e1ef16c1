"""Weightings: where the weights of the criteria come from.

Each function returns a frozen result with its steps and `weights` as the last field.
"""
