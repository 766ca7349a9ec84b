"""Data sets: found, checked, mapped and fetched, from folders, archives and servers that behave well and badly."""

import dataclasses
import gzip
import hashlib
import io
import os
import pickle
import re
import struct
import tarfile
import tempfile
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder import datasets
from autograder.datasets import DATASETS, batches, drawn, fetch, idx, paths
from autograder.datasets import download as downloading
from autograder.datasets.arrays import layout as arrays_layout
from autograder.datasets.registry import DataSet, Remote
from common.errors import UserError

BATCHES = ("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch")
ARRAYS = {"train_images.npy", "train_labels.npy", "test_images.npy", "test_labels.npy"}
NAMED = Path(os.environ.get("CONVGRADE_DATA", "."))
REAL_CIFAR10, REAL_MNIST = NAMED / "cifar-10-batches-py", NAMED / "MNIST" / "raw"
CIFAR10_IS_HERE = pytest.mark.skipif(not REAL_CIFAR10.is_dir(), reason="the official batches of CIFAR-10 are not here")
MNIST_IS_HERE = pytest.mark.skipif(not REAL_MNIST.is_dir(), reason="the idx files of MNIST are not here")


# A small data set that is laid out like CIFAR-10: 20 images in each batch.


def batch(images, labels):
    """A batch as the official ones are laid out: labels first, then the images as one string of Python 2."""
    listed = b"".join(b"K" + bytes([label]) for label in labels)
    pixels = images.tobytes()
    return (
        b"\x80\x02}(U\x06labels](" + listed + b"eU\x04dataT" + struct.pack("<i", len(pixels)) + pixels + b"u."
    )  # protocol 2


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def saved(array):
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Let a small data set stand for CIFAR-10, and an empty folder be the working folder, with no data named."""
    monkeypatch.delenv("CONVGRADE_DATA", raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(batches, "IMAGES", 20)
    made = Small()
    monkeypatch.setitem(DATASETS, "cifar10", made.data)
    return made


class Small:
    """Its images and labels, batches, archive, and the data set with their checksums."""

    def __init__(self):
        images, labels = drawn.draw(120, seed=5)
        self.train, self.test = (images[:100], labels[:100]), (images[100:], labels[100:])
        self.batches = {
            name: batch(images[start : start + 20], labels[start : start + 20])
            for name, start in zip(BATCHES, range(0, 120, 20))
        }
        self.archive = self._archive()
        self.arrays = dict(
            zip(("train_images.npy", "train_labels.npy", "test_images.npy", "test_labels.npy"),
                map(saved, (*self.train, *self.test)))
        )  # fmt: skip
        self.data = DataSet(
            "cifar10",
            "CIFAR-10",
            arrays_layout("cifar10", {name: sha256(content) for name, content in self.arrays.items()}),
            batches.layout({name: sha256(content) for name, content in self.batches.items()}),
            (Remote("cifar-10-python.tar.gz", len(self.archive), sha256(self.archive), ()),),
        )

    def _archive(self):
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w:gz") as archive:
            for name in ("readme.html", *BATCHES):
                member = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
                content = self.batches.get(name, b"read me")
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        return stream.getvalue()

    def offered_at(self, monkeypatch, *urls):
        remotes = tuple(dataclasses.replace(remote, urls=urls) for remote in self.data.remotes)
        monkeypatch.setitem(DATASETS, "cifar10", dataclasses.replace(self.data, remotes=remotes))

    def lay_out(self, folder, files=None):
        folder.mkdir(parents=True)
        for name, content in (files or self.batches).items():
            (folder / name).write_bytes(content)
        return folder

    def is_in(self, folder):
        """Tell whether a folder holds exactly the arrays, as another program reads them."""
        assert {path.name for path in folder.iterdir()} == ARRAYS
        for split, (images, labels) in (("train", self.train), ("test", self.test)):
            np.testing.assert_array_equal(np.load(folder / f"{split}_images.npy", allow_pickle=False), images)
            np.testing.assert_array_equal(np.load(folder / f"{split}_labels.npy", allow_pickle=False), labels)
        return True


# Finding and loading


def test_loaded_images_are_those_of_the_batches_mapped_and_read_only(small):
    small.lay_out(Path("cifar-10-batches-py"))
    images, labels = datasets.find("cifar10").load("test")
    assert (images == small.test[0]).all() and (labels == small.test[1]).all()
    assert isinstance(images, np.memmap) and not images.flags.writeable
    images, labels = datasets.find("cifar10", "train").load("train")
    assert (images == small.train[0]).all() and (labels == small.train[1]).all()


def test_arrays_are_mapped_and_read_only(small):
    small.lay_out(Path("cifar10"), small.arrays)
    for split, expected in (("train", small.train), ("test", small.test)):
        images, labels = datasets.find("cifar10", split).load(split)
        assert (images == expected[0]).all() and (labels == expected[1]).all()
        assert isinstance(images, np.memmap) and not images.flags.writeable
        assert images.dtype == labels.dtype == np.uint8


def test_the_named_place_comes_first_and_arrays_before_batches(small, tmp_path, monkeypatch):
    assert datasets.find("cifar10") is None
    at_work = small.lay_out(Path("cifar10").resolve(), small.arrays)
    assert datasets.find("cifar10").folder == at_work
    batches_there = small.lay_out(tmp_path / "there" / "cifar-10-batches-py")
    monkeypatch.setenv("CONVGRADE_DATA", str(tmp_path / "there"))
    assert datasets.find("cifar10").folder == batches_there
    arrays_there = small.lay_out(tmp_path / "there" / "cifar10", small.arrays)
    assert datasets.find("cifar10").folder == arrays_there


def test_test_images_alone_are_enough_to_test(small, tmp_path, monkeypatch):
    """As on Gradescope; training images from another place are found nevertheless."""
    alone = small.lay_out(
        tmp_path / "there" / "cifar10", {name: small.arrays[name] for name in ("test_images.npy", "test_labels.npy")}
    )
    monkeypatch.setenv("CONVGRADE_DATA", str(tmp_path / "there"))
    stored = datasets.find("cifar10")
    assert stored.folder == alone and stored.has("test") and not stored.has("train")
    assert (stored.load("test")[0] == small.test[0]).all()
    assert datasets.find("cifar10", "train") is None
    with pytest.raises(UserError, match=r"train_images\.npy is missing"):
        stored.load("train")
    small.lay_out(Path("cifar-10-batches-py"))
    assert datasets.find("cifar10", "train").folder == Path("cifar-10-batches-py").resolve()


def one_byte_less(content):
    return content[:-1]


def one_byte_more(content):
    return content + b"\0"


def one_bit_flipped(content):
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize("spoil", [one_byte_less, one_byte_more, one_bit_flipped, lambda content: b""])
@pytest.mark.parametrize(("folder", "file"), [("cifar10", "test_images.npy"), ("cifar-10-batches-py", "test_batch")])
def test_a_damaged_file_is_not_used(small, spoil, folder, file):
    path = small.lay_out(Path(folder), small.arrays if folder == "cifar10" else None) / file
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(UserError, match=f"{file} is damaged, or not the official file"):
        datasets.find("cifar10").load("test")


def test_a_batch_that_is_not_the_official_one_is_never_opened(small, tmp_path):
    class Evil:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "opened"),))

    small.lay_out(Path("cifar-10-batches-py"), {name: pickle.dumps(Evil()) for name in BATCHES})
    with pytest.raises(UserError, match="data_batch_1 is damaged"):
        datasets.find("cifar10").load("train")
    with pytest.raises(UserError, match="data_batch_1 is damaged"):
        fetch.fetch("cifar10", tmp_path, "cifar-10-batches-py", print, None)
    assert not (tmp_path / "opened").exists()


@pytest.mark.costly
@CIFAR10_IS_HERE
@pytest.mark.parametrize(("split", "names"), [("train", BATCHES[:5]), ("test", BATCHES[5:])])
def test_the_official_cifar10_against_plain_unpickling(split, names):
    opened = [pickle.loads((REAL_CIFAR10 / name).read_bytes(), encoding="latin1") for name in names]
    stored = paths.Stored(DATASETS["cifar10"], DATASETS["cifar10"].official, REAL_CIFAR10)
    images, labels = stored.load(split)
    np.testing.assert_array_equal(images, np.concatenate([each["data"] for each in opened]).reshape(-1, 3, 32, 32))
    assert labels.tolist() == [label for each in opened for label in each["labels"]]
    assert isinstance(images, np.memmap) == (split == "test")


@pytest.mark.costly
@MNIST_IS_HERE
@pytest.mark.parametrize("packed", [True, False])
def test_the_official_mnist_against_another_reading(tmp_path, packed):
    folder = REAL_MNIST if packed else tmp_path
    read = {path.name.removesuffix(".gz"): gzip.decompress(path.read_bytes()) for path in REAL_MNIST.glob("*.gz")}
    if not packed:
        for name, content in read.items():
            (tmp_path / name).write_bytes(content)
    stored = paths.Stored(DATASETS["mnist"], DATASETS["mnist"].official, folder)
    for split, prefix, count in (("train", "train", 60_000), ("test", "t10k", 10_000)):
        images, labels = stored.load(split)
        head = struct.unpack(">4i", read[f"{prefix}-images-idx3-ubyte"][:16])
        assert head == (2051, count, 28, 28) and images.shape == (count, 1, 28, 28)
        assert images.tobytes() == read[f"{prefix}-images-idx3-ubyte"][16:]
        assert labels.tobytes() == read[f"{prefix}-labels-idx1-ubyte"][8:]
        assert isinstance(images, np.memmap) == (not packed) and not images.flags.writeable


@pytest.mark.costly
@pytest.mark.parametrize(
    ("name", "real"),
    [
        pytest.param("cifar10", REAL_CIFAR10, marks=CIFAR10_IS_HERE),
        pytest.param("mnist", REAL_MNIST, marks=MNIST_IS_HERE),
    ],
)
def test_the_arrays_of_the_official_sets_have_the_sums_that_are_known(tmp_path, name, real):
    fetch.fetch(name, tmp_path, str(real), print, None)
    for split in ("train", "test"):
        images = np.load(tmp_path / name / f"{split}_images.npy", mmap_mode="r")
        official, _ = paths.Stored(DATASETS[name], DATASETS[name].official, real).load(split)
        np.testing.assert_array_equal(images, official)


# The idx format


def idx_file(array):
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


@pytest.mark.costly
@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.booleans(), st.data())
def test_an_idx_file_is_read_as_it_was_written_and_only_if_it_is_whole(shape, packed, data):
    array = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    content = idx_file(array)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "images.gz" if packed else "images")

        def read(content):
            path.write_bytes(gzip.compress(content) if packed else content)
            return idx.array(path)

        np.testing.assert_array_equal(read(content), array)
        longer, shorter = content + b"\0", content[: data.draw(st.integers(0, len(content) - 1))]
        not_idx, of_signed_bytes = b"\1" + content[1:], content[:2] + b"\x09" + content[3:]
        for each in (longer, shorter, not_idx, of_signed_bytes):
            with pytest.raises(UserError, match="is not an idx file of bytes, or incomplete"):
                read(each)


def test_a_truncated_gzip_file_is_said(tmp_path):
    (tmp_path / "images.gz").write_bytes(gzip.compress(idx_file(np.zeros((5, 5), np.uint8)))[:-9])
    with pytest.raises(UserError, match=r"images\.gz cannot be read"):
        idx.array(tmp_path / "images.gz")


# Fetching from this machine


def fetched(source=None, out=".", progress=None):
    """Fetch, and return what was said."""
    said = []
    fetch.fetch("cifar10", Path(out), source and str(source), said.append, progress or silent)
    return "\n".join(said)


class Bar:
    def update(self, count):
        pass


@contextmanager
def silent(file, size):
    yield Bar()


def left_over(folder="."):
    """Return what lies in a folder beside the arrays."""
    return {path.name for path in Path(folder).iterdir()} - {"cifar10"}


@pytest.mark.parametrize("form", ["batches", "folder of the batches", "archive", "folder of the archive", "arrays"])
def test_fetch_from_a_path(small, tmp_path, form):
    there = tmp_path / "there"
    if "batches" in form:
        small.lay_out(there / "cifar-10-batches-py")
    elif "archive" in form:
        small.lay_out(there, {"cifar-10-python.tar.gz": small.archive})
    else:
        small.lay_out(there, small.arrays)
    before = {path: path.read_bytes() for path in there.rglob("*") if path.is_file()}
    named = {"batches": there / "cifar-10-batches-py", "archive": there / "cifar-10-python.tar.gz"}.get(form, there)
    fetched(named, out=tmp_path / "out")
    assert small.is_in(tmp_path / "out" / "cifar10") and not left_over(tmp_path / "out")
    assert before == {path: path.read_bytes() for path in there.rglob("*") if path.is_file()}


@pytest.mark.parametrize("form", ["batches", "archive"])
def test_fetch_takes_what_is_here_and_keeps_it(small, form):
    if form == "batches":
        small.lay_out(Path("cifar-10-batches-py"))
    else:
        Path("cifar-10-python.tar.gz").write_bytes(small.archive)
    kept = left_over()
    assert "copied from" in fetched()
    assert small.is_in(Path("cifar10")) and left_over() == kept


def test_fetch_does_nothing_when_all_is_there_and_mends_what_is_damaged(small, tmp_path):
    source = small.lay_out(tmp_path / "there")
    fetched(source)
    times = {path: path.stat().st_mtime_ns for path in Path("cifar10").iterdir()}
    assert "there already, complete and intact" in fetched(tmp_path / "not looked at")
    assert times == {path: path.stat().st_mtime_ns for path in Path("cifar10").iterdir()}
    Path("cifar10", "train_labels.npy").write_bytes(b"damaged")
    Path("cifar10", "test_images.npy").unlink()
    fetched(source)
    assert small.is_in(Path("cifar10"))


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda small, path: None, "does not exist"),
        (lambda small, path: path.mkdir(), "does not hold CIFAR-10"),
        (lambda small, path: path.write_bytes(small.archive[:-100]), "is not the official archive, or incomplete"),
        (lambda small, path: small.lay_out(path, {"test_batch": small.batches["test_batch"]}), "does not hold CIFAR-10"),
        (
            lambda small, path: small.lay_out(path, small.batches | {"data_batch_3": b"damaged"}),
            "data_batch_3 is damaged, or not the official file",
        ),
    ],
    ids=["nothing", "empty folder", "half an archive", "test images only", "one damaged batch"],
)
def test_a_source_that_does_not_hold_it(small, tmp_path, make, sentence):
    make(small, tmp_path / "source")
    with pytest.raises(UserError, match=sentence):
        fetched(tmp_path / "source")
    assert not list(Path().rglob("*.npy")) and not left_over()


def test_a_place_that_cannot_be_written_is_said_and_nothing_else_is_tried(small):
    small.lay_out(Path("cifar-10-batches-py"))
    with pytest.raises(UserError, match=r"cannot write /dev/null/cifar10/train_images\.npy: Not a directory.* with --to"):
        fetched(out="/dev/null")


@pytest.mark.costly
def test_drawn_images_are_written_without_any_source(small):
    fetch.fetch("drawn", Path(), None, print, silent)
    for split, count, seed in (("train", 2_000, 3), ("test", 500, 4)):
        images, labels = drawn.draw(count, seed)
        assert (np.load(f"drawn/{split}_images.npy") == images).all()
        assert (np.load(f"drawn/{split}_labels.npy") == labels).all()
    with pytest.raises(UserError, match="omit --from"):
        fetch.fetch("drawn", Path(), "somewhere", print, silent)


# Fetching from servers


class Server:
    """A web server on this machine whose paths behave as the tests want, and which remembers what it was asked for."""

    def __init__(self, content):
        self.content, self.asked, self.cuts = content, [], 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.answer(self)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def url(self, path):
        return f"http://127.0.0.1:{self.server.server_port}/{path}"

    def answer(self, request):
        how, range_ = request.path.strip("/"), request.headers["Range"]
        self.asked.append((how, range_))
        content = {
            "other": bytes(len(self.content)),
            "short": self.content[:500],
            "page": b"<html>Please log in.</html>",
            "endless": bytes(10 * len(self.content)),
            "cut-other": bytes(len(self.content)),
        }.get(how, self.content)
        start = int(range_.removeprefix("bytes=").removesuffix("-")) if range_ and how != "no-range" else 0
        if how == "gone" or (how == "cut-other" and self.cuts):
            return request.send_error(404, "Not Found")
        if start >= len(content):
            return request.send_error(416, "Range Not Satisfiable")
        request.send_response(206 if start else 200)
        if start:
            sent_from = 0 if how == "another-range" else start
            request.send_header("Content-Range", f"bytes {sent_from}-{len(content) - 1}/{len(content)}")
        if how not in ("endless", "no-length"):
            request.send_header("Content-Length", str(len(content) - start))
        request.end_headers()
        body = content[start:]
        if how == "always-cut" or (how in ("cut", "cut-other", "no-range", "no-length") and not self.cuts):
            self.cuts += 1
            body = body[: len(body) // 3]
        with suppress(ConnectionError):  # of a client that has had enough
            request.wfile.write(body)
        return None

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def server(small):
    server = Server(small.archive)
    yield server
    server.close()


def test_a_download_becomes_arrays_and_leaves_nothing_else(small, server):
    said = fetched(server.url("whole"))
    assert small.is_in(Path("cifar10")) and not left_over()
    assert server.asked == [("whole", None)]
    assert "deleted cifar10.part" in said


@pytest.mark.parametrize("how", ["cut", "no-range", "no-length"])
def test_a_cut_connection_is_taken_up_again(small, server, how):
    fetched(server.url(how))
    assert small.is_in(Path("cifar10"))
    assert server.asked == [(how, None), (how, f"bytes={len(small.archive) // 3}-")]


def test_a_connection_that_is_always_cut_is_given_up_and_another_source_continues(small, server, monkeypatch):
    small.offered_at(monkeypatch, server.url("always-cut"), server.url("whole"))
    said = fetched()
    assert small.is_in(Path("cifar10"))
    assert "the connection was cut 5 times" in said
    (*first, last) = server.asked
    assert [how for how, _ in first] == ["always-cut"] * 5
    starts = [int(range_.strip("bytes=-")) for _, range_ in server.asked[1:]]
    assert starts == sorted(starts) and last[0] == "whole" and starts[-1] > len(small.archive) // 2


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("gone", "404 Not Found"),
        ("other", "its file is not the official one"),
        ("endless", "its file is not the official one"),
        ("short", "its file is not as large as"),
        ("page", "its file is not as large as"),
    ],
)
def test_a_source_without_the_file_is_left_out(small, server, monkeypatch, how, reason):
    small.offered_at(monkeypatch, server.url(how), server.url("whole"))
    said = fetched()
    assert f"skipped 127.0.0.1:{server.server.server_port}: {reason}" in said
    assert small.is_in(Path("cifar10"))
    assert server.asked == [(how, None), ("whole", None)]


@pytest.mark.parametrize(
    ("how", "reason"), [("short", "416"), ("page", "416"), ("another-range", "the wrong part of the file")]
)
def test_what_has_come_is_kept_when_a_source_cannot_continue_it(small, server, monkeypatch, how, reason):
    small.lay_out(Path("cifar10.part"), {"cifar-10-python.tar.gz": small.archive[:700]})
    small.offered_at(monkeypatch, server.url(how), server.url("whole"))
    assert reason in fetched()
    assert small.is_in(Path("cifar10"))
    assert server.asked == [(how, "bytes=700-"), ("whole", "bytes=700-")]


def test_wrong_bytes_of_one_source_do_not_spoil_another(small, server, monkeypatch):
    """The first source gives a third of another file and is gone: the second one continues that, and then starts anew."""
    small.offered_at(monkeypatch, server.url("cut-other"), server.url("whole"))
    fetched()
    assert small.is_in(Path("cifar10"))
    third = f"bytes={len(small.archive) // 3}-"
    assert server.asked == [("cut-other", None), ("cut-other", third), ("whole", third), ("whole", None)]


@pytest.mark.parametrize("more", [0, 1, 5_000], ids=["complete", "a byte too long", "far too long"])
@pytest.mark.parametrize("right", [True, False])
def test_what_an_earlier_run_has_left_whole(small, server, more, right):
    left = (small.archive if right else bytes(len(small.archive))) + bytes(more)
    small.lay_out(Path("cifar10.part"), {"cifar-10-python.tar.gz": left})
    fetched(server.url("whole"))
    assert small.is_in(Path("cifar10")) and not left_over()
    assert server.asked == ([] if right and not more else [("whole", None)])


def test_stopping_a_download_keeps_what_has_come(small, server, monkeypatch):
    monkeypatch.setattr(downloading, "CHUNK", 1_000)

    class Stops(Bar):
        def update(self, count):
            raise KeyboardInterrupt

    @contextmanager
    def stopping(file, size):
        yield Stops()

    with pytest.raises(KeyboardInterrupt):
        fetched(server.url("whole"), progress=stopping)
    assert datasets.find("cifar10") is None
    assert Path("cifar10.part", "cifar-10-python.tar.gz").read_bytes() == small.archive[:1_000]
    fetched(server.url("whole"))
    assert small.is_in(Path("cifar10")) and not left_over()
    assert server.asked == [("whole", None), ("whole", "bytes=1000-")]


def test_stopping_while_arrays_are_written_leaves_nothing_that_looks_complete(small, server, monkeypatch):
    original = fetch.arrays.npy

    def stopping(arrays):
        parts = original(arrays)
        yield next(parts)
        if len(arrays[0]) == 20 and arrays[0].ndim == 4 and len(arrays) == 1:  # test_images.npy
            raise KeyboardInterrupt
        yield from parts

    monkeypatch.setattr(fetch.arrays, "npy", stopping)
    with pytest.raises(KeyboardInterrupt):
        fetched(server.url("whole"))
    assert datasets.find("cifar10", "test") is None
    assert {path.name for path in Path("cifar10").iterdir()} == {"train_images.npy", "train_labels.npy"}
    monkeypatch.setattr(fetch.arrays, "npy", original)
    fetched(server.url("whole"))
    assert small.is_in(Path("cifar10")) and not left_over()
    assert len(server.asked) == 1  # the archive had come already


class Told:
    """A progress bar that remembers what it was told."""

    def __init__(self):
        self.lengths, self.moved = [], 0

    @contextmanager
    def __call__(self, file, size):
        self.lengths.append((file, size))
        yield self

    def update(self, count):
        self.moved += count


def test_the_bar_is_told_what_is_still_to_come(small, server):
    small.lay_out(Path("cifar10.part"), {"cifar-10-python.tar.gz": small.archive[:700]})
    told, left = Told(), len(small.archive) - 700
    fetched(server.url("whole"), progress=told)
    assert told.lengths == [("cifar-10-python.tar.gz", left)] and told.moved == left


def test_no_more_is_taken_from_a_source_than_the_file_is_long(small, server):
    told = Told()
    with pytest.raises(UserError, match="its file is not the official one"):
        fetched(server.url("endless"), progress=told)
    assert told.moved == len(small.archive)


def test_a_damaged_archive_here_is_passed_over(small, server, monkeypatch):
    small.offered_at(monkeypatch, server.url("whole"))
    Path("cifar-10-python.tar.gz").write_bytes(b"half")
    assert re.search(r"skipped \S*cifar-10-python\.tar\.gz: ", fetched())
    assert small.is_in(Path("cifar10")) and left_over() == {"cifar-10-python.tar.gz"}


def test_offline_the_message_says_what_to_put_where_and_that_is_so(small, server, monkeypatch, tmp_path):
    small.offered_at(monkeypatch, server.url("gone"), "http://127.0.0.1:9/refused")
    out = tmp_path / "out"
    with pytest.raises(UserError) as caught:
        fetched(out=out)
    message = str(caught.value)
    assert "404 Not Found" in message and "Connection refused" in message and "--from" in message
    assert f"{len(small.archive):,} bytes, SHA-256 {sha256(small.archive)}" in message
    assert not list(out.glob("*"))
    (path,) = [line.strip() for line in message.splitlines() if line.strip().startswith(str(tmp_path))]
    out.mkdir()
    Path(path).write_bytes(small.archive)
    fetched(out=out)
    assert small.is_in(out / "cifar10")


@pytest.mark.costly
@MNIST_IS_HERE
@pytest.mark.parametrize("named", [REAL_MNIST, REAL_MNIST.parent, REAL_MNIST.parent.parent], ids=lambda path: path.name)
def test_mnist_is_found_as_torchvision_lays_it_out(tmp_path, named):
    fetch.fetch("mnist", tmp_path, str(named), print, None)
    assert {path.name for path in (tmp_path / "mnist").iterdir()} == ARRAYS


@pytest.mark.costly
@MNIST_IS_HERE
def test_files_that_come_one_by_one(small, monkeypatch):
    """MNIST's four files, from a folder on a server."""
    mnist = Server(b"")
    files = {path.name: path.read_bytes() for path in REAL_MNIST.iterdir()}

    def answer(request):
        mnist.asked.append(request.path)
        content = files[Path(request.path).name]
        request.send_response(200)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    monkeypatch.setattr(mnist, "answer", answer)
    try:
        fetch.fetch("mnist", Path(), mnist.url("mnist/"), print, silent)
    finally:
        mnist.close()
    assert sorted(mnist.asked) == [f"/mnist/{name}" for name in sorted(files)]
    assert datasets.find("mnist", "train").load("train")[0].shape == (60_000, 1, 28, 28)
    assert {path.name for path in Path().iterdir()} == {"mnist"}


