"""ReLU, dense layers and the loss: every backend against torch in float64."""

import os

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import kernels

BACKENDS = ["numpy", "cpu", "cuda" if os.environ.get("CONVGRADE_GPU") == "1" else "simulator"]
FEW = settings(max_examples=8 if "simulator" in BACKENDS else 40)
pytestmark = pytest.mark.usefixtures("small_blocks")
EXACT = {"rtol": 1e-12, "atol": 1e-12}


def normal(*shapes, dtype=np.float64, seed=0):
    random = np.random.default_rng(seed)
    return [random.normal(size=shape).astype(dtype) for shape in shapes]


@pytest.mark.parametrize("backend", BACKENDS)
def test_relu_and_its_gradient(backend):
    values = np.array([[-1.5, 0.0, -0.0], [2.0, np.inf, -np.inf]])
    upstream = np.arange(1.0, 7).reshape(2, 3)
    assert kernels.relu(values, backend=backend).tolist() == [[0, 0, 0], [2, np.inf, 0]]
    assert kernels.relu_gradient(values, upstream, backend=backend).tolist() == [[0, 0, 0], [4, 5, 0]]
    assert kernels.relu(np.array([np.nan, -1]), backend=backend).tolist() == pytest.approx([np.nan, 0], nan_ok=True)
    assert kernels.relu_gradient([np.nan, -1], [3, 3], backend=backend).tolist() == [3, 0]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("shape", [(), (0,), (5,), (2, 3, 4), (2, 150)])
def test_relu_takes_any_shape(backend, shape):
    (values,) = normal(shape, dtype=np.float32)
    values, upstream = np.asarray(values), np.ones(shape, np.float32)
    output, gradient = kernels.relu(values, backend=backend), kernels.relu_gradient(values, upstream, backend=backend)
    assert output.dtype == gradient.dtype == np.float32
    assert output.shape == gradient.shape == shape
    assert (output == np.where(values > 0, values, 0)).all()
    assert (gradient == (values > 0)).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("past_cache", [0, 2**24])
