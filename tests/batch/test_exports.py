"""Exports of the platforms, and what goes wrong with them: whatever can be graded is found, and nothing else is touched."""

import errno
import io
import os
import re
import shutil
import stat
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.assignment import find
from autograder.grading import grade
from autograder.sandbox.host import Sandbox
from autograder.submission import take_in
from autograder.verdicts import Ungradable
from batch import exports
from batch.exports import slugs
from batch.models import Student
from common.errors import UserError
from tests.batch.exported import FILES, PLATFORMS, Unflagged, Work, canvas, gradescope, made_up, moodle, zipped

WORK = made_up(12, seed=1)
BESIDE = "its name is not one that {} gives submissions, so it is used as the student's name"
LINK = "it is a link or not an ordinary file: ask for the file itself; it holds no files"
TOP = "assignment_1234567_export/"


@pytest.fixture
def scratch(tmp_path):
    return tmp_path / "scratch"


def read(export, scratch):
    return exports.read(export, scratch, FILES)


def packed(members, compression=zipfile.ZIP_DEFLATED):
    """Return the bytes of a zip."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def unpacked(export, folder):
    """Unpack a zip as a good program does it: names without a mark are UTF-8, too."""
    with zipfile.ZipFile(export) as archive:
        for member in archive.infolist():
            name = member.filename if member.flag_bits & 0x800 else member.filename.encode("cp437").decode()
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(member))
    return folder


def contents(handed_in, remarks=None):
    """Return what `grade` finds in a submission. remarks: a list that gets what it says of it."""
    with Sandbox() as sandbox:
        submission = take_in(handed_in.source, sandbox)
        if remarks is not None:
            remarks += submission.remarks
        return {path.relative_to(submission.folder).as_posix(): path.read_bytes() for path in submission.files}


def in_order(files):
    return sorted(files.items())


def everything_below(path):
    return {found.relative_to(path): found.lstat().st_mtime_ns for found in path.rglob("*")}


def class_of(tmp_path, members):
    """Write a zip of submissions called like their students."""
    return zipped(
        tmp_path / "class.zip",
        {name: content.encode() if isinstance(content, str) else content for name, content in members.items()},
    )


def notes(export):
    return {handed_in.key: handed_in.note for handed_in in export.handed_in}


@pytest.mark.parametrize("as_folder", [False, True])
@pytest.mark.parametrize("kind", PLATFORMS)
def test_every_platform_gives_what_was_handed_in(tmp_path, scratch, kind, as_folder):
    path = PLATFORMS[kind](tmp_path / "class.zip", WORK)
    export = read(unpacked(path, tmp_path / "class") if as_folder else path, scratch)
    assert (export.kind, export.remarks) == (kind, ())
    assert all(not handed_in.note for handed_in in export.handed_in)
    found = [contents(handed_in) for handed_in in export.handed_in]
    assert sorted(found, key=in_order) == sorted((work.files for work in WORK), key=in_order)
    if kind == "Gradescope":
        assert [handed_in.students for handed_in in export.handed_in] == [work.students for work in WORK]
        assert export.handed_in[3].submitted == "2026-10-01T12:03:00.123456+00:00"
        assert [handed_in.score_before for handed_in in export.handed_in] == [number + 0.5 for number in range(12)]
    elif kind == "Moodle":
        assert {(student.name, student.sid) for one in export.handed_in for student in one.students} == {
            (work.students[0].name.replace("'", ""), str(7000 + work.number)) for work in WORK
        }
    elif kind == "Canvas":
        assert {one.students[0].sid for one in export.handed_in} == {str(5000 + work.number) for work in WORK}
        assert "lovelaceada" in {one.students[0].name for one in export.handed_in}
    else:
        assert {one.students[0].name for one in export.handed_in} == {
            f"{work.number:04} {work.students[0].name}" for work in WORK
        }


@pytest.mark.parametrize("kind", PLATFORMS)
def test_zip_and_folder_and_a_second_reading_give_the_same_keys(tmp_path, scratch, kind):
    path = PLATFORMS[kind](tmp_path / "class.zip", WORK)
    found = [read(path, scratch), read(path, tmp_path / "again"), read(unpacked(path, tmp_path / "class"), scratch)]
    assert len({tuple((one.key, one.students, one.note) for one in export.handed_in) for export in found}) == 1


def test_a_folder_is_graded_where_it_lies(tmp_path, scratch):
    export = read(unpacked(gradescope(tmp_path / "class.zip", WORK), tmp_path / "class"), scratch)
    assert all(one.source == tmp_path / "class" / TOP / one.key for one in export.handed_in)
    assert not scratch.exists()


def test_moodle_with_flat_names_old_underscores_blind_marking_and_text(tmp_path, scratch):
    flat = read(moodle(tmp_path / "flat.zip", WORK, flat=True), scratch)
    assert sorted((contents(one) for one in flat.handed_in), key=in_order) == sorted((work.files for work in WORK), key=str)
    members = {
        "Participant_12_assignsubmission_file_/convolution.py": b"x",
        "Participant_12_assignsubmission_onlinetext_/onlinetext.html": b"y",
        "Participant_13_assignsubmission_onlinetext/onlinetext.html": b"y",
        "Default group_assignsubmission_file/part 1/convolution.py": b"z",
        "grades.xlsx": b"",
    }
    export = read(zipped(tmp_path / "blind.zip", members), tmp_path / "other")
    assert notes(export) == {
        "Default_group": "",
        "Participant_12": "what was submitted as onlinetext is ignored",
        "Participant_13": "what was submitted as onlinetext is ignored; it holds no files",
    }
    assert [contents(one) for one in export.handed_in] == [
        {"part 1/convolution.py": b"z"},
        {"convolution.py": b"x"},
        {},
    ]
    assert export.remarks == ("Skipped, because they are not submissions: grades.xlsx.",)


def test_canvas_renames_files_that_are_handed_in_again(tmp_path, scratch):
    members = {
        "doejane_LATE_12_100_convolution-1.py": b"new",
        "doejane_LATE_12_99_convolution.py": b"old",
        "doejane_LATE_12_101_pooling-7.py": b"p",
        "doejane_LATE_12_102_parameters-0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f.py": b"q",
        "doejane_LATE_12_103_cifar10-2.pt": b"weights",
        "doejane_LATE_12_104_data-1.csv": b"a",
        "doejane_LATE_12_105_data-2.csv": b"b",
        "van_der_berg_13_106_convolution.py": b"v",
        "anon_aB3x9_107_convolution.py": b"w",
        "LATE_anon_aB3x8_108_convolution.py": b"w",
        "roejohn_14_text.html": b"<p>",
        "notes.txt": b"",
    }
    export = read(zipped(tmp_path / "canvas.zip", members), scratch)
    assert export.kind == "Canvas"
    assert notes(export) == {
        "anon_aB3x8": "Canvas marks it as late",
        "anon_aB3x9": "",
        "doejane_12": "Canvas marks it as late; convolution.py was submitted more than once: the newest counts",
        "roejohn_14": "a submitted text is ignored; it holds no files",
        "van_der_berg_13": "",
    }
    assert {one.key for one in export.handed_in if one.late} == {"anon_aB3x8", "doejane_12"}
    assert contents(export.handed_in[2]) == {
        "convolution.py": b"new",
        "pooling.py": b"p",
        "parameters.py": b"q",
        "cifar10.pt": b"weights",
        "data-1.csv": b"a",
        "data-2.csv": b"b",
    }
    assert [one.students for one in export.handed_in][1:3] == [(Student("anon_aB3x9"),), (Student("doejane", sid="12"),)]
    assert export.remarks == ("Skipped, because they are not submissions: notes.txt.",)


def test_groups_that_canvas_calls_by_numbers(tmp_path, scratch):
    members = {
        "3_12_100_convolution.py": b"a",
        "lab_7_13_101_convolution.py": b"b",
        "lab_7_13_102_pooling-1.py": b"c",
        "_14_103_convolution.py": b"d",  # a name without a letter
        "doejane_15_104_1_convolution.py": b"e",
        "doejane_15_105_1_pooling.py": b"f",
    }
    export = read(zipped(tmp_path / "canvas.zip", members), scratch)
    assert {one.key: (one.students, set(contents(one))) for one in export.handed_in} == {
        "3_12": ((Student("3", sid="12"),), {"convolution.py"}),
        "lab_7_13": ((Student("lab_7", sid="13"),), {"convolution.py", "pooling.py"}),
        "14": ((Student("14", sid="14"),), {"convolution.py"}),
        "doejane_15": ((Student("doejane", sid="15"),), {"1_convolution.py", "1_pooling.py"}),
    }


def test_a_students_one_zip_stays_a_zip(tmp_path, scratch):
    members = {
        "doejane_12_100_hw-1.zip": packed({"convolution.py": "x"}),
        "roejohn_13_101_hw.zip": b"",
        "poe_14_102_a.rar": b"Rar!",
    }
    export = read(zipped(tmp_path / "canvas.zip", members), scratch)
    assert notes(export) == {"doejane_12": "", "poe_14": "", "roejohn_13": "hw.zip is empty"}
    assert export.handed_in[0].source.name == "doejane_12.zip"
    assert contents(export.handed_in[0]) == {"convolution.py": b"x"}
    with pytest.raises(Ungradable, match=r"roejohn_13\.zip cannot be accepted: it is empty"):
        contents(export.handed_in[2])
    inner = packed({"hw.zip": packed({"convolution.py": "x"})})
    alone = read(zipped(tmp_path / "alone.zip", {"doejane_12_100_hw-1.zip": inner}), tmp_path / "other")
    assert (alone.kind, alone.remarks, notes(alone)) == ("Canvas", (), {"doejane_12": ""})


METADATA = """---
submission_1:
  :submitters:
  - :name: Ada Lovelace
    :sid: 007
    :email: ada@example.com
  - :name: "No"
    :sid: ~
    :email: &address b@example.com
  :created_at: 2026-10-01 05:26:26.123456789 -07:00
  :score:
  :results:
    tests:
    - name: 'Correct
        Assignment'
      output: 'Two lines

  :submitters: []

