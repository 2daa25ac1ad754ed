"""What readings add up to, through the verbs: import, compare, drift, cover, the data sheet."""

from dataclasses import replace
from datetime import datetime

import pytest

from engine.cli.main import main
from engine.deploy.inventory import Inventory
from engine.deploy.seen import note
from engine.errors import UsageError
from engine.package.keys import signing_key
from engine.verbs import (
    profile_compare,
    profile_cover,
    profile_drift,
    profile_export,
    profile_fleet,
    profile_import,
    profile_show,
    report,
)
from engine.verbs.campaigns import seconds_until
from engine.verbs.reporting import newest
from engine.workspace import Workspace
from profiles.errors import ProfileError
from profiles.pack import to_pack
from profiles.reading import Comparison, Quality, Verdict
from profiles.store import ProfileStore

from ...profiles.test_compare import timed
from ...profiles.test_stale import row
from ..measure.board import HELLO, MACHINE
from ..report.sample import RESNET, variant


def filed(*readings):
    with ProfileStore.open() as store:
        store.add_many([(item, None) for item in readings])


def other(index=0, day=1, **changes):
    return row(index, day, board="raspberry-pi-5", target="pi5", device_id="d5", **changes)


def test_that_a_pack_of_this_user_is_taken_over_once(tmp_path):
    filed(row(0), row(2))
    out = tmp_path / "mine.pack"
    assert profile_export(out).rows == 2
    assert (profile_import(out).readings, profile_import(out).new) == (2, 0)


def test_that_a_strangers_pack_needs_its_key_to_be_accepted(tmp_path):
    key = signing_key(tmp_path / "stranger")
    path = tmp_path / "theirs.pack"
    path.write_text(to_pack([other(0), other(2)], [], key.id, key.public, key.sign))
    with pytest.raises(ProfileError, match="unknown key"):
        profile_import(path)
    with pytest.raises(ProfileError, match="unknown key"):
        profile_import(path, accept_key="0" * 16)
    assert profile_import(path, accept_key=key.id).new == 2
    assert len(profile_show("raspberry-pi-5").rows) == 2


def test_that_what_another_desktop_measured_stands_apart_from_the_device_of_the_same_name(tmp_path):
    key = signing_key(tmp_path / "stranger")
    filed(row(0))
    theirs = [replace(row(i, 5, device_id="theirs"), nonce=f"t{i}") for i in (0, 2)]
    compared = Comparison(
        theirs[0].bundle, theirs[1].bundle, theirs[0].target, 2.0, (1.9, 2.1), Verdict.PASS, 0.0, False, 9, "t0"
    )
    path = tmp_path / "theirs.pack"
    path.write_text(to_pack(theirs, [compared], key.id, key.public, key.sign))
    assert profile_import(path, accept_key=key.id).new == 2
    name = f"{row(0).target}@{key.id[:8]}"
    assert [item.newest.target for item in profile_show(row(0).target).rows] == [row(0).target]
    theirs_here = profile_show(name)
    assert len(theirs_here.rows) == 2
    assert any(fact.startswith("imported      2 of the readings") for fact in theirs_here.facts)
    with ProfileStore.open() as store:
        assert [item.target for item in store.comparisons()] == [name]
    assert name not in {item.target for item in profile_fleet().devices}
    (again,) = [tmp_path / "again.pack"]
    profile_export(again)
    assert profile_import(again).new == 0


