"""What every function makes of the arrays it is given: odd ones on the host, and those on a GPU."""

import os

import numpy as np
import pytest
import torch

import kernels

GPU = os.environ.get("CONVGRADE_GPU") == "1"
CUDA = "cuda" if GPU else "simulator"
pytestmark = pytest.mark.usefixtures("small_blocks")

# Each function with its arrays, whole numbers so that every type can hold them, and what else it takes.
CALLS = {
    "conv2d": (kernels.conv2d, {"images": (2, 1, 3, 4), "kernels": (2, 1, 2, 2), "bias": (2,)}, {}),
    "conv2d_gradients": (
        kernels.conv2d_gradients,
        {"images": (1, 1, 3, 3), "kernels": (1, 1, 2, 2), "upstream": (1, 1, 2, 2)},
        {},
    ),
    "pool2d": (kernels.pool2d, {"images": (2, 2, 4, 4)}, {"mode": "median"}),
    "pool2d_gradient": (kernels.pool2d_gradient, {"images": (1, 2, 4, 4), "upstream": (1, 2, 2, 2)}, {}),
    "relu": (kernels.relu, {"values": (2, 3)}, {}),
    "relu_gradient": (kernels.relu_gradient, {"values": (2, 3), "upstream": (2, 3)}, {}),
    "dense": (kernels.dense, {"inputs": (2, 3), "weights": (4, 3), "bias": (4,)}, {}),
    "dense_gradients": (kernels.dense_gradients, {"inputs": (2, 3), "weights": (4, 3), "upstream": (2, 4)}, {}),
    "softmax_cross_entropy": (kernels.softmax_cross_entropy, {"logits": (2, 3)}, {"labels": [0, 2]}),
}
every_function = pytest.mark.parametrize("name", CALLS)
every_array = pytest.mark.parametrize(
    ("name", "array"), [(name, array) for name, (_, shapes, _) in CALLS.items() for array in shapes]
)


def drawn(name, dtype=np.float64):
    """Return a function and its arguments."""
    function, shapes, options = CALLS[name]
    random = np.random.default_rng(0)
    return function, {array: random.integers(0, 4, shape).astype(dtype) for array, shape in shapes.items()} | options


def parts(result):
    """Return all arrays of a result."""
    return list(result) if isinstance(result, tuple) else [result]


def on_host(result):
    return [part.copy_to_host() if hasattr(part, "copy_to_host") else np.asarray(part) for part in parts(result)]


def assert_same(result, expected):
    for one, other in zip(on_host(result), on_host(expected), strict=True):
        assert one.shape == other.shape and one.dtype == other.dtype
        np.testing.assert_allclose(one, other, rtol=1e-12)


@every_function
@pytest.mark.parametrize("dtype", [np.float16, np.longdouble, np.int64, np.uint8, bool, ">f8"])
def test_other_numbers_are_computed_in_float64(name, dtype):
    function, arguments = drawn(name, dtype)
    result = function(**arguments, backend="numpy")
    assert {part.dtype for part in parts(result) if not isinstance(part, float)} == {np.dtype(np.float64)}
    as_float64 = {key: arguments[key].astype(np.float64) for key in CALLS[name][1]}
    assert_same(result, function(**arguments | as_float64, backend="numpy"))


@every_array
def test_one_float64_makes_all_of_it_float64(name, array):
    function, arguments = drawn(name, np.float32)
    assert {part.dtype for part in on_host(function(**arguments, backend="numpy"))[-1:]} == {np.dtype(np.float32)}
    arguments[array] = arguments[array].astype(np.float64)
    assert {part.dtype for part in on_host(function(**arguments, backend="numpy"))} == {np.dtype(np.float64)}


@every_function
@pytest.mark.parametrize("backend", ["numpy", CUDA])
def test_arrays_that_are_not_contiguous(name, backend):
    function, arguments = drawn(name)
    expected = function(**arguments, backend="numpy")
    for array in CALLS[name][1]:
        scattered = np.zeros([2 * length for length in arguments[array].shape])[
            tuple([slice(None, None, 2)] * arguments[array].ndim)
        ]
        scattered[:] = arguments[array]
        arguments[array] = scattered
    assert_same(function(**arguments, backend=backend), expected)


def read_only(array):
    view = array.view()
    view.flags.writeable = False
    return view


def unaligned(array):
    buffer = np.zeros(array.nbytes + 1, np.uint8)[1:].view(array.dtype).reshape(array.shape)
    buffer[:] = array
    return buffer


