"""Which submissions resemble each other: copies under other names are found, independent work is not, nothing stops it."""

import ast
import builtins
import math
import os
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.sandbox.child.lex import MOST_SYMBOLS
from batch.models import HandedIn, Student
from batch.similarity.page import render
from batch.similarity.search import FEWEST, PIECE, STEPS, pairs
from batch.similarity.tokens import LARGEST, parse
from tests.browsing import assert_accessible
from tests.conftest import ROOT, SOLUTIONS

FILES = ("convolution.py", "pooling.py", "parameters.py")
GIVEN = {file: (ROOT / "assignments" / "cnn" / file).read_text() for file in FILES}
MASTER = {file: (SOLUTIONS / file).read_text() for file in FILES}
# Written by others, who know the same lecture and the same handout.
INDEPENDENT = (
    """
import numpy as np


def output_size(size, kernel, stride=1, padding=0):
    return len(range(0, size + 2 * padding - kernel + 1, stride))


def two(x):
    if type(x) == int:
        return [x, x]
    return list(x)


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    s, p = two(stride), two(padding)
    H, W = image.shape
    big = np.full((H + 2 * p[0], W + 2 * p[1]), float(padding_value))
    big[p[0]:p[0] + H, p[1]:p[1] + W] = image
    result = []
    for y in range(0, big.shape[0] - kernel.shape[0] + 1, s[0]):
        line = []
        for x in range(0, big.shape[1] - kernel.shape[1] + 1, s[1]):
            total = 0.0
            for i in range(kernel.shape[0]):
                for j in range(kernel.shape[1]):
                    total += big[y + i][x + j] * kernel[i][j]
            line.append(total)
        result.append(line)
    return np.array(result)


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    N, K = len(images), len(kernels)
    out = None
    for n in range(N):
        for k in range(K):
            one = 0
            for c in range(images.shape[1]):
                one = one + conv2d(images[n][c], kernels[k][c], stride, padding)
            if bias is not None:
                one = one + bias[k]
            if out is None:
                out = np.zeros((N, K) + one.shape)
            out[n][k] = one
    return out
""",
    """
import numpy as np


def output_size(size, kernel, stride=1, padding=0):
    count = 0
    start = -padding
    while start + kernel <= size + padding:
        count = count + 1
        start = start + stride
    return count


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    if not isinstance(stride, tuple):
        stride = stride, stride
    if not isinstance(padding, tuple):
        padding = padding, padding
    image = np.pad(image, [(padding[0],), (padding[1],)], mode="constant", constant_values=padding_value)
    views = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("yxij,ij->yx", views[::stride[0], ::stride[1]], kernel).astype(float)


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    def feature_map(image, kernel):
        layers = [conv2d(channel, weights, stride, padding) for channel, weights in zip(image, kernel)]
        return np.add.reduce(layers)

    out = np.stack([np.stack([feature_map(image, kernel) for kernel in kernels]) for image in images])
    return out if bias is None else out + np.reshape(bias, (1, -1, 1, 1))
""",
)


class Renamed(ast.NodeTransformer):
    """Gives every variable and helper another name."""

    def __init__(self, kept):
        self.kept, self.names = kept, {}

    def _new(self, name):
        return name if name in self.kept else self.names.setdefault(name, f"my_{len(self.names)}")

    def visit_Name(self, node):
        node.id = self._new(node.id)
        return node

    def visit_arg(self, node):
        node.arg = self._new(node.arg)
        return node

    def visit_FunctionDef(self, node):
        node.name = self._new(node.name)
        return self.generic_visit(node)


def disguised(text, seed=0):
    """Return the text with other names, other layout, other comments and its functions in another order."""
    tree = ast.parse(text)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    interface = {function.name for function in functions if not function.name.startswith("_")}
    arguments = {one.arg for function in functions if function.name in interface for one in function.args.args}
    tree = Renamed(interface | arguments | set(dir(builtins)) | {"np"}).visit(tree)
    imports = [node for node in tree.body if isinstance(node, ast.Import)]
    rest = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    random.Random(seed).shuffle(rest)
    for function in rest:
        if ast.get_docstring(function):
            function.body = function.body[1:]
    lines = ast.unparse(ast.Module([*imports, *rest], [])).replace("    ", "  ").splitlines()
    lines = [f"{line}  # really" if place % 5 == 0 else line for place, line in enumerate(lines)]
    return "# all by myself\n" + "\n".join(lines)


