import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.errors import FlyweightError
from engine.model import samples
from engine.model.samples import make_data

CONVOLUTIONS = {"fashion-resnet": 12, "fashion-mobilenet": 22}
GOALS = {"fashion-resnet": 0.92, "fashion-mobilenet": 0.90}
# SHA-256 of the arrays' bytes, so that another zlib may compress the file otherwise
CONTENT = {
    "train_x": "f579d4bddf6cf24770cd835b793d42220a363297ba23b11fca9ae31fa66c8ee3",
    "train_y": "be26117462da1fe22e6487e77981b0bcb4cf092ae109331b22de0492864bb7a2",
    "calibration_x": "e134ec6c5ea916d81228ce516ed5c1a30fa4f868f2c7d4a262086d709f89a178",
    "calibration_y": "cf8315a6b457b663991f07d74cff6768ebc3d1120a346162896a782e6f89685b",
    "test_x": "c7c2d66209217610bf8347d049b05c89ed290d13d9e0c432aeb984c411bc669e",
    "test_y": "aebe8004dad5b3e205df8e56cbe590cbda22479c4a1eb99d19c9482a9da8748d",
}
INT8_SLACK_IMAGES = 3  # rounding at ties

each_sample = pytest.mark.parametrize("name", samples.names())


@pytest.fixture(scope="module")
def data():
    with np.load(samples.data_file()) as archive:
        return dict(archive)


@pytest.fixture(scope="module")
def inputs(data):
    from engine.model.samples.export import model_inputs

    return model_inputs(data["test_x"])


