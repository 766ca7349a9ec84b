"""Groups of submissions that resemble each other: however many copies there are of one, they hide nobody else.

The more have a piece, the less it counts: 16 copies of one program may be only 70 % similar. So a cluster is whatever pairs
connect; of its pairs those are shown that connect it, the most similar first (Kruskal's tree).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from batch.records import HandedIn
from batch.similarity.search import Pair

FEWEST = 3  # different submissions in a cluster; two are a pair


@dataclass(frozen=True)
class Cluster:
    """Submissions of which each resembles some other one.

    members: by their keys. pairs: one for each member but one, among them each member's most similar; the most similar
    first. similar: how many pairs there are among the members in all.
    """

    members: tuple[HandedIn, ...]
    pairs: tuple[Pair, ...]
    similar: int


def grouped(pairs: Sequence[Pair]) -> tuple[list[Cluster], list[Pair]]:
    """Return the clusters, the largest first, and the pairs that are not within one of them.

    pairs: the most similar first, as `search.pairs` returns them; both come back in this order.
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
    """What is connected, by any number of steps."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def root(self, key: str) -> str:
        """Return what stands for all that is connected with a key."""
        while (above := self._above.get(key, key)) != key:
            self._above[key] = key = self._above.get(above, above)
        return key

    def join(self, keys: Iterable[str]) -> bool:
        """Connect keys, and return whether some were not yet connected."""
        first, *others = dict.fromkeys(map(self.root, keys))
        self._above |= dict.fromkeys(others, first)
        return bool(others)
