"""Pictures of requests: well-formed, small, and with every thread in its place; and the advice that goes with them."""

from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu.faults import Place
from gpu.findings.advice import advice
from gpu.findings.pictures import svg, text
from gpu.findings.traffic import Request, requests
from gpu.recording import Memory, Recording, Step

LANES = np.arange(32)


def request(
    space, elements, shape=(4096,), name="image", dtype=np.float32, wide=1, kind="read", blocks=(1, 1, 1), start=0
) -> Request:
    """Return what a warp asks of an array. wide: values that each thread reads at once."""
    memory = Memory(name, space, shape, np.dtype(dtype), start)
    recording = Recording("kernel", blocks, (32, 1, 1), [memory])
    who, zeros = np.arange(len(elements)), np.zeros(len(elements), int)
    for more in range(wide):
        each = np.asarray(elements) + more
        recording.steps.append(Step(Place("kernel", 12, 0), memory, kind, who, each, zeros, zeros, zeros))
    (found,) = requests(recording)
    return found[0]


@given(
    st.sampled_from(["global", "shared"]),
    st.lists(st.integers(0, 60) | st.integers(0, 4000), min_size=1, max_size=32),
    st.sampled_from([np.float32, np.float64]),
)
def test_pictures_are_well_formed_and_small(space, elements, dtype):
    asked = request(space, elements, (64, 64), "a_rather_long_name", dtype)
    picture = svg(asked)
    assert len(picture.encode()) < 8000
    drawing = ElementTree.fromstring(picture)
    assert drawing.get("role") == "img"
    assert drawing.get("aria-label").startswith("warp 0 reads a_rather_long_name (line 12): ")
    assert {each.tag.split("}")[1] for each in drawing.iter()} == {"svg", "path", "g", "text"}
    assert len(text(asked).splitlines()) <= 10


@given(st.lists(st.integers(0, 300), min_size=1, max_size=32, unique=True))
def test_every_thread_stands_once_in_the_picture_of_sectors(elements):
    drawing = ElementTree.fromstring(svg(request("global", elements)))
    white = next(each for each in drawing if each.get("fill") == "#ffffff" and each.tag.endswith("g"))
    assert sorted(int(each.text) for each in white) == list(range(len(elements)))


