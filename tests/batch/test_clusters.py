"""Clusters of copies: nothing that is similar gets lost, and no number of copies hides two others."""

import re
from functools import cache
from itertools import combinations
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from batch.clusters import FEWEST, NEAR, grouped
from batch.records import HandedIn, Student
from batch.similarity import Match, Pair, Work
from batch.similarity_page import MOST_COMPARISONS, MOST_PAIRS, render
from batch.tokens import parse


def handed_in(key):
    return HandedIn(key, (Student(key.title(), f"{key}@uni.example"),), "", Path("nowhere"))


@cache
def work(text):
    source = parse(text)
    return Work(source, source.pieces({}), frozenset())


def pair(first, second, similarity, same=False):
    """Return the pair of those with these keys, which are letters. same: a file of theirs is the same to the letter."""
    one, other = work(f"x = {first!r}\n"), work(f"y = {second!r}\n")
    match = Match("convolution.py", similarity, one, one if same else other)
    return Pair(tuple(map(handed_in, first)), tuple(map(handed_in, second)), similarity, (match,))


def keys(*sides):
    return {one.key for side in sides for one in side}


def everybody(pair):
    return keys(pair.first, pair.second)


@st.composite
def similar(draw):
    """Draw contents with one holder or two, and some pairs of them, the most similar first."""
    letters = draw(st.permutations("abcdefghijklmnop"))
    sizes = draw(st.lists(st.integers(1, 2), min_size=2, max_size=8))
    sides = ["".join(letters[2 * place : 2 * place + size]) for place, size in enumerate(sizes)]
    values = st.none() | st.sampled_from([0.6, 0.7, 0.89, 0.9, 0.95, 0.99])
    found = [pair(*two, value) for two in combinations(sides, 2) if (value := draw(values))]
    found += [pair(side[0], side[1:], 1.0, same=True) for side in sides if len(side) > 1]
    return sorted(found, key=lambda pair: (-pair.similarity, pair.first[0].key))


def connected(edges):
    """Return what is connected by sets of keys: the oracle, by joining until nothing changes."""
    groups = [set(edge) for edge in edges]
    for _ in groups:
        for one, other in combinations(groups, 2):
            if one & other:
                one |= other
                other.clear()
    return [group for group in groups if group]


@given(similar())
def test_every_pair_is_within_a_cluster_or_listed_and_none_is_both(pairs):
    clusters, listed = grouped(pairs)
    within = [pair for pair in pairs if any(everybody(pair) <= keys(cluster.members) for cluster in clusters)]
    assert len(within) == sum(cluster.pairs for cluster in clusters)
    assert sorted(map(id, [*within, *listed])) == sorted(map(id, pairs))


@given(similar())
def test_clusters_are_what_near_pairs_connect(pairs):
    edges = [everybody(pair) for pair in pairs if pair.similarity >= NEAR and not pair.is_identical]
    groups = connected(edges)
    sides = {tuple(keys(side)) for pair in pairs for side in (pair.first, pair.second) if not pair.is_identical}
    wanted = [group for group in groups if sum(set(side) <= group for side in sides) >= FEWEST]
    clusters, _ = grouped(pairs)
    assert sorted(map(sorted, wanted)) == sorted(sorted(keys(cluster.members)) for cluster in clusters)


@given(similar())
def test_each_member_of_a_cluster_is_compared_once(pairs):
    known = {frozenset((pair.first, pair.second)): pair.similarity for pair in pairs}
    for cluster in grouped(pairs)[0]:
        assert sorted(pair.second[0].key for pair in cluster.comparisons) == sorted(side[0].key for side in cluster.others)
        for comparison in cluster.comparisons:
            assert known[frozenset((comparison.first, comparison.second))] == comparison.similarity
            if frozenset((cluster.centre, comparison.second)) in known:
                assert comparison.first == cluster.centre


@given(similar())
def test_pairs_that_connect_come_first_and_each_half_is_in_order(pairs):
    clusters, listed = grouped(pairs)
    edges = [keys(cluster.members) for cluster in clusters]
    connects = []
    for pair in listed:
        connects.append(not any(everybody(pair) <= group for group in connected(edges)))
        edges.append(everybody(pair))
    assert connects == sorted(connects, reverse=True)
    for kind in (True, False):
        similarities = [pair.similarity for pair, connecting in zip(listed, connects) if connecting is kind]
        assert similarities == sorted(similarities, reverse=True)


def test_many_copies_hide_no_pair_of_others():
    """16 copies of one submission are 120 pairs, more than a page shows, whether they are nearly the same or not."""
    for value in (1.0, 0.99, 0.7):
        copies = [pair(*two, value) for two in combinations("abcdefghijklmnop", 2)]
        html = render([*copies, pair("y", "z", min(value, 0.95))], "Homework")
        assert len(copies) > MOST_PAIRS and "<bdi>Y</bdi> and <bdi>Z</bdi>" in html
        assert ("1 cluster" in html) == (value >= NEAR)


def test_the_page_names_everybody_in_a_cluster_and_says_what_it_does_not_show():
    many = [f"{letter}" for letter in map(chr, range(0x4E00, 0x4E00 + MOST_COMPARISONS + 5))]
    star = [pair(many[0], other, 0.95) for other in many[1:]]
    html = render(star, "Homework")
    assert all(one in html for one in many)
    assert html.count("<details") == 1 + MOST_COMPARISONS
    assert f"The {MOST_COMPARISONS} most similar are shown." in html
    assert f"{len(many)} submissions</strong> are nearly the same" in html


def test_what_is_left_out_is_counted():
    apart = [pair(chr(0x4E00 + 2 * place), chr(0x4E01 + 2 * place), 0.95) for place in range(MOST_PAIRS + 7)]
    text = " ".join(re.sub("<[^>]+>", "", render(apart, "Homework")).split())
    assert f"{MOST_PAIRS + 7} pairs, of which {MOST_PAIRS} are shown" in text
