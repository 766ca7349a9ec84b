"""similarity.html: clusters of submissions that are nearly the same, then pairs, side by side. It is no verdict."""

from collections.abc import Sequence

from autograder.sandbox.child.lex import MOST_SYMBOLS
from batch.clusters import NEAR, grouped
from batch.html import page
from batch.similarity import Pair
from batch.tokens import PIECE

MOST_PAIRS = 100  # beside the clusters
MOST_COMPARISONS = 100  # within all clusters together


def render(found: Sequence[Pair], title: str) -> str:
    """Return the page: the clusters, the first pairs that are in none, and how many more there are."""
    clusters, pairs = grouped(found)
    return page(
        "similarity.html.jinja",
        title=title,
        clusters=clusters,
        most=max(MOST_COMPARISONS // max(len(clusters), 1), 1),
        pairs=pairs[:MOST_PAIRS],
        left_out=len(pairs[MOST_PAIRS:]),
        near=NEAR,
        piece=PIECE,
        most_symbols=MOST_SYMBOLS,
    )