'
    - name: &name Cyd
      output: |+
        submission_3:
          :submitters: []

...
submission_2:
  :submitters:
  :created_at: 2026-02-30 05:26:26 Z
  :score: 7
submission_3:
  submitters:
  - email: *address
    name: *name
  :created_at: !ruby/object:Time {utc: 1}
  :score: !!python/object/apply:os.system ['touch evil']
  :history:
  - :submitters:
    - :name: Somebody Else
    :score: 99
submission_4:
  :submitters: []
  :created_at: 2026-10-01 05:26:26
submission_1:
  :submitters: []
version: 3
"""


def test_metadata_as_ruby_writes_them(tmp_path, scratch, monkeypatch):
    monkeypatch.chdir(tmp_path)
    members = {f"submission_{number}/convolution.py": b"x" for number in (1, 2, 3, 4)}
    export = read(zipped(tmp_path / "class.zip", {"submission_metadata.yml": METADATA.encode(), **members}), scratch)
    assert export.remarks == ()
    assert [(one.students, one.submitted, one.score_before) for one in export.handed_in] == [
        (
            (Student("Ada Lovelace", "ada@example.com", "007"), Student("No", "b@example.com", "")),
            "2026-10-01T05:26:26.123456-07:00",
            None,
        ),
        ((Student("submission_2"),), "", 7.0),
        ((Student("Cyd", "b@example.com"),), "", None),
        ((Student("submission_4"),), "2026-10-01T05:26:26+00:00", None),
    ]
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize(
    "evil",
    [
        "[" * 100_000,
        "a: " + "{" * 100_000,
        "a: {" + "b: [" * 50_000,
        "a: &a [x]\n" + "".join(f"{new}: &{new} [{f'*{old},' * 9}]\n" for old, new in zip("abcdefgh", "bcdefghi")),
        "a: &a {x: y}\n"
        + "".join(f"{new}: &{new} {{<<: [{f'*{old},' * 9}]}}\n" for old, new in zip("abcdefgh", "bcdefghi")),
        "submission_1: {submitters: &a [*a, {name: *a}]}",
        "submission_1:\n  :submitters: {a: b}\n",
        "- just\n- a list",
        "\x00\x01",
        "",
    ],
)
def test_hostile_metadata_are_harmless(tmp_path, scratch, evil):
    members = {"submission_metadata.yml": evil.encode(), "submission_1/convolution.py": b"x"}
    export = read(zipped(tmp_path / "class.zip", members), scratch)
    assert ("more than 100 levels" in " ".join(export.remarks)) == (len(evil) > 10_000)
    (one,) = export.handed_in
    assert (one.key, one.students) == ("submission_1", (Student("submission_1"),))


def test_half_the_metadata_still_name_the_first(tmp_path, scratch):
    with zipfile.ZipFile(gradescope(tmp_path / "whole.zip", WORK)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = f"{TOP}submission_metadata.yml"
    members[name] = members[name][: len(members[name]) // 2] + b"\n'\n]"
    export = read(zipped(tmp_path / "class.zip", members), scratch)
    assert len(export.handed_in) == len(WORK)
    assert export.handed_in[0].students == WORK[0].students
    assert export.handed_in[-1].students == (Student("submission_200000012"),)
    assert "is damaged after" in export.remarks[0]
    assert "does not list" in export.remarks[1]


def test_no_metadata(tmp_path, scratch):
    export = read(zipped(tmp_path / "class.zip", {"submission_5/convolution.py": b"x"}), scratch)
    assert (export.kind, export.handed_in[0].students) == ("Gradescope", (Student("submission_5"),))
    assert export.remarks == ("submission_metadata.yml is missing: folder names are used as students' names.",)


def test_metadata_that_cannot_be_read(tmp_path, scratch):
    path = gradescope(tmp_path / "class.zip", WORK[:1])
    content = path.read_bytes()
    start = content.index(b"PK\x01\x02")
    for place, reason in ((start + 8, "protected by a password"), (200, "Bad CRC-32|invalid")):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        export = read(path, scratch)
        assert re.search(reason, export.remarks[0])
        assert export.handed_in[0].students == (Student("submission_200000001"),)


def test_metadata_and_folders_that_do_not_fit(tmp_path, scratch):
    folder = unpacked(gradescope(tmp_path / "class.zip", WORK[:3]), tmp_path / "class") / TOP
    shutil.rmtree(folder / "submission_200000002")
    (folder / "submission_4").mkdir()
    (folder / "notes").mkdir()
    (folder / "grades.csv").touch()
    export = read(folder, scratch)
    assert export.remarks == (
        "submission_metadata.yml lists submissions whose folders are missing: submission_200000002 (Alan Lovelace).",
        "submission_metadata.yml does not list submission_4: folder names are used as students' names.",
        "Skipped, because they are not submissions: grades.csv.",
    )
    assert notes(export) == {
        "notes": f"{BESIDE.format('Gradescope')}; it holds no files",
        "submission_200000001": "",
        "submission_200000002": "its folder is missing from the export; it holds no files",
        "submission_200000003": "",
        "submission_4": "it holds no files",
    }
    assert export.handed_in[2].students == WORK[1].students


def test_what_macs_leave_in_zips_is_none_of_it(tmp_path, scratch):
    path = gradescope(tmp_path / "class.zip", WORK[:2])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(f"__MACOSX/{TOP}._submission_metadata.yml", "x")
        archive.writestr(".DS_Store", "x")
    assert len(read(path, scratch).handed_in) == 2


def test_an_assignment_on_paper_is_none(tmp_path, scratch):
    members = {"submission_metadata.yml": b"12.pdf:\n  :submitters: []\n", "12.pdf": b"%PDF"}
    with pytest.raises(UserError, match="paper assignment"):
        read(zipped(tmp_path / "class.zip", members), scratch)


def test_metadata_alone_are_no_export(tmp_path, scratch):
    path = zipped(tmp_path / "class.zip", {"submission_metadata.yml": METADATA.encode()})
    with pytest.raises(UserError, match="none of the 4 submissions"):
        read(path, scratch)


def test_any_folder_of_submissions(tmp_path, scratch):
    folder = tmp_path / "class"
    (folder / "Ada").mkdir(parents=True)
    (folder / "Ada" / "convolution.py").write_text("x")
    (folder / "Ada.zip").write_bytes(packed({"pooling.py": "y"}))
    (folder / "Zoë.py").write_text("z")
    (folder / "Empty").mkdir()
    (folder / "README.txt").write_text("not a submission")
    (folder / "._Ada.zip").write_bytes(b"of a Mac")
    (folder / "link").symlink_to(tmp_path)
    export = read(folder, scratch)
    assert export.kind == "folder"
    assert notes(export) == {
        "Ada": "there are 2 submissions with this name",
        "Ada-2": "there are 2 submissions with this name",
        "Empty": "it holds no files",
        "Zoe": "",
        "link": LINK,
    }
    assert [contents(one) for one in export.handed_in if not one.note.startswith("it")] == [
        {"convolution.py": b"x"},
        {"pooling.py": b"y"},
        {"Zoë.py": b"z"},
    ]
    assert export.handed_in[3].students == (Student("Zoë"),)
    assert export.remarks == ("Skipped, because they are not submissions: README.txt.",)


def test_a_file_that_is_called_like_one_of_canvas(tmp_path, scratch):
    members = {"2024_10_23_marks.csv": "x", "Ada.zip": packed({"pooling.py": "x"}), "Bob.zip": packed({"pooling.py": "x"})}
    export = read(class_of(tmp_path, members), scratch)
    assert (export.kind, list(notes(export))) == ("folder", ["Ada", "Bob"])


def test_what_is_no_export(tmp_path, scratch, solution):
    with pytest.raises(UserError, match="nothing cannot be read: No such file"):
        read(tmp_path / "nothing", scratch)
    (tmp_path / "text.zip").write_text("this is no zip")
    (tmp_path / "zero.zip").touch()
    for name in ("text.zip", "zero.zip"):
        with pytest.raises(UserError, match=rf"{name} is neither a folder nor a readable zip file"):
            read(tmp_path / name, scratch)
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "empty", zipped(tmp_path / "empty.zip", {}), zipped(tmp_path / "t.zip", {"a.csv": b""})):
        with pytest.raises(UserError, match="holds no submissions"):
            read(path, scratch)
    for path in (solution, Path(shutil.make_archive(str(tmp_path / "one"), "zip", solution))):
        with pytest.raises(UserError, match="is one submission"):
            read(path, scratch)


def test_a_class_of_one(tmp_path, scratch, solution):
    (tmp_path / "class").mkdir()
    solution.rename(tmp_path / "class" / "Ada")
    assert [one.key for one in read(tmp_path / "class", scratch).handed_in] == ["Ada"]
    packed_one = shutil.make_archive(str(tmp_path / "zips" / "Ada"), "zip", tmp_path / "class" / "Ada")
    assert [one.key for one in read(Path(packed_one).parent, scratch).handed_in] == ["Ada"]


@pytest.mark.parametrize("kind", PLATFORMS)
def test_an_export_that_was_zipped_twice(tmp_path, scratch, kind):
    path = PLATFORMS[kind](tmp_path / "class.zip", WORK)
    once = read(path, tmp_path / "once")
    twice = read(zipped(tmp_path / "twice.zip", {"a folder/class.zip": path.read_bytes()}), scratch)
    assert [(one.key, one.students) for one in twice.handed_in] == [(one.key, one.students) for one in once.handed_in]
    assert twice.remarks == ("The export was zipped twice.",)


def test_archives_stay_packed_until_they_are_graded(tmp_path, scratch):
    inner = packed({"convolution.py": "x", "deepest.zip": packed({"pooling.py": "deep"})})
    members = {
        "Ada.zip": packed({"hw/inner.zip": inner, "hw/inner/parameters.py": "y"}),
        "Bob/part 1.ZIP": inner,
        "Bob/pooling.py": "z",
        "Cyd.zip": b"no zip",
    }
    export = read(class_of(tmp_path, members), scratch)
    assert notes(export) == {"Ada": "", "Bob": "", "Cyd": ""}
    remarks: list[str] = []
    assert [sorted(contents(one, remarks)) for one in export.handed_in[:2]] == [
        ["hw/inner/parameters.py", "hw/inner_/convolution.py", "hw/inner_/deepest.zip"],
        ["part 1/convolution.py", "part 1/deepest.zip", "pooling.py"],
    ]
    left = "was not unpacked: it is an archive in an archive"
    assert remarks == [f"deepest.zip in hw/inner.zip {left}", f"deepest.zip in part 1.ZIP {left}"]
    with pytest.raises(Ungradable, match=r"Cyd\.zip cannot be accepted: it is not a zip"):
        contents(export.handed_in[2])


DAMAGED_ZIP = packed({"convolution.py": "x" * 99})[:-30]
EXACTLY = "Submit the files that you have written, with exactly these names."
MISTAKES = {  # what is handed in, and what its row says
    "convolution (1).py": "There is convolution (1).py: rename it to convolution.py.",
    "hw/Convolution.py": "There is hw/Convolution.py: rename it to convolution.py.",
    "conv.py": "There is conv.py: if it is meant to be convolution.py, rename it.",
    "pooling.py.txt": "There is pooling.py.txt: rename it to pooling.py.",
    "convolution.ipynb": "There is convolution.ipynb: a notebook is not graded; submit convolution.py.",
    "homework.ipynb": f"It has homework.ipynb. {EXACTLY}",
    "homework.pdf": f"It has homework.pdf. {EXACTLY}",
    "a/b/homework.docx": f"It has a/b/homework.docx. {EXACTLY}",
    "homework.7z": "homework.7z was not unpacked: make an ordinary zip instead",
    "homework.rar": "homework.rar was not unpacked: make an ordinary zip instead",
    "homework.zip": "it is not a zip, or only a part of one",
}


@pytest.mark.parametrize("kind", PLATFORMS)
def test_whatever_is_handed_in_has_a_row_that_says_what_it_is_and_what_to_do(tmp_path, scratch, kind):
    work = [
        Work(
            number, (Student(f"Ada {'ABCDEFGHIJKL'[number]}"),), "", {name: DAMAGED_ZIP if name.endswith(".zip") else b"x"}
        )
        for number, name in enumerate(MISTAKES)
        if kind != "Canvas" or "/" not in name  # which knows no folders
    ]
    export = read(PLATFORMS[kind](tmp_path / "class.zip", work), scratch)
    assert (export.kind, export.remarks, len(export.handed_in)) == (kind, (), len(work))
    for each, handed_in in zip(work, export.handed_in):
        with pytest.raises(Ungradable, match=re.escape(MISTAKES[next(iter(each.files))])):
            grade(handed_in.source, find("cnn"))


@pytest.mark.parametrize("kind", [kind for kind in PLATFORMS if kind != "folder"])
def test_what_lies_beside_the_submissions_of_a_platform_has_a_row_too(tmp_path, scratch, kind):
    folder = unpacked(PLATFORMS[kind](tmp_path / "class.zip", WORK), tmp_path / "class")
    if kind == "Gradescope":
        folder /= TOP
    (folder / "Zoe").mkdir()
    (folder / "Zoe" / "pooling.py").write_text("x")
    (folder / "Zed.pdf").write_text("x")
    (folder / "Zack").symlink_to(tmp_path)
    (folder / "grades.csv").touch()
    (folder / "graded").mkdir()
    (folder / "graded" / "ledger.sqlite").touch()
    export = read(folder, scratch)
    assert export.remarks == ("Skipped, because they are not submissions: graded, grades.csv.",)
    beside = {one.students[0].name: one.note for one in export.handed_in if one.note}
    said = BESIDE.format(kind)
    assert beside == {
        "Zoe": said,
        "Zed": said,
        "Zack": f"{LINK.removesuffix('; it holds no files')}; {said}; it holds no files",
    }
    assert len(export.handed_in) == len(WORK) + 3


def test_what_students_hand_in_by_mistake_has_a_row(tmp_path, scratch):
    members = dict.fromkeys(("Ada.ipynb", "Bob.7z", "Cyd.rar", "Dan.tar.gz", "Eve.py.txt", "Fay.py", "README.md"), "x")
    export = read(class_of(tmp_path, members), scratch)
    assert [one.students[0].name for one in export.handed_in] == ["Ada", "Bob", "Cyd", "Dan", "Eve", "Fay"]
    assert export.remarks == ("Skipped, because they are not submissions: README.md.",)
    remarks: list[str] = []
    assert [contents(one, remarks) for one in export.handed_in[:3]] == [
        *({"Ada.ipynb": b"x"}, {"Bob.7z": b"x"}, {"Cyd.rar": b"x"}),
    ]
    assert remarks == [f"{name} was not unpacked: make an ordinary zip instead" for name in ("Bob.7z", "Cyd.rar")]
    with pytest.raises(Ungradable, match="is a damaged tar file"):
        contents(export.handed_in[3])


def lying(content, size):
    """Return a zip's bytes with the first member said to be so large."""
    start = content.index(b"PK\x01\x02") + 24
    return content[:start] + size.to_bytes(4, "little") + content[start + 4 :]


