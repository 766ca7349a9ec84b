"""A window that slides over an image: at each position its numbers and their output, in a page or a notebook."""

from common.window.notebook import Widget, failed, show, show_pool
from common.window.sliding import LARGEST_SIDE, POOLS, Sliding, embedded, page, script, style

__all__ = [
    "LARGEST_SIDE",
    "POOLS",
    "Sliding",
    "Widget",
    "embedded",
    "failed",
    "page",
    "script",
    "show",
    "show_pool",
    "style",
]