# Drawn images


@pytest.mark.parametrize(("draw", "shape"), [(drawn.draw, (3, 32, 32)), (drawn.digits, (1, 28, 28))])
def test_drawn_images_are_reproducible_and_balanced(draw, shape):
    images, labels = draw(200, seed=7)
    again = draw(200, seed=7)
    assert (images == again[0]).all() and (labels == again[1]).all()
    assert np.bincount(labels).tolist() == [20] * 10
    assert images.shape == (200, *shape) and images.dtype == np.uint8
    assert (images != draw(200, seed=8)[0]).any()
    assert draw(0, seed=7)[0].shape == (0, *shape)


def test_drawn_digits_look_like_mnist():
    """The ink of each lies well within the image, and digits of one kind differ as those of people do."""
    images, labels = drawn.digits(1_000, seed=7)
    edge = np.ones((28, 28), bool)
    edge[1:-1, 1:-1] = False
    assert images[:, 0, edge].mean() < 4  # noise alone
    assert 15 < images.mean() < 50  # MNIST: 33
    flat = images.reshape(len(images), -1).astype(float)
    for digit in range(10):
        alike = np.corrcoef(flat[labels == digit])
        assert alike[np.triu_indices(100, 1)].max() < 0.99


def test_drawn_images_are_no_gift():
    """A nearest-neighbour rule on raw pixels fails, so a network has to learn shapes."""
    images, labels = drawn.draw(1_400, seed=7)
    flat = images.reshape(len(images), -1).astype(np.float32)
    train, test = flat[:1_000], flat[1_000:]
    distances = (test**2).sum(1)[:, None] - 2 * test @ train.T + (train**2).sum(1)
    assert (labels[distances.argmin(1)] == labels[1_000:])[:].mean() < 0.45
