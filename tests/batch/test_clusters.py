"""Clusters of copies: nothing that is similar gets lost, and no number of copies hides two others."""

import re
from functools import cache
from itertools import combinations
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from batch.models import HandedIn, Student
from batch.similarity.clusters import FEWEST, grouped
from batch.similarity.page import MOST_IN_CLUSTERS, MOST_PAIRS, render
from batch.similarity.search import Match, Pair, Work
from batch.similarity.tokens import parse


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


def compared(pairs):
    return [pair for pair in pairs if not pair.is_identical]


@given(similar())
def test_every_pair_is_within_a_cluster_or_listed_and_none_is_both(pairs):
    clusters, apart = grouped(pairs)
    within = [pair for pair in pairs if any(everybody(pair) <= keys(cluster.members) for cluster in clusters)]
    assert len(within) == sum(cluster.similar for cluster in clusters)
    assert sorted(map(id, [*within, *apart])) == sorted(map(id, pairs))
    assert [pair.similarity for pair in apart] == sorted((pair.similarity for pair in apart), reverse=True)


@given(similar())
def test_clusters_are_what_pairs_connect(pairs):
    sides = {frozenset(keys(side)) for pair in compared(pairs) for side in (pair.first, pair.second)}
    groups = connected(map(everybody, compared(pairs)))
    wanted = [group for group in groups if sum(side <= group for side in sides) >= FEWEST]
    clusters, _ = grouped(pairs)
    assert sorted(map(sorted, wanted)) == sorted(sorted(keys(cluster.members)) for cluster in clusters)


@given(similar())
def test_a_cluster_shows_a_pair_for_each_member_but_one_and_the_most_similar_of_each(pairs):
    for cluster in grouped(pairs)[0]:
        inside = [pair for pair in compared(pairs) if everybody(pair) <= keys(cluster.members)]
        sides = {side for pair in inside for side in (pair.first, pair.second)}
        assert len(cluster.pairs) == len(sides) - 1 and set(map(id, cluster.pairs)) <= set(map(id, inside))
        assert connected(map(everybody, cluster.pairs)) == [keys(cluster.members)]
        for side in sides:
            best, shown = (
                max(pair.similarity for pair in some if side in (pair.first, pair.second))
                for some in (inside, cluster.pairs)
            )
            assert best == shown


def test_many_copies_hide_no_pair_of_others():
    """16 copies of one submission are 120 pairs, more than a page shows."""
    for value in (1.0, 0.7):
        copies = [pair(*two, value) for two in combinations("abcdefghijklmnop", 2)]
        html = render([*copies, pair("y", "z", value)], "Homework")
        assert len(copies) > MOST_PAIRS and "<bdi>Y</bdi> and <bdi>Z</bdi>" in html
        text = " ".join(re.sub("<[^>]+>", "", html).split())
        assert "16 submissions" in text and "120 pairs of them are similar" in text and "1 pair." in text


def test_the_page_names_everybody_in_a_cluster_and_all_that_it_compares():
    many = [chr(0x4E00 + place) for place in range(MOST_IN_CLUSTERS + 5)]
    html = render([pair(many[0], other, 0.95) for other in many[1:]], "Homework")
    assert f"{len(many)} submissions</strong>" in html and ", ".join(many) in html
    assert html.count("<details") == 1 + MOST_IN_CLUSTERS
    assert html.count("<li>") == 4


def test_what_is_left_out_is_counted():
    apart = [pair(chr(0x4E00 + 2 * place), chr(0x4E01 + 2 * place), 0.95) for place in range(MOST_PAIRS + 7)]
    text = " ".join(re.sub("<[^>]+>", "", render(apart, "Homework")).split())
    assert f"{MOST_PAIRS + 7} pairs, of which the {MOST_PAIRS} most similar are shown" in text
