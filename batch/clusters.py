"""Pairs that resemble each other, in an order in which many copies of one submission hide nobody else."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from batch.records import HandedIn
from batch.similarity import Pair

NEAR = 0.9  # the similarity from which on submissions are nearly the same
FEWEST = 3  # different submissions in a cluster; two are a pair

Side = tuple[HandedIn, ...]  # all who handed in the same


@dataclass(frozen=True)
class Cluster:
    """Submissions that are nearly the same, each as some other one of them.

    centre: what resembles the others most; comparisons: of each other side with it, or with its nearest where those two are
    not similar; most similar first. pairs: how many there are among all of them.
    """

    centre: Side
    others: tuple[Side, ...]
    comparisons: tuple[Pair, ...]
    pairs: int

    @property
    def members(self) -> Side:
        """Everybody in it."""
        return tuple(one for side in (self.centre, *self.others) for one in side)


def grouped(pairs: Sequence[Pair]) -> tuple[list[Cluster], list[Pair]]:
    """Return the clusters, the largest first, and all pairs that are not within one of them.

    pairs: the most similar first, as `similarity.pairs` returns them. Of those left, pairs come first that connect what no
    pair before them connects: the others repeat what is known.
    """
    near = _Groups()
    for pair in pairs:
        if pair.similarity >= NEAR and not pair.is_identical:
            near.join(_keys(pair))
    within: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        roots = {near.root(key) for key in _keys(pair)}
        if len(roots) == 1:
            within[roots.pop()].append(pair)
    clusters = [cluster for inside in within.values() if (cluster := _cluster(inside))]
    clusters.sort(key=lambda cluster: (-len(cluster.members), cluster.centre[0].key))
    connected = _Groups()
    placed: dict[str, str] = {}
    for cluster in clusters:
        connected.join([one.key for one in cluster.members])
        placed |= {one.key: cluster.centre[0].key for one in cluster.members}
    new: list[Pair] = []
    known: list[Pair] = []
    for pair in pairs:
        keys = _keys(pair)
        if len({placed.get(key, key) for key in keys}) > 1:
            (new if connected.join(keys) else known).append(pair)
    return clusters, [*new, *known]


def _cluster(inside: Sequence[Pair]) -> Cluster | None:
    """Return the cluster of pairs that are connected; None for fewer than FEWEST different submissions."""
    of: dict[str, list[Pair]] = defaultdict(list)
    sides: dict[str, Side] = {}
    for pair in inside:
        if not pair.is_identical:
            for side in (pair.first, pair.second):
                of[_name(side)].append(pair)
                sides[_name(side)] = side
    if len(sides) < FEWEST:
        return None
    centre = max(of, key=lambda name: (sum(pair.similarity for pair in of[name]), name))
    others = [name for name in sides if name != centre]
    beside_centre = {name: pair for pair in of[centre] for name in (_name(pair.first), _name(pair.second))}
    nearest = {name: beside_centre.get(name, of[name][0]) for name in others}
    comparisons = [pair if _name(pair.second) == name else pair.turned() for name, pair in nearest.items()]
    comparisons.sort(key=lambda pair: -pair.similarity)
    return Cluster(sides[centre], tuple(sides[name] for name in others), tuple(comparisons), len(inside))


def _name(side: Side) -> str:
    return side[0].key


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