@every_function
@pytest.mark.parametrize("backend", ["numpy", "cpu"])
@pytest.mark.parametrize("change", [read_only, unaligned, np.asfortranarray, lambda array: array.view(np.recarray)])
def test_odd_arrays_of_numpy(name, backend, change):
    function, arguments = drawn(name, np.float32)
    expected = function(**arguments, backend=backend)
    before = {array: arguments[array].copy() for array in CALLS[name][1]}
    changed = {array: change(arguments[array]) for array in before}
    assert_same(function(**arguments | changed, backend=backend), expected)
    assert all((changed[array] == before[array]).all() for array in before)


@pytest.mark.costly
def test_nothing_is_compiled_for_arrays_that_are_read_only():
    from kernels.cpu.pooling import POOLS

    images = np.arange(32, dtype=np.float32).reshape(1, 2, 4, 4)
    known = kernels.pool2d(images, backend="cpu")
    before = POOLS["max"].signatures
    assert (kernels.pool2d(read_only(images), backend="cpu") == known).all()
    assert POOLS["max"].signatures == before


@every_function
def test_lists_and_tensors_of_torch_are_arrays_too(name):
    function, arguments = drawn(name)
    expected = function(**arguments, backend="numpy")
    for convert in (np.ndarray.tolist, torch.from_numpy):
        given = {key: convert(value) if key in CALLS[name][1] else value for key, value in arguments.items()}
        assert_same(function(**given, backend="numpy"), expected)


@every_array
def test_what_holds_no_numbers_is_refused(name, array):
    function, arguments = drawn(name)
    if array != "bias":
        with pytest.raises(ValueError, match=f"{array} must hold real numbers, not object"):
            function(**arguments | {array: None}, backend="numpy")
    for dtype in (complex, object, str, "datetime64[s]", bytes):
        wrong = arguments[array].astype(int).astype(dtype)
        with pytest.raises(ValueError, match=f"{array} must hold real numbers, not "):
            function(**arguments | {array: wrong}, backend="numpy")
    with pytest.raises(ValueError, match=f"{array} cannot be read as an array: "):
        function(**arguments | {array: [[1, 2], [3]]}, backend="numpy")
    with pytest.raises(ValueError, match=rf"{array} is a masked array: pass {array}.filled\(\)"):
        function(**arguments | {array: np.ma.masked_array(arguments[array])}, backend="numpy")
    tensor = torch.from_numpy(arguments[array])
    with pytest.raises(ValueError, match=f"{array} cannot be read as an array: "):
        function(**arguments | {array: tensor.bfloat16()}, backend="numpy")
    with pytest.raises(ValueError, match=rf"{array} records gradients for torch.*: pass {array}.detach\(\)"):
        function(**arguments | {array: tensor.requires_grad_()}, backend="numpy")


@every_array
def test_an_axis_too_many_is_refused(name, array):
    function, arguments = drawn(name)
    if name == "relu":
        return  # it takes any
    with pytest.raises(ValueError, match=r"\(1, "):  # the shape, in a sentence
        function(**arguments | {array: arguments[array][None]}, backend="numpy")


@pytest.mark.parametrize("backend", ["numpy", CUDA])
def test_empty_batches(backend):
    images, weights = np.zeros((0, 2, 4, 4), np.float32), np.ones((3, 2, 3, 3), np.float32)
    assert kernels.conv2d(images, weights, backend=backend).shape == (0, 3, 2, 2)
    assert kernels.pool2d(images, backend=backend).shape == (0, 2, 2, 2)
    assert kernels.pool2d_gradient(images, np.zeros((0, 2, 2, 2)), backend=backend).shape == images.shape
    gradients = kernels.conv2d_gradients(images, weights, np.zeros((0, 3, 2, 2), np.float32), backend=backend)
    assert [part.shape for part in gradients] == [(0, 2, 4, 4), (3, 2, 3, 3), (3,)]
    assert all((part == 0).all() and part.dtype == np.float32 for part in gradients)
    assert kernels.relu(np.zeros((0, 3)), backend=backend).shape == (0, 3)
    assert kernels.dense(np.zeros((0, 3)), np.ones((2, 3)), backend=backend).shape == (0, 2)
    gradients = kernels.dense_gradients(np.zeros((0, 3)), np.ones((2, 3)), np.zeros((0, 2)), backend=backend)
    assert [part.tolist() for part in gradients] == [[], [[0, 0, 0]] * 2, [0, 0]]


