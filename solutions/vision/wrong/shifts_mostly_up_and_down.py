"""augmentation.py shifted
3.2 3.4: wrong
says: equally likely
"""

from right_augmentation import *


def shifted(images, most, random):
    framed = np.pad(images, ((0, 0), (0, 0), (most, most), (most, most)))
    height, width = images.shape[2:]
    rows = random.integers(-most, most + 1, len(images))
    columns = random.integers(-most, most + 1, len(images)) * (random.random(len(images)) < 0.75)
    return np.stack(
        [image[:, most + r : most + r + height, most + c : most + c + width] for image, r, c in zip(framed, rows, columns)]
    )