@pytest.fixture
def hand_in(tmp_path):
    """Return a function that makes a submission of files."""

    def make(key, files, email=None):
        folder = tmp_path / "export" / key
        folder.mkdir(parents=True)
        for name, content in files.items():
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return HandedIn(key, (Student(key.title(), email or f"{key}@uni.example"),), "", folder)

    return make


def _keys(found):
    return [({one.key for one in pair.first}, {one.key for one in pair.second}) for pair in found]


def test_a_copy_under_other_names_is_found_and_independent_work_is_not(hand_in):
    handed_in = [
        hand_in("ada", MASTER),
        hand_in("bob", {file: disguised(text) for file, text in MASTER.items()}),
        hand_in("cleo", {"convolution.py": INDEPENDENT[0]}),
        hand_in("dan", {"convolution.py": INDEPENDENT[1]}),
    ]
    (pair,) = pairs(handed_in, GIVEN)
    assert _keys([pair]) == [({"ada"}, {"bob"})]
    assert pair.similarity > 0.7 and [match.file for match in pair.matches] == list(FILES)
    assert all(match.similarity > 0.6 and not match.identical for match in pair.matches)
    others = {frozenset(a | b): each.similarity for each in pairs(handed_in, GIVEN, least=1e-9) for a, b in _keys([each])}
    assert max(value for names, value in others.items() if names != {"ada", "bob"}) < 0.3


def test_of_each_pair_the_lines_that_say_the_same_are_shown(hand_in):
    other_names = disguised(MASTER["convolution.py"], seed=3)
    found = pairs([hand_in("ada", MASTER), hand_in("bob", {"convolution.py": other_names})], GIVEN)
    (match,) = found[0].matches
    texts = MASTER["convolution.py"].splitlines(), other_names.splitlines()
    for region in match.regions():
        for lines, text in zip((region.first, region.second), texts):
            assert [line.text for line in lines] == text[lines[0].number - 1 : lines[-1].number]
            assert any(line.matches for line in lines) and not all(line.matches for line in lines)
    shown = {line.text.strip() for region in match.regions() for line in region.first if line.matches}
    wanted = "padded = np.pad(image.astype(float), ((above, above), (beside, beside)), constant_values=padding_value)"
    assert {wanted, "feature_map[row, column] = (window * kernel).sum()"} <= shown
    beside = next(
        region for region in match.regions() if any(line.matches and wanted in line.text for line in region.first)
    )
    assert any(line.matches and "np.pad(image" in line.text for line in beside.second)


def test_what_the_handout_gives_does_not_count(hand_in):
    handed_in = [
        hand_in("ada", GIVEN),
        hand_in("bob", GIVEN),
        hand_in("cleo", {**GIVEN, "pooling.py": "# hm\n" + GIVEN["pooling.py"]}),
    ]
    assert pairs(handed_in, GIVEN) == []
    assert pairs(handed_in, dict.fromkeys(FILES, "")) != []


def test_the_same_file_to_the_letter_is_a_pair(hand_in):
    handed_in = [
        hand_in("ada", {"convolution.py": INDEPENDENT[0], "pooling.py": MASTER["pooling.py"]}),
        hand_in("bob", {"convolution.py": INDEPENDENT[1], "pooling.py": MASTER["pooling.py"]}),
        hand_in("cleo", {"pooling.py": MASTER["pooling.py"]}),
        hand_in("dan", {"convolution.py": MASTER["convolution.py"]}),
    ]
    (pair,) = pairs(handed_in, GIVEN, least=0.9)
    assert _keys([pair]) == [({"ada"}, {"bob", "cleo"})] and pair.similarity == 1.0
    assert [(match.file, match.identical, match.regions()) for match in pair.matches] == [("pooling.py", True, [])]
    assert "same to the letter" in render([pair], "Homework")


def test_nobody_resembles_herself(hand_in):
    copy = {file: disguised(text) for file, text in MASTER.items()}
    again = [hand_in("a", MASTER), hand_in("b", MASTER, "A@uni.example"), hand_in("c", copy, "a@uni.example ")]
    assert pairs(again, GIVEN) == []
    found = pairs([*again, hand_in("d", {file: disguised(text, 1) for file, text in MASTER.items()})], GIVEN)
    assert sorted(_keys(found), key=str) == [({"a", "b"}, {"d"}), ({"c"}, {"d"})]
    assert [match.identical for pair in found for match in pair.matches].count(True) == 1


