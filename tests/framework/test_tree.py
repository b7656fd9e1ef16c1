"""The tree of a framework: how it is walked."""

import marketselect as ms

# A nest of three levels beside an indicator at each of them.
NESTED = """
name = "nested"

[[factor]]
code = "economy"

[[factor]]
code = "size"
parent = "economy"

[[factor]]
code = "law"

[[indicator]]
code = "rule"
factor = "law"
direction = "benefit"

[[indicator]]
code = "gdp"
factor = "size"
direction = "benefit"

[[indicator]]
code = "people"
factor = "size"
direction = "benefit"
"""


def test_branches_go_from_the_top_down_with_their_depth() -> None:
    tree = ms.Framework.from_toml(NESTED).tree
    assert list(tree.branches()) == [
        ("economy", 0),
        ("size", 1),
        ("gdp", 2),
        ("people", 2),
        ("law", 0),
        ("rule", 1),
    ]


def test_branches_hold_every_node_once() -> None:
    rules = ms.load_framework("pestle")
    codes = [code for code, _ in rules.tree.branches()]
    assert sorted(codes) == sorted([*rules.codes, *rules.tree.factors])
