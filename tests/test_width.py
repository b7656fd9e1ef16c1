"""How many columns text takes, and text cut to them."""

import pytest

from marketselect.width import breadth, cut_to_width


@pytest.mark.parametrize(
    ("text", "width"),
    [("中国", 4), ("ที่", 1), ("कि", 2), ("é", 1), ("abc", 3), ("a\u200db", 2), ("", 0)],
)
def test_wide_letters_and_marks_take_the_columns_that_a_terminal_gives_them(
    text: str, width: int
) -> None:
    # Two for each Chinese character, none for the vowel sign on a Thai or Devanagari letter.
    assert breadth(text) == width


def test_a_text_is_cut_between_letters_with_their_marks() -> None:
    assert cut_to_width("中国中国中国", 9) == "中国中..."
    assert cut_to_width("a" + "\u0301" * 1_000 + "b" * 9, 8) == "a" + "\u0301" * 4 + "bbbb..."
    assert cut_to_width("ที่", 1) == "ที่"
