"""Messages between the grader and a worker: plain values and arrays, one after another, never a pickle and no parser.

    8 bytes   length of what follows, big-endian
    ...       one value

A value is a byte that says its kind, then what the table KINDS says. Both sides use this module. The grader reads what a
hostile process wrote: each length is checked before it is believed, and the number of values, their depth, the entries of
a dict and the digits of a number are bounded, so that reading takes time and memory in proportion to what came.
"""

import math
import struct
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable
from itertools import islice
from typing import Any

import numpy as np

LARGEST = 68 * 1024 * 1024  # bytes of a message
LONGEST_TEXT = 1_000_000  # bytes
LONGEST_NAME = 200  # of a type
MOST_VALUES = 100_000
MOST_ENTRIES = 1_000  # of a dict: Python takes quadratic time for keys that are chosen to collide
MOST_BITS = 1_000  # of an integer; a larger one is just as wrong, and Python turns none of 15,000 into decimals
DEEPEST = 20
LENGTH = struct.Struct(">Q")
NUMBER, INTEGER, COUNT = struct.Struct("<d"), struct.Struct("<q"), struct.Struct("<I")
# None, truth values, integers of 64 bits, longer ones, floats, texts, lists, tuples, dicts, arrays in C's and in Fortran's
# order, NumPy's scalars, and the names of types that cannot be sent.
KINDS = NOTHING, TRUE, FALSE, INT, LONG, FLOAT, TEXT, LIST, TUPLE, DICT, ROWS, COLUMNS, SCALAR, OTHER = b"NTFilfsLtdACnO"
# Sent as what they are in other words. Their subclasses are not: these could lie about what they hold.
PLAIN_KINDS: dict[type, type] = {np.str_: str, Counter: dict, OrderedDict: dict, defaultdict: dict}
TYPES = {dtype.str.encode().ljust(4): dtype for dtype in map(np.dtype, "?bBhHiIlLqQefdgFDG") if len(dtype.str) <= 4}


class BadMessage(ValueError):
    """What came is no message."""


class Other:
    """Stands for a value that cannot be sent: only the name of its type is known."""

    def __init__(self, type_name):
        self.type_name = type_name

    def __repr__(self):
        return f"<{self.type_name.removeprefix('builtins.')}>"


def pack(value: Any) -> bytes:
    """Turn a value into the bytes of a message.

    None, booleans, numbers, texts, arrays, and lists, tuples and dicts of them are sent. Anything else is replaced by the
    name of its type.
    """
    content: list[bytes] = []
    _pack(value, content, 0)
    together = b"".join(content)
    return LENGTH.pack(_bounded(len(together))) + together


def receive(read: Callable[[int], bytes]) -> bytes:
    """Return a message through read(count), which returns exactly that many bytes. Raises BadMessage if it is too long."""
    length = read(LENGTH.size)
    return length + read(_length(length))


def unpack(message: bytes) -> Any:
    """Return the value of a message; raises BadMessage for anything malformed or too large."""
    if len(message) < LENGTH.size or _length(message) != len(message) - LENGTH.size:
        raise BadMessage("a message that is not as long as it says")
    content = _Content(message)
    value = content.value(0)
    if content.place != len(message):
        raise BadMessage("a message that goes on behind its end")
    return value


def unpack_result(message: bytes, echo: bytes) -> tuple[Any] | None:
    """Return, alone in a tuple, the result in a reply that ends with what its call was asked; None of any other message.

    echo: the entries of the request's dict behind which nothing follows, as they were packed.
    """
    if not message.endswith(echo):
        return None
    content = _Content(memoryview(message)[: len(message) - len(echo)])  # a copy could be large
    try:
        kind, entries, (name, result) = content.take(1)[0], content.count(MOST_ENTRIES), content.entry(1)
    except BadMessage:
        return None
    whole = content.place == len(content.message) and _length(message) == len(message) - LENGTH.size
    return (result,) if whole and (kind, entries, name) == (DICT, 3, "result") else None


def _length(message):
    (length,) = LENGTH.unpack_from(message)
    if length > LARGEST:
        raise BadMessage(f"a message of {length} bytes")
    return length