@given(st.lists(st.integers(0, 300), min_size=1, max_size=32))
def test_texts_show_each_sector_and_each_value(elements):
    rows = text(request("global", elements)).splitlines()[1:]
    signs = "".join(row.split("  ")[-1] for row in rows if not row.endswith("more rows"))
    if len(rows) <= 8:
        assert signs.count("#") == len(set(elements))
        assert signs.count("#") + signs.count(".") == 8 * len({each // 8 for each in elements})


def test_names_are_escaped():
    picture = svg(request("global", LANES, name='<a href="x">&'))
    assert ElementTree.fromstring(picture).get("aria-label").startswith('warp 0 reads <a href="x">& (line 12)')


def test_sectors_as_text():
    assert text(request("global", LANES + 3)) == (
        "warp 0 reads image (line 12): 5 sectors of 32 bytes, where 4 would do\n"
        "  image[0]   ...#####|########|########|########\n"
        "  image[32]  ###....."
    )
    assert text(request("global", 64 * LANES, (64, 64))).splitlines()[7:] == [
        "  image[6, 0]   #.......",
        "  image[7, 0]   #.......",
        "  ... and 24 more rows",
    ]


def test_elements_are_named_wherever_the_array_begins():
    assert text(request("global", LANES[:8] + 8, start=512)).splitlines()[1:] == ["  image[8]  ########"]


def test_threads_that_want_the_same_are_counted():
    assert ">×32<" in svg(request("global", 0 * LANES)) and ">×32<" in svg(request("shared", 0 * LANES))


def test_banks_show_the_threads_that_are_served_together():
    asked = request("shared", 2 * LANES, dtype=np.float64)
    assert text(asked).splitlines()[1:] == [f"  answer {row}   {'##..' * 8}" for row in (1, 2)]
    assert "what thread 0 to 15 of the warp gets at once" in svg(asked)
    asked = request("shared", np.where(LANES < 16, LANES, 16 * LANES), dtype=np.float64)  # the second half is worse
    assert "what thread 16 to 31 of the warp gets at once" in svg(asked)


def test_banks_as_text():
    assert text(request("shared", LANES % 16 + LANES // 16 * 18, (18, 18), "tile", blocks=(2, 2, 1))) == (
        "warp 0 of block (0, 0) reads tile (line 12): shared memory answers twice, where once would do\n"
        "  answer 1   ################..##############\n"
        "  answer 2   ##.............................."
    )


ADVICE = {
    "a column": (
        request("global", 64 * LANES, (64, 64), kind="write"),
        "warp 0 writes image (line 12): 32 sectors of 32 bytes, where 4 would do. Neighbouring threads access "
        "values in one column: let threadIdx.x run along the rows of image.",
    ),
    "every third": (
        request("global", 3 * LANES),
        "warp 0 reads image (line 12): 12 sectors of 32 bytes, where 4 would do. "
        "Neighbouring threads access values 3 apart: let them access neighbours.",
    ),
    "one further on": (
        request("global", LANES + 1),
        "warp 0 reads image (line 12): 5 sectors of 32 bytes, where 4 would do. "
        "Neighbouring threads access neighbouring values, but in pieces that begin or end inside a sector.",
    ),
    "anywhere": (
        request("global", LANES**2),
        "warp 0 reads image (line 12): 30 sectors of 32 bytes, where 4 would do. "
        "Let neighbouring threads, whose threadIdx.x differ by 1, access neighbouring values.",
    ),
    "every third, backwards": (
        request("global", 93 - 3 * LANES),
        "warp 0 reads image (line 12): 12 sectors of 32 bytes, where 4 would do. "
        "Neighbouring threads access values 3 apart: let them access neighbours.",
    ),
    "nothing to do": (request("global", LANES), "warp 0 reads image (line 12): 4 sectors of 32 bytes."),
    "one sector": (request("global", 0 * LANES), "warp 0 reads image (line 12): 1 sector of 32 bytes."),
    "a column of shared memory": (
        request("shared", 32 * LANES, (32, 32), "tile"),
        "warp 0 reads tile (line 12): shared memory answers 32 times, where once would do. "
        "Rows of 32 values begin in the same bank: make each row one value longer than what you store in it.",
    ),
    "a column in four banks": (
        request("shared", 8 * LANES, (32, 8), "tile"),
        "warp 0 reads tile (line 12): shared memory answers 8 times, where once would do. "
        "Rows of 8 values begin in only 4 of 32 banks: make each row one value longer than what you store in it.",
    ),
    "a column of large numbers": (
        request("shared", 16 * LANES, (32, 16), "tile", np.float64),
        "warp 0 reads tile (line 12): shared memory answers 32 times, where twice would do. "
        "Rows of 16 values begin in the same bank: make each row one value longer than what you store in it.",
    ),
    "two rows that overlap": (
        request("shared", LANES % 16 + LANES // 16 * 18, (18, 18), "tile"),
        "warp 0 reads tile (line 12): shared memory answers twice, where once would do. "
        "Rows share the same banks: make each row longer than what you store in it, so that they begin in others.",
    ),
    "every second": (
        request("shared", 2 * LANES, (64,), "s"),
        "warp 0 reads s (line 12): shared memory answers twice, where once would do. "
        "Neighbouring threads access values 2 apart: let them access neighbours.",
    ),
    "wide reads": (
        request("shared", 4 * LANES, (128,), "s", wide=4),
        "warp 0 reads s (line 12): shared memory answers 4 times.",
    ),
}


@pytest.mark.parametrize("case", ADVICE)
def test_advice(case):
    asked, said = ADVICE[case]
    assert advice(asked) == said
