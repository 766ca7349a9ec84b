"""similarity.html: clusters of similar submissions, then pairs, side by side. It is not a verdict."""

from collections.abc import Sequence

from autograder.sandbox.child.lex import MOST_SYMBOLS
from batch.pages.html import page
from batch.similarity.clusters import grouped
from batch.similarity.search import Pair
from batch.similarity.tokens import PIECE

MOST_PAIRS = 100  # outside of clusters
MOST_IN_CLUSTERS, FEWEST = 100, 5  # pairs with code: in all clusters together, and at least in each


def render(found: Sequence[Pair], title: str) -> str:
    """Return the page: the clusters, the most similar other pairs, and the number of further ones."""
    clusters, pairs = grouped(found)
    return page(
        "similarity.html.jinja",
        title=title,
        clusters=clusters,
        most=max(MOST_IN_CLUSTERS // max(len(clusters), 1), FEWEST),
        pairs=pairs[:MOST_PAIRS],
        left_out=len(pairs[MOST_PAIRS:]),
        piece=PIECE,
        most_symbols=MOST_SYMBOLS,
    )