def test_bombs_stay_small(tmp_path, scratch):
    bomb = lying(packed({"convolution.py": bytes(1_000_000)}), 300 * 1024**2)
    members = {
        "Ada.zip": packed({"bomb.zip": bomb, "pooling.py": "x"}),
        "Bob/bomb.zip": bomb,
        "Bob/pooling.py": "x",
        "Cyd.zip": bomb,
    }
    export = read(class_of(tmp_path, members), scratch)
    assert notes(export) == {"Ada": "", "Bob": "", "Cyd": ""}
    assert sum(path.stat().st_size for path in scratch.rglob("*") if path.is_file()) < 10_000
    remarks: list[str] = []
    assert [set(contents(one, remarks)) for one in export.handed_in[:2]] == [{"bomb.zip", "pooling.py"}] * 2
    assert (
        remarks
        == ["bomb.zip was not unpacked: bomb.zip cannot be accepted: it is larger than 200 MB: leave data sets out"] * 2
    )
    with pytest.raises(UserError, match="larger than 200 MB"):
        contents(export.handed_in[2])


def test_a_submission_of_200_mb(tmp_path, scratch):
    path = class_of(tmp_path, {"Ada/pooling.py": "x", "Bob/pooling.py": "x", "Bob/data.bin": "x"})
    path.write_bytes(lying(path.read_bytes(), 201 * 1024**2))
    export = read(path, scratch)
    assert notes(export) == {"Ada": "it is larger than 200 MB: leave data sets out", "Bob": ""}
    path.write_bytes(lying(path.read_bytes(), 51 * 1024**2))
    assert notes(read(path, scratch))["Ada"] == "pooling.py was left out: it is larger than 50 MB"
    folder = tmp_path / "class" / "Ada"
    folder.mkdir(parents=True)
    (tmp_path / "class" / "Bob").mkdir()
    for number in range(5):
        with (folder / f"{number}.bin").open("wb") as stream:
            stream.truncate(45 * 1024**2)
    with pytest.raises(UserError, match="larger than 200 MB"):
        contents(read(tmp_path / "class", scratch).handed_in[0])


