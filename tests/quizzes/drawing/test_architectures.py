"""Pictures of networks tell what they show, and only that."""

from quizzes.drawing.architectures import feature_maps

LAYERS = [
    {"type": "conv", "out_channels": 6, "kernel_size": 5, "stride": 2},
    {"type": "pool", "size": 2},
    {"type": "flatten"},
    {"type": "dense", "units": 10},
]


def test_sizes_that_are_asked_for_stand_neither_in_the_picture_nor_in_its_words():
    shown, hidden = (feature_maps((3, 43, 57), LAYERS, hidden=hidden) for hidden in (False, True))
    for size, told in (("6 × 20 × 27", "6 by 20 by 27"), ("6 × 10 × 13", "6 by 10 by 13"), ("780", "780")):
        assert size in shown.svg and told in shown.alt
        assert size not in hidden.svg and told not in hidden.alt
    for picture in (shown, hidden):
        assert "3 × 43 × 57" in picture.svg and "3 by 43 by 57" in picture.alt
        assert "conv 1 (6 of 5 by 5, stride 2)" in picture.alt and "dense 1 (10 units)" in picture.alt
