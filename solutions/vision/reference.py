"""The expected answer of each function of the homework, and what students are likely to get wrong."""

import numpy as np

import kernels
import misconceptions
from autograder.authoring import misconception, reference, sums_in_float32

# Part 2: what a network sees.


def _of_responses(images, kernel):
    images, kernel = abs(images), abs(kernel)
    sums = kernels.conv2d(images, kernel[None], backend="numpy")[:, 0]
    return sums_in_float32(kernel.size, sums, images.max() * kernel.sum())


@reference(tolerance=_of_responses, in_float64=True)
def responses(images, kernel, *, backend="numpy"):
    return kernels.conv2d(images, kernel[None], backend=backend)[:, 0]


@reference
def strongest_patches(images, kernel, count):
    return _patches(images, kernel, count)


@reference(in_float64=True)
def picture(kernels, columns, gap=1):
    return _pictured(kernels, columns, gap)


def _found(images, kernel):
    """Return the responses of all images: (N, OH, OW)."""
    return kernels.conv2d(images.astype(float), kernel[None].astype(float), backend="numpy")[:, 0]


def _patches(images, kernel, count, found=None, last=False, per_image=True):
    """Return the patches with the largest of the numbers found, and their places. last: the last of equal ones counts."""
    found = _found(images, kernel) if found is None else found
    places = sorted(
        np.ndindex(found.shape), key=lambda place: (-found[place], *(-axis if last else axis for axis in place))
    )
    if per_image:
        places = [place for number, place in enumerate(places) if place[0] not in [other[0] for other in places[:number]]]
    height, width = kernel.shape[1:]
    patches = [images[image, :, row : row + height, column : column + width] for image, row, column in places[:count]]
    return np.array(patches), np.array(places[:count])


@misconception("responses", says="the kernel is flipped. The lecture's convolution has no flip.")
def kernel_flipped(images, kernel):
    return _found(images, kernel[:, ::-1, ::-1])


@misconception("responses", says="only the first channel is used. A kernel sums over all channels.")
def first_channel_only(images, kernel):
    return _found(images[:, :1], kernel[:1])


@misconception("responses", says="each response is divided by the number of products. It is their sum.")
def mean_for_sum(images, kernel):
    return _found(images, kernel) / kernel.size


@misconception("responses", says="negative responses are set to 0. That is what a ReLU does, which comes later.")
def negatives_cut_off(images, kernel):
    return np.maximum(_found(images, kernel), 0)