def test_that_a_file_that_is_no_pack_is_refused_by_its_name_and_a_huge_one_is_not_read(tmp_path):
    (tmp_path / "table.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ProfileError, match=r"table.csv: .* no JSON document") as caught:
        profile_import(tmp_path / "table.csv")
    assert "profile export FILE.pack" in caught.value.remedy
    with (tmp_path / "huge.pack").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(ProfileError, match=r"huge.pack: it has more than the 256 MiB") as caught:
        profile_import(tmp_path / "huge.pack")
    assert caught.value.code == "pack-too-large"


def test_that_an_unknown_key_is_answered_with_the_whole_command(tmp_path):
    key, path = signing_key(tmp_path / "stranger"), tmp_path / "of my friend.pack"
    path.write_text(to_pack([other(0)], [], key.id, key.public, key.sign))
    with pytest.raises(ProfileError) as caught:
        profile_import(path)
    assert f"flyweight profile import '{path}' --accept-key {key.id}" in caught.value.remedy


def test_that_an_export_of_nothing_leaves_an_earlier_file_as_it_is(tmp_path):
    (tmp_path / "readings.csv").write_text("what was measured before")
    with pytest.raises(UsageError, match="holds no readings"):
        profile_export(tmp_path / "readings.csv")
    assert (tmp_path / "readings.csv").read_text() == "what was measured before"


def test_that_boards_are_compared_by_board_or_device_name():
    filed(row(0, latency_ms=timed(20.0)), other(0, nonce="b", latency_ms=timed(5.0)))
    assert profile_compare("loopback", "pi5").rows[0].ratio == pytest.approx(4)
    assert profile_compare("pc-intel-xeon-2c", "raspberry-pi-5").to_json()["rows"][0]["speedup"] == pytest.approx(4)
    filed(other(2, 3, nonce="c", kernel="9"))
    with pytest.raises(UsageError, match="no fresh reading") as caught:
        profile_compare("loopback", "pi5")
    assert "profile run" in caught.value.remedy


def test_that_the_data_sheet_marks_stale_rows_and_names_facts_that_are_not_verified():
    filed(other(0, 1), other(2, 5, kernel="9"))
    sheet = profile_show("pi5")
    states = {item.newest.name or item.newest.variant: item.state for item in sheet.rows}
    assert sorted(states.values()) == ["ok", "stale"]
    assert any("Cortex-A76" in line for line in sheet.facts)
    assert [row["changed"] for row in sheet.to_json()["rows"] if row["changed"]] == [["kernel: 6.1.0 -> 9"]]


SUSTAINED = {
    "minutes": 5.0, "first_minute_ms": 1.0, "steady_ms": 1.25, "change": 0.25, "steady": False,
    "rank_first_minute": 1, "rank_steady": 1,
}  # fmt: skip
ENERGY = {
    "total": {"value": 12.0, "ci95": [11.0, 13.0]}, "dynamic": {"value": 5.0, "ci95": [4.5, 5.5]},
    "scope": "module", "sensor": "VDD_IN", "quality": "measured",
}  # fmt: skip
TRUST = {
    "grade": "fair",
    "checks": [
        {"name": "load", "ok": True, "detail": "0.10 on 4 processors", "grave": False},
        {"name": "governor", "ok": False, "detail": "ondemand", "grave": False},
    ],
}


def test_that_the_data_sheet_tells_trust_sustained_latency_and_energy_with_interval_and_scope():
    long = other(0, 1, sustained=SUSTAINED, options={"sustained": "5 min"})
    noted = {"trust": TRUST, "quality": Quality.NOTED, "reasons": ("contended",)}
    filed(long, other(0, 2, energy_mj=ENERGY), other(0, 3, kernel="9", **noted))
    short = next(row for row in profile_show("pi5").rows if not row.newest.options)
    said = dict(short.details())
    assert said["trust"] == "fair: governor (ondemand)"
    assert said["remarks"] == "noted: contended"
    assert said["sustained"].startswith("1.25 ms after 5.0 min, first minute 1 ms (+25.0%), not steady yet")
    assert (
        "12 [11, 13] mJ per inference, of it above idle 5 [4.5, 5.5] mJ (95 %); scope module, VDD_IN" in said["energy"]
    )
    assert said["energy"].endswith(", in the run of 2026-11-02 10:00 UTC (stale)")
    assert short.to_json()["newest_energy"] == {
        "value": ENERGY, "measured_at": "2026-11-02T10:00:00.000+00:00", "stale": True
    }  # fmt: skip


def test_that_what_was_not_measured_or_was_rejected_is_said_to_be_not_measured():
    filed(other(0, 1, energy_mj=ENERGY, quality=Quality.REJECTED, reasons=("throttled",)))
    (found,) = profile_show("pi5").rows
    said = dict(found.details())
    assert (said["sustained"], said["energy"]) == ("not measured", "not measured")
    assert said["trust"] == "not graded: the agent of that run did not look"
    assert said["remarks"] == "rejected: throttled"
    assert found.to_json()["newest_energy"] is None


def test_that_the_data_sheet_tells_what_a_row_was_compared_with_and_when():
    first, later = other(0, 1, nonce="p"), other(0, 2, nonce="q")
    base = other(2, 1, nonce="p", name="base")
    ratio = Comparison(
        first.bundle, base.bundle, "pi5", 1.5, (1.4, 1.6), Verdict.PASS, 0.03, False, 20, "p", first.measured_at
    )
    elsewhere = replace(ratio, nonce="of another board", speedup=9.0)
    with ProfileStore.open() as store:
        store.add_many([(item, None) for item in (first, base, later)], [ratio, elsewhere])
    rows = {item.newest.bundle: item for item in profile_show("pi5").rows}
    said = dict(rows[first.bundle].details())
    assert said["compared"] == (
        f"1.5x as fast as base [1.4, 1.6] (95 %), PASS: surely not slower, in the run of {first.measured_at[:10]} 10:00 UTC"
    )
    assert dict(rows[base.bundle].details())["compared"] == "not compared"
    assert rows[first.bundle].to_json()["compared"]["against"] == "base"


def test_that_drift_states_its_false_alarm_rate():
    filed(*(row(0, day, latency_ms=timed(1.0 if day < 6 else 1.3, 0.001)) for day in range(1, 7)))
    found = profile_drift()
    assert (found.alpha, [item.drifted for item in found.rows]) == (0.05, [True])
    assert found.to_json()["false_alarm_rate"] == 0.05
    with pytest.raises(UsageError):
        profile_drift(alpha=2.0)


def test_that_the_cover_takes_only_variants_that_are_accurate_and_surely_fast_enough(tmp_path):
    project = Workspace(tmp_path)
    for index, entry in enumerate(RESNET):
        made = variant("fashion-resnet", entry, index)
        project.save_variant(made, {made.format: b"x"})
    filed(
        *(row(i, latency_ms=timed(t)) for i, t in ((0, 9.0), (2, 5.0), (6, 2.0))),
        *(replace(other(i, latency_ms=timed(t)), nonce="o") for i, t in ((0, 3.0), (2, 1.0))),
    )
    found = profile_cover(5.5, project=tmp_path)
    assert found.cover.chosen == ("int8",)
    assert found.cover.assigned == {"pc-intel-xeon-2c": "int8", "raspberry-pi-5": "int8"}
    found = profile_cover(5.001, project=tmp_path)  # the upper end of the interval of 5.0 ms is above it
    assert set(found.cover.chosen) == {"half-guided", "int8"}
    assert profile_cover(0.1, project=tmp_path).cover.left_out == ("pc-intel-xeon-2c", "raspberry-pi-5")
    assert profile_cover(5.5, max_loss_points=0.0, project=tmp_path).cover.left_out == ("pc-intel-xeon-2c",)


def test_that_a_cover_names_devices_that_were_never_measured_and_exits_with_3_where_none_suits(tmp_path, capsys):
    project = Workspace(tmp_path)
    made = variant("fashion-resnet", RESNET[2], 2)
    project.save_variant(made, {made.format: b"x"})
    filed(row(2, latency_ms=timed(5.0)))
    inventory = Inventory.load()
    for name in ("line-a", row(2).target):
        inventory.put(replace(inventory.get("loopback"), name=name, host="10.0.0.1", loopback=False))
    assert profile_cover(5.5, project=tmp_path).to_json()["unmeasured_devices"] == ["line-a"]
    words = ["profile", "cover", "--project", str(tmp_path), "--max-latency-ms"]
    assert main([*words, "5.5"]) == 0
    told = capsys.readouterr().out
    assert "not measured, so not known: line-a" in told
    assert "--targets line-a" in told
    assert main([*words, "0.1"]) == 3
    assert "no variant keeps the limits of pc-intel-xeon-2c" in capsys.readouterr().err


def test_that_a_campaign_waits_for_the_next_time_the_clock_shows():
    assert seconds_until("23:31", datetime(2026, 1, 1, 23, 30)) == 60
    assert seconds_until("23:30", datetime(2026, 1, 1, 23, 30)) == 86400
    for text in ("24:00", "x", "1:2:3", ""):
        with pytest.raises(UsageError, match="no time of day"):
            seconds_until(text, datetime(2026, 1, 1))


def test_that_the_fleet_is_what_was_added_and_what_was_measured():
    filed(row(0), other(2, 3))
    found = profile_fleet().to_json()
    assert (found["devices"], found["boards"], found["readings"], found["to_look_at"]) == (2, 2, 2, 0)
    assert [item["target"] for item in found["rows"]] == ["loopback", "pi5"]
    with pytest.raises(UsageError, match="group 'cameras'"):
        profile_fleet("@cameras")


def test_that_parquet_is_exported_by_the_ending_of_the_file(tmp_path):
    from pyarrow import parquet

    filed(row(0), row(2))
    out = tmp_path / "readings.parquet"
    assert profile_export(out).rows == 2
    assert parquet.read_table(out).num_rows == 2
    with pytest.raises(UsageError, match="ends in"):
        profile_export(tmp_path / "readings.xls")


def covered(tmp_path, *readings):
    project = Workspace(tmp_path)
    for index, entry in enumerate(RESNET):
        made = variant("fashion-resnet", entry, index)
        project.save_variant(made, {made.format: b"x"})
    filed(*readings)
    return project


def test_that_the_cover_counts_the_newest_reading_and_the_slowest_device_of_a_board(tmp_path):
    covered(
        tmp_path,
        row(2, 1, latency_ms=timed(2.0)),
        row(2, 5, latency_ms=timed(8.0)),
        replace(other(2, 5, latency_ms=timed(2.0)), nonce="o"),
        replace(other(2, 6, latency_ms=timed(7.0)), nonce="p", device_id="d6", target="pi5-b"),
    )
    assert profile_cover(5.0, project=tmp_path).cover.left_out == ("pc-intel-xeon-2c", "raspberry-pi-5")
    found = profile_cover(5.0, boards=["pi5", "pi5-b"], project=tmp_path)
    assert (found.cover.assigned, found.cover.left_out) == ({"pi5": "int8"}, ("pi5-b",))
    assert found.to_json()["upper_ms"]["pi5"] == pytest.approx(2.0, rel=0.01)


def test_that_a_board_has_a_limit_of_its_own_and_one_that_was_not_measured_is_told_apart(tmp_path):
    covered(tmp_path, row(2, 1, latency_ms=timed(8.0)), replace(other(2, 1, latency_ms=timed(2.0)), nonce="o"))
    found = profile_cover(5.0, limits=["pc-intel-xeon-2c=10"], boards=["raspberry-pi-5", "jetson"], project=tmp_path)
    assert found.cover.assigned == {"pc-intel-xeon-2c": "int8", "raspberry-pi-5": "int8"}
    assert (found.cover.left_out, found.unmeasured) == (("jetson",), ("jetson",))
    assert found.to_json()["limits_ms"] == {"raspberry-pi-5": 5.0, "jetson": 5.0, "pc-intel-xeon-2c": 10.0}
    with pytest.raises(UsageError, match="no variant was measured on 'pi9'"):
        profile_cover(5.0, limits=["pi9=1"], project=tmp_path)


def test_that_readings_are_not_compared_after_the_board_came_back_with_another_kernel():
    filed(row(0), replace(other(0), nonce="o"))
    assert len(profile_compare("pc-intel-xeon-2c", "raspberry-pi-5").rows) == 1
    note(replace(HELLO, device_id="d5", machine=replace(MACHINE, kernel="9.9")))
    with pytest.raises(UsageError, match="no fresh reading"):
        profile_compare("pc-intel-xeon-2c", "raspberry-pi-5")
    assert profile_show("raspberry-pi-5").rows[0].state == "stale"
    assert "no fresh reading" in next(item for item in profile_fleet().devices if item.target == "pi5").needs


def test_that_a_report_says_which_readings_are_stale(tmp_path):
    covered(tmp_path, row(0), replace(other(0), nonce="o"))
    note(replace(HELLO, device_id="d5", machine=replace(MACHINE, os=row(0).os, kernel="9.9")))
    readings, _ = newest(Workspace(tmp_path).variants(), None)
    told = {item.target: [reason for reason in item.reasons if reason.startswith("stale")] for item in readings}
    assert told == {row(0).target: [], "pi5": ["stale: kernel: 6.1.0 -> 9.9"]}


def test_that_a_cover_needs_a_limit_and_the_report_tells_which_is_missed_by_how_much(tmp_path):
    heavy, light = (replace(row(i).memory_mb, run_peak=peak) for i, peak in ((2, 40.0), (6, 9.0)))
    covered(tmp_path, row(2, memory_mb=heavy), row(6, memory_mb=light))
    with pytest.raises(UsageError, match="nothing is limited but the accuracy"):
        profile_cover(project=tmp_path)
    found = profile_cover(limits=["memory_mb=12", "accuracy_loss=100"], project=tmp_path)
    assert found.cover.assigned == {"pc-intel-xeon-2c": "half-guided"}
    assert found.to_json()["max_latency_ms"] is None
    for language, words in (("en", "memory 9 MB, 4 over the limit of 5"), ("zh_CN", "内存 9 MB，超出限制 5 达 4")):
        out = tmp_path / f"{language}.md"
        made = report(out=out, language=language, limits=["memory_mb=5", "accuracy_loss=100"], project=tmp_path)
        assert words in out.read_text()
        html = tmp_path / f"{language}.html"
        report(
            out=html,
            language=language,
            limits=["memory_mb=5", "accuracy_loss=100"],
            sections=["cover"],
            project=tmp_path,
        )
        assert words in html.read_text()
    report(out=out, project=tmp_path)
    assert "Which variant for which board" not in out.read_text()
    assert made.path == str(out)


def test_that_the_report_and_the_data_sheet_tell_what_a_model_did_to_those_beside_it(tmp_path):
    other = {
        "slot": "door", "p50_ms": 1.5, "ci95_p50": [1.49, 1.52], "n": 900, "alone_p50_ms": 1.2, "alone_ci95_p50": [1.19, 1.21],
        "alone_n": 800, "slowdown": 1.25, "ci95": [1.23, 1.28], "runs_per_s": 640.0, "alone_runs_per_s": 800.0,
        "p50_ratio": 1.2, "p50_ratio_ci95": [1.1, 1.3],
    }  # fmt: skip
    few = {**dict.fromkeys(other), "slot": "gate", "n": 2, "alone_n": 3}
    covered(tmp_path, row(0), row(2), row(2, 2, options={"beside": "door gate"}, neighbours=(other, few)))
    out = tmp_path / "r.md"
    report(out=out, sections=["table"], project=tmp_path)
    lines = [line for line in out.read_text().splitlines() if "| door |" in line or "| gate |" in line]
    assert [[cell.strip() for cell in line.split("|")[3:9]] for line in lines] == [
        ["door", "1.50", "1.20", "640", "800", "1.25× [1.23, 1.28]"],
        ["gate", "", "", "", "", ""],
    ]
    report(out=tmp_path / "r.html", sections=["table"], project=tmp_path)
    assert "1.25× [1.23, 1.28]" in (tmp_path / "r.html").read_text()
    told = [dict(item.details()).get("beside") for item in profile_show("pc-intel-xeon-2c").rows]
    assert any(text and text.startswith("gate made too few runs beside ") for text in told)