def test_a_class_of_one_whose_files_have_nearly_the_right_names(tmp_path, scratch):
    (folder := tmp_path / "class" / "Ada").mkdir(parents=True)
    for name in ("Pooling.py", "convolution_final.py"):
        (folder / name).write_text("x")
    assert [each.key for each in read(tmp_path / "class", scratch).handed_in] == ["Ada"]
    (folder / "bob.py").write_text("x")  # now it may be a folder with a file for each student
    assert len(read(tmp_path / "class", scratch).handed_in) == 3


@pytest.mark.skipif(sys.platform != "linux", reason="Linux has a file system for processes")
def test_a_file_system_that_the_kernel_makes_up_is_no_export(scratch):
    with pytest.raises(UserError, match="/proc is part of the operating system"):
        read(Path("/proc"), scratch)


def test_hostile_members_are_left_out_and_the_rest_is_graded(tmp_path, scratch):
    link = zipfile.ZipInfo("Ada/pooling.py")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in (
            "Ada/convolution.py",
            "Ada/Convolution.py",
            "Ada/a/../../../evil.py",
            "/evil.py",
            "../evil.py",
            "Ada/a:b.py",
        ):
            archive.writestr(name, "x")
        archive.writestr("Ada/\u202egpj.py", "x")
        archive.writestr("Ada/" + "d/" * 30_000 + "deep.py", "x")
        archive.writestr("Ada/" + "n" * 255 + ".py", "x")
        archive.writestr("Ada/convolution.py/x.py", "x")
        archive.writestr(link, "/etc/passwd")
        archive.writestr("Bob/pooling.py", "x")
    before = everything_below(tmp_path)
    export = read(path, scratch)
    assert {name: time for name, time in everything_below(tmp_path).items() if name.parts[0] != "scratch"} == before
    assert [remark.partition(" was left out of the export")[0] for remark in export.remarks] == [
        repr(name) for name in ("Ada/a/../../../evil.py", "/evil.py", "../evil.py", f"Ada/{'d/' * 38}")
    ]
    assert contents(export.handed_in[0]) == {"Convolution.py": b"x", "convolution.py/x.py": b"x"}
    assert contents(export.handed_in[1]) == {"pooling.py": b"x"}
    assert export.handed_in[0].note.split("; ")[0] == (
        "'a:b.py' was left out: it holds 'a:b.py', which would end up outside its folder: pack it again"
    )
    assert (
        "convolution.py was left out: its name differs from Convolution.py only in upper and lower case"
        in export.handed_in[0].note
    )


