"""Messages between the grader and a worker: plain values and arrays, never a pickle.

    8 bytes   length of the JSON text, big-endian
    8 bytes   length of the arrays together
    ...       the text: a value, with the type, shape and order of each array in its place
    ...       the arrays' numbers, one array after another

Both sides use this module. The grader reads what a hostile process wrote, so every size is checked before it is believed.
"""

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np

LARGEST_TEXT = 4 * 1024 * 1024
LARGEST_ARRAYS = 64 * 1024 * 1024
LENGTH = 8  # bytes of each of the two lengths
DEEPEST = 20
LONGEST_TYPE = 4  # letters: "<c16"
MOST_BITS = 100_000  # of an integer; a larger one is just as wrong


class BadMessage(ValueError):
    """What came is no message."""


def pack(value: Any) -> bytes:
    """Turn a value into the bytes of a message.

    None, booleans, numbers, texts, arrays, and lists, tuples and dicts of them are sent. Anything else is replaced by the
    name of its type.
    """
    arrays: list[bytes] = []
    text = json.dumps(_encode(value, arrays, 0)).encode()
    numbers = b"".join(arrays)
    return len(text).to_bytes(LENGTH, "big") + len(numbers).to_bytes(LENGTH, "big") + text + numbers


def receive(read: Callable[[int], bytes]) -> bytes:
    """Return a message through read(count), which returns exactly that many bytes. Raises BadMessage if it is too long."""
    lengths = read(2 * LENGTH)
    text, arrays = _lengths(lengths)
    return lengths + read(text + arrays)


def unpack(message: bytes) -> Any:
    """Return the value of a message; raises BadMessage for anything malformed or too large."""
    text, arrays = _lengths(message)
    start, end = 2 * LENGTH, 2 * LENGTH + text
    if len(message) != end + arrays:
        raise BadMessage("a message that is not as long as it says")
    try:
        return _decode(json.loads(message[start:end]), _Numbers(memoryview(message)[end:]))
    except Exception as error:  # NumPy and JSON raise half a dozen kinds
        raise BadMessage(str(error)[:200]) from None


def _lengths(message):
    text, arrays = (int.from_bytes(message[place : place + LENGTH], "big") for place in (0, LENGTH))
    if text > LARGEST_TEXT or arrays > LARGEST_ARRAYS:
        raise BadMessage(f"a text of {text} bytes and arrays of {arrays}")
    return text, arrays


class Other:
    """Stands for a value that cannot be sent: only the name of its type is known."""

    def __init__(self, type_name):
        self.type_name = type_name


def _encode(value, arrays, depth):
    # `type(value) is` and not isinstance: a subclass could lie about what it holds.
    if type(value) is int and value.bit_length() > 64:  # Python reads and writes no decimal number of thousands of digits
        return {"int": hex(value if value.bit_length() < MOST_BITS else 1 << MOST_BITS)}
    if value is None or type(value) in (bool, int, float, str):
        return value
    if type(value) is np.ndarray and value.dtype.kind in "biufc":
        return {"array": _describe(value, arrays)}
    if isinstance(value, np.generic) and value.dtype.kind in "biufc":
        return {"scalar": _describe(np.asarray(value), arrays)}
    if depth < DEEPEST:
        if type(value) in (list, tuple):
            return {type(value).__name__: [_encode(item, arrays, depth + 1) for item in value]}
        if type(value) is dict:
            return {"dict": [[_encode(part, arrays, depth + 1) for part in item] for item in value.items()]}
    if type(value) is Other:
        return {"other": value.type_name[:200]}
    of = f" of {value.dtype}" if type(value) is np.ndarray else ""
    return {"other": f"{type(value).__module__}.{type(value).__qualname__}{of}"[:200]}


def _describe(array, arrays):
    """Put an array's numbers to the others, and return what else there is to say of it."""
    if array.nbytes > LARGEST_ARRAYS:
        raise MemoryError(f"An array of {array.nbytes:,} bytes is too large to be handed over.")
    order = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
    arrays.append(array.tobytes(order))
    return [array.dtype.str, array.shape, order]


def _decode(code, numbers):
    if isinstance(code, str):
        return code.encode("utf-8", "replace").decode()  # half characters cannot be written to any report
    if not isinstance(code, dict):
        return code
    ((kind, content),) = code.items()
    if kind == "int":
        return int(content, 16)
    if kind == "array":
        return numbers.array(*content)
    if kind == "scalar":
        return numbers.array(*content)[()]
    if kind in ("list", "tuple"):
        return {"list": list, "tuple": tuple}[kind](_decode(item, numbers) for item in content)
    if kind == "dict":
        return {_decode(key, numbers): _decode(item, numbers) for key, item in content}
    return Other(_decode(str(content)[:200], numbers))


class _Numbers:
    """The numbers of a message's arrays, taken one array after another."""

    def __init__(self, left):
        self.left = left

    def array(self, of, shape, order):
        """Return the next array. What is said of it is only a claim: there must be as many bytes as it says."""
        if len(of) > LONGEST_TYPE or (dtype := np.dtype(of)).kind not in "biufc" or dtype.fields or dtype.subdtype:
            raise BadMessage(f"an array of {of[:LONGEST_TYPE]}")
        size = math.prod(shape) * dtype.itemsize
        if min(shape, default=0) < 0 or size > len(self.left):
            raise BadMessage("an array whose size is not what it says")
        numbers, self.left = self.left[:size], self.left[size:]
        return np.ndarray(shape, dtype, numbers, order=order).astype(dtype.newbyteorder("="))
