"""Messages between the grader and a worker: plain values and arrays, never a pickle.

A message is a length, a JSON text and the arrays it speaks of, each in NumPy's own format:

    8 bytes   length of the JSON text, big-endian
    ...       JSON: {"value": ..., "sizes": [bytes of each array]}
    ...       the arrays, one after another

Both sides use this module. The grader reads what a hostile process wrote, so every size is checked before it is believed.
"""

import io
import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np

LARGEST_TEXT = 4 * 1024 * 1024
LARGEST_ARRAYS = 64 * 1024 * 1024
DEEPEST = 20
MOST_BITS = 100_000  # of an integer; a larger one is just as wrong


class BadMessage(ValueError):
    """What came is no message."""


def pack(value: Any) -> bytes:
    """Turn a value into the bytes of a message.

    None, booleans, numbers, texts, arrays, and lists, tuples and dicts of them are sent. Anything else is replaced by the
    name of its type.
    """
    arrays: list[bytes] = []
    text = json.dumps({"value": _encode(value, arrays, 0), "sizes": [len(array) for array in arrays]}).encode()
    return b"".join([len(text).to_bytes(8, "big"), text, *arrays])


def unpack(read: Callable[[int], bytes]) -> Any:
    """Read one message through read(count), which returns exactly that many bytes, and return its value.

    Raises BadMessage for anything malformed or too large.
    """
    length = int.from_bytes(read(8), "big")
    if length > LARGEST_TEXT:
        raise BadMessage(f"a text of {length} bytes")
    text = read(length)
    try:
        message = json.loads(text)
        sizes = [int(size) for size in message["sizes"]]
        if min(sizes, default=0) < 0 or sum(sizes) > LARGEST_ARRAYS:
            raise BadMessage("arrays too large")
        contents = [read(size) for size in sizes]
        return _decode(message["value"], contents)
    except EOFError:
        raise
    except Exception as error:  # NumPy's header reader alone raises half a dozen kinds
        raise BadMessage(str(error)[:200]) from None


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
        arrays.append(_array_to_bytes(value))
        return {"array": len(arrays) - 1}
    if isinstance(value, np.generic) and value.dtype.kind in "biufc":
        arrays.append(_array_to_bytes(np.asarray(value)))
        return {"scalar": len(arrays) - 1}
    if depth < DEEPEST:
        if type(value) in (list, tuple):
            return {type(value).__name__: [_encode(item, arrays, depth + 1) for item in value]}
        if type(value) is dict:
            return {"dict": [[_encode(part, arrays, depth + 1) for part in item] for item in value.items()]}
    if type(value) is Other:
        return {"other": value.type_name[:200]}
    of = f" of {value.dtype}" if type(value) is np.ndarray else ""
    return {"other": f"{type(value).__module__}.{type(value).__qualname__}{of}"[:200]}


def _decode(code, arrays):
    if isinstance(code, str):
        return code.encode("utf-8", "replace").decode()  # half characters cannot be written to any report
    if not isinstance(code, dict):
        return code
    ((kind, content),) = code.items()
    if kind == "int":
        return int(content, 16)
    if kind == "array":
        return _array_from_bytes(arrays[content])
    if kind == "scalar":
        return _array_from_bytes(arrays[content])[()]
    if kind in ("list", "tuple"):
        return {"list": list, "tuple": tuple}[kind](_decode(item, arrays) for item in content)
    if kind == "dict":
        return {_decode(key, arrays): _decode(item, arrays) for key, item in content}
    return Other(_decode(str(content)[:200], arrays))


def _array_to_bytes(array):
    if array.nbytes > LARGEST_ARRAYS:
        raise MemoryError(f"An array of {array.nbytes:,} bytes is too large to be handed over.")
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, version=(1, 0), allow_pickle=False)
    return stream.getvalue()


def _array_from_bytes(content):
    stream = io.BytesIO(content)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise BadMessage("an array in another version of NumPy's format")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    if dtype.kind not in "biufc" or dtype.fields or dtype.subdtype:
        raise BadMessage(f"an array of {dtype}")
    # The header is only a claim: it must agree with the bytes that are there before memory is taken for it.
    values = content[stream.tell() :]
    if min(shape, default=0) < 0 or math.prod(shape) * dtype.itemsize != len(values):
        raise BadMessage("an array whose size is not what it says")
    return np.ndarray(shape, dtype, values, order="F" if fortran else "C").astype(dtype.newbyteorder("="))