@pytest.mark.parametrize("folder", ["Ada", "submission_1", "Ada_1_assignsubmission_file"])
def test_the_newest_of_two_files_of_one_name_counts(tmp_path, scratch, folder):
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        for content, year in (("new", 2026), ("old", 2025)):
            archive.writestr(zipfile.ZipInfo(f"{folder}/pooling.py", (year, 10, 1, 12, 0, 0)), content)
    (one,) = read(tmp_path / "class.zip", scratch).handed_in
    assert one.note == "pooling.py is in the export more than once: the newest counts"
    assert contents(one) == {"pooling.py": b"new"}


def test_a_password(tmp_path, scratch):
    path = class_of(tmp_path, {"Ada.zip": "x", "Bob.zip": "y"})
    content = path.read_bytes()
    path.write_bytes(re.sub(rb"(PK\x01\x02.{4})\x00", lambda found: found[1] + b"\x01", content, flags=re.DOTALL))
    with pytest.raises(UserError, match="protected by a password"):
        read(path, scratch)
    path.write_bytes(re.sub(rb"(PK\x01\x02.{4})\x00", lambda found: found[1] + b"\x01", content, count=1, flags=re.DOTALL))
    export = read(path, scratch)
    assert "protected by a password" in export.handed_in[0].note
    assert export.handed_in[1].note == ""


