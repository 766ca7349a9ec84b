"""Read TOML or JSON documents into dataclasses: each value has its field's type, or a sentence says where it does not.

A list may be given for a tuple, a text for a Path, and a text such as "9/4" or a whole number for a Fraction.
"""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, asdict, fields, is_dataclass
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from common.errors import UserError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")
Reader = Callable[[Any], Any]
Held = tuple[tuple[type, ...], str]
# What a document may contain for each simple type, and what that is called.
SIMPLE: dict[Any, Held] = {
    str: ((str,), "a text"),
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
    bool: ((bool,), "true or false"),
    Path: ((str,), "a path"),
}
FRACTION = ((str, int), "a fraction")


def read_toml(content: bytes, name: str) -> dict[str, Any]:
    """Return the content of a TOML file. name: of the file; raises UserError, which names the line."""
    try:
        import tomllib
    except ImportError:  # Python 3.10
        import tomli as tomllib  # type: ignore[no-redef]
    try:
        return tomllib.loads(content.decode("utf-8-sig"))  # some editors begin a file with a byte order mark
    except UnicodeDecodeError:
        raise UserError(f"{name} is not UTF-8: save it as text in UTF-8") from None
    except ValueError as error:  # TOML's own errors are ValueErrors
        raise UserError(f"{name}: {error}") from None


def build(kind: Callable[..., T], document: object, name: str, *path: str) -> T:
    """Return a dataclass with the values of a document. Raises UserError, which names the place.

    name: of the document. path: leads to the values, if they are only a part of the document.
    """
    try:
        built: T = _reader(kind)(document)
    except _Unfit as unfit:
        raise UserError(f"{name}: {_Unfit(unfit.sentence, *path, *unfit.path)}") from None
    return built


def to_json(record: "DataclassInstance") -> str:
    """Return a dataclass as JSON in ASCII: names of files need not be UTF-8."""
    return json.dumps(asdict(record), default=str)


def from_json(kind: Callable[..., T], text: str | bytes, name: str) -> T:
    """Return the dataclass that `to_json` wrote. name: of the document; raises UserError, which names the place."""
    try:
        document = json.loads(text)
    except (ValueError, TypeError) as error:  # not even text
        raise UserError(f"{name}: {error}") from None
    return build(kind, document, name)


class _Unfit(Exception):
    """A value does not fit its field. On its way up, the exception collects what leads to the value."""

    def __init__(self, sentence: str, *path: str | int) -> None:
        self.sentence, self.path = sentence, path

    def within(self, part: str | int) -> "_Unfit":
        return _Unfit(self.sentence, part, *self.path)

    def __str__(self) -> str:
        place = ""
        for before, part in zip((None, *self.path), self.path):
            if isinstance(part, int):
                place += f" number {part}"
            else:
                place += f"{'' if before is None else ': ' if isinstance(before, int) else '.'}{part}"
        return f"{place}{self.sentence}".lstrip(":. ")


def _instead_of(wanted: str, value: object) -> _Unfit:
    return _Unfit(f" must be {wanted}, but is {value!r:.100}")


