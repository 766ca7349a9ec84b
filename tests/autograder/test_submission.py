"""Taking in folders and zips: what is hostile or unusable gets one sentence, and nothing outside is touched."""

import contextlib
import gzip
import io
import itertools
import os
import shutil
import stat
import struct
import tarfile
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.assignment import find
from autograder.sandbox import intake
from autograder.sandbox.host import Sandbox
from autograder.sandbox.replies import Returned
from autograder.submission import take_in
from autograder.verdicts import Ungradable
from common.errors import UserError


@pytest.fixture
def sandbox():
    with Sandbox() as sandbox:
        yield sandbox


def zipped(tmp_path, members, **options):
    path = tmp_path / "homework.zip"
    with zipfile.ZipFile(path, "w", **options) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def everything_below(path):
    return {found.relative_to(path): found.lstat().st_mtime_ns for found in path.rglob("*")}


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("../evil.py", "would end up outside its folder"),
        ("a/../../evil.py", "would end up outside its folder"),
        ("/tmp/evil.py", "would end up outside its folder"),
        ("..\\evil.py", "would end up outside its folder"),
        ("C:evil.py", "would end up outside its folder"),
    ],
)
def test_names_that_lead_astray(tmp_path, sandbox, name, sentence):
    path = zipped(tmp_path, {"convolution.py": "", name: "evil"})
    before = everything_below(tmp_path)
    with pytest.raises(UserError, match=sentence):
        take_in(path, sandbox)
    assert everything_below(tmp_path) == before


def named(submission):
    """Return the names of the files that were taken in."""
    return {path.relative_to(submission.folder).as_posix() for path in submission.files}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a\nb.py", "its name has characters that not every system can store"),
        ("notes 10:30.txt", "its name has characters that not every system can store"),
        ("Screenshot at 3.14\u202fPM.png", "its name has characters that not every system can store"),
        ("a" * 300 + ".py", "its name is too long"),
        ("\u4f5c" * 100 + ".py", "its name is too long"),
        (60 * "a/" + "b.py", "it is inside more than 50 folders"),
    ],
)
def test_a_member_with_an_odd_name_is_left_out_and_the_others_count(tmp_path, sandbox, name, said):
    submission = take_in(zipped(tmp_path, {"convolution.py": "", name: "odd"}), sandbox)
    assert named(submission) == {"convolution.py"}
    assert submission.remarks == [f"{name[:80]!r} was left out: {said}"]


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_in_a_zip_are_left_out(tmp_path, sandbox, kind):
    member = zipfile.ZipInfo("convolution.py")
    member.external_attr = (kind | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "homework.zip", "w") as archive:
        archive.writestr(member, "/etc/passwd")
        archive.writestr("pooling.py", "x")
    submission = take_in(tmp_path / "homework.zip", sandbox)
    assert named(submission) == {"pooling.py"}
    assert submission.remarks == ["'convolution.py' was left out: it is a link or not an ordinary file"]


@pytest.mark.parametrize(
    ("folder", "taken"),
    [
        ("HW 3: CNNs", "HW 3_ CNNs"),
        ("Homework at 3.14\u202fPM", "Homework at 3.14_PM"),
        ("\u06a9\u0627\u0631\u200c\u0647\u0627", "\u06a9\u0627\u0631_\u0647\u0627"),
        ("\u202egnu", "_gnu"),
        ("a\nb", "a_b"),
    ],
)
def test_a_folder_with_an_odd_name_gets_underscores_and_what_lies_in_it_counts(tmp_path, sandbox, folder, taken):
    submission = take_in(zipped(tmp_path, {f"{folder}/convolution.py": "x"}), sandbox)
    assert (named(submission), submission.remarks) == ({f"{taken}/convolution.py"}, [])


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("\u8ab2\u984c".encode(), "\u8ab2\u984c"),  # as Apple's Archive Utility writes it
        ("\u00dc".encode("cp437"), "\u00dc"),
        ("\u4f5c".encode("gbk"), "\u256b\u2248"),
        (b"\xff\xfe", "_\u25a0"),
    ],
)
def test_names_in_any_encoding_that_is_not_named(tmp_path, sandbox, raw, name):
    path = zipped(tmp_path, {f"{'@' * len(raw)}/convolution.py": "x"})
    path.write_bytes(path.read_bytes().replace(b"@" * len(raw), raw))
    assert named(take_in(path, sandbox)) == {f"{name}/convolution.py"}