HOSTILE = (
    b"", b"\x00" * 5000, b"\xff\xfe\x00d\x00e\x00f", b"def f(:\n  (((\n\t  }", b"(" * 20_000, b"\\" * 20_000, b"f'{" * 5000,
    b"'''" + b"x" * 20_000, b"# coding: rot13\n" + b"a = 1\n" * 50, b"x" * LARGEST * 2, "é\u202e😀".encode() * 2000,
    b"".join(b" " * depth + b"if x:\n" for depth in range(500)), b"a+" * 20_000, b"\r" * 999 + b"x=1\r\n", b'"\\' * 9000,
    b"@" * 9000, b"a." * 9000, b"\x85\x0c\x1b\x80" * 3000, b"".join(b"a[%d] = %d\n" % (n % 50, n % 7) for n in range(2000)),
)  # fmt: skip


@pytest.mark.costly
def test_hostile_files_stop_nothing(hand_in):
    bad = [hand_in(f"bad-{place}", {"pooling.py": content}) for place, content in enumerate(HOSTILE)]
    copy = {file: disguised(text) for file, text in MASTER.items()}
    two = hand_in("two", {})
    for folder in "ab":
        (two.source / folder).mkdir()
        shutil.copy(SOLUTIONS / "pooling.py", two.source / folder)
    found = pairs([*bad, two, hand_in("ada", MASTER), hand_in("bob", copy)], GIVEN)
    assert ({"ada"}, {"bob"}) in _keys(found)
    render(found, "Homework").encode()
    doubled = [hand_in(f"more-{place}", {"pooling.py": b"1\n" + content}) for place, content in enumerate(HOSTILE)]
    found = pairs([*bad, *doubled], GIVEN, least=0.01)
    assert found and render(found, "Homework").encode()


@given(st.text(max_size=60) | st.text("()[,'\"{}#\n\\a1.; f@", max_size=60))
def test_any_text_has_symbols_in_their_lines(text):
    source = parse(text)
    assert len(source.symbols) == len(source.starts) <= MOST_SYMBOLS
    assert list(source.starts) == sorted(set(source.starts))
    assert all(text[:start].count("\n") == source.line_of(place) for place, start in enumerate(source.starts))


@given(st.data())
def test_names_comments_and_layout_change_no_symbol(data):
    text = MASTER[data.draw(st.sampled_from(FILES))]
    wanted = parse(text).symbols
    for old in ("padded", "feature_map", "window", "rows", "pooled", "total", "_pair"):
        if data.draw(st.booleans()):
            text = re.sub(rf"\b{old}\b", data.draw(st.sampled_from(["x", "abc_1", "naïve"])) + old, text)
    ends = st.sampled_from(["", "  ", ";", "  # so", "\n\n# really\n"])
    lines = [line + data.draw(ends) if line.startswith("    return ") else line for line in text.split("\n")]
    assert parse("\n".join(lines).replace("    ", data.draw(st.sampled_from(["  ", "\t", "    "])))).symbols == wanted


BLOCKS = (
    "for row in range(height):\n    total += image[row, 0] * 3 - sum(line)\n",
    "while count < 10 and not done:\n    count = count + 1 if odd else count - 2\n",
    "result = [max(a, b) ** 2 for a, b in zip(first, second) if a is not b]\n",
    "def helper(x, y=None, *rest):\n    return x[::2] + y.reshape(-1, 4) @ rest[0]\n",
    "with open(path) as stream:\n    text = stream.read().split(',')[1:-1]\n",
    "try:\n    value = int(word) // 7\nexcept ValueError:\n    value = {'a': 1}.get(word, -1)\n",
)


@pytest.mark.costly
@given(st.lists(st.lists(st.lists(st.sampled_from(BLOCKS), max_size=5), min_size=2, max_size=2), min_size=2, max_size=5))
@settings(max_examples=20)
def test_similarity_is_what_it_is_said_to_be(contents):
    names, stub = ("a.py", "b.py"), BLOCKS[0]
    texts = [["".join(blocks) for blocks in blocks_of] for blocks_of in contents]
    texts = [each for place, each in enumerate(texts) if each not in texts[:place]]
    with TemporaryDirectory() as top:
        folder = Path(top)
        for place, each in enumerate(texts):
            (folder / str(place)).mkdir()
            for name, text in zip(names, each):
                (folder / str(place) / name).write_text(text)
        handed_in = [HandedIn(str(place), (), "", folder / str(place)) for place in range(len(texts))]
        found = pairs(handed_in, dict.fromkeys(names, stub), least=1e-9)

    def own(text):
        symbols = parse(text).symbols
        found = {symbols[place : place + PIECE] for place in range(len(symbols) - PIECE + 1)}
        return found if text == stub else found - own(stub)

    works = [[own(text) if text != stub else set() for text in each] for each in texts]
    works = [[pieces if len(pieces) >= FEWEST else set() for pieces in each] for each in works]
    wanted = {}
    for one, other in combinations(range(len(works)), 2):
        shared = smaller = 0
        for file in range(2):
            counts = Counter(piece for each in works for piece in each[file])
            written = sum(bool(each[file]) for each in works)

            def weight(pieces):
                return sum(max(round(STEPS * math.log2(written / max(counts[piece] - 1, 1))), 1) for piece in pieces)  # noqa: B023

            a, b = works[one][file], works[other][file]
            shared += weight(a & b)
            smaller += min(weight(a), weight(b))
        if shared:
            wanted[str(one), str(other)] = shared / smaller
    alike = {(pair.first[0].key, pair.second[0].key): pair.similarity for pair in found if pair.similarity < 1}
    assert alike == pytest.approx({keys: value for keys, value in wanted.items() if value < 1})


