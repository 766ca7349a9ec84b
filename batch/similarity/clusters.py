"""Clusters of submissions that resemble each other, so that many copies of one do not hide other pairs.

The more submissions share a piece, the less it counts: 16 copies of one program may be only 70 % similar. So a cluster is
everything that pairs connect. Of its pairs, those that connect it are shown, the most similar first (Kruskal's tree).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from batch.models import HandedIn
from batch.similarity.search import Pair

FEWEST = 3  # different submissions in a cluster; two are a pair


@dataclass(frozen=True)
class Cluster:
    """Submissions that each resemble at least one other.

    members: sorted by key. pairs: a spanning tree of the members, the most similar pairs first; it includes each member's
    most similar pair. similar: the number of all similar pairs among the members.
    """

    members: tuple[HandedIn, ...]
    pairs: tuple[Pair, ...]
    similar: int


def grouped(pairs: Sequence[Pair]) -> tuple[list[Cluster], list[Pair]]:
    """Return the clusters, largest first, and the pairs that are not within a cluster.

    pairs: the most similar first, as `search.pairs` returns them. The order of pairs is kept.
    """
    groups = _Groups()
    trees: dict[str, list[Pair]] = defaultdict(list)
    for pair in [pair for pair in pairs if not pair.is_identical and groups.join(_keys(pair))]:
        trees[groups.root(pair.first[0].key)].append(pair)
    within: dict[str, int] = {root: 0 for root, tree in trees.items() if len(tree) + 1 >= FEWEST}
    apart = []
    for pair in pairs:
        root, *others = {groups.root(key) for key in _keys(pair)}
        if root in within and not others:
            within[root] += 1
        else:
            apart.append(pair)
    clusters = [Cluster(_members(trees[root]), tuple(trees[root]), similar) for root, similar in within.items()]
    return sorted(clusters, key=lambda cluster: -len(cluster.members)), apart


def _members(pairs: Iterable[Pair]) -> tuple[HandedIn, ...]:
    members = {one.key: one for pair in pairs for one in (*pair.first, *pair.second)}
    return tuple(one for _, one in sorted(members.items()))


def _keys(pair: Pair) -> list[str]:
    return [one.key for one in (*pair.first, *pair.second)]


class _Groups:
    """Connected components (union-find)."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def root(self, key: str) -> str:
        """Return the representative of a key's component."""
        while (above := self._above.get(key, key)) != key:
            self._above[key] = key = self._above.get(above, above)
        return key

    def join(self, keys: Iterable[str]) -> bool:
        """Connect keys, and return whether some were not connected before."""
        first, *others = dict.fromkeys(map(self.root, keys))
        self._above |= dict.fromkeys(others, first)
        return bool(others)
