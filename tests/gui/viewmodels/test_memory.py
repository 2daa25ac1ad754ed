import os

from gui.viewmodels.memory import resident_bytes


def test_that_a_worker_counts_with_the_processes_under_it(tmp_path):
    for pid, kilobytes, children in (("7", 1000, "8 9"), ("8", 200, ""), ("9", 30, "")):
        (tmp_path / pid / "task" / pid).mkdir(parents=True)
        (tmp_path / pid / "status").write_text(f"Name: x\nVmRSS:\t{kilobytes} kB\n")
        (tmp_path / pid / "task" / pid / "children").write_text(children)
    assert resident_bytes(7, tmp_path) == 1230 * 1024


def test_that_a_process_that_is_gone_has_no_memory(tmp_path):
    assert resident_bytes(1, tmp_path) is None
    assert (resident_bytes(os.getpid()) or 0) > 1_000_000