def test_that_looking_at_samples_loads_no_torch():
    program = (
        "import sys, engine.model.samples as s; s.sample('sample:fashion-resnet').accuracy; s.data_file()\n"
        "print(sorted({'torch', 'onnx', 'onnxruntime', 'ai_edge_litert'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_that_the_prefix_is_optional_and_an_unknown_name_is_refused_with_the_known_ones():
    assert samples.sample("sample:fashion-resnet") == samples.sample("fashion-resnet")
    with pytest.raises(FlyweightError) as caught:
        samples.sample("sample:imagenet")
    assert caught.value.code == "unknown-sample"
    assert "imagenet" in caught.value.message
    assert all(f"sample:{name}" in caught.value.remedy for name in samples.names())


@each_sample
def test_that_every_file_of_a_sample_is_there_and_small(name):
    sample = samples.sample(name)
    floats = (sample.safetensors, sample.onnx, sample.tflite)
    integers = (sample.onnx_int8, sample.tflite_int8)
    for path in (*floats, *integers):
        assert path.is_file(), path
    assert all(path.stat().st_size <= 4 * sample.parameters + 40_000 for path in floats)
    assert all(path.stat().st_size <= sample.parameters + 120_000 for path in integers)


@each_sample
def test_that_recorded_accuracies_meet_the_goal_and_agree_with_their_own_counts(name):
    from scipy.stats import binomtest

    for form in ("torch", "onnx", "onnx_int8", "tflite", "tflite_int8"):
        for split, n in (("test", 10_000), ("test_shipped", 5_000)):
            found = samples.accuracy(name, form, split)
            assert found.n == n
            assert found.value == found.right / n
            assert found.value >= GOALS[name]
            interval = binomtest(found.right, n).proportion_ci(0.95, method="wilson")
            assert found.ci95 == pytest.approx((interval.low, interval.high), abs=1e-6)


@each_sample
def test_that_the_weights_fit_the_architecture_and_its_stated_parameter_count(name):
    from engine.model.samples.export import load_network

    sample = samples.sample(name)
    network = load_network(sample)
    assert sum(parameter.numel() for parameter in network.parameters()) == sample.parameters
    assert type(network).__module__ == sample.architecture.partition(":")[0]


@each_sample
def test_that_the_float_onnx_form_reproduces_the_recorded_accuracy_to_the_image(name, data, inputs):
    from engine.model.samples.scoring import predicted_by_onnxruntime

    right = int((predicted_by_onnxruntime(samples.sample(name).onnx, inputs) == data["test_y"]).sum())
    assert right == samples.accuracy(name, "onnx", "test_shipped").right


@each_sample
def test_that_the_int8_onnx_form_reproduces_the_recorded_accuracy_where_sums_do_not_saturate(name, data, inputs):
    from engine.compress.processor import this_processor
    from engine.model.samples.scoring import predicted_by_onnxruntime

    # x86 processors without VNNI give it only with the slower kernels; others give it as they are
    exact = this_processor().saturates
    found = predicted_by_onnxruntime(samples.sample(name).onnx_int8, inputs, exact=exact)
    right = int((found == data["test_y"]).sum())
    assert abs(right - samples.accuracy(name, "onnx_int8", "test_shipped").right) <= INT8_SLACK_IMAGES


@each_sample
def test_that_torch_onnx_and_tflite_give_the_same_logits(name, inputs):
    import torch
    from ai_edge_litert.interpreter import Interpreter

    from engine.model.samples.export import load_network

    sample, few = samples.sample(name), inputs[:200]
    with torch.inference_mode():
        expected = load_network(sample)(torch.from_numpy(few)).numpy()
    interpreter = Interpreter(model_path=str(sample.tflite), num_threads=1)
    run = interpreter.get_signature_runner("serving_default")
    litert = np.concatenate([run(args_0=few[row : row + 1])["output_0"] for row in range(len(few))])
    assert _onnx_session(sample.onnx).run(None, {"input": few})[0] == pytest.approx(expected, abs=1e-4)
    assert litert == pytest.approx(expected, abs=1e-4)


@each_sample
def test_that_the_int8_tflite_form_agrees_with_the_float_form(name, data, inputs):
    from engine.model.samples.scoring import predicted_by_litert

    sample, few = samples.sample(name), inputs[:1000]
    quantized, floating = predicted_by_litert(sample.tflite_int8, few), predicted_by_litert(sample.tflite, few)
    assert (quantized == floating).mean() >= 0.97
    assert (quantized == data["test_y"][:1000]).mean() >= GOALS[name]


@each_sample
def test_that_onnx_files_stay_within_what_boards_read_and_carry_no_traces_of_their_making(name):
    import onnx

    for path in (samples.sample(name).onnx, samples.sample(name).onnx_int8):
        model = onnx.load(path)
        onnx.checker.check_model(model)
        assert [entry.domain for entry in model.opset_import] == [""]
        assert 17 <= model.opset_import[0].version <= 20
        assert model.ir_version <= 10
        assert model.graph.input[0].type.tensor_type.shape.dim[0].dim_param
        assert not {"BatchNormalization", "Shape", "Identity"} & {node.op_type for node in model.graph.node}
        assert not model.doc_string
        assert not model.metadata_props
        assert not any(node.doc_string or node.metadata_props for node in model.graph.node)
        assert len(model.SerializeToString()) == path.stat().st_size


@each_sample
def test_that_every_int8_convolution_runs_as_an_integer_kernel(name, tmp_path):
    import onnx
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(tmp_path / "optimized.onnx")
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    onnxruntime.InferenceSession(str(samples.sample(name).onnx_int8), options, providers=["CPUExecutionProvider"])
    kinds = [node.op_type for node in onnx.load(options.optimized_model_filepath).graph.node]
    assert kinds.count("QLinearConv") == CONVOLUTIONS[name]
    assert not {"Conv", "FusedConv", "Gemm", "MatMul", "Add"} & set(kinds)


@each_sample
def test_that_every_int8_tflite_operator_but_the_outer_two_takes_integers(name):
    from ai_edge_litert import schema_py_generated as schema

    graph = schema.ModelT.InitFromPackedBuf(bytearray(samples.sample(name).tflite_int8.read_bytes()), 0).subgraphs[0]
    first = [int(operator.inputs[0]) for operator in graph.operators]
    kinds = [graph.tensors[index].type for index in first]
    assert kinds[0] == schema.TensorType.FLOAT32
    assert set(kinds[1:]) == {schema.TensorType.INT8}


def test_that_the_data_file_holds_the_stated_images(data):
    shapes = {"train": 10_000, "calibration": 500, "test": 5_000}
    assert set(data) == {f"{part}_{kind}" for part in shapes for kind in "xy"}
    for part, count in shapes.items():
        assert data[f"{part}_x"].shape == (count, 28, 28)
        assert data[f"{part}_y"].shape == (count,)
    assert {key: array.dtype for key, array in data.items()} == dict.fromkeys(data, np.dtype(np.uint8))
    assert {key: hashlib.sha256(array.tobytes()).hexdigest() for key, array in data.items()} == CONTENT


def test_that_training_and_calibration_images_are_balanced_over_the_classes(data):
    assert np.bincount(data["train_y"]).tolist() == [1000] * 10
    assert np.bincount(data["calibration_y"]).tolist() == [50] * 10


@pytest.mark.skipif(not make_data.SOURCE.is_dir(), reason="the complete Fashion-MNIST is not installed")
def test_that_the_data_file_is_the_stated_part_of_the_complete_set(data):
    originals = make_data.read_idx(make_data.SOURCE / "t10k-images-idx3-ubyte.gz")
    assert np.array_equal(data["test_x"], originals[:5000])
    for part, split in make_data.shipped().items():
        assert np.array_equal(data[f"{part}_x"], split.images)
        assert np.array_equal(data[f"{part}_y"], split.labels)


def test_that_the_class_balanced_order_is_a_permutation_with_each_class_in_every_round():
    labels = np.random.RandomState(0).permutation(np.repeat(np.arange(10, dtype=np.uint8), 20))
    order = make_data.class_balanced_order(labels, 3)
    assert sorted(order) == list(range(200))
    assert all(sorted(labels[order[start : start + 10]]) == list(range(10)) for start in range(0, 200, 10))
    assert np.array_equal(order, make_data.class_balanced_order(labels, 3))
    assert not np.array_equal(order, make_data.class_balanced_order(labels, 4))


def test_that_the_licence_of_the_images_travels_with_them():
    text = samples.licence_file().read_text("utf-8")
    assert "Copyright (c) 2017 Zalando SE" in text
    assert "Permission is hereby granted" in text


def test_that_training_is_repeatable_by_its_seed(data):
    import torch

    from engine.model.samples.networks import fashion_mobilenet
    from engine.model.samples.train import Settings, augmented, normalised, train_epoch

    images, labels = normalised(data["train_x"][:64]), torch.from_numpy(data["train_y"][:64].astype(np.int64))

    def weights(seed):
        torch.manual_seed(seed)
        network, random = fashion_mobilenet(), torch.Generator().manual_seed(seed)
        optimizer = torch.optim.SGD(network.parameters(), lr=0.01)
        schedule = torch.optim.lr_scheduler.ConstantLR(optimizer)
        train_epoch(network, (images, labels), (optimizer, schedule), Settings(batch=32), random)
        return torch.nn.utils.parameters_to_vector(network.parameters())

    assert torch.equal(weights(1), weights(1))
    assert not torch.equal(weights(1), weights(2))
    assert augmented(images, 0.5, torch.Generator().manual_seed(0)).shape == images.shape


def test_that_augmentation_without_erasing_only_moves_and_mirrors():
    import torch

    from engine.model.samples.networks import MEAN, STD
    from engine.model.samples.train import augmented

    background = -MEAN / STD
    images = torch.full((64, 1, 28, 28), background)
    images[:, :, 10:14, 10:12] = torch.tensor([[1.0, 2.0]])
    moved = augmented(images, 0.0, torch.Generator().manual_seed(0))
    assert torch.equal(moved.flatten(1).sort().values, images.flatten(1).sort().values)
    places = {tuple(torch.nonzero(image[0] == 2.0)[0].tolist()) for image in moved}
    assert {row for row, _ in places} == {8, 9, 10, 11, 12}
    assert all(abs(column - 11) <= 2 or abs(column - 16) <= 2 for _, column in places)


def test_that_a_file_that_is_not_idx_is_refused(tmp_path):
    import gzip

    path = Path(tmp_path, "train-labels-idx1-ubyte.gz")
    path.write_bytes(gzip.compress(b"\x00\x00\x0d\x01\x00\x00\x00\x00"))
    with pytest.raises(ValueError, match="not an idx file"):
        make_data.read_idx(path)


def _onnx_session(path):
    import onnxruntime

    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
