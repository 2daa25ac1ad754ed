from itertools import product

import numpy as np
import pytest
from onnx import helper

from engine.compress.quantization.placement import place, segments
from engine.compress.technique import Timed
from engine.events import ignore


def chain(count):
    """``conv_0, relu_0, conv_1, ...``."""
    nodes = []
    for i in range(count):
        nodes.append(helper.make_node("Conv", [f"r{i}", f"w{i}"], [f"c{i}"], f"conv_{i}"))
        nodes.append(helper.make_node("Relu", [f"c{i}"], [f"r{i + 1}"], f"relu_{i}"))
    return helper.make_model(helper.make_graph(nodes, "chain", [], []))


class Machine:
    """Times a placement: every layer costs its own integer or float time, every border between both costs extra."""

    def __init__(self, graph, integer, floating, border=0.0, relu=0.0):
        self.graph, self.integer, self.floating, self.border, self.relu = graph, integer, floating, border, relu
        self.asked = []

    def build(self, names):
        return names

    def cost(self, names):
        total, before = 0.0, False
        for i in range(len(self.integer)):
            now = f"conv_{i}" in names
            total += self.floating[i] if now else self.integer[i]
            total += self.relu if f"relu_{i}" in names else 0
            total += self.border if now != before else 0
            before = now
        return total

    def time(self, graphs):
        self.asked += graphs
        return [Timed(self.cost(names), (0, 0), 40) for names in graphs]

    def place(self, budget=200):
        return place(self.graph, self.build, self.time, max_timings=budget, emit=ignore)


def layers(names):
    return sorted(name for name in names if name.startswith("conv"))


def test_that_the_graph_is_cut_before_each_heavy_node():
    assert segments(chain(3)) == [frozenset({f"conv_{i}", f"relu_{i}"}) for i in range(3)]


def test_that_all_stays_integer_where_integers_are_always_faster():
    machine = Machine(chain(4), [1, 1, 1, 1], [3, 3, 3, 3])
    found = machine.place()
    assert not found.floating
    assert (found.all_integer_ms, found.chosen_ms) == (4, 4)


def test_that_exactly_the_layers_that_are_faster_in_float_return():
    machine = Machine(chain(6), [1, 5, 1, 5, 1, 1], [3, 1, 3, 1, 3, 3], border=0.2)
    found = machine.place()
    assert layers(found.floating) == ["conv_1", "conv_3"]
    assert found.chosen_ms < found.all_integer_ms


def test_that_everything_returns_where_float_always_wins():
    assert layers(Machine(chain(3), [5, 5, 5], [1, 1, 1], border=1).place().floating) == ["conv_0", "conv_1", "conv_2"]


def test_that_a_later_round_adds_the_neighbour_that_only_pays_without_the_border():
    # alone, layer 2 gains nothing: its two borders cost what it saves
    machine = Machine(chain(5), [1, 6, 3, 1, 1], [4, 1, 2.5, 4, 4], border=0.5)
    assert layers(machine.place().floating) == ["conv_1", "conv_2"]


def test_that_single_nodes_at_the_border_are_tried():
    machine = Machine(chain(3), [5, 1, 1], [1, 3, 3], relu=0.5)
    found = machine.place()
    assert found.floating == {"conv_0"}


def test_that_the_budget_holds_and_no_placement_is_measured_twice_but_the_current_one():
    machine = Machine(chain(8), [5] * 4 + [1] * 4, [1] * 4 + [5] * 4)
    found = machine.place(budget=12)
    assert found.timings == len(machine.asked) <= 12
    machine = Machine(chain(8), [1, 5] * 4, [3, 1] * 4, border=0.1)
    found = machine.place()
    assert layers(found.floating) == [f"conv_{i}" for i in (1, 3, 5, 7)]
    repeated = {names for names in machine.asked if machine.asked.count(names) > 1}
    assert repeated <= {frozenset(), *(frozenset(names) for names in machine.asked)}
    assert len(set(machine.asked)) >= len(machine.asked) - 8


def test_that_a_gain_below_one_percent_is_left():
    assert not Machine(chain(3), [1, 1, 1], [0.995, 1, 1]).place().floating


def test_that_a_lucky_timing_does_not_decide():
    machine = Machine(chain(4), [1, 1, 1, 1], [1.2, 1.2, 1.2, 1.2])
    honest, lucky = machine.time, []

    def time(graphs):
        timed = honest(graphs)
        if not lucky:
            lucky.append(graphs[-1])
            timed[-1] = Timed(1.0, (0, 0), 40)
        return timed

    machine.time = time
    assert not machine.place().floating
    assert machine.asked.count(lucky[0]) == 2


@pytest.mark.parametrize("seed", range(20))
def test_that_the_best_of_all_placements_is_found_in_few_timings(seed):
    numbers = np.random.default_rng(seed)
    machine = Machine(chain(8), numbers.uniform(1, 3, 8), numbers.uniform(1, 3, 8), border=numbers.uniform(0, 0.5))
    found = machine.place(budget=27)
    every = [
        machine.cost({f"conv_{i}" for i, floats in enumerate(floating) if floats})
        for floating in product((False, True), repeat=8)
    ]
    assert found.chosen_ms <= min(every) / 0.99
    assert found.timings <= 27


def test_that_a_long_network_is_searched_in_larger_steps():
    machine = Machine(chain(60), [5] * 30 + [1] * 30, [1] * 30 + [5] * 30)
    assert layers(machine.place(budget=40).floating) == sorted(f"conv_{i}" for i in range(30))