@pytest.mark.parametrize("separator", ["\\", "/", "\\/", "//", "/./"])
def test_what_parts_folders(tmp_path, sandbox, separator):
    assert named(take_in(zipped(tmp_path, {f"hw{separator}convolution.py": "x"}), sandbox)) == {"hw/convolution.py"}


def test_a_folder_without_a_slash_is_a_folder(tmp_path, sandbox):
    folder = zipfile.ZipInfo("hw")
    folder.external_attr = (stat.S_IFDIR | 0o755) << 16
    with zipfile.ZipFile(tmp_path / "homework.zip", "w") as archive:
        archive.writestr(folder, "")
        archive.writestr("hw/convolution.py", "x")
    submission = take_in(tmp_path / "homework.zip", sandbox)
    assert (named(submission), submission.remarks) == ({"hw/convolution.py"}, [])


@pytest.mark.parametrize(("method", "said"), [(zipfile.ZIP_BZIP2, "bzip2"), (zipfile.ZIP_LZMA, "LZMA")])
def test_other_packings_are_left_out(tmp_path, sandbox, method, said):
    path = zipped(tmp_path, {"convolution.py": "x"}, compression=method)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("pooling.py", "x", zipfile.ZIP_DEFLATED)
    submission = take_in(path, sandbox)
    assert named(submission) == {"pooling.py"}
    assert submission.remarks == [f"'convolution.py' was left out: it is packed by {said}: make an ordinary zip"]


def test_a_name_that_claims_to_be_utf8_and_is_not(tmp_path, sandbox):
    path = zipped(tmp_path, {"convolution.py": "x", "\u00e4\u00e4.txt": "y"})
    path.write_bytes(path.read_bytes().replace("\u00e4\u00e4.txt".encode(), b"\xe1\xe1\x81\x82.txt"))
    submission = take_in(path, sandbox)
    assert "convolution.py" in named(submission) and len(submission.files) == 2
    for name in named(submission):
        name.encode()


def test_of_a_zip_with_another_one_in_its_comment_the_outer_one_counts(tmp_path, sandbox):
    inner = zipped(tmp_path, {"convolution.py": "inner"}).read_bytes()
    path = zipped(tmp_path, {"convolution.py": "outer"})
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = inner
    assert take_in(path, sandbox).find("convolution.py").read_text() == "outer"


@pytest.mark.parametrize("ending", [".tar.gz", ".tgz", ".tar", ".TAR.GZ"])
def test_tars(tmp_path, sandbox, ending):
    with tarfile.open(tmp_path / f"homework{ending}", "w" if ending == ".tar" else "w:gz") as archive:
        for name, kind in (("hw/convolution.py", tarfile.REGTYPE), ("data", tarfile.SYMTYPE), ("hw", tarfile.DIRTYPE)):
            member = tarfile.TarInfo(name)
            member.type, member.size = kind, 1 if kind == tarfile.REGTYPE else 0
            archive.addfile(member, io.BytesIO(b"x"))
    submission = take_in(tmp_path / f"homework{ending}", sandbox)
    assert named(submission) == {"hw/convolution.py"}
    assert submission.remarks == ["'data' was left out: it is a link or not an ordinary file"]


