"""Taking in folders and zips: what is hostile or unusable gets one sentence, and nothing outside is touched."""

import os
import shutil
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from autograder.submission import take_in
from autograder.verdicts import UserError


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


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
        ("../evil.py", "would lie outside of its folder"),
        ("a/../../evil.py", "would lie outside of its folder"),
        ("/tmp/evil.py", "would lie outside of its folder"),
        ("..\\evil.py", "would lie outside of its folder"),
        ("C:evil.py", "would lie outside of its folder"),
        ("a\nb.py", "a file with an unusable name"),
        ("a" * 300 + ".py", "a file with an unusable name"),
    ],
)
def test_names_that_lead_astray(tmp_path, folder, name, sentence):
    path = zipped(tmp_path, {"convolution.py": "", name: "evil"})
    before = everything_below(tmp_path)
    with pytest.raises(UserError, match=sentence):
        take_in(path, folder)
    assert everything_below(tmp_path) == before


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_in_a_zip(tmp_path, folder, kind):
    member = zipfile.ZipInfo("convolution.py")
    member.external_attr = (kind | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "homework.zip", "w") as archive:
        archive.writestr(member, "/etc/passwd")
    with pytest.raises(UserError, match="a link or no ordinary file"):
        take_in(tmp_path / "homework.zip", folder)


def test_a_zip_with_a_password(tmp_path, folder):
    path = zipped(tmp_path, {"convolution.py": "x = 1"})
    content = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1  # the flag that says: encrypted
    path.write_bytes(content)
    with pytest.raises(UserError, match="protected by a password"):
        take_in(path, folder)


def test_a_bomb_that_is_honest_about_its_size(tmp_path, folder):
    members = {f"{index}.bin": bytes(40_000_000) for index in range(6)}
    path = zipped(tmp_path, members, compression=zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(UserError, match="larger than 200 MB"):
        take_in(path, folder)
    assert list(folder.rglob("*")) == []


def test_a_bomb_that_lies_about_its_size(tmp_path, folder):
    path = zipped(tmp_path, {"convolution.py": bytes(30_000_000)}, compression=zipfile.ZIP_DEFLATED)
    content = bytearray(path.read_bytes())
    start = content.index(b"PK\x01\x02") + 24
    content[start : start + 4] = struct.pack("<I", 10)
    path.write_bytes(content)
    with pytest.raises(UserError, match="damaged zip file"):
        take_in(path, folder)
    assert sum(found.stat().st_size for found in folder.rglob("*")) < 1_000


def test_too_many_files(tmp_path, folder):
    with pytest.raises(UserError, match="more than 2000 files"):
        take_in(zipped(tmp_path, {f"{index}.py": "" for index in range(2_001)}), folder)


def test_names_that_differ_only_in_case(tmp_path, folder):
    with pytest.raises(UserError, match=r"two files called 'Convolution\.py'"):
        take_in(zipped(tmp_path, {"convolution.py": "", "Convolution.py": ""}), folder)


def test_a_file_inside_of_a_file(tmp_path, folder):
    with pytest.raises(UserError, match="inside of something that is a file"):
        take_in(zipped(tmp_path, {"a.py": "", "a.py/b.py": ""}), folder)


@pytest.mark.parametrize("cut", [0.3, 0.7, 0.95])
def test_half_a_zip(tmp_path, folder, cut):
    path = zipped(tmp_path, {"convolution.py": "x = 1\n" * 1000})
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * cut)])
    with pytest.raises(UserError, match=r"neither a folder nor a zip file|damaged"):
        take_in(path, folder)


def test_a_zip_whose_content_was_changed(tmp_path, folder):
    path = zipped(tmp_path, {"convolution.py": "x = 1\n" * 1000})
    content = bytearray(path.read_bytes())
    content[200] ^= 255
    path.write_bytes(content)
    with pytest.raises(UserError, match="damaged zip file"):
        take_in(path, folder)


def test_links_out_of_a_folder_are_left_out(tmp_path, folder):
    source = tmp_path / "source"
    source.mkdir()
    (tmp_path / "secret.py").write_text("secret")
    (source / "convolution.py").symlink_to(tmp_path / "secret.py")
    (source / "all").symlink_to(tmp_path)
    os.mkfifo(source / "pooling.py")
    submission = take_in(source, folder)
    assert list(folder.rglob("*")) == []
    assert submission.remarks == [
        f"{name} was left out: it is a link or no ordinary file" for name in ("all", "convolution.py", "pooling.py")
    ]


@pytest.mark.parametrize("zipped", [False, True])
def test_data_sets_and_leftovers_of_tools_are_left_out(tmp_path, folder, zipped):
    source = tmp_path / "source"
    data = ("cifar10/train_images.npy", "drawn/test_labels.npy", "cifar-10-batches-py/test_batch", "cifar-10-python.tar.gz")
    for name in ("convolution.py", "cifar10/layers.py", ".git/config", "__pycache__/x.pyc", *data):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text("x")
    submission = take_in(Path(shutil.make_archive(str(source), "zip", source)) if zipped else source, folder)
    assert {path.name for path in folder.rglob("*") if path.is_file()} == {"convolution.py", "layers.py"}
    assert submission.remarks == []


def test_large_files_are_left_out(tmp_path, folder):
    (tmp_path / "source").mkdir()
    with (tmp_path / "source" / "images.npz").open("wb") as stream:
        stream.truncate(60 * 1024**2)
    assert take_in(tmp_path / "source", folder).remarks == ["images.npz was left out: it is larger than 50 MB"]
    assert not list(folder.iterdir())


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_that_cannot_be_read(tmp_path, folder):
    (tmp_path / "source").mkdir()
    file = tmp_path / "source" / "convolution.py"
    file.touch(mode=0)
    assert take_in(file.parent, folder).remarks == ["convolution.py cannot be read: Permission denied"]


def test_what_is_no_submission(tmp_path, folder):
    with pytest.raises(UserError, match="there is no"):
        take_in(tmp_path / "nothing", folder)
    (tmp_path / "text.zip").write_text("this is no zip")
    with pytest.raises(UserError, match=r"text\.zip is neither a folder nor a zip file that can be read"):
        take_in(tmp_path / "text.zip", folder)


def test_the_nearest_file_counts(tmp_path, folder):
    for name in ("a/b/convolution.py", "a/convolution.py", "a/c/d/convolution.py"):
        (tmp_path / "source" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "source" / name).write_text(name)
    assert take_in(tmp_path / "source", folder).find("convolution.py").read_text() == "a/convolution.py"


def test_a_copy_can_be_read_by_everyone_and_written_by_no_one_else(tmp_path, folder):
    path = zipped(tmp_path, {"deep/convolution.py": "x = 1"})
    os.umask(os.umask(0o077) | 0o077)
    try:
        take_in(path, folder)
    finally:
        os.umask(0o022)
    modes = {Path(found).name: stat.S_IMODE(found.stat().st_mode) for found in folder.rglob("*")}
    assert modes == {"deep": 0o755, "convolution.py": 0o644}
