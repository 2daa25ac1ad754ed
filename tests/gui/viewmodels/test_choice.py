"""Candidates of a measured preset as rows."""

from gui.viewmodels.choice import read_choice


def test_that_the_picked_candidate_stands_first_and_the_others_in_their_order():
    names = ["int8", "sparse50-int8", "cut25-int8", "cut50-int8"]
    candidates = [{"name": name, "chosen": name == "cut25-int8"} for name in names]
    choice = read_choice({"candidates": candidates})
    assert [row.name for row in choice.rows] == ["cut25-int8", "int8", "sparse50-int8", "cut50-int8"]
    assert choice.chosen == "cut25-int8"
    assert [row.name for row in read_choice({"candidates": [{"name": "a"}, {"name": "b"}]}).rows] == ["a", "b"]