@cache
def _reader(kind: object) -> Reader:
    """Return a function that turns a document's value into this type, or raises _Unfit."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is Any:
        return lambda value: value
    if isinstance(kind, type) and (held := _held(kind)):
        return _simple(kind, *held)
    if isinstance(kind, type) and is_dataclass(kind):
        return _record(kind)
    if origin is list:
        return _row(list, arguments[0])
    if origin is tuple and arguments[1:] == (...,):
        return _row(tuple, arguments[0])
    if origin is tuple:
        return _group(arguments)
    if origin in (dict, Mapping):
        return _table(arguments[1])
    if origin in (Union, UnionType):
        return _either(arguments)
    raise TypeError(f"no document can contain a {kind}")


def _held(kind: object) -> Held | None:
    """Return what a document may contain for a simple type, and what that is called; None for any other type."""
    fractions = sys.modules.get("fractions")  # a module with such a field has imported it, which takes a millisecond
    return FRACTION if fractions and kind is fractions.Fraction else SIMPLE.get(kind)


def _simple(kind: Callable[[Any], object], held: tuple[type, ...], called: str) -> Reader:
    def read(value: object) -> object:
        if type(value) is kind:
            return value
        if type(value) not in held:  # True is not a whole number
            raise _instead_of(called, value)
        try:
            return kind(value)
        except (ValueError, ArithmeticError):
            raise _instead_of(called, value) from None

    return read


def _record(kind: type[Any]) -> Reader:
    hints, parts = get_type_hints(kind), fields(kind)
    readers = {each.name: _reader(hints[each.name]) for each in parts}
    required = [each.name for each in parts if each.default is MISSING and each.default_factory is MISSING]

    def read(value: object) -> object:
        if not isinstance(value, dict):
            raise _instead_of("a table", value)
        for name in value:
            if name not in readers:
                raise _Unfit(f": unknown option {name}; expected one of {', '.join(readers)}")
        for name in required:
            if name not in value:
                raise _Unfit(" is missing", name)
        values = {name: _inside(name, readers[name], each) for name, each in value.items()}
        try:
            return kind(**values)
        except ValueError as error:  # raised by the dataclass itself, whose message begins with the field's name
            raise _Unfit(f".{error}") from None

    return read


def _row(make: Callable[[Iterable[Any]], Any], kind: object) -> Reader:
    reader = _reader(kind)

    def read(value: object) -> object:
        if not isinstance(value, list):
            raise _instead_of("a list", value)
        return make([_inside(number, reader, each) for number, each in enumerate(value, start=1)])

    return read


def _group(kinds: Sequence[Any]) -> Reader:
    readers = [_reader(kind) for kind in kinds]

    def read(value: object) -> object:
        if not isinstance(value, list) or len(value) != len(readers):
            raise _instead_of(f"a list of {len(readers)}", value)
        return tuple(_inside(number, *pair) for number, pair in enumerate(zip(readers, value), start=1))

    return read


def _table(kind: object) -> Reader:
    reader = _reader(kind)

    def read(value: object) -> object:
        if not isinstance(value, dict):
            raise _instead_of("a table", value)
        return {name: _inside(name, reader, each) for name, each in value.items()}

    return read


def _either(kinds: Sequence[Any]) -> Reader:
    """Return the reader of the type that a value looks like; None may be one of them."""
    may_be_none, others = NoneType in kinds, [kind for kind in kinds if kind is not NoneType]
    called = " or ".join(map(_called, others))
    readers = [(_looks_like(kind), _reader(kind)) for kind in others]
    only = readers[0][1] if len(readers) == 1 else None

    def read(value: object) -> object:
        if value is None and may_be_none:
            return None
        if only:
            return only(value)
        for looks_like, reader in readers:
            if looks_like(value):
                return reader(value)
        raise _instead_of(called, value)

    return read


def _looks_like(kind: object) -> Callable[[Any], bool]:
    """Return what distinguishes a type's values from those of the other types: tables by the names in them."""
    if held := _held(kind):
        return lambda value: type(value) in held[0]
    if is_dataclass(kind):
        names = {each.name for each in fields(kind)}
        return lambda value: isinstance(value, dict) and set(value) <= names
    if get_origin(kind) in (list, tuple):
        return lambda value: isinstance(value, list)
    if get_origin(kind) in (dict, Mapping):
        return lambda value: isinstance(value, dict)
    raise TypeError(f"a {kind} cannot be recognised by its look")


def _called(kind: object) -> str:
    if held := _held(kind):
        return held[1]
    if is_dataclass(kind):
        return f"a table of {', '.join(each.name for each in fields(kind))}"
    return "a table" if get_origin(kind) in (dict, Mapping) else "a list"


def _inside(part: str | int, reader: Reader, value: object) -> object:
    """Read a value inside another one, under this name or number."""
    try:
        return reader(value)
    except _Unfit as unfit:
        raise unfit.within(part) from None