def test_a_member_that_is_damaged(tmp_path, scratch):
    path = class_of(tmp_path, {"Ada/convolution.py": os.urandom(500), "Bob/convolution.py": "y"})
    content = bytearray(path.read_bytes())
    content[200] ^= 255
    path.write_bytes(content)
    export = read(path, scratch)
    assert export.handed_in[0].note.startswith("convolution.py was left out: it is damaged in the export")
    assert contents(export.handed_in[0]) == {}
    assert contents(export.handed_in[1]) == {"convolution.py": b"y"}


def test_names_that_file_systems_do_not_like(tmp_path, scratch):
    folder = tmp_path / "class"
    names = [
        "CON",
        "aux.txt",
        ".hidden",
        "-rf",
        "a\nb",
        "\u202eevil",
        "🦊",
        "n" * 250,
        "Ada Lovelace",
        os.fsdecode(b"\xff\xfe"),
    ]
    for name in names:
        (folder / name).mkdir(parents=True)
        (folder / name / "convolution.py").write_text("x")
    export = read(folder, scratch)
    assert len(export.handed_in) == len(names)
    assert {one.students[0].name for one in export.handed_in} == {*names[:-1], "\ufffd\ufffd"}
    for one in export.handed_in:
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", one.key)
    bytes_of_latin_1 = os.fsdecode(b"Zo\xeb_1_assignsubmission_file")
    (tmp_path / "moodle" / bytes_of_latin_1).mkdir(parents=True)
    assert read(tmp_path / "moodle", scratch).handed_in[0].students == (Student("Zo\ufffd", sid="1"),)


