"""The committed tables of published figures, and that they are never taken for measurements."""

import csv
import re
from importlib import resources

import pytest

from profiles.errors import ProfileError
from profiles.published import compare_published, parse, published, sources, table

SAID = "# repository: https://x/y\n# path: README.md\n# licence: MIT\n"
HEAD = SAID + "board,device,processor,threads,cores,rounded,held_by,commit,net\n"


def committed(name):
    return resources.files("profiles").joinpath("published", f"{name}.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["ncnn", "xnnpack"])
def test_that_every_filled_cell_of_a_committed_table_is_one_figure(name):
    rows = list(csv.reader(line for line in committed(name).splitlines() if not line.startswith("#")))
    first = rows[0].index("date" if "date" in rows[0] else "commit") + 1
    cells = sum(bool(cell) for row in rows[1:] for cell in row[first:])
    figures = [item for item in published() if item.source == name]
    assert len(figures) == cells > 50
    assert {len(row) for row in rows} == {len(rows[0])}


@pytest.mark.parametrize("name", ["ncnn", "xnnpack"])
def test_that_every_row_names_its_source_and_a_whole_commit_or_none_whose_reason_the_file_tells(name):
    source = sources()[name]
    assert source.repository.startswith("https://github.com/")
    assert source.licence.startswith("BSD-3-Clause")
    figures = [item for item in published() if item.source == name]
    assert all(item.repository.startswith("https://github.com/") for item in figures)
    commits = {item.commit for item in figures}
    assert all(re.fullmatch(r"[0-9a-f]{40}", commit) for commit in commits - {None})
    assert (None in commits) == ("# unknown: a row without a commit is " in committed(name))


def test_that_the_commits_are_those_at_which_the_rows_were_found():
    at = {(item.source, item.board): (item.repository.partition(".com/")[2], item.commit) for item in published()}
    found = {board: commit for (source, board), (_, commit) in at.items() if source == "ncnn" and commit}
    assert set(found.values()) == {"08c2dacbbff85d9eb592d4b9b4e5b9359091924f"}
    assert sorted(found) == [
        "kirin-970", "pc-ryzen-embedded-v1605b", "pc-ryzen-threadripper-3970x", "snapdragon-660", "snapdragon-835",
    ]  # fmt: skip
    assert at["xnnpack", "pixel-2"] == ("google/XNNPACK", "0085ae3628ee7dc042342df5a4e98ebdb55a806c")
    assert at["xnnpack", "raspberry-pi-4b"] == ("wewe5215/XNNPACK_RVV", "0755c6e2a6c69012f4b527a4a87ce36bbc142586")


@pytest.mark.parametrize(
    ("source", "board", "threads", "model", "latency_ms"),
    [
        ("ncnn", "raspberry-pi-4b", 4, "mobilenet_v2", 61.88), ("ncnn", "raspberry-pi-zero-2-w", 1, "resnet50", 1802.79),
        ("ncnn", "jetson-nano", 4, "squeezenet", 30.59), ("ncnn", "khadas-vim3", 4, "yolo-fastestv2", 22.19),
        ("xnnpack", "raspberry-pi-3b-plus", 4, "mobilenet_v1_int8", 46.0),
    ],
)  # fmt: skip
def test_that_spot_checked_figures_are_those_of_the_source(source, board, threads, model, latency_ms):
    found = [i for i in published(board) if (i.source, i.threads, i.model) == (source, threads, model)]
    assert [item.latency_ms for item in found] == [latency_ms]


def test_that_a_figure_says_that_it_was_published():
    said = published("raspberry-pi-4b")[0].to_json()
    assert said["origin"] == "published"
    assert said["repository"] == "https://github.com/Tencent/ncnn"
    assert said["commit"] is None


def test_that_no_two_figures_are_of_the_same_thing():
    for source in sources():
        for row in table(source):
            assert len({item.model for item in row}) == len(row)


def test_that_two_boards_are_compared_by_their_fastest_processors_and_one_source():
    rows = {(row.source, row.model): row for row in compare_published("raspberry-pi-3b-plus", "raspberry-pi-4b")}
    assert rows["ncnn", "resnet50"].ratio == pytest.approx(587.42 / 262.83)
    assert rows["xnnpack", "mobilenet_v2"].ratio == pytest.approx(79 / 41)
    assert all(row.a.cores != "gpu" for row in compare_published("jetson-nano", "jetson-agx-orin"))
    assert compare_published("raspberry-pi-4b", "no-such-board") == ()


@pytest.mark.parametrize(
    "row",
    [
        "b,d,p,1,all,0,,,-3",
        "b,d,p,1,all,0,,,many",
        "b,d,p,x,all,0,,,3",
        "b,d,p,1,fast,0,,,3",
        "b,d,p,1,all,0,,,nan",
        "b,d,p,1,all,0,,12ab,3",
    ],
)
def test_that_a_damaged_row_is_refused_by_name(row):
    with pytest.raises(ProfileError, match=r"published/f\.csv"):
        parse("f", HEAD + row)


def test_that_a_table_without_its_source_is_refused():
    with pytest.raises(ProfileError, match="licence"):
        parse("f", HEAD.replace("# licence: MIT\n", "") + "b,d,p,1,all,0,,,3")
