"""Messages between the grader and a worker: plain values and arrays, one after another, without pickles and parsers.

    8 bytes   length of what follows, big-endian
    ...       one value

A value is a byte for its kind, then what that kind needs. Both sides use this module. The grader reads what a hostile
process wrote: each length is checked before it is used, and the number of values, their depth, the entries of a dict
and the digits of a number are bounded, so that reading takes time and memory in proportion to the message.
"""

import math
import struct
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

LARGEST = 68 * 1024 * 1024  # bytes of a message
LONGEST_TEXT = 1_000_000  # bytes
LONGEST_NAME = 200  # of a type
MOST_VALUES = 100_000
MOST_ENTRIES = 1_000  # of a dict: Python takes quadratic time for keys chosen to collide
MOST_BITS = 1_000  # of an integer; a larger one is just as wrong, and Python refuses to convert 15,000 of them to decimals
MOST_AXES = 32
DEEPEST = 20
LENGTH = struct.Struct(">Q")
# None, truth values, integers of 64 bits, longer ones, floats, texts, lists, tuples, dicts, arrays in C's and in Fortran's
# order, NumPy's scalars, and the names of types that cannot be sent.
KINDS = NOTHING, TRUE, FALSE, INT, LONG, FLOAT, TEXT, LIST, TUPLE, DICT, ROWS, COLUMNS, SCALAR, OTHER = b"NTFilfsLtdACnO"
# A kind and what follows it: a count, a number, the bytes of a long integer, the type of an array and how many axes it has.
COUNT, INTEGER, NUMBER = struct.Struct("<BI"), struct.Struct("<Bq"), struct.Struct("<Bd")
DIGITS, ARRAY = struct.Struct("<BB"), struct.Struct("<B4sB")
# Sent as equal plain values. Their subclasses are not, since these could lie about what they hold.
PLAIN_KINDS: dict[type, type] = {np.str_: str, Counter: dict, OrderedDict: dict, defaultdict: dict}
TYPES = {dtype.str.encode().ljust(4): dtype for dtype in map(np.dtype, "?bBhHiIlLqQefdgFDG") if len(dtype.str) <= 4}
SIMPLE = {type(None), bool, int, float, str}  # types of values that hold no others

Value = Any  # what can be sent, or an Other in its place


class BadMessage(ValueError):
    """What arrived is not a valid message."""


class Other:
    """Takes the place of a value that cannot be sent: only the name of its type is known."""

    def __init__(self, type_name: str) -> None:
        self.type_name = type_name

    def __repr__(self) -> str:
        return f"<{self.type_name.removeprefix('builtins.')}>"


def pack(value: object) -> bytes:
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


def unpack(message: bytes) -> Value:
    """Return the value of a message; raises BadMessage for anything malformed or too large."""
    if len(message) < LENGTH.size or _length(message) != len(message) - LENGTH.size:
        raise BadMessage("a message that is not as long as it says")
    content = _Content(message)
    try:
        value = content.value(0)
    except (IndexError, struct.error):
        raise BadMessage("a message that ends too early") from None
    if content.place != len(message):
        raise BadMessage("a message that continues after its end")
    return value


def ends_with(message: bytes, entries: Mapping[str, object]) -> bool:
    """Return whether a message is a dict whose last entries are these."""
    content: list[bytes] = []
    _pack(entries, content, 0)
    return message.endswith(b"".join(content[1:]))  # without the kind and the count of a dict


def _length(message: bytes) -> int:
    length: int = LENGTH.unpack_from(message)[0]
    if length > LARGEST:
        raise BadMessage(f"a message of {length} bytes")
    return length


def _pack(value: Value, content: list[bytes], depth: int, counted: bool = False) -> None:
    """Append a value. counted: it is part of a value that is known to be small."""
    # `type(value) is` and not isinstance: a subclass could lie about what it holds.
    kind = type(value)
    if kind in PLAIN_KINDS:
        kind, counted = PLAIN_KINDS[kind], False
        value = kind(value)
    if kind is str and len(text := value.encode("utf-8", "replace")) <= LONGEST_TEXT:
        content.append(COUNT.pack(TEXT, len(text)) + text)
    elif kind is int and -(2**63) <= value < 2**63:
        content.append(INTEGER.pack(INT, value))
    elif kind is np.ndarray and value.dtype.kind in "biufc":
        order = COLUMNS if value.flags.f_contiguous and not value.flags.c_contiguous else ROWS
        _pack_numbers(order, value, content)
    elif kind in (list, tuple) and depth < DEEPEST and (counted or _holds_few(value, depth)):
        content.append(COUNT.pack(LIST if kind is list else TUPLE, len(value)))
        for item in value:
            _pack(item, content, depth + 1, counted=True)
    elif kind is dict and depth < DEEPEST and len(value) <= MOST_ENTRIES:
        content.append(COUNT.pack(DICT, len(value)))
        for key, item in value.items():
            _pack(key, content, depth + 1)
            _pack(item, content, depth + 1, counted)
    elif value is None:
        content.append(bytes([NOTHING]))
    elif kind is bool:
        content.append(bytes([TRUE if value else FALSE]))
    elif kind is float:
        content.append(NUMBER.pack(FLOAT, value))
    elif kind is int:
        value = value if value.bit_length() < MOST_BITS else 1 << (MOST_BITS - 1)
        size = MOST_BITS // 8 + 1
        content.append(DIGITS.pack(LONG, size) + value.to_bytes(size, "little", signed=True))
    elif isinstance(value, np.generic) and value.dtype.kind in "biufc":
        _pack_numbers(SCALAR, np.asarray(value), content)
    elif kind is Other:
        _pack_other(value.type_name, content)
    else:
        of_what = f" of {value.dtype}" if kind is np.ndarray else ""
        _pack_other(f"{kind.__module__}.{kind.__qualname__}{of_what}", content)
    if len(content) > MOST_VALUES:
        raise MemoryError(f"More than {MOST_VALUES:,} values are too many to be handed over.")