def test_only_the_beginning_of_a_huge_file_is_looked_at(hand_in):
    whole = MASTER["pooling.py"]
    texts = {"ada": whole + "#" * LARGEST, "bob": whole + "#" * 2 * LARGEST}
    (pair,) = pairs([hand_in(key, {"pooling.py": text}) for key, text in texts.items()], GIVEN)
    assert pair.similarity == 1.0
    assert len(parse("a = 1\n" * LARGEST).symbols) == MOST_SYMBOLS


def _hostile_pairs(hand_in):
    evil = "<script>alert(1)</script>"
    code = MASTER["convolution.py"].replace("The lecture's", f"{evil} \u202e & The lecture's").replace("# ", f"# {evil}")
    strange = code.replace("return feature_map", f"return feature_map  # {evil}\u202e{'x' * 300}")
    handed_in = [
        hand_in("ada", {"convolution.py": strange, "pooling.py": MASTER["pooling.py"]}),
        hand_in("bob", {"convolution.py": disguised(code), "pooling.py": MASTER["pooling.py"]}),
    ]
    named = [
        replace(one, students=(Student(name, one.key),))
        for one, name in zip(handed_in, (evil, "abc\u202egnp.exe " + "y" * 300))
    ]
    return pairs(named, GIVEN)


@pytest.mark.costly
def test_the_page_in_a_browser(hand_in, tmp_path, browser):
    html = render(_hostile_pairs(hand_in), "Homework")
    assert "<script>alert" not in html and not set(html) & set("\u202e\x00")
    path = tmp_path / "similarity.html"
    path.write_text(html)
    with browser.new_context() as context:
        page = context.new_page()
        asked, said = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.goto(path.as_uri())
        assert page.locator("details").count() == 1 and not page.locator("pre:visible").count()
        page.locator("summary").click()
        assert page.locator("pre:visible").count() >= 4
        left, right = (page.locator(".sides:visible").nth(1).locator("pre").nth(side).bounding_box() for side in (0, 1))
        assert left["y"] == right["y"] and left["x"] < right["x"]
        links = page.locator("details a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
        assert links == ["submissions/ada/report.html", "submissions/bob/report.html"]
        assert any("feature_map" in text for text in page.locator(".same").all_inner_texts())
        for width in (1100, 375, 320):
            page.set_viewport_size({"width": width, "height": 740})
            assert page.evaluate("document.documentElement.scrollWidth") == width
        assert_accessible(page, 1100, 375)
        assert not said and set(asked) == {path.as_uri()}


def test_the_page_says_what_similarity_is_not():
    html = render([], "Homework")
    assert "nothing here says who copied from whom." in html and "No two submissions are similar." in html


@pytest.mark.costly
def test_same_input_same_bytes(hand_in, tmp_path):
    for key in ("ada", "bob"):
        hand_in(key, {file: disguised(text, len(key) if key == "ada" else 1) for file, text in MASTER.items()})
    code = (
        "import sys; from pathlib import Path; from hashlib import sha256; from batch.models import HandedIn;"
        "from batch.similarity.search import pairs; from batch.similarity.page import render;"
        "handed_in = [HandedIn(path.name, (), '', path) for path in sorted(Path(sys.argv[1]).iterdir())];"
        "found = pairs(handed_in, dict.fromkeys(('convolution.py', 'pooling.py', 'parameters.py'), ''));"
        "print(len(found), sha256(render(found, 'H').encode()).hexdigest())"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / "export")],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in "12"
    }
    assert len(printed) == 1 and not printed.pop().startswith("0")