def _pack(value, content, depth, counted=False):
    """Append a value. counted: it lies in one that holds few."""
    # `type(value) is` and not isinstance: a subclass could lie about what it holds.
    kind = type(value)
    if kind in PLAIN_KINDS:
        kind, counted = PLAIN_KINDS[kind], False
        value = kind(value)
    if value is None:
        content.append(bytes([NOTHING]))
    elif kind is bool:
        content.append(bytes([TRUE if value else FALSE]))
    elif kind is int and -(2**63) <= value < 2**63:
        content.append(bytes([INT]) + INTEGER.pack(value))
    elif kind is int:
        value = value if value.bit_length() < MOST_BITS else 1 << (MOST_BITS - 1)
        content.append(bytes([LONG, MOST_BITS // 8 + 1]) + value.to_bytes(MOST_BITS // 8 + 1, "little", signed=True))
    elif kind is float:
        content.append(bytes([FLOAT]) + NUMBER.pack(value))
    elif kind is str and len(text := value.encode("utf-8", "replace")) <= LONGEST_TEXT:
        content.append(bytes([TEXT]) + COUNT.pack(len(text)) + text)
    elif kind is np.ndarray and value.dtype.kind in "biufc":
        order = COLUMNS if value.flags.f_contiguous and not value.flags.c_contiguous else ROWS
        _pack_numbers(order, value, content)
    elif isinstance(value, np.generic) and value.dtype.kind in "biufc":
        _pack_numbers(SCALAR, np.asarray(value), content)
    elif kind in (list, tuple) and depth < DEEPEST and (counted or _holds_few(value, depth)):
        content.append(bytes([LIST if kind is list else TUPLE]) + COUNT.pack(len(value)))
        for item in value:
            _pack(item, content, depth + 1, counted=True)
    elif kind is dict and depth < DEEPEST and len(value) <= MOST_ENTRIES:
        content.append(bytes([DICT]) + COUNT.pack(len(value)))
        for key, item in value.items():
            _pack(key, content, depth + 1)
            _pack(item, content, depth + 1, counted)
    elif kind is Other:
        _pack_other(value.type_name, content)
    else:
        _pack_other(
            f"{kind.__module__}.{kind.__qualname__}" + (f" of {value.dtype}" if kind is np.ndarray else ""), content
        )
    if len(content) > MOST_VALUES:
        raise MemoryError(f"More than {MOST_VALUES:,} values are too many to be handed over.")


def _holds_few(value, depth):
    """Return whether a value can be sent whole. One that holds itself holds more than anybody can count."""
    most = MOST_VALUES // 2
    return sum(1 for _ in islice(_values(value, depth), most)) < most


def _values(value, depth):
    """Yield a value and all that it holds, as far down as they are sent."""
    yield value
    if depth <= DEEPEST and type(value) in (list, tuple, dict):
        for item in value.values() if type(value) is dict else value:
            yield from _values(item, depth + 1)


def _pack_other(name, content):
    name = name.encode("utf-8", "replace")[:LONGEST_NAME]
    content.append(bytes([OTHER]) + COUNT.pack(len(name)) + name)


def _pack_numbers(kind, array, content):
    _bounded(array.nbytes)
    dtype = array.dtype.newbyteorder("=")
    axes = struct.pack(f"<B{array.ndim}Q", array.ndim, *array.shape)
    numbers = array.astype(dtype, copy=False).tobytes("F" if kind == COLUMNS else "C")
    content.append(bytes([kind]) + dtype.str.encode().ljust(4) + axes + numbers)


def _bounded(size):
    if size > LARGEST:
        raise MemoryError(f"{size:,} bytes are too many to be handed over.")
    return size


def _is_key(value):
    if type(value) is tuple:
        return all(map(_is_key, value))
    return type(value) in (str, int, float, bool, type(None), Other) or isinstance(value, np.generic)


class _Content:
    """The content of a message that is being read, and the place where the next value begins."""

    def __init__(self, message):
        self.message, self.place, self.values = memoryview(message), LENGTH.size, 0

    def value(self, depth):
        """Take the next value."""
        self.values += 1
        if self.values > MOST_VALUES or depth > DEEPEST:
            raise BadMessage("more values than a message may have, or deeper ones")
        kind = self.take(1)[0]
        if kind == NOTHING:
            return None
        if kind in (TRUE, FALSE):
            return kind == TRUE
        if kind == INT:
            return INTEGER.unpack(self.take(INTEGER.size))[0]
        if kind == LONG:
            return int.from_bytes(self.take(self.take(1)[0]), "little", signed=True)
        if kind == FLOAT:
            return NUMBER.unpack(self.take(NUMBER.size))[0]
        if kind == TEXT:
            return self.text(LONGEST_TEXT)
        if kind in (ROWS, COLUMNS):
            return self.numbers("F" if kind == COLUMNS else "C")
        if kind == SCALAR:
            return self.scalar()
        if kind in (LIST, TUPLE):
            items = [self.value(depth + 1) for _ in range(self.count(MOST_VALUES))]
            return items if kind == LIST else tuple(items)
        if kind == DICT:
            return dict(self.entry(depth + 1) for _ in range(self.count(MOST_ENTRIES)))
        if kind == OTHER:
            return Other(self.text(LONGEST_NAME))
        raise BadMessage(f"a value of the kind {kind}")

    def take(self, size):
        """Take so many bytes."""
        start, self.place = self.place, self.place + size
        if self.place > len(self.message):
            raise BadMessage("a message that ends too early")
        return self.message[start : self.place]

    def count(self, most):
        """Take a count."""
        (count,) = COUNT.unpack(self.take(COUNT.size))
        if count > most:
            raise BadMessage(f"{count} where {most} are the most")
        return count

    def text(self, longest):
        """Take a text. Half characters cannot be written to any report."""
        return bytes(self.take(self.count(longest))).decode("utf-8", "replace")

    def entry(self, depth):
        """Take a key and its value."""
        key = self.value(depth)
        if not _is_key(key):
            raise BadMessage("a key of a dict that Python would not take")
        return key, self.value(depth)

    def scalar(self):
        """Take a number of NumPy's."""
        number = self.numbers("C")
        if number.ndim:
            raise BadMessage("an array in place of a number")
        return number[()]

    def numbers(self, order):
        """Take an array. What is said of it is only a claim: there must be as many bytes as it says."""
        dtype = TYPES.get(bytes(self.take(4)))
        axes = self.take(1)[0]
        if dtype is None or axes > 32:
            raise BadMessage("an array of another type, or of too many axes")
        shape = struct.unpack(f"<{axes}Q", self.take(8 * axes))
        if math.prod(axis or 1 for axis in shape) > LARGEST:  # NumPy refuses such axes even beside one of 0
            raise BadMessage("an array that is too large")
        return np.ndarray(shape, dtype, self.take(math.prod(shape) * dtype.itemsize), order=order).copy(order)