@pytest.mark.parametrize("shape", [(1, 0, 4, 4), (1, 1, 0, 4), (1, 1, 4, 0)])
def test_empty_images_are_refused(shape):
    for call in (
        lambda: kernels.conv2d(np.zeros(shape), np.zeros((1, shape[1], 1, 1))),
        lambda: kernels.pool2d(np.zeros(shape)),
        lambda: (
            kernels.conv2d(np.zeros((1, 1, 4, 4)), np.zeros((1, *shape[1:])))
            if shape[1]
            else kernels.pool2d(np.zeros(shape))
        ),
    ):
        with pytest.raises(ValueError, match="must have at least one channel, row and column"):
            call()
    with pytest.raises(ValueError, match="there must be a kernel"):
        kernels.conv2d(np.zeros((1, 1, 4, 4)), np.zeros((0, 1, 2, 2)))


@pytest.mark.parametrize("value", [None, "0", 1j, [0.0]])
def test_a_padding_that_is_no_number_is_refused(value):
    for function, more in ((kernels.conv2d, []), (kernels.conv2d_gradients, [np.ones((1, 1, 4, 4))])):
        with pytest.raises(ValueError, match="padding_value must be a number, not "):
            function(np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)), *more, padding=1, padding_value=value)


@pytest.mark.parametrize("backend", ["numpy", "cpu", CUDA])
def test_nan_and_infinity_stay_in_their_windows(backend):
    images = np.arange(32.0).reshape(1, 2, 4, 4)
    images[0, 0, 0, 1], images[0, 1, 3, 3], images[0, 1, 0, 0] = np.nan, np.inf, -np.inf
    for mode in kernels.MODES:
        output = kernels.pool2d(images, mode=mode, backend=backend)
        assert np.isnan(output).tolist() == [[[[True, False], [False, False]], [[False] * 2] * 2]]
        assert (
            np.isinf(output[0, 1]).tolist()
            == {
                "max": [[False, False], [False, True]],
                "min": [[True, False], [False, False]],
                "average": [[True, False], [False, True]],
                "median": [[False, False], [False, False]],
            }[mode]
        )
    output = kernels.conv2d(images, np.ones((1, 2, 2, 2)), backend=backend)
    assert np.isnan(output).tolist() == [[[[True, True, False], [False] * 3, [False] * 3]]]
    assert np.isposinf(output).tolist() == [[[[False] * 3, [False] * 3, [False, False, True]]]]


@pytest.mark.parametrize("backend", ["numpy", CUDA])
@pytest.mark.parametrize("mode", kernels.MODES)
def test_nan_in_every_place_of_windows_of_every_kind(backend, mode):
    for dtype, size in ((np.float32, (2, 2)), (np.float64, (3, 1)), (np.float64, (2, 4)), (np.float32, (6, 6))):
        places = size[0] * size[1]
        images = np.arange(places * (places + 1.0)).reshape(places + 1, 1, *size).astype(dtype)
        for place in range(min(places, 8)):
            images[place].flat[place] = np.nan
        output = kernels.pool2d(images, size, mode=mode, backend=backend).ravel()
        assert np.isnan(output).tolist() == [True] * min(places, 8) + [False] * (places + 1 - min(places, 8))


# From here on the arrays lie on a GPU, or where the simulator pretends that they do.


def to_gpu(array):
    from kernels.cuda.device import cuda

    return cuda.to_device(array)