def test_a_tar_that_leads_out(tmp_path, sandbox):
    with tarfile.open(tmp_path / "homework.tar.gz", "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("../convolution.py"))
    with pytest.raises(UserError, match="would end up outside its folder"):
        take_in(tmp_path / "homework.tar.gz", sandbox)


def test_a_tar_in_a_zip_is_unpacked(tmp_path, sandbox):
    submission = take_in(zipped(tmp_path, {"homework.tar.gz": packed_as("tar.gz")}), sandbox)
    assert (named(submission), submission.remarks) == ({"homework/convolution.py"}, [])


def test_a_single_file_is_a_submission_of_one_file(tmp_path, sandbox):
    (tmp_path / "convolution.ipynb").write_text("{}")
    submission = take_in(tmp_path / "convolution.ipynb", sandbox)
    assert submission.near_miss("convolution.py").endswith("a notebook is not graded; submit convolution.py.")


def test_a_single_file_that_is_too_large_is_never_read(tmp_path, sandbox):
    with (tmp_path / "convolution.py").open("wb") as stream:
        stream.truncate(10**12)
    with pytest.raises(Ungradable, match=r"convolution\.py is larger than 50 MB"):
        take_in(tmp_path / "convolution.py", sandbox)


def test_an_archive_in_an_archive_is_unpacked_once(tmp_path, sandbox):
    deepest = zipped(tmp_path, {"parameters.py": "x"}).read_bytes()
    inner = zipped(tmp_path, {"convolution.py": "x", "deepest.zip": deepest}).read_bytes()
    submission = take_in(zipped(tmp_path, {"inner.zip": inner, "odd.zip": b"no zip", "pooling.py": "x"}), sandbox)
    assert named(submission) == {"inner/convolution.py", "inner/deepest.zip", "odd.zip", "pooling.py"}
    assert submission.remarks == [
        "deepest.zip in inner.zip was not unpacked: it is an archive in an archive",
        "odd.zip was not unpacked: odd.zip cannot be accepted: it is not a zip, or only a part of one "
        "(File is not a zip file): make it again",
    ]


@pytest.mark.parametrize("name", ["homework.zip", "convolution.py", "homework"])
def test_a_pipe_is_refused_at_once(tmp_path, sandbox, name):
    os.mkfifo(tmp_path / name)
    with pytest.raises(UserError, match="is not an ordinary file"):
        take_in(tmp_path / name, sandbox)


@pytest.mark.parametrize("name", ["homework.7z", "homework.rar", "HOMEWORK.RAR", "homework.tar.xz", "convolution.py.gz"])
def test_other_archives_are_named(tmp_path, sandbox, name):
    (tmp_path / name).write_bytes(b"Rar!")
    with pytest.raises(UserError, match=f"{name} is an archive that cannot be unpacked here: make an ordinary zip"):
        take_in(tmp_path / name, sandbox)


def packed_as(kind):
    """Return an archive of a kind, which holds convolution.py."""
    stream, content = io.BytesIO(), b"x"
    if kind == "zip":
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("convolution.py", content)
    else:
        with tarfile.open(fileobj=stream, mode="w:gz" if kind == "tar.gz" else "w") as archive:
            member = tarfile.TarInfo("convolution.py")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
@pytest.mark.parametrize("ending", [".zip", ".tar", ".tar.gz", ".tgz", ".ZIP"])
def test_an_archive_is_what_it_is_whatever_its_name_says(tmp_path, sandbox, kind, ending):
    (tmp_path / f"homework{ending}").write_bytes(packed_as(kind))
    assert named(take_in(tmp_path / f"homework{ending}", sandbox)) == {"convolution.py"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"Rar!\x1a\x07\x01\x00" + bytes(99), "it is really a RAR archive: make an ordinary zip"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(99), "it is really a 7z archive: make an ordinary zip"),
        (b"<!DOCTYPE html><title>Log in</title>", "it is really a web page: make an ordinary zip"),
        (b"", "it is empty: upload it again"),
    ],
)
def test_what_is_only_called_a_zip_is_named(tmp_path, sandbox, content, said):
    (tmp_path / "homework.zip").write_bytes(content)
    with pytest.raises(Ungradable) as refused:
        take_in(tmp_path / "homework.zip", sandbox)
    assert str(refused.value) == f"homework.zip cannot be accepted: {said}"


@pytest.mark.parametrize(
    ("name", "wanted", "advice"),
    [
        ("convolution (1).py", "convolution.py", "rename it to convolution.py"),
        ("convolution(2).py", "convolution.py", "rename it to convolution.py"),
        ("convolution - Copy.py", "convolution.py", "rename it to convolution.py"),
        ("Copy of convolution.py", "convolution.py", "rename it to convolution.py"),
        ("convolution-1.py", "convolution.py", "rename it to convolution.py"),
        ("hw/Convolution.py", "convolution.py", "rename it to convolution.py"),
        ("convolution.PY", "convolution.py", "rename it to convolution.py"),
        ("convolution.py.txt", "convolution.py", "rename it to convolution.py"),
        ("conv.py", "convolution.py", "if it is meant to be convolution.py, rename it"),
        ("my_Convolution.py", "convolution.py", "if it is meant to be convolution.py, rename it"),
        ("convoluton.py", "convolution.py", "if it is meant to be convolution.py, rename it"),
        ("convolution.ipynb", "convolution.py", "a notebook is not graded; submit convolution.py"),
        ("cifar10 (1).pt", "cifar10.pt", "rename it to cifar10.pt"),
        ("cifar10.pth", "cifar10.pt", "rename it to cifar10.pt"),
        ("cifar10.pt.zip", "cifar10.pt", "rename it to cifar10.pt"),
    ],
)
def test_near_misses_are_named(tmp_path, sandbox, name, wanted, advice):
    submission = take_in(zipped(tmp_path, {name: "x", "notes.txt": "y"}), sandbox)
    assert submission.near_miss(wanted) == f"There is {name}: {advice}."