@pytest.mark.parametrize("size", [1, 15, 33, 8192, 8209, 70_000])
def test_relu_in_blocks_writes_each_number_once(size, past_cache, dtype, monkeypatch):
    monkeypatch.setattr("kernels.cpu.activation.WORTH_THREADS", 1)
    monkeypatch.setattr("kernels.cpu.activation.PAST_CACHE", past_cache)
    for threads in (1, 2, 3):
        monkeypatch.setattr("kernels.cpu.threads._count", threads)
        values, upstream = (array[threads:] for array in normal((size + threads,), (size + threads,), dtype=dtype))
        values[:: max(1, size // 5)] = np.resize([np.nan, np.inf, -np.inf, -0.0, 0.0], len(values[:: max(1, size // 5)]))
        output, gradient = kernels.relu(values, "cpu"), kernels.relu_gradient(values, upstream, "cpu")
        np.testing.assert_array_equal(output, np.where(values <= 0, 0, values))
        np.testing.assert_array_equal(gradient, np.where(values <= 0, 0, upstream))
        assert not np.signbit(output[values <= 0]).any()


@st.composite
def dense_layers(draw):
    """Draw inputs, weights, bias and upstream, with sizes on both sides of the small tile's."""
    size = st.integers(1, 6)
    batch, inputs, neurons = draw(st.integers(0, 6)), draw(size), draw(size)
    return normal((batch, inputs), (neurons, inputs), (neurons,), (batch, neurons), seed=draw(st.integers(0, 2**32)))


@pytest.mark.costly
@pytest.mark.parametrize("backend", BACKENDS)
@FEW
@given(case=dense_layers())
def test_dense_agrees_with_torch(backend, case):
    inputs, weights, bias, upstream = case
    theirs = [torch.from_numpy(array).requires_grad_() for array in (inputs, weights, bias)]
    output = torch.nn.functional.linear(*theirs)
    output.backward(torch.from_numpy(upstream))
    np.testing.assert_allclose(kernels.dense(inputs, weights, bias, backend=backend), output.detach().numpy(), **EXACT)
    gradients = kernels.dense_gradients(inputs, weights, upstream, backend=backend)
    for ours, wanted in zip(gradients, theirs):
        assert ours.shape == wanted.shape
        np.testing.assert_allclose(ours, wanted.grad.numpy(), **EXACT)


@pytest.mark.parametrize("backend", BACKENDS)
def test_dense_in_float32(backend):
    inputs, weights, upstream = normal((3, 20), (2, 20), (3, 2), dtype=np.float32)
    output = kernels.dense(inputs, weights, backend=backend)
    assert output.dtype == np.float32
    np.testing.assert_allclose(output, inputs.astype(np.float64) @ weights.T, rtol=1e-5, atol=1e-5)
    exact = kernels.dense_gradients(*(array.astype(np.float64) for array in (inputs, weights, upstream)), backend="numpy")
    for ours, wanted in zip(kernels.dense_gradients(inputs, weights, upstream, backend=backend), exact):
        assert ours.dtype == np.float32
        np.testing.assert_allclose(ours, wanted, rtol=1e-5, atol=1e-5)


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize("backend", BACKENDS)
def test_dense_keeps_nan_where_it_belongs(backend):
    inputs, weights = np.ones((3, 2)), np.ones((4, 2))
    inputs[1, 0] = np.nan
    weights[2, 1] = np.inf
    output = kernels.dense(inputs, weights, backend=backend)
    assert np.isnan(output).tolist() == [[False] * 4, [True] * 4, [False] * 4]
    assert np.isposinf(output).tolist() == [[False, False, True, False], [False] * 4, [False, False, True, False]]
    gradients = kernels.dense_gradients(inputs, np.ones((4, 2)), np.ones((3, 4)), backend=backend)
    assert np.isnan(gradients.weights).tolist() == [[True, False]] * 4
    assert not np.isnan(gradients.inputs).any() and not np.isnan(gradients.bias).any()


@pytest.mark.sampled(8)
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("shape", [(1, 1), (3, 10), (2, 33), (2, 70)])
def test_loss_agrees_with_torch(backend, dtype, shape):
    (logits,) = normal(shape, dtype=dtype)
    logits *= 30
    labels = np.random.default_rng(1).integers(0, shape[1], shape[0])
    theirs = torch.from_numpy(logits.astype(np.float64)).requires_grad_()
    wanted = torch.nn.functional.cross_entropy(theirs, torch.from_numpy(labels))
    wanted.backward()
    loss, gradient = kernels.softmax_cross_entropy(logits, labels, backend=backend)
    assert isinstance(loss, float) and gradient.dtype == dtype
    tolerance = 1e-12 if dtype == np.float64 else 1e-5
    assert loss == pytest.approx(wanted.item(), rel=tolerance, abs=tolerance)
    np.testing.assert_allclose(gradient, theirs.grad.numpy(), rtol=tolerance, atol=tolerance)


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize("backend", BACKENDS)
def test_loss_of_huge_and_of_broken_logits(backend):
    loss, gradient = kernels.softmax_cross_entropy([[1e300, 0], [-1e300, -1e300]], [0, 1], backend=backend)
    assert loss == pytest.approx(np.log(2) / 2)
    np.testing.assert_allclose(gradient, [[0, 0], [0.25, -0.25]])
    loss, gradient = kernels.softmax_cross_entropy([[np.nan, 0, 0], [1, 1, 1]], [1, 0], backend=backend)
    assert np.isnan(loss)
    assert np.isnan(gradient).tolist() == [[True] * 3, [False] * 3]
    loss, gradient = kernels.softmax_cross_entropy([[0, np.nan], [1, 1]], [0, 0], backend=backend)
    assert np.isnan(loss) and np.isnan(gradient).tolist() == [[True] * 2, [False] * 2]
    loss, gradient = kernels.softmax_cross_entropy([[0, -np.inf]], [1], backend=backend)
    assert loss == np.inf and gradient.tolist() == [[1, -1]]


@pytest.mark.sampled(8)
@pytest.mark.filterwarnings("ignore:.*invalid value:RuntimeWarning")
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("classes", [1, 3, 8, 19])
@pytest.mark.parametrize("special", [np.nan, np.inf, -np.inf])
def test_loss_of_special_numbers_is_that_of_torch(backend, classes, special):
    for place in {0, classes // 2, classes - 1}:
        for label in {0, classes - 1}:
            (logits,) = normal((1, classes), seed=place)
            logits[0, place] = special
            theirs = torch.from_numpy(logits).requires_grad_()
            wanted = torch.nn.functional.cross_entropy(theirs, torch.tensor([label]))
            wanted.backward()
            loss, gradient = kernels.softmax_cross_entropy(logits, [label], backend=backend)
            np.testing.assert_allclose(loss, wanted.item(), **EXACT)
            np.testing.assert_allclose(gradient, theirs.grad.numpy(), **EXACT)
    loss, gradient = kernels.softmax_cross_entropy(np.full((1, classes), -np.inf), [0], backend=backend)
    assert np.isnan(loss) and np.isnan(gradient).all()


@pytest.mark.parametrize("backend", BACKENDS)
def test_loss_of_nan_beside_a_large_logit_warns_of_nothing(backend):
    logits = np.zeros((1, 16))
    logits[0, [3, 11]] = 1000, np.nan  # in one lane of a vector
    loss, gradient = kernels.softmax_cross_entropy(logits, [0], backend=backend)
    assert np.isnan(loss) and np.isnan(gradient).all()


@pytest.mark.sampled(1)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_layers_of_all_sizes_around_the_vectors_and_shares(dtype, monkeypatch):
    for name in ("WORTH_THREADS", "WORTH_LOSS"):
        monkeypatch.setattr(f"kernels.cpu.layers.{name}", 0)
    tolerance = {"rtol": 1e-5, "atol": 1e-5} if dtype == np.float32 else EXACT
    for count in (1, 2, 7, 16, 33, 100):
        monkeypatch.setattr("kernels.cpu.threads._count", count % 4 + 1)
        for batch in (1, 2, 5):
            inputs, weights, bias, upstream = normal((batch, count), (9, count), (9,), (batch, 9), dtype=dtype)
            labels = np.arange(batch) % count
            found = {
                backend: [
                    kernels.dense(inputs, weights, bias, backend),
                    *kernels.dense_gradients(inputs, weights, upstream, backend),
                    kernels.relu(inputs, backend),
                    kernels.relu_gradient(inputs, inputs + 1, backend),
                    *kernels.softmax_cross_entropy(inputs, labels, backend),
                ]
                for backend in ("numpy", "cpu")
            }
            for ours, wanted in zip(found["cpu"], found["numpy"], strict=True):
                np.testing.assert_allclose(ours, wanted, **tolerance)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(2, 1, 1), (3, 40, 130), (20, 25, 11), (9, 64, 400), (37, 450, 70)])
def test_dense_of_all_sizes_around_the_tiles_blocks_and_parts(dtype, shape, monkeypatch):
    batch, inputs, neurons = shape
    layer = normal((batch, inputs), (neurons, inputs), (neurons,), dtype=dtype)
    upstream = normal((batch, neurons), dtype=dtype, seed=1)[0]
    exact = [array.astype(np.float64) for array in (*layer, upstream)]
    wanted = exact[0] @ exact[1].T + exact[2], exact[3] @ exact[1], exact[3].T @ exact[0], exact[3].sum(0)
    tolerance = {"rtol": 1e-4, "atol": 1e-4} if dtype == np.float32 else EXACT
    bits = set()
    for threads, rows, vectors, many, near in (
        (1, 512, 48, 1000, 4096),
        (2, 512, 48, 0, 4096),
        (3, 16, 2, 100, 0),
        (2, 8, 1, 1000, 4096),
    ):
        monkeypatch.setattr("kernels.cpu.threads._count", threads)
        for name, value in (
            ("LITTLE", 0),
            ("FEW", 0),
            ("WORTH_THREADS", 0),
            ("ROWS", rows),
            ("VECTORS", vectors),
            ("MANY", many),
            ("NEAR", near),
        ):
            monkeypatch.setattr(f"kernels.cpu.matrices.{name}", value)
        found = kernels.dense(*layer, backend="cpu"), *kernels.dense_gradients(*layer[:2], upstream, backend="cpu")
        for ours, right in zip(found, wanted, strict=True):
            np.testing.assert_allclose(ours, right, **tolerance)
        bits.add(b"".join(array.tobytes() for array in found))
    assert len(bits) == 1  # whatever the threads and the parts


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: kernels.relu_gradient(np.ones(3), np.ones(4)), r"upstream must have the shape \(3,\), not \(4,\)"),
        (lambda: kernels.dense(np.ones(3), np.ones((2, 3))), r"dense layer takes inputs \(N, I\) and weights \(O, I\)"),
        (lambda: kernels.dense(np.ones((1, 3)), np.ones((3, 2))), "there are 3 inputs, but weights for 2"),
        (lambda: kernels.dense(np.ones((1, 0)), np.ones((3, 0))), "an input and a neuron at least"),
        (
            lambda: kernels.dense(np.ones((1, 3)), np.ones((2, 3)), np.ones(3)),
            r"bias must have the shape \(2,\), not \(3,\)",
        ),
        (
            lambda: kernels.dense_gradients(np.ones((1, 3)), np.ones((2, 3)), np.ones((1, 3))),
            "upstream must have the shape",
        ),
        (lambda: kernels.softmax_cross_entropy(np.ones(3), [1]), r"logits must be \(N, M\)"),
        (lambda: kernels.softmax_cross_entropy(np.ones((0, 3)), []), "at least one row"),
        (lambda: kernels.softmax_cross_entropy(np.ones((2, 3)), [0, 3]), "labels must be from 0 to 2, not 3"),
        (lambda: kernels.softmax_cross_entropy(np.ones((2, 3)), [-1, 0]), "labels must be from 0 to 2, not -1"),
        (lambda: kernels.softmax_cross_entropy(np.ones((2, 3)), [0.0, 1.0]), "labels must be whole numbers, not float64"),
        (lambda: kernels.softmax_cross_entropy(np.ones((2, 3)), [True, False]), "labels must be whole numbers, not bool"),
        (lambda: kernels.softmax_cross_entropy(np.ones((2, 3)), [0]), "labels must be one number for each of the 2 rows"),
        (lambda: kernels.softmax_cross_entropy(np.ones((2, 3)), ["0", "1"]), "labels must hold real numbers"),
    ],
)
def test_what_does_not_fit_is_said(call, message):
    with pytest.raises(ValueError, match=message):
        call()
