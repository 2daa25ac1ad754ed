import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from engine.compress.quantization.codebook import k_means, nearest, powers_of_two
from engine.compress.quantization.saturation import outputs
from engine.compress.quantization.weights import float_weights, replace_values
from engine.compress.technique import Context
from engine.errors import DataError
from engine.model.cost import count_nonzero, count_parameters, is_quantized
from engine.model.packed import pack, unpack
from engine.records import Format

from .apply import apply, of_zoo


@pytest.mark.parametrize("clusters", [5, 16])
def test_that_k_means_ends_about_where_scikit_learns_ends_from_the_same_start(clusters):
    from sklearn.cluster import KMeans

    values = np.random.RandomState(0).standard_t(4, 800).astype(np.float32)
    indices, table = k_means(values, clusters)
    start = np.linspace(values.min(), values.max(), clusters).reshape(-1, 1)
    theirs = KMeans(clusters, init=start, n_init=1, max_iter=100, tol=0).fit(values.reshape(-1, 1).astype(np.float64))
    ours = float(np.square(values.astype(np.float64) - table[indices]).sum())
    assert ours <= 1.03 * theirs.inertia_
    assert np.array_equal(indices, nearest(values, table))


def test_that_a_few_huge_weights_do_not_take_the_entries_of_all_the_rest():
    from sklearn.cluster import KMeans

    rest = np.random.default_rng(0).normal(size=600)
    values = np.concatenate([rest, [75.0, 52.0, 48.0, -30.0, -38.6]]).astype(np.float32)
    for clusters in (4, 8, 16):
        indices, table = k_means(values, clusters)
        ours = float(np.square(values.astype(np.float64) - table[indices]).sum())
        theirs = KMeans(clusters, n_init=10, random_state=0).fit(values.reshape(-1, 1).astype(np.float64))
        assert ours <= 1.25 * theirs.inertia_


def test_that_pruned_weights_keep_an_entry_of_their_own():
    values = np.random.RandomState(0).randn(300).astype(np.float32)
    values[::3] = 0
    indices, table = k_means(values, 8)
    assert (table[0], table.size) == (0, 8)
    assert np.array_equal(indices == 0, values == 0)


def test_that_few_distinct_values_and_an_empty_tensor_of_zeros_are_kept_as_they_are():
    values = np.array([0.5, -0.25, 0.5], np.float32)
    indices, table = k_means(values, 16)
    assert np.array_equal(table[indices], values)
    indices, table = k_means(np.zeros(4, np.float32), 4)
    assert (table[indices] == 0).all()


def test_that_logarithmic_levels_are_the_nearest_power_in_the_logarithm():
    values = np.random.RandomState(1).randn(500).astype(np.float32)
    indices, table = powers_of_two(values, 17)
    real = table[indices]
    used = real != 0
    assert np.array_equal(np.log2(np.abs(real[used])), np.round(np.log2(np.abs(values[used]))))
    assert np.array_equal(np.sign(real[used]), np.sign(values[used]))
    assert len(table) == 17
    assert np.abs(values[~used]).max() < np.abs(table[1:]).min()


@pytest.mark.parametrize(("clusters", "bits"), [(2, 1), (4, 2), (16, 4), (200, 8)])
def test_that_the_file_holds_codebook_and_packed_indices_and_computes_with_them(clusters, bits):
    state, data = of_zoo("concat")
    result = apply("weight-clustering", state, clusters=clusters, min_weights=64).onnx
    expected = onnx.ModelProto()
    expected.CopyFrom(state.onnx)
    stored = {t.name: numpy_helper.to_array(t) for t in result.graph.initializer}
    for weight in float_weights(expected, "test", min_weights=64)[0]:
        indices, table = k_means(weight.values, clusters)
        replace_values(expected, weight.name, table[indices])
        assert np.array_equal(stored[f"{weight.name}_codebook"], table)
        assert stored[f"{weight.name}_codes"].nbytes == -(-weight.values.size * bits // 8)
    found, wanted = (outputs(graph, [data.x[:4]], exact=True)[0] for graph in (result, expected))
    assert found == pytest.approx(wanted, abs=1e-5)
    assert count_parameters(result) == count_parameters(state.onnx)
    assert is_quantized(result)


def test_that_zeros_of_pruning_survive_clustering_and_its_fine_tuning():
    state, data = of_zoo("residual")
    pruned = apply("magnitude-pruning", state, sparsity=0.7, min_weights=1)
    context = Context(data=data, seed=0, threads=1)
    tuned = apply("weight-clustering", pruned, context, epochs=1, clusters=8, min_weights=64, batch_size=32)
    plain = apply("weight-clustering", pruned, clusters=8, min_weights=64)
    assert count_nonzero(plain.onnx) == count_nonzero(pruned.onnx)
    assert count_nonzero(tuned.onnx) <= count_nonzero(pruned.onnx)


def test_that_fine_tuning_moves_the_shared_values_and_keeps_who_shares_them():
    state, data = of_zoo("residual")
    context = Context(data=data, seed=0, threads=1)
    before = apply("weight-clustering", state, clusters=4, min_weights=64)
    after = apply("weight-clustering", state, context, epochs=2, clusters=4, min_weights=64, batch_size=32)
    codes, books = (
        [
            {t.name: numpy_helper.to_array(t) for t in s.onnx.graph.initializer if t.name.endswith(end)}
            for s in (before, after)
        ]
        for end in ("_codes", "_codebook")
    )
    assert len(codes[0]) == len(codes[1]) > 2
    same = sum(np.array_equal(codes[0][name], codes[1][name]) for name in codes[0])
    assert same == len(codes[0])
    assert any(not np.allclose(books[0][name], books[1][name], atol=1e-5) for name in books[0])


def test_that_the_packed_container_restores_codebooks_and_pays():
    state, _ = of_zoo("concat")
    content, coded = (
        graph.SerializeToString() for graph in (state.onnx, apply("weight-clustering", state, min_weights=64).onnx)
    )
    packed = pack(coded, Format.ONNX)
    assert unpack(packed) == coded
    assert len(packed) < 0.5 * len(pack(content, Format.ONNX))


def test_that_fine_tuning_without_data_is_refused():
    with pytest.raises(DataError):
        apply("weight-clustering", of_zoo("residual")[0], epochs=1)