@pytest.mark.sampled(5)
@every_function
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_arrays_on_a_gpu_stay_there(name, dtype):
    function, arguments = drawn(name, dtype)
    expected = function(**arguments, backend="numpy")
    there = {key: to_gpu(value) if key in CALLS[name][1] else value for key, value in arguments.items()}
    result = function(**there)
    assert all(hasattr(part, "copy_to_host") for part in parts(result) if not isinstance(part, float))
    for one, other in zip(on_host(result), on_host(expected), strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_indices_on_a_gpu_stay_there():
    images = np.random.default_rng(0).normal(size=(1, 2, 4, 6)).astype(np.float32)
    output, indices = kernels.pool2d_with_indices(to_gpu(images))
    wanted, places = kernels.pool2d_with_indices(images, backend="numpy")
    assert (output.copy_to_host() == wanted).all() and (indices.copy_to_host() == places).all()
    expected = kernels.pool2d_gradient(images, wanted, backend="numpy")
    for there in (indices, places):
        gradient = kernels.pool2d_gradient(to_gpu(images), output, indices=there)
        assert (gradient.copy_to_host() == expected).all()
    assert (kernels.pool2d_gradient(images, wanted, backend="numpy", indices=indices) == expected).all()
    with pytest.raises(ValueError, match="indices on a GPU must be int64, not int32"):
        kernels.pool2d_gradient(to_gpu(images), output, indices=to_gpu(places.astype(np.int32)))


def test_a_single_image_on_a_gpu():
    image, kernel = np.arange(1.0, 17).reshape(4, 4), np.array([[1.0, 1], [0, 2]])
    output = kernels.conv2d(to_gpu(image), to_gpu(kernel))
    assert output.copy_to_host().tolist() == [[15, 19, 23], [31, 35, 39], [47, 51, 55]]


@pytest.mark.sampled(5)
@every_array
def test_arrays_of_the_host_follow_to_the_gpu(name, array):
    function, arguments = drawn(name, np.float32)
    expected = function(**arguments, backend="numpy")
    moved = {key: np.asarray(value, np.float64) if key in CALLS[name][1] else value for key, value in arguments.items()}
    result = function(**moved | {array: to_gpu(arguments[array])})
    for one, other in zip(on_host(result), on_host(expected), strict=True):
        assert one.dtype == other.dtype  # the type of the array on the GPU
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_labels_may_lie_on_the_gpu():
    labels = to_gpu(np.array([0, 2], np.int32))
    assert kernels.softmax_cross_entropy(np.zeros((2, 3)), labels)[0] == pytest.approx(np.log(3))
    assert kernels.softmax_cross_entropy(to_gpu(np.zeros((2, 3))), labels)[0] == pytest.approx(np.log(3))
    with pytest.raises(ValueError, match="labels must be from 0 to 1, not 2"):
        kernels.softmax_cross_entropy(np.zeros((2, 2)), labels)


def test_empty_batches_on_a_gpu():
    images = to_gpu(np.zeros((0, 1, 4, 4), np.float32))
    assert kernels.pool2d(images).shape == (0, 1, 2, 2)
    gradients = kernels.conv2d_gradients(images, np.ones((1, 1, 3, 3)), np.zeros((0, 1, 2, 2)))
    assert gradients.kernels.copy_to_host().tolist() == np.zeros((1, 1, 3, 3)).tolist()


@every_array
def test_what_a_kernel_cannot_read_on_a_gpu_is_refused(name, array, monkeypatch):
    function, arguments = drawn(name, np.float32)
    for backend in ("cpu", "numpy"):
        with pytest.raises(ValueError, match=f"the backend {backend} cannot read arrays on a GPU.*copy_to_host"):
            function(**arguments | {array: to_gpu(arguments[array])}, backend=backend)
    for dtype in (np.float16, np.int32):
        with pytest.raises(ValueError, match=f"{array} on a GPU must be float32 or float64, not {np.dtype(dtype)}"):
            function(**arguments | {array: to_gpu(arguments[array].astype(dtype))})
    *before, last = arguments[array].shape
    scattered = to_gpu(np.zeros((*before, 2 * last), np.float32))[(*[slice(None)] * len(before), slice(None, None, 2))]
    with pytest.raises(ValueError, match=rf"{array} is not C-contiguous: pass {array}.contiguous\(\)"):
        function(**arguments | {array: scattered})
    monkeypatch.setattr("kernels.cuda.transfer.gpus", lambda given: (1, 0))
    with pytest.raises(ValueError, match=f"{array} is on GPU 1, but GPU 0 computes here"):
        function(**arguments | {array: to_gpu(arguments[array])})


def test_arrays_on_a_gpu_must_agree_on_a_type():
    with pytest.raises(ValueError, match="inputs and weights on a GPU must be of one type"):
        kernels.dense(to_gpu(np.ones((1, 2))), to_gpu(np.ones((3, 2), np.float32)))


def test_what_has_the_array_interface_is_adopted(monkeypatch):
    """Tensors of torch and arrays of CuPy are told by the interface alone; the simulator has no way to read it."""

    class Foreign:
        __cuda_array_interface__ = {}

    if not GPU:
        monkeypatch.setattr(
            "kernels.cuda.transfer.cuda.as_cuda_array", lambda array: to_gpu(np.full(2, -1.0)), raising=False
        )
        assert kernels.relu(Foreign()).copy_to_host().tolist() == [0, 0]
    else:
        tensor = torch.tensor([-1.0, 2.0], device="cuda")
        assert kernels.relu(tensor).copy_to_host().tolist() == [0, 2]


@pytest.mark.parametrize("first", [0, 1])
def test_pairs_are_read_only_from_even_places_in_memory(first):
    from kernels.cuda.pooling import values_per_load

    buffer = to_gpu(np.arange(17, dtype=np.float32))
    images = buffer[first : first + 16].reshape((1, 1, 4, 4))
    assert values_per_load(images, (2, 2), (2, 2)) == 2 - first
    assert kernels.pool2d(images).copy_to_host().ravel().tolist() == [first + value for value in (5, 7, 13, 15)]
    assert values_per_load(images, (2, 3), (2, 2)) == values_per_load(images, (2, 2), (1, 1)) == 1