def _holds_few(value: list[Value] | tuple[Value, ...], depth: int) -> bool:
    """Return whether a value can be sent whole, with all that it holds, down to the depth that is sent.

    A value that holds itself never ends.
    """
    most, held = MOST_VALUES // 2, 1
    inner = list(islice(value, most))
    for _ in range(depth, DEEPEST + 1):
        held += len(inner)
        if held >= most or SIMPLE.issuperset(map(type, inner)):
            break
        holders = (each.values() if type(each) is dict else each for each in inner if type(each) in (list, tuple, dict))
        inner = list(islice((item for holder in holders for item in holder), most))
    return held < most


def _pack_other(name: str, content: list[bytes]) -> None:
    text = name.encode("utf-8", "replace")[:LONGEST_NAME]
    content.append(COUNT.pack(OTHER, len(text)) + text)


def _pack_numbers(kind: int, array: NDArray[Any], content: list[bytes]) -> None:
    _bounded(array.nbytes)
    dtype = array.dtype.newbyteorder("=")
    axes = struct.pack(f"<{array.ndim}Q", *array.shape)
    numbers = array.astype(dtype, copy=False).tobytes("F" if kind == COLUMNS else "C")
    content.append(ARRAY.pack(kind, dtype.str.encode().ljust(4), array.ndim) + axes + numbers)


def _bounded(size: int) -> int:
    if size > LARGEST:
        raise MemoryError(f"{size:,} bytes are too many to be handed over.")
    return size


def _is_key(value: Value) -> bool:
    if type(value) is tuple:
        return all(map(_is_key, value))
    return type(value) in SIMPLE or type(value) is Other or isinstance(value, np.generic)


class _Content:
    """The content of a message that is being read, and the place where the next value begins.

    IndexError and struct.error mean that the message ends too early.
    """

    def __init__(self, message: bytes) -> None:
        self.message, self.place, self.values = message, LENGTH.size, 0

    def value(self, depth: int) -> Value:
        """Take the next value."""
        self.values += 1
        if self.values > MOST_VALUES or depth > DEEPEST:
            raise BadMessage("more values than a message may have, or deeper ones")
        kind = self.message[self.place]
        if kind == TEXT:
            return self.text(LONGEST_TEXT)
        if kind == INT:
            return self.fixed(INTEGER)[1]
        if kind in (ROWS, COLUMNS):
            return self.numbers("F" if kind == COLUMNS else "C")
        if kind in (LIST, TUPLE):
            items = [self.value(depth + 1) for _ in range(self.count(MOST_VALUES))]
            return items if kind == LIST else tuple(items)
        if kind == DICT:
            return {self.key(depth + 1): self.value(depth + 1) for _ in range(self.count(MOST_ENTRIES))}
        if kind in (NOTHING, TRUE, FALSE):
            self.place += 1
            return None if kind == NOTHING else kind == TRUE
        if kind == FLOAT:
            return self.fixed(NUMBER)[1]
        if kind == LONG:
            return int.from_bytes(self.take(self.fixed(DIGITS)[1]), "little", signed=True)
        if kind == SCALAR:
            return self.scalar()
        if kind == OTHER:
            return Other(self.text(LONGEST_NAME))
        raise BadMessage(f"a value of the kind {kind}")

    def fixed(self, layout: struct.Struct) -> tuple[Value, ...]:
        """Take a kind and what follows it, of fixed length."""
        found = layout.unpack_from(self.message, self.place)
        self.place += layout.size
        return found

    def skip(self, size: int) -> int:
        """Go past this many bytes, and return where they begin."""
        start, self.place = self.place, self.place + size
        if self.place > len(self.message):
            raise IndexError
        return start

    def take(self, size: int) -> bytes:
        """Take this many bytes."""
        start = self.skip(size)
        return self.message[start : self.place]

    def count(self, most: int) -> int:
        """Take a count."""
        count: int = self.fixed(COUNT)[1]
        if count > most:
            raise BadMessage(f"{count} where {most} are the most")
        return count

    def text(self, longest: int) -> str:
        """Take a text. Lone surrogates cannot be written to any report."""
        return self.take(self.count(longest)).decode("utf-8", "replace")

    def key(self, depth: int) -> Value:
        """Take a key of a dict."""
        key = self.value(depth)
        if type(key) is not str and not _is_key(key):
            raise BadMessage("a key of a dict that Python would not accept")
        return key

    def scalar(self) -> Value:
        """Take a NumPy scalar."""
        number = self.numbers("C")
        if number.ndim:
            raise BadMessage("an array in place of a number")
        return number[()]

    def numbers(self, order: Literal["C", "F"]) -> NDArray[Any]:
        """Take an array. Its type and shape are only claims: there must be as many bytes as they say."""
        _, name, axes = self.fixed(ARRAY)
        dtype = TYPES.get(name)
        if dtype is None or axes > MOST_AXES:
            raise BadMessage("an array of another type, or of too many axes")
        shape = struct.unpack(f"<{axes}Q", self.take(8 * axes))
        if math.prod(filter(None, shape)) > LARGEST:  # NumPy refuses such axes even beside one of 0
            raise BadMessage("an array that is too large")
        # Copied once, from the message itself: a large one fills much of what the grader may need.
        return np.ndarray(shape, dtype, self.message, self.skip(math.prod(shape) * dtype.itemsize), order=order).copy(order)
