"""What layers respond to: from edges to objects, as far as their receptive fields reach, in so many feature maps."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import accumulate, permutations

import kernels
from kernels.network import Layer
from quizzes.question import Choice, Grid, Option, Question, distractors, exact, load, require
from quizzes.rng import Draw
from quizzes.template import template
from quizzes.text.writing import listed, table

TOPIC = "Features of layers"

# The lecture's order: what first layers respond to, and what the layers after them do.
LEVELS: Mapping[str, Sequence[str]] = {
    "edges": ("vertical edges", "horizontal edges", "diagonal edges", "short curved edges"),
    "textures": ("stripes", "grids of tiles", "circles", "corners", "fur", "brick patterns", "feather patterns", "scales"),
    "parts": (
        "striped legs",
        "eyes",
        "wheels",
        "windows",
        "pointed ears",
        "brick walls",
        "wings",
        "fins",
        "beaks",
        "petals",
    ),
    "objects": ("zebras", "cats", "cars", "houses", "bicycles", "parrots", "fish", "buses", "owls", "sunflowers"),
}
# What each is put together from.
MADE_OF: Mapping[str, Sequence[str]] = {
    "stripes": ("vertical edges", "diagonal edges"),
    "grids of tiles": ("vertical edges", "horizontal edges"),
    "circles": ("short curved edges",),
    "corners": ("vertical edges", "horizontal edges"),
    "fur": ("diagonal edges",),
    "brick patterns": ("horizontal edges", "vertical edges"),
    "feather patterns": ("diagonal edges", "short curved edges"),
    "scales": ("short curved edges",),
    "striped legs": ("stripes",),
    "eyes": ("circles",),
    "wheels": ("circles",),
    "windows": ("corners", "grids of tiles"),
    "pointed ears": ("corners", "fur"),
    "brick walls": ("brick patterns",),
    "wings": ("feather patterns",),
    "fins": ("scales", "corners"),
    "beaks": ("corners",),
    "petals": ("stripes", "circles"),
    "zebras": ("striped legs", "eyes"),
    "cats": ("pointed ears", "eyes"),
    "cars": ("wheels", "windows"),
    "houses": ("windows", "brick walls"),
    "bicycles": ("wheels",),
    "parrots": ("wings", "beaks", "eyes"),
    "fish": ("fins", "eyes"),
    "buses": ("windows", "wheels"),
    "owls": ("eyes", "beaks", "wings"),
    "sunflowers": ("petals",),
}

# Patterns, with the sizes in pixels that they may have in an image.
PATTERNS = (
    ("an edge", 2, 5),
    ("a corner", 3, 8),
    ("a spot", 3, 9),
    ("a stripe pattern", 6, 18),
    ("a patch of fur", 8, 24),
    ("a patch of scales", 7, 20),
    ("an eye", 10, 40),
    ("an ear", 16, 60),
    ("a wheel", 18, 80),
    ("a face", 30, 120),
    ("a cat", 40, 300),
    ("a car", 50, 300),
)


@template("From edges to objects", topic=TOPIC, difficulty=1, minutes=1, largest=(10, 60), version=2)
def from_edges_to_objects(draw: Draw) -> Question:
    whole = draw.choice(LEVELS["objects"], "object")
    part = draw.choice(MADE_OF[whole])
    texture = draw.choice(MADE_OF[part])
    edge = draw.choice(MADE_OF[texture])
    patterns = [edge, texture, part, whole]
    places = list(accumulate((draw.between(1, 2), *(draw.between(3, 9) for _ in range(3)))))
    depth = {name: rank for rank, names in enumerate(LEVELS.values()) for name in names}
    options, check = [], []
    for order in permutations(patterns):
        right = sorted(order, key=depth.__getitem__) == list(order)
        text = "; ".join(f"layer {place}: {pattern}" for place, pattern in zip(places, order))
        options.append(_order_option(text, order, patterns, right))
        check.append(all(_steps_from_pixels(near) < _steps_from_pixels(far) for near, far in zip(order, order[1:])))
    return Question(
        stem=f"A network of {places[-1] + draw.between(1, 4)} layers was trained on {draw.between(12, 98) * 10_000} "
        f"photographs. We look at four of its layers: {listed(places)}. Some of their kernels respond to "
        f"{listed(draw.shuffled(patterns))}. Which layer responds to which?",
        key=Choice(tuple(options)),
        check=check,
        steps=[
            f"The first layers see a few pixels: they respond to edges and colours, here to {edge}.",
            f"The next ones combine these into textures and simple shapes: {texture}.",
            f"After them come parts of objects: {part}.",
            f"The last ones see most of the image and respond to whole objects: {whole}.",
        ],
        load=load(4, places),
    )


@template(
    "The first layer that sees a pattern",
    topic=TOPIC,
    difficulty=4,
    minutes=5,
    tells=4,
    operations=(10, 14),
    largest=(20, 130),
    version=2,
)
def first_layer_to_see(draw: Draw) -> Question:
    first, *others = draw.fixable([draw.choice((3, 5, 7)), draw.choice((3, 5)), draw.choice((3, 5))], "kernels", least=1)
    layers: list[Layer] = [{"type": "conv", "kernel_size": first, "stride": draw.between(1, 2, "stride")}]
    for kernel, pool in zip(others, draw.ranges((2, 3), (2, 3), name="pools")):
        layers.append({"type": "pool", "size": pool, "stride": 2})
        layers.append({"type": "conv", "kernel_size": kernel, "stride": 1})
    if draw.choice((False, True)):
        layers.append({"type": "conv", "kernel_size": draw.choice((3, 5)), "stride": 1})
    windows = [(layer.get("kernel_size") or layer["size"], layer["stride"]) for layer in layers]
    require(all(window >= 2 for window, _ in windows), "windows of at least 2")
    fields, step, sums = [1], 1, []
    for window, stride in windows:
        fields.append(fields[-1] + (window - 1) * step)
        sums.append(f"{fields[-2]} + {window - 1} \\cdot {step} = {fields[-1]}")
        step *= stride
    chosen = sorted(draw.sample(range(2, len(layers) + 1), 3))
    sizes = [draw.between(fields[layer - 1] + 1, fields[layer]) for layer in chosen]
    names: list[str] = []
    for size in sizes:
        fitting = [name for name, least, most in PATTERNS if least <= size <= most and name not in names]
        require(bool(fitting), "a pattern that can have this size")
        names.append(draw.choice(fitting))
    order = draw.shuffled(range(3))
    asked = [sizes[place] for place in order]
    return Question(
        stem="A network begins with these layers.\n\n"
        + table(
            ("layer", "kind", "window", "stride"),
            (
                (number, "convolution" if layer["type"] == "conv" else "max pooling", f"{window} × {window}", stride)
                for number, (layer, (window, stride)) in enumerate(zip(layers, windows), start=1)
            ),
        )
        + f"\n\nIn its images, {listed([f'{names[place]} is {sizes[place]} pixels wide' for place in order])}. For each of "
        "them: which is the first layer whose receptive field is at least that wide, and how many pixels wide is that "
        "receptive field? Layers are counted from 1, as in the table.",
        key=Grid(
            exact([(chosen[place], fields[chosen[place]]) for place in order]),
            tuple(names[place] for place in order),
            ("first layer", "receptive field"),
        ),
        check=[_first_looking_back(windows, size) for size in asked],
        wrong=distractors("first_layer_to_see", layers, asked),
        steps=[
            "A window of $k$ makes the receptive field larger by $(k - 1)$ times the step of its layer in the image: the "
            "product of all strides before it.",
            *(f"Layer {number}: ${text}$." for number, text in enumerate(sums, start=1)),
            "For each pattern, the first of these numbers that is at least as large counts.",
        ],
        load=load(2 * len(layers), fields),
    )


@template(
    "Feature maps and the depth of kernels",
    topic=TOPIC,
    difficulty=2,
    minutes=2,
    tells=4,
    operations=(3, 3),
    largest=(12, 99),
    version=2,
    lecture={"channels": 3, "image": 224, "kernels": [64, 128, 256]},
)
def feature_maps(draw: Draw) -> Question:
    channels, size = draw.choice((1, 3, 4), "channels"), draw.fixable(draw.choice((64, 96, 128, 160)), "image", least=1)
    layers: list[Layer] = []
    maps = draw.ranges((4, 28), (16, 48), (28, 68), name="kernels")
    for position, count in enumerate(maps):
        kernel = draw.choice((3, 5, 7))
        layers.append({"type": "conv", "out_channels": count, "kernel_size": kernel, "padding": kernel // 2})
        layers.append({"type": "relu"})
        if position < 2:
            layers.append({"type": "pool", "size": draw.choice((2, 4))})
    require(len(set(maps)) == 3 and max(maps) <= 4096, "three different numbers of kernels, of at most 4096")
    shapes = kernels.trace((channels, size, size), layers)
    rows = [(after[0], before[0]) for layer, before, after in zip(layers, shapes, shapes[1:]) if layer["type"] == "conv"]
    numbers = [number for number, layer in enumerate(layers, start=1) if layer["type"] == "conv"]
    kind = {
        1: "grey images",
        3: "colour images (red, green, blue)",
        4: "images with four channels (red, green, blue, infrared)",
    }
    return Question(
        stem=f"A network gets {kind[channels]} of {size} × {size} pixels.\n\n"
        + table(("layer", "kind"), ((number, _details(layer)) for number, layer in enumerate(layers, start=1)))
        + "\n\nFor each convolution: how many feature maps does it make from one image, and how many channels does each of "
        "its kernels have?",
        key=Grid(exact(rows), tuple(f"layer {number}" for number in numbers), ("feature maps", "channels of a kernel")),
        check=_maps_one_by_one(channels, layers),
        wrong=distractors("feature_maps", channels, layers),
        steps=[
            "Each kernel makes one feature map: it sums over all of its channels.",
            "A kernel is as deep as the input of its layer: the image's channels, or the feature maps before it.",
            "ReLU and pooling do not change the number of feature maps.",
            f"So the kernels of the convolutions have {listed([depth for _, depth in rows])} channels, and the layers make "
            f"{listed([maps for maps, _ in rows])} feature maps.",
        ],
        load=load(3, rows),
    )


def _order_option(text: str, order: Sequence[str], patterns: Sequence[str], right: bool) -> Option:
    if right:
        return Option(text, True, "Right: each is made of what the layers before it respond to.")
    if list(order) == patterns[::-1]:
        return Option(text, False, "The first layers see only a few pixels: no object fits in.", "order turned round")
    names = ("textures before their edges", "parts before their textures", "objects before their parts")
    place = {pattern: layer for layer, pattern in enumerate(order)}
    for small, large, name in zip(patterns, patterns[1:], names):
        if place[large] < place[small]:
            sentence = f"A layer that responds to {large} needs an earlier one that responds to {small}."
            return Option(text, False, sentence, name)
    raise AssertionError("an order in which nothing is out of place is right")


@cache
def _steps_from_pixels(pattern: str) -> int:
    """Return how many times something was put together from something smaller."""
    return 1 + max((_steps_from_pixels(part) for part in MADE_OF.get(pattern, ())), default=0)


def _first_looking_back(windows: Sequence[tuple[int, int]], size: int) -> tuple[int, int]:
    """Return the first layer of which one value covers so many pixels, and how many: walked back to the image."""
    for last in range(1, len(windows) + 1):
        covered = 1
        for window, stride in reversed(windows[:last]):
            covered = (covered - 1) * stride + window
        if covered >= size:
            return last, covered
    raise ValueError("no layer covers it")


def _maps_one_by_one(channels: int, layers: Sequence[Layer]) -> list[tuple[int, int]]:
    """Return the feature maps of each convolution and their kernels' channels, counted kernel by kernel."""
    maps, rows = ["channel"] * channels, []
    for layer in layers:
        if layer["type"] == "conv":
            made = [list(maps) for _ in range(layer["out_channels"])]  # each kernel, with a slice for each map below
            rows.append((len(made), len(made[0])))
            maps = ["sum over a kernel's slices" for _ in made]
    return rows


def _details(layer: Layer) -> str:
    match layer["type"]:
        case "conv":
            size = layer["kernel_size"]
            return f"convolution, {layer['out_channels']} kernels of {size} × {size}, padding {layer['padding']}"
        case "pool":
            return f"{layer['size']} × {layer['size']} max pooling with stride {layer['size']}"
        case _:
            return "ReLU"