names = st.text(max_size=300) | st.sampled_from(
    ["Ada", "ada", "Ada-2", "Zoë", "Zoe", "Z\u006f\u0308e", "con", "COM1.x", ".", "..", ""]
)


@given(st.lists(names, max_size=12))
def test_keys_are_safe_and_unique(names):
    found = slugs.unique(names)
    assert len({key.casefold() for key in found}) == len(names)
    for key in found:
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,98}[A-Za-z0-9]|[A-Za-z0-9]", key)
        assert not re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", key)


@given(names, st.lists(names, max_size=5))
def test_a_key_depends_on_no_other_name_but_those_alike(name, others):
    (alone,) = slugs.unique([name])
    if alone.casefold() not in {slugs.unique([other])[0].casefold() for other in others}:
        assert slugs.unique([*others, name])[-1] in (alone, *(f"{alone}-{count}" for count in range(2, 9)))


@given(st.lists(names | st.sampled_from(["a b", "a_b", "A_b"]), max_size=6, unique=True))
def test_no_name_gets_the_key_that_another_one_had(names):
    alone = {slugs.unique([name])[0].casefold(): name for name in names}
    for name, key in zip(names, slugs.unique(names)):
        assert alone.get(key.casefold(), name) == name, "what was said about one holds for that one"


