"""Rows that no longer describe their device."""

from dataclasses import replace

from profiles.reading import Origin
from profiles.stale import State, fresh, stale

from ..engine.report.sample import RESNET, reading


def row(index=0, day=1, **changes):
    when = f"2026-11-{day:02d}T10:00:00.000+00:00"
    return reading(
        "fashion-resnet", RESNET[index], index, **{"measured_at": when, "nonce": f"run-{day}-{index}", **changes}
    )


def test_that_a_new_kernel_makes_older_rows_of_the_device_stale():
    old, new = row(0, 1), row(1, 5, kernel="6.6.1")
    (found,) = stale([new, old])
    assert found.reading is old
    assert found.changed == ("kernel: 6.1.0 -> 6.6.1",)
    assert fresh([old, new]) == (new,)


def test_that_a_new_runtime_makes_only_rows_of_that_runtime_stale():
    onnx, lite, newer = row(0, 1), row(1, 2), row(2, 3, runtime_version="1.33.0")
    assert lite.runtime == "litert"
    assert [item.reading for item in stale([onnx, lite, newer])] == [onnx]


def test_that_power_mode_and_system_count_and_all_changes_are_named():
    old = row(0, 1)
    new = row(0, 2, power_mode="pmode:0002", os="Debian GNU/Linux 13 (trixie)")
    assert stale([old, new])[0].changed == (
        "system: Debian GNU/Linux 12 (bookworm) -> Debian GNU/Linux 13 (trixie)",
        "power mode: unknown -> pmode:0002",
    )


def test_that_one_device_says_nothing_of_another_and_published_rows_never_age():
    old = row(0, 1)
    assert stale([old, row(0, 2, device_id="d1", kernel="6.6")]) == ()
    assert stale([replace(old, origin=Origin.PUBLISHED), row(0, 2, kernel="6.6")]) == ()


def seen(**changes):
    state = State("2026-11-20T10:00:00.000+00:00", "Debian GNU/Linux 12 (bookworm)", "6.1.0", None)
    return {row(0).device_id: replace(state, **changes)}


def test_that_a_board_that_came_back_with_another_kernel_has_no_fresh_reading():
    old = row(0, 1)
    (found,) = stale([old], seen(kernel="6.12.0"))
    assert found.changed == ("kernel: 6.1.0 -> 6.12.0",)
    assert fresh([old], seen(kernel="6.12.0")) == ()
    assert fresh([old], seen()) == (old,)
    assert fresh([old], {"another": seen(kernel="6.12.0")[old.device_id]}) == (old,)


def test_that_a_reading_after_the_last_visit_tells_the_state_by_itself():
    new = row(0, 25, kernel="6.12.0")
    assert fresh([new], seen()) == (new,)


def test_that_a_runtime_the_board_no_longer_has_makes_its_rows_stale():
    old = row(0, 1)
    assert fresh([old], seen(runtimes={"onnxruntime": ("1.40.0", old.runtime_version)})) == (old,)
    (found,) = stale([old], seen(runtimes={"onnxruntime": ("1.40.0",)}))
    assert found.changed == (f"onnxruntime: {old.runtime_version} -> 1.40.0",)
    assert fresh([old], seen(runtimes={"litert": ("9.9",)})) == (old,)
