"""No silent error in anything the accuracy figures are made of."""

from tests.accuracy import count, documents


def test_every_cell_is_right_or_missing_with_a_reason() -> None:
    totals = sum((count(document) for document in documents()), start=count(next(documents())))
    assert (totals["wrong"], totals["silent"]) == (0, 0)
    assert totals["missing"] == 0
    assert totals["right"] > 40_000
