"""The documents of readings and comparisons against ``dataclasses.asdict``, field by field."""

import copy
import json
from dataclasses import asdict, fields, replace

from profiles.reading import Comparison, Latency, Reading

from ..engine.report.sample import RESNET, reading, report

FULL = replace(
    reading("fashion-resnet", RESNET[0], 0),
    reasons=("busy",),
    operators=({"name": "conv1", "op": "Conv", "median_us": 3.5},),
    options={"graph": "all"},
    **{
        name: {"inner": {"value": 1.5, "ci95": [1.0, 2.0]}, "pair": (1, 2)}
        for name in (item.name for item in fields(Reading) if item.name != "options")
        if str(Reading.__annotations__[name]).startswith("collections.abc.Mapping")
    },
)


def test_that_the_document_of_a_reading_holds_every_field_in_order():
    expected = asdict(FULL)
    expected |= {"origin": "measured", "quality": "ok", "operators": [dict(item) for item in FULL.operators]}
    expected |= {name: list(expected[name]) for name in ("reasons", "isa", "neighbours")}
    assert FULL.to_json() == expected
    assert list(FULL.to_json()) == [item.name for item in fields(Reading)]
    assert list(FULL.to_json()["latency_ms"]) == [item.name for item in fields(Latency)]
    assert Reading.from_json(json.loads(json.dumps(FULL.to_json()))).to_json()["energy_mj"]["inner"]["ci95"] == [1, 2]


def test_that_the_document_of_a_comparison_holds_every_field():
    one = report().comparisons[0]
    expected = asdict(one) | {"verdict": str(one.verdict), "ci95": list(one.ci95)}
    assert (one.to_json(), Comparison.from_json(one.to_json())) == (expected, one)


def test_that_who_changes_a_document_does_not_change_the_reading():
    before = copy.deepcopy(FULL)
    spoil(FULL.to_json())
    assert before == FULL


def spoil(place):
    """Change everything below a document that can be changed."""
    for key in list(place) if isinstance(place, dict) else range(len(place)):
        if isinstance(place[key], dict | list):
            spoil(place[key])
        elif not isinstance(place[key], tuple):
            place[key] = "spoilt"
    if isinstance(place, list):
        place.append("more")
    else:
        place["more"] = 1
