from .boards import TABLE, text


def test_that_the_counts_of_verified_boards_are_those_of_the_committed_fixtures():
    assert TABLE.read_text(encoding="utf-8") == text(), "run: make docs"
