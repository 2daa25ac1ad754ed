"""A report as a demo run makes it: two networks, figures of the size that were measured, one remark."""

from engine.records import Estimate, Format, Placement, Recipe, RecipeStep, Score, Skip, Variant
from engine.report.data import DeviceFacts, ReportData
from profiles.reading import Comparison, Latency, MemoryMb, Origin, Quality, Reading, Verdict

INT8 = RecipeStep("static-quantization", {"granularity": "per-channel"})
GUIDED = RecipeStep("static-quantization", {"granularity": "per-channel", "placement": "latency-guided"})
PER_TENSOR = RecipeStep("static-quantization", {"granularity": "per-tensor"})
SPARSE = RecipeStep("magnitude-pruning", {"sparsity": 0.8, "epochs": 2})
QUARTER = RecipeStep("channel-pruning", {"ratio": 0.25})
HALF = RecipeStep("channel-pruning", {"ratio": 0.5})
DISTIL = RecipeStep("soft-label-distillation", {"epochs": 8})

FLOAT = "stays float: the network is measured to be faster so, or it was excluded"

# name, steps, accuracy, loss, size, packed, p50, speed-up
RESNET = [
    ("fp32", (), 0.9236, None, 1_240_000, 1_140_000, 0.2391, None),
    ("fp32-litert", (), 0.9236, 0.0, 1_250_000, 1_141_000, 0.2710, 0.88),
    ("int8", (INT8,), 0.9228, 0.08, 338_000, 252_000, 0.1172, 2.04),
    ("int8-per-tensor", (PER_TENSOR,), 0.9196, 0.40, 336_000, 248_000, 0.1150, 2.08),
    ("sparse80-int8", (SPARSE, INT8), 0.9182, 0.54, 338_000, 92_000, 0.1169, 2.05),
    ("half-int8", (HALF, DISTIL, INT8), 0.9157, 0.79, 101_000, 79_200, 0.0930, 2.57),
    ("half-guided", (HALF, DISTIL, GUIDED), 0.9155, 0.81, 118_000, 83_800, 0.0699, 3.42),
    ("quarter-guided", (QUARTER, DISTIL, GUIDED), 0.9231, 0.05, 205_000, 168_000, 0.1012, 2.36),
]
MOBILENET = [
    ("fp32", (), 0.9112, None, 452_000, 402_000, 0.1502, None),
    ("int8", (INT8,), 0.9100, 0.12, 168_000, 118_000, 0.1210, 1.24),
    ("half-guided", (HALF, DISTIL, GUIDED), 0.9077, 0.35, 62_000, 46_200, 0.0778, 1.93),
    ("collapsed", (HALF, INT8), 0.5510, 36.0, 48_000, 39_000, 0.0720, 2.08),
]


def variant(model, row, index):
    name, steps, accuracy, loss, size, packed, _, _ = row
    half = 0.0075
    return Variant(
        id=f"{model[8:11]}{index:013x}",
        name=name,
        model=f"sample:{model}",
        baseline=None if index == 0 else f"{model[8:11]}{0:013x}",
        path=f"/nowhere/{name}.onnx",
        format=Format.TFLITE if "litert" in name else Format.ONNX,
        recipe=Recipe(steps, name),
        parameters=size // 4,
        nonzero_parameters=size // 5,
        macs=9_300_000,
        size_bytes=size,
        packed_bytes=packed,
        sha256="0" * 64,
        score=Score({"accuracy": Estimate(accuracy, (accuracy - half, accuracy + half), 5000)}, "fashion-mnist"),
        loss_points=None if loss is None else Estimate(loss, (loss - 0.33, loss + 0.33), 5000),
        cost={"cpu_s": 12.5 * index, "wall_s": 7.0 * index, "peak_rss_mb": 900.0 + index, "decode_cpu_s": 0.004}
        if index
        else {},
        skipped=tuple(Skip(f"stage1.conv{i}", FLOAT) for i in range(2 if "guided" in name else 0)),
    )


def reading(model, row, index, **changes):
    name, _, _, _, _, _, p50, _ = row
    latency = Latency(
        p50,
        p50 * 1.04,
        p50 * 1.07,
        p50 * 1.3,
        p50 * 1.02,
        p50 * 0.97,
        p50 * 4,
        (p50 * 0.997, p50 * 1.003),
        4210 + index,
    )
    values = {
        "target": "loopback",
        "device_id": "d0",
        "board": "pc-intel-xeon-2c",
        "bundle": f"{model[8:11]}{index:061x}",
        "model": f"sample:{model}",
        "variant": f"{model[8:11]}{index:013x}",
        "slot": None,
        "runtime": "litert" if "litert" in name else "onnxruntime",
        "runtime_version": "2.3.0" if "litert" in name else "1.32.0",
        "provider": "CPU" if "litert" in name else "CPUExecutionProvider",
        "precision": "float",
        "threads": 1,
        "power_mode": None,
        "governor": None,
        "latency_ms": latency,
        "first_ms": 1.2,
        "load_ms": 8.0,
        "memory_mb": MemoryMb(47.5, 6.1, 7.9 - index / 2),
        "temperature_c": None,
        "throttled": None,
        "origin": Origin.MEASURED,
        "quality": Quality.OK,
        "reasons": (),
        "kernel": "6.1.0",
        "os": "Debian GNU/Linux 12 (bookworm)",
        "boot_id": "3c2ad8a1-4d0f-4c6e-9f0e-2f1b0b3e5a77",
        "isa": ("avx2", "avx512_vnni", "fma"),
        "nonce": "ab",
        "measured_at": "2026-11-24T10:00:00.000+00:00",
        "cpu_utilisation": 0.99,
    }
    return Reading(**{**values, **changes})


def comparison(model, row, index):
    speed = row[-1]
    verdict = Verdict.FAIL if speed < 0.97 else Verdict.PASS
    return Comparison(
        f"{model[8:11]}{index:061x}",
        f"{model[8:11]}{0:061x}",
        "loopback",
        speed,
        (speed * 0.992, speed * 1.008),
        verdict,
        0.03,
        False,
        64,
    )


def device():
    return DeviceFacts(
        "loopback",
        "pc-intel-xeon-2c",
        "Intel Xeon 2.7 GHz, 2 cores",
        "x86_64",
        "Intel Xeon 2.7 GHz",
        2,
        ("avx2", "avx512_vnni", "fma"),
        24 << 30,
        "Debian GNU/Linux 12 (bookworm)",
        "6.1.0",
        "glibc 2.36",
        ("litert 2.3.0", "onnxruntime 1.32.0"),
        None,
        None,
        "d0",
        "f" * 64,
    )


def report(**changes):
    variants, readings, comparisons = [], [], []
    for model, rows in (("fashion-resnet", RESNET), ("fashion-mobilenet", MOBILENET)):
        for index, row in enumerate(rows):
            variants.append(variant(model, row, index))
            remark = {
                "quality": Quality.NOTED,
                "reasons": ("contended: the model had 83% of the processor time of its threads",),
            }
            readings.append(reading(model, row, index, **(remark if row[0] == "fp32-litert" else {})))
            if index:
                comparisons.append(comparison(model, row, index))
    placement = Placement("loopback", "fashion-resnet", f"res{6:061x}", 3, "committed", True)
    values = {
        "variants": tuple(variants),
        "readings": tuple(readings),
        "comparisons": tuple(comparisons),
        "device": device(),
        "placements": (placement,),
        "made_at": "2026-11-24T10:05:00+00:00",
    }
    return ReportData(**{**values, **changes})