@misconception("responses", says="the images are padded. A response needs a whole window.")
def padding_around_the_images(images, kernel):
    around = [(0, 0), (0, 0), *((length // 2, (length - 1) // 2) for length in kernel.shape[1:])]
    return _found(np.pad(images, around), kernel)


@misconception(
    "strongest_patches", says="several patches of one image are returned. Return only the strongest of each image."
)
def several_of_one_image(images, kernel, count):
    return _patches(images, kernel, count, per_image=False)


@misconception("strongest_patches", says="the weakest patches come first.")
def weakest_first(images, kernel, count):
    return _patches(images, kernel, count, -_found(images, kernel))


@misconception(
    "strongest_patches",
    says="signs are ignored. The opposite of a kernel gives a large negative response, not a strong one.",
)
def strongest_of_either_sign(images, kernel, count):
    return _patches(images, kernel, count, abs(_found(images, kernel)))


@misconception("strongest_patches", says="among equal responses, the last one counts. The first one should.")
def last_of_equal_responses(images, kernel, count):
    return _patches(images, kernel, count, last=True)


@misconception("strongest_patches", says="the kernel is flipped.")
def patches_of_a_flipped_kernel(images, kernel, count):
    return _patches(images, kernel, count, _found(images, kernel[:, ::-1, ::-1]))


@misconception("strongest_patches", says="the brightest patches are returned, whatever the kernel is.")
def brightest_patches(images, kernel, count):
    return _patches(images, kernel, count, _found(images, np.ones_like(kernel)))


@misconception("strongest_patches", says="row and column of each place are swapped.")
def places_swapped(images, kernel, count):
    patches, places = _patches(images, kernel, count)
    return patches, places[:, [0, 2, 1]]


@misconception("strongest_patches", says="the patches are in the order of the images. The strongest should come first.")
def images_in_their_own_order(images, kernel, count):
    patches, places = _patches(images, kernel, count)
    order = np.argsort(places[:, 0])
    return patches[order], places[order]


def _pictured(kernels, columns, gap, around=0, levels=None):
    """Return the picture of kernels, built from rows. around: pixels around the whole; levels: of all kernels."""
    count, channels, height, width = kernels.shape
    levels = [_levels(kernel) for kernel in kernels] if levels is None else list(levels)
    levels += [np.zeros((channels, height, width))] * (-count % columns)
    rows = []
    for start in range(0, len(levels), columns):
        row = np.concatenate([np.pad(each, ((0, 0), (0, 0), (0, gap))) for each in levels[start : start + columns]], axis=2)
        rows.append(np.pad(row, ((0, 0), (0, gap), (0, 0))))
    whole = np.concatenate(rows, axis=1)[:, : -gap or None, : -gap or None]
    whole = np.pad(whole, ((0, 0), (around, around), (around, around)))
    return np.moveaxis(whole, 0, 2).astype(np.uint8)


def _levels(weights, axis=None, rounded=np.round):
    low, high = weights.min(axis=axis, keepdims=True), weights.max(axis=axis, keepdims=True)
    with np.errstate(invalid="ignore"):
        return np.where(low == high, 128, rounded((weights - low) / (high - low) * 255))


@misconception("picture", says="all kernels share one scale. Scale each by its own smallest and largest weight.")
def one_scale_for_all_kernels(kernels, columns, gap=1):
    return _pictured(kernels, columns, gap, levels=_levels(kernels))


@misconception(
    "picture", says="each channel is scaled on its own, so a kernel loses its colour. Scale its channels together."
)
def each_channel_scaled(kernels, columns, gap=1):
    return _pictured(kernels, columns, gap, levels=_levels(kernels, axis=(2, 3)))


@misconception("picture", says="gray levels are cut off. Round them to the nearest integer.")
def levels_cut_off(kernels, columns, gap=1):
    return _pictured(kernels, columns, gap, levels=[_levels(kernel, rounded=np.floor) for kernel in kernels])


@misconception("picture", says="there is a gap around the whole picture. It should be between neighbours only.")
def gap_around_the_picture(kernels, columns, gap=1):
    return _pictured(kernels, columns, gap, around=gap)


@misconception(
    "picture", says="kernels are placed column by column. They should be in reading order, left to right, then down."
)
def kernels_go_down(kernels, columns, gap=1):
    rows = -(-len(kernels) // columns)
    levels = [_levels(kernel) for kernel in kernels] + [np.zeros(kernels.shape[1:])] * (-len(kernels) % columns)
    return _pictured(
        kernels, columns, gap, levels=[levels[column * rows + row] for row in range(rows) for column in range(columns)]
    )


@misconception("picture", says="black and white are swapped. The smallest weight becomes 0, the largest 255.")
def negative_of_the_picture(kernels, columns, gap=1):
    return _pictured(kernels, columns, gap, levels=[_levels(-kernel) for kernel in kernels])


@misconception("picture", says="the gap is always one pixel, whatever `gap` is.")
def gap_of_one(kernels, columns, gap=1):
    return _pictured(kernels, columns, 1)


# Part 6: what a network costs.

PASSES, PICOJOULES, JOULES_PER_KWH = 3, 1e12, 3.6e6

multiply_adds = reference(misconceptions=misconceptions.about("multiply_adds"))(kernels.multiply_adds)


@reference
def training_cost(per_image, images, epochs, picojoules, grams_per_kwh):
    return _cost(per_image, images, epochs, picojoules, grams_per_kwh)


def _cost(per_image, images, epochs, picojoules, grams_per_kwh, passes=PASSES, pj=PICOJOULES, per_kwh=JOULES_PER_KWH):
    count = per_image * images * epochs * passes
    return {
        "multiply_adds": count,
        "joules": count * picojoules / pj,
        "kilowatt_hours": count * picojoules / pj / per_kwh,
        "grams": count * picojoules / pj / per_kwh * grams_per_kwh,
    }


@misconception("training_cost", says="the backward pass is forgotten. It costs twice as much as the forward pass.")
def forward_only(*given):
    return _cost(*given, passes=1)


@misconception(
    "training_cost", says="the backward pass is counted once. It counts twice: for the values' gradients, and the weights'."
)
def backward_counted_once(*given):
    return _cost(*given, passes=2)


@misconception("training_cost", says="only one epoch is counted.")
def a_single_epoch(per_image, images, epochs, *conversions):
    return _cost(per_image, images, 1, *conversions)


@misconception("training_cost", says="picojoules are treated as nanojoules. A joule is 10^12 picojoules.")
def nanojoules(*given):
    return _cost(*given, pj=1e9)


@misconception(
    "training_cost",
    says="a kilowatt-hour is converted to 3,600 joules. That is a watt-hour; a kilowatt-hour has 3.6 million.",
)
def watt_hours(*given):
    return _cost(*given, per_kwh=3.6e3)


@misconception(
    "training_cost",
    says="a kilowatt-hour is converted to 1,000 joules. A watt is a joule per second, and an hour has 3,600 seconds.",
)
def hours_forgotten(*given):
    return _cost(*given, per_kwh=1e3)


@misconception("training_cost", says="the result is in kilograms. `grams_per_kwh` is already in grams.")
def kilograms(*given):
    cost = _cost(*given)
    return {**cost, "grams": cost["grams"] / 1000}


@reference
def narrower(input_shape, layers, budget):
    return _narrowed(input_shape, layers, lambda network: _total(input_shape, network) <= budget)


def _total(input_shape, layers):
    return sum(kernels.multiply_adds(input_shape, layers))


def _narrowed(input_shape, layers, fits, scale=lambda width, percent: max(1, width * percent // 100), kept=-1):
    """Return the widest network that fits. scale: of a width; kept: the number of the layer among those with a width."""
    wide = [place for place, layer in enumerate(layers) if layer["type"] in ("conv", "dense")]
    narrow = wide[:kept] if kept else wide
    for percent in range(100, 0, -1):
        network = []
        for place, layer in enumerate(layers):
            name = {"conv": "out_channels", "dense": "units"}.get(layer["type"], "")
            network.append({**layer, name: scale(layer[name], percent)} if place in narrow else dict(layer))
        if fits(network):
            return network
    return None


@misconception("narrower", says="the number of classes is scaled, too. The last dense layer keeps its width.")
def classes_made_fewer(input_shape, layers, budget):
    return _narrowed(input_shape, layers, lambda network: _total(input_shape, network) <= budget, kept=0)


@misconception("narrower", says="widths are rounded to the nearest integer. Round them down.")
def widths_rounded(input_shape, layers, budget):
    return _narrowed(
        input_shape,
        layers,
        lambda network: _total(input_shape, network) <= budget,
        lambda width, percent: max(1, (2 * width * percent + 100) // 200),
    )


@misconception(
    "narrower",
    says="the widths shrink in proportion to the budget. Work depends on the widths of two layers, so it shrinks faster.",
)
def shrunk_like_the_budget(input_shape, layers, budget):
    percent = min(100, 100 * budget // _total(input_shape, layers))
    if not percent:
        raise ValueError("nothing is left of it")
    return _narrowed(input_shape, layers, lambda network: True, lambda width, _: max(1, width * percent // 100))


@misconception("narrower", says="the cost stays below the budget. It may equal the budget.")
def budget_never_met(input_shape, layers, budget):
    return _narrowed(input_shape, layers, lambda network: _total(input_shape, network) < budget)


@misconception("narrower", says="only the dense layers' work is compared with the budget.")
def dense_work_alone(input_shape, layers, budget):
    def work(network):
        counts = zip(network, kernels.multiply_adds(input_shape, network))
        return sum(count for layer, count in counts if layer["type"] == "dense")

    return _narrowed(input_shape, layers, lambda network: work(network) <= budget)


@misconception(
    "narrower",
    says="the number of weights is compared with the budget. A kernel's weights are used at each of its positions.",
)
def weights_held_against_the_budget(input_shape, layers, budget):
    return _narrowed(input_shape, layers, lambda network: kernels.count_network(input_shape, network) <= budget)