def test_the_likeliest_file_is_named(tmp_path, sandbox):
    submission = take_in(zipped(tmp_path, {"conv.py": "x", "hw/convolution (1).py": "y"}), sandbox)
    assert submission.near_miss("convolution.py") == "There is hw/convolution (1).py: rename it to convolution.py."


@pytest.mark.parametrize(
    "name", ["convolution.py", "pooling.py", "con.py", "test.py", "conv.txt", "convolution.pt", "convolution.csv"]
)
def test_other_files_are_no_near_misses(tmp_path, sandbox, name):
    assert take_in(zipped(tmp_path, {name: "x"}), sandbox).near_miss("convolution.py") == ""


@pytest.mark.costly
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_a_damaged_zip_is_refused_or_taken(tmp_path, data):
    names = st.text(min_size=1, max_size=20)
    members = data.draw(st.dictionaries(names, st.binary(max_size=200), min_size=1, max_size=4), label="members")
    content = bytearray(zipped(tmp_path, members, compression=data.draw(st.sampled_from([0, 8, 12, 14]))).read_bytes())
    for _ in range(data.draw(st.integers(0, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged.zip"
    path.write_bytes(content[data.draw(st.sampled_from([0, 0, 0, 7])) :])
    outside = everything_below(tmp_path)
    with Sandbox() as sandbox, contextlib.suppress(Ungradable):
        take_in(path, sandbox)
    assert everything_below(tmp_path) == outside


def test_a_zip_with_a_password(tmp_path, sandbox):
    path = zipped(tmp_path, {"convolution.py": "x = 1"})
    content = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1  # the flag that says: encrypted
    path.write_bytes(content)
    with pytest.raises(UserError, match="protected by a password"):
        take_in(path, sandbox)


@pytest.mark.costly
def test_a_bomb_that_is_honest_about_its_size(tmp_path, sandbox):
    members = {f"{index}.bin": bytes(40_000_000) for index in range(6)}
    path = zipped(tmp_path, members, compression=zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(UserError, match="larger than 200 MB"):
        take_in(path, sandbox)
    assert list(sandbox.submission.rglob("*")) == []


def test_a_bomb_that_lies_about_its_size(tmp_path, sandbox):
    path = zipped(tmp_path, {"convolution.py": bytes(30_000_000)}, compression=zipfile.ZIP_DEFLATED)
    content = bytearray(path.read_bytes())
    start = content.index(b"PK\x01\x02") + 24
    content[start : start + 4] = struct.pack("<I", 10)
    path.write_bytes(content)
    with pytest.raises(UserError, match="damaged zip file"):
        take_in(path, sandbox)
    assert sum(found.stat().st_size for found in sandbox.submission.rglob("*")) < 1_000


def test_too_many_files(tmp_path, sandbox):
    with pytest.raises(UserError, match="more than 2000 files"):
        take_in(zipped(tmp_path, {f"{index}.py": "" for index in range(2_001)}), sandbox)


@pytest.mark.parametrize(
    "names", [("convolution.py", "Convolution.py"), ("\u00fc.py", "u\u0308.py"), ("\u00dc.py", "u\u0308.py")]
)
def test_of_names_that_some_systems_take_for_one_the_first_counts(tmp_path, sandbox, names):
    submission = take_in(zipped(tmp_path, {**dict.fromkeys(names, ""), "pooling.py": ""}), sandbox)
    assert named(submission) == {names[0], "pooling.py"}
    assert submission.remarks == [
        f"'{names[1]}' was left out: on some systems it is the same file as '{names[0]}'",
    ]


def test_two_files_of_one_name(tmp_path, sandbox):
    path = zipped(tmp_path, {"convolution.py": "one"})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("./convolution.py", "other")
    with pytest.raises(UserError, match=r"it holds two files called 'convolution\.py': keep one of them"):
        take_in(path, sandbox)


def test_a_file_inside_of_a_file(tmp_path, sandbox):
    with pytest.raises(UserError, match="inside of something that is a file"):
        take_in(zipped(tmp_path, {"a.py": "", "a.py/b.py": ""}), sandbox)


@pytest.mark.parametrize("cut", [0.3, 0.7, 0.95])
def test_half_a_zip(tmp_path, sandbox, cut):
    path = zipped(tmp_path, {"convolution.py": "x = 1\n" * 1000})
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * cut)])
    with pytest.raises(UserError, match=r"only a part of one|damaged"):
        take_in(path, sandbox)


def test_a_zip_whose_content_was_changed(tmp_path, sandbox):
    path = zipped(tmp_path, {"convolution.py": "x = 1\n" * 1000})
    content = bytearray(path.read_bytes())
    content[200] ^= 255
    path.write_bytes(content)
    with pytest.raises(UserError, match="damaged zip file"):
        take_in(path, sandbox)


@pytest.mark.costly
def test_all_that_zips_in_a_zip_hold_counts_as_files_of_the_submission(tmp_path, sandbox):
    thousand = zipped(tmp_path, {f"{index}.txt": "" for index in range(999)}).read_bytes()
    submission = take_in(zipped(tmp_path, {"a.zip": thousand, "b.zip": thousand, "c.zip": thousand}), sandbox)
    assert len(submission.files) == 2 * 999 + 1
    assert submission.remarks == [
        "c.zip was not unpacked: c.zip cannot be accepted: "
        "it has more than 2000 files: submit only what the homework asks for"
    ]


@pytest.mark.costly
def test_the_archives_of_a_submission_share_their_time(tmp_path, sandbox, monkeypatch):
    monkeypatch.setattr(intake, "SECONDS", 0.5)
    (tmp_path / "source").mkdir()
    with gzip.open(tmp_path / "source" / "a.tar.gz", "wb", 1) as slow:
        for number in range(40):
            member = tarfile.TarInfo(f"__MACOSX/{number}")
            member.size = 40 * 1024**2
            slow.write(member.tobuf())
            slow.writelines([bytes(1024**2)] * 40)
    (tmp_path / "source" / "b.tar").write_bytes(packed_as("tar"))
    (tmp_path / "source" / "convolution.py").write_text("x")
    submission = take_in(tmp_path / "source", sandbox)
    assert submission.has("convolution.py")
    assert submission.remarks == [
        f"{name} was not unpacked: {name} cannot be unpacked: that takes far too long. Make an ordinary zip."
        for name in ("a.tar.gz", "b.tar")
    ]


def test_what_there_are_many_remarks_about_is_told_in_short(tmp_path, sandbox):
    for number in range(80):
        (tmp_path / f"{number}").symlink_to("nowhere")
    remarks = take_in(tmp_path, sandbox).remarks
    assert len(remarks) == 51 and remarks[-1] == "there are 30 more remarks like these"


def test_links_out_of_a_folder_are_left_out(tmp_path, sandbox):
    source = tmp_path / "source"
    source.mkdir()
    (tmp_path / "secret.py").write_text("secret")
    (source / "convolution.py").symlink_to(tmp_path / "secret.py")
    (source / "all").symlink_to(tmp_path)
    os.mkfifo(source / "pooling.py")
    submission = take_in(source, sandbox)
    assert list(sandbox.submission.rglob("*")) == []
    assert submission.remarks == [
        f"{name} was left out: it is a link or not an ordinary file" for name in ("all", "convolution.py", "pooling.py")
    ]


@pytest.mark.parametrize("zipped", [False, True])
def test_data_sets_and_leftovers_of_tools_are_left_out(tmp_path, sandbox, zipped):
    source = tmp_path / "source"
    data = ("cifar10/train_images.npy", "drawn/test_labels.npy", "cifar-10-batches-py/test_batch", "cifar-10-python.tar.gz")
    tools = (".git/config", "__pycache__/x.pyc", "cifar10/._layers.py", ".DS_Store", "cifar10-before-12.pt")
    for name in ("convolution.py", "cifar10/layers.py", *tools, *data):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text("x")
    whole = Path(shutil.make_archive(str(source), "zip", source)) if zipped else source
    submission = take_in(whole, sandbox, [*find("cnn").config.leave_out, "cifar10-before-*.pt"])
    assert {path.name for path in sandbox.submission.rglob("*") if path.is_file()} == {"convolution.py", "layers.py"}
    assert submission.remarks == []


def test_large_files_are_left_out(tmp_path, sandbox):
    (tmp_path / "source").mkdir()
    with (tmp_path / "source" / "images.npz").open("wb") as stream:
        stream.truncate(60 * 1024**2)
    assert take_in(tmp_path / "source", sandbox).remarks == ["images.npz was left out: it is larger than 50 MB"]
    assert not list(sandbox.submission.iterdir())


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_that_cannot_be_read(tmp_path, sandbox):
    (tmp_path / "source").mkdir()
    file = tmp_path / "source" / "convolution.py"
    file.write_text("def conv2d(): ...")
    file.chmod(0)
    assert take_in(file.parent, sandbox).remarks == ["convolution.py cannot be read: Permission denied"]


def test_what_is_no_submission(tmp_path, sandbox):
    with pytest.raises(UserError, match="does not exist"):
        take_in(tmp_path / "nothing", sandbox)
    (tmp_path / "text.zip").write_text("this is no zip")
    with pytest.raises(UserError, match=r"text\.zip cannot be accepted: it is not a zip"):
        take_in(tmp_path / "text.zip", sandbox)


def test_the_nearest_file_counts(tmp_path, sandbox):
    for name in ("a/b/convolution.py", "a/convolution.py", "a/c/d/convolution.py"):
        (tmp_path / "source" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "source" / name).write_text(name)
    assert take_in(tmp_path / "source", sandbox).find("convolution.py").read_text() == "a/convolution.py"


def test_a_copy_can_be_read_by_everyone_and_written_by_no_one_else(tmp_path, sandbox):
    path = zipped(tmp_path, {"deep/convolution.py": "x = 1"})
    os.umask(os.umask(0o077) | 0o077)
    try:
        take_in(path, sandbox)
    finally:
        os.umask(0o022)
    modes = {Path(found).name: stat.S_IMODE(found.stat().st_mode) for found in sandbox.submission.rglob("*")}
    assert modes == {"deep": 0o755, "convolution.py": 0o644}


class Lying:
    """A sandbox whose worker has been taken over by the archive that it unpacks: it says what it likes, for ever."""

    def __init__(self, folder, says):
        self.scratch, self.submission, self.says, self.seconds_left = folder, folder / "submission", says, 1.0
        self.submission.mkdir()

    def worker(self, file, limits):
        return self

    def call(self, function, *arguments, harness):
        return Returned([] if function == "begin" else next(self.says), [], {}, "")

    def stop(self):
        pass


odd_names = st.one_of(st.sampled_from(["a", "a/b", "../a", "/a", "", ".", "a/..", "C:a", "a\0"]), st.text(max_size=9))
pieces = st.one_of(st.binary(max_size=9).map(lambda piece: np.frombuffer(piece, np.uint8)), st.none(), st.just(1.5))
kinds = st.sampled_from(["file", "remark", "refused", "damaged", "other"])
said = st.one_of(st.lists(st.tuples(kinds, odd_names, pieces), min_size=1, max_size=3), st.none(), st.just({"a": 1}))


@pytest.mark.costly
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(said, max_size=5))
def test_whatever_an_unpacking_worker_says_nothing_else_is_written(tmp_path, replies):
    folder = Path(tempfile.mkdtemp(dir=tmp_path))
    (folder / "homework.zip").write_bytes(packed_as("zip"))
    sandbox = Lying(folder, iter([*replies, []]))
    with contextlib.suppress(Ungradable):
        take_in(folder / "homework.zip", sandbox)
    assert {path.name for path in folder.iterdir()} == {"homework.zip", "submitted", "submission"}
    assert not any(path.is_symlink() for path in folder.rglob("*"))


@pytest.mark.parametrize(
    "one", [("remark", "x" * 10_000, None), ("file", "a", np.zeros(2**20, np.uint8)), ("file", None, None)]
)
def test_an_unpacking_worker_that_never_ends_is_stopped(tmp_path, one):
    (tmp_path / "homework.zip").write_bytes(packed_as("zip"))
    with pytest.raises(Ungradable):
        take_in(tmp_path / "homework.zip", Lying(tmp_path, itertools.repeat([one])))
