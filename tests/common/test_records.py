"""What stands in a document comes back with the types of its fields, or a sentence says where it does not."""

import json
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import UserError
from common.records import build, from_json, read_toml, to_json


@dataclass(frozen=True)
class Leaf:
    """All simple types."""

    text: str
    whole: int
    number: float
    truth: bool
    path: Path
    share: int | Fraction


@dataclass(frozen=True)
class Other:
    """Told from a Leaf by its names."""

    values: tuple[tuple[int, ...], ...]
    title: str = ""


@dataclass(frozen=True)
class Tree:
    """All that can stand in one another."""

    leaf: Leaf
    leaves: list[Leaf]
    either: Leaf | Other
    pair: tuple[int, str]
    named: dict[str, tuple[Leaf, ...]]
    number_or_rows: int | tuple[int, ...]
    maybe: Other | None = None
    anything: Any = None
    usual: list[int] = field(default_factory=lambda: [7])


NAME = st.text("abcxyz", min_size=1, max_size=4)
WHOLE = st.integers(-(10**20), 10**20)
SHARE = st.integers() | st.fractions().filter(lambda value: value.denominator > 1)
LEAF = st.builds(
    Leaf,
    st.text(),
    WHOLE,
    st.floats(allow_nan=False),
    st.booleans(),
    st.text("ab/.", min_size=1).map(Path) | st.just(Path("a\udcff")),
    SHARE,
)
OTHER = st.builds(Other, st.lists(st.lists(WHOLE, max_size=3).map(tuple), max_size=3).map(tuple), st.text())
ANYTHING = st.recursive(st.none() | st.booleans() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(NAME, inner))
TREE = st.builds(
    Tree,
    LEAF,
    st.lists(LEAF, max_size=3),
    LEAF | OTHER,
    st.tuples(WHOLE, st.text()),
    st.dictionaries(NAME, st.lists(LEAF, max_size=2).map(tuple), max_size=3),
    WHOLE | st.lists(WHOLE).map(tuple),
    st.none() | OTHER,
    ANYTHING,
)


def document(tree):
    return json.loads(json.dumps(asdict(tree), default=str))


@given(TREE)
def test_a_record_comes_back_from_its_json_with_all_its_types(tree):
    assert to_json(tree).isascii()
    again = from_json(Tree, to_json(tree), "name")
    assert again == tree and repr(again) == repr(tree)


