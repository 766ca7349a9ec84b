"""The window as a widget: in frames of a notebook, in a real browser, and what it says where it cannot be shown."""

from html import escape

import numpy as np
import pytest

from common import window
from tests.browsing import DRAWN, assert_accessible

IMAGE = np.arange(1.0, 17.0).reshape(4, 4)
KERNEL = np.array([[1, 1], [0, 2]])


@pytest.fixture
def notebook(browser, tmp_path):
    """Show outputs as a notebook does: a page that holds them, or as Colab does: each in a frame of its own."""

    def notebook(*widgets, framed=False, width=900):
        shown = [widget._repr_html_() for widget in widgets]
        if framed:
            shown = [
                f'<iframe title="an output" srcdoc="{escape(each)}" width="100%" height="900"></iframe>' for each in shown
            ]
        path = tmp_path / "notebook.html"
        path.write_text(
            f'<!DOCTYPE html><html lang="en"><title>A notebook</title><main><h1>Outputs</h1>{"".join(shown)}</main>'
        )
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(path.as_uri())
        page.wait_for_function(
            "count => document.querySelectorAll('iframe').length === count && "
            "[...document.querySelectorAll('iframe')].every(one => one.contentDocument.readyState === 'complete')",
            arg=len(widgets),
        )
        return page

    with browser.new_context(reduced_motion="reduce") as context:
        page = context.new_page()
        page.set_default_timeout(10_000)
        said, asked = [], []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        yield notebook
        assert not said and {url.partition(":")[0] for url in asked} <= {"file", "about"}


def told(frame):
    return frame.locator(".told").inner_text().replace("\N{MINUS SIGN}", "-").split("\n\n")


def output(frame):
    return frame.locator(".outputs td").all_inner_texts()


@pytest.mark.costly
@pytest.mark.parametrize("framed", [False, True])
def test_it_can_be_shown_several_times(notebook, framed):
    widget = window.show(IMAGE, KERNEL, stride=2, padding=1)
    page = notebook(widget, widget, window.show_pool(IMAGE, mode="median"), framed=framed)
    frames = [page.frame_locator("iframe").nth(place) for place in range(3)]
    if framed:
        frames = [frame.frame_locator("iframe") for frame in frames]
    frames[0].get_by_role("slider").fill("5")
    assert told(frames[0]) == [
        "Position 5 of 9: row 1, column 1 of the output.",
        "1 · 6 + 1 · 7 + 0 · 10 + 2 · 11 = 35",
        "Running sum: 6, 13, 13, 35.",
    ]
    assert output(frames[0]) == ["2", "6", "0", "23", "35", "", "", "", ""]
    assert output(frames[1]) == ["2", *[""] * 8], "the same one, shown again, stands where it stood"
    assert told(frames[2])[1] == "The median of 1, 2, 5, 6 is 3.5."
    assert frames[2].get_by_role("heading", level=2).inner_text() == "Median pooling, windows of 2x2, stride 2"


@pytest.mark.costly
def test_channels_have_a_kernel_each(notebook):
    page = notebook(window.show(np.stack([IMAGE, -IMAGE]), np.stack([KERNEL, KERNEL])))
    assert told(page.frame_locator("iframe"))[1:3] == [
        "Channel 0: 1 · 1 + 1 · 2 + 0 · 5 + 2 · 6 = 15",
        "Channel 1: 1 · (-1) + 1 · (-2) + 0 · (-5) + 2 · (-6) = -15",
    ]


def test_the_frame_is_as_high_as_what_it_holds(notebook):
    page = notebook(window.show(np.ones((14, 14)), KERNEL), window.show_pool(np.ones((2, 2))))
    page.wait_for_function("[...document.querySelectorAll('iframe')].every(one => one.style.height)")
    for width in (900, 320):
        page.set_viewport_size({"width": width, "height": 740})
        page.evaluate(DRAWN)
        heights = page.evaluate(
            "[...document.querySelectorAll('iframe')].map(one => "
            "[one.clientHeight, one.contentDocument.documentElement.scrollHeight, one.contentDocument.body.offsetHeight])"
        )
        assert all(len(set(each)) == 1 for each in heights) and heights[0][0] > heights[1][0]


@pytest.mark.costly
def test_no_violations_of_accessibility(browser, tmp_path):
    page = browser.new_context(reduced_motion="reduce").new_page()
    for widget in (window.show(IMAGE, KERNEL, padding=(1, 2), padding_value=-2.5), window.show_pool(IMAGE[None], 3, 1)):
        (tmp_path / "widget.html").write_text(widget.content)
        page.goto((tmp_path / "widget.html").as_uri())
        page.evaluate("new Promise(done => setTimeout(done))")
        assert_accessible(page, 900, 375)
        assert page.evaluate("document.documentElement.scrollWidth") == 375
    page.context.close()


@pytest.mark.parametrize(
    "call, sentence",
    [
        (lambda: window.show("image", KERNEL), "the image must be an array of numbers with 2 axes"),
        (lambda: window.show(IMAGE[0], KERNEL), "the image must be an array of numbers with 2 axes"),
        (lambda: window.show(IMAGE, np.empty((0, 2))), "the kernel must be an array of numbers with 2 axes"),
        (lambda: window.show(IMAGE, np.stack([KERNEL, KERNEL])), "the image has 1 channels, but the kernel has 2"),
        (lambda: window.show(IMAGE, np.ones((5, 1))), "a window of 5x1 does not fit into an image of 4x4"),
        (lambda: window.show(IMAGE, KERNEL, stride=0), "stride must be an int or a pair .* 1 or more, but is 0"),
        (lambda: window.show(IMAGE, KERNEL, padding=(1, -1)), "padding must be an int or a pair .* 0 or more, but is"),
        (lambda: window.show(IMAGE, KERNEL, padding=1.5), "padding must be an int or a pair"),
        (lambda: window.show(IMAGE, KERNEL, padding=6), "at most 14 rows and columns with its padding"),
        (lambda: window.show(np.ones((15, 2)), KERNEL), "take a part of it, such as"),
        (lambda: window.show(IMAGE * np.nan, KERNEL), "all numbers must be finite"),
        (lambda: window.show_pool(IMAGE, mode="sum"), "mode must be one of max, min, average, median, but is 'sum'"),
        (lambda: window.show_pool(IMAGE, size=(5, 1)), "a window of 5x1 does not fit"),
        (lambda: window.show_pool(np.ones((9, 2, 2))), "8 channels"),
        (lambda: window.failed("no/such/page.html"), "python check.pyz --page no/such/page.html"),
    ],
)
def test_what_cannot_be_shown_gets_a_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_where_no_html_is_shown_a_line_says_what_it_is():
    assert repr(window.show(IMAGE, KERNEL, stride=(1, 2))) == "A 2x2 kernel, stride (1, 2), padding 0 (a notebook shows it)"


def test_numbers_become_json():
    data = window.Sliding([[[-0.0, 2.5]]], expected=[[np.inf, np.float32(2)]], wrong=np.array([[True]])).data()
    assert (data["images"], data["expected"], data["wrong"]) == ([[[0, 2.5]]], [["inf", 2]], [[True]])