def test_names_of_old_zips_and_of_rubys(tmp_path, scratch):
    members = {"müllerzoë_5_6_convolution.py": b"x"}
    (one,) = read(zipped(tmp_path / "ruby.zip", members, Unflagged), scratch).handed_in
    assert one.students == (Student("müllerzoë", sid="5"),)
    late = read(canvas(tmp_path / "late.zip", WORK, late=(2, 3)), tmp_path / "other")
    assert sum("late" in one.note for one in late.handed_in) == 2


def test_a_scratch_that_cannot_be_written(tmp_path):
    (tmp_path / "scratch").write_text("a file")
    with pytest.raises(UserError, match=r"cannot unpack .* to .*scratch: Not a directory"):
        read(gradescope(tmp_path / "class.zip", WORK[:1]), tmp_path / "scratch")


def test_a_full_disk_is_no_fault_of_a_submission(tmp_path, scratch, monkeypatch):
    def full(source, target):
        raise OSError(errno.ENOSPC, "No space left on device")

    export = class_of(tmp_path, {"Ada/pooling.py": "x", "Bob.py": "x"})
    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(UserError, match="No space left on device"):
        read(export, scratch)


def test_one_student_with_an_empty_zip_is_a_class_of_one(tmp_path, scratch):
    (tmp_path / "class").mkdir()
    zipped(tmp_path / "class" / "Bob.zip", {})
    (bob,) = read(tmp_path / "class", scratch).handed_in
    assert bob.students == (Student("Bob"),)
