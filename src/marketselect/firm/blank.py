"""A firm's file to start from: it can be read as it is, and every key says what it takes."""

TEXT = """\
# A firm and its question. Change what is here, then:
#
#     marketselect rank --firm firm.toml
#
# Only home has to be there; a line with # before it is not read.

# What the firm is called.
name = "Little Soles"

# Where it is: a code or a name, "GBR" or "United Kingdom".
home = "GBR"

# What it sells, in codes of the Harmonized System with 2, 4 or 6 digits: 64 is footwear, 6403 shoes
# of leather. Customs and every freight forwarder know yours. A longer code stands for its chapter,
# unless trade data of your own are given (--trade). Leave the list empty for services or software.
products = ["64"]

# What the team works in, by codes of ISO 639, "en" or "eng". Without this line: the official
# languages of home.
languages = ["en"]

# Markets that it sells to already, also those whose orders came unasked. They are left aside and
# shown with the rank that they would have: is the firm in the right places?
served = []

# What it knows itself, in a file beside this one: market, indicator, year (may be empty), value.
# Orders that came unasked, visits, answers at a fair. A framework of your own may weigh them.
# own = "own.csv"

# What entering a market costs relative to others; 1 where nothing is said.
# [effort]
# IRL = 0.5
"""