def leaves(value, path=()):
    """Every simple value in a document with the way to it, found without the reader's help."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from leaves(each, (*path, name))
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from leaves(each, (*path, place))
    else:
        yield path


def sentence(path):
    """The way to a value in words."""
    words = "".join(f" number {part + 1}:" if isinstance(part, int) else f".{part}" for part in path)
    return words.replace(":.", ": ").strip(".").rstrip(":")


@given(TREE, st.data())
def test_a_value_of_another_type_is_named_with_its_place(tree, data):
    found = document(tree)
    ways = [path for path in leaves(found) if path[0] not in ("anything", "maybe", "either", "number_or_rows")]
    *way, last = path = data.draw(st.sampled_from(ways))
    inner = found
    for part in way:
        inner = inner[part]
    inner[last] = {"no": "such"}
    with pytest.raises(UserError) as error:
        build(Tree, found, "a.json")
    assert str(error.value).startswith(f"a.json: {sentence(path)} must be ")
    assert str(error.value).endswith(", but is {'no': 'such'}")


LEAVES = {"text": "a", "whole": 1, "number": 1, "truth": True, "path": "a", "share": "1/2"}
WHOLE_TREE = {"leaf": LEAVES, "leaves": [LEAVES], "either": LEAVES, "pair": [1, "a"], "named": {}, "number_or_rows": 3}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"leaf": LEAVES | {"whole": True}}, "leaf.whole must be a whole number, but is True"),
        ({"leaf": LEAVES | {"whole": 1.0}}, "leaf.whole must be a whole number, but is 1.0"),
        ({"leaf": LEAVES | {"number": True}}, "leaf.number must be a number, but is True"),
        ({"leaf": LEAVES | {"number": "1"}}, "leaf.number must be a number, but is '1'"),
        ({"leaf": LEAVES | {"number": 10**400}}, "leaf.number must be a number, but is 1000"),
        ({"leaf": LEAVES | {"truth": 1}}, "leaf.truth must be true or false, but is 1"),
        ({"leaf": LEAVES | {"share": "1/0"}}, "leaf.share must be a fraction, but is '1/0'"),
        ({"leaf": LEAVES | {"share": "half"}}, "leaf.share must be a fraction, but is 'half'"),
        ({"leaf": LEAVES | {"share": 0.5}}, "leaf.share must be a whole number or a fraction, but is 0.5"),
        ({"leaf": []}, "leaf must be a table, but is []"),
        ({"leaf": {"text": "a"}}, "leaf.whole is missing"),
        ({"leaves": [LEAVES, LEAVES | {"txt": ""}]}, "leaves number 2: unknown option txt; expected one of text, whole, "),
        ({"leaves": LEAVES}, "leaves must be a list, but is {'text'"),
        ({"pair": [1]}, "pair must be a list of 2, but is [1]"),
        ({"pair": [1, 2]}, "pair number 2 must be a text, but is 2"),
        (
            {"either": {"values": [], "text": "a"}},
            "either must be a table of text, whole, number, truth, path, share or a table of v",
        ),
        ({"either": None}, "either must be a table of text, "),
        ({"number_or_rows": "3"}, "number_or_rows must be a whole number or a list, but is '3'"),
        ({"maybe": {"values": [[1], [1, "2"]]}}, "maybe.values number 2 number 2 must be a whole number, but is '2'"),
        ({"maybe": {"values": [], "titel": ""}}, "maybe: unknown option titel; expected one of values, title"),
        ({"named": {"x": [3]}}, "named.x number 1 must be a table, but is 3"),
        ({"colour": 1}, "unknown option colour; expected one of leaf, leaves, "),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(change, said):
    with pytest.raises(UserError) as error:
        build(Tree, WHOLE_TREE | change, "a.toml")
    assert str(error.value).startswith(f"a.toml: {said}")


def test_what_may_be_left_out_has_its_default_and_what_may_not_is_missing():
    tree = build(Tree, WHOLE_TREE, "a.toml")
    assert (tree.maybe, tree.anything, tree.usual) == (None, None, [7])
    assert type(tree.leaf.number) is float and tree.leaf.share == Fraction(1, 2)
    for name in WHOLE_TREE:
        with pytest.raises(UserError, match=f"^a.toml: {name} is missing$"):
            build(Tree, {other: value for other, value in WHOLE_TREE.items() if other != name}, "a.toml")


@pytest.mark.parametrize("text", ["[]", "3", "null", "{", "", b"\xff", '"' + "x" * 10_000 + '"'])
def test_what_is_no_document_is_said_briefly(text):
    with pytest.raises(UserError, match=r"^quiz\.json: ") as error:
        from_json(Tree, text, "quiz.json")
    assert len(str(error.value)) < 200


def test_toml_is_read_and_its_mistakes_are_said_with_the_line():
    assert read_toml(b"a = 1\n[b]\nc = 'd'\n", "a.toml") == {"a": 1, "b": {"c": "d"}}
    assert read_toml("\ufeffa = 1\n".encode(), "a.toml") == {"a": 1}  # as Windows' Notepad writes it
    with pytest.raises(UserError, match=r"^a\.toml: .*line 2"):
        read_toml(b"a = 1\nb = \n", "a.toml")
    with pytest.raises(UserError, match=r"^a\.toml is not UTF-8"):
        read_toml(b"\xff", "a.toml")


def test_a_field_of_a_type_that_no_document_holds_is_our_own_fault():
    @dataclass
    class Odd:
        numbers: set[int]

    with pytest.raises(TypeError, match="set"):
        build(Odd, {"numbers": []}, "a.toml")
