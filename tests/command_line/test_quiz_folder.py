"""The folder of a made quiz says what its record says: whatever has changed, whatever ended a run, whoever else writes."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from command_line.quiz import folder as folders
from command_line.quiz import versions
from command_line.quiz.make import make
from common.errors import UserError

QUIZ = '[[questions]]\ntemplate = "output-size"\npoints = {points}\n'
ROSTER = "id,name\nada,{ada}\nalan,Alan\n"


@pytest.fixture
def room(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("quiz.toml").write_text(QUIZ.format(points=2))
    Path("roster.csv").write_text(ROSTER.format(ada="Ada"))
    return tmp_path


def made(*formats, out="made", rc=0):
    arguments = [part for name in formats for part in ("--format", name)]
    done = CliRunner().invoke(make, ["quiz.toml", "--seed", "s", "--students", "roster.csv", "--out", out, *arguments])
    if rc == 0 and done.exception:
        raise done.exception
    return done


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}


CHANGES = {
    "points": lambda: Path("quiz.toml").write_text(QUIZ.format(points=3)),
    "title": lambda: Path("quiz.toml").write_text('title = "Another"\n' + QUIZ.format(points=2)),
    "name": lambda: Path("roster.csv").write_text(ROSTER.format(ada="Ada King")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_reaches_the_formats_that_are_there(room, change):
    made("json", "markdown", "answers")
    CHANGES[change]()
    made("answers")
    made("json", "markdown", "answers", out="whole")
    assert contents("made") == contents("whole")


@pytest.mark.parametrize("change", ["points", "name"])
def test_a_run_that_is_cut_short_leaves_nothing_that_the_record_contradicts(room, monkeypatch, change):
    made("json", "answers", out="before")
    CHANGES[change]()
    made("json", "answers", out="whole")
    whole, written = contents("whole"), []

    def cut(path, *arguments):
        if len(written) == cut_at:
            raise KeyboardInterrupt
        written.append(path)
        return written_whole(path, *arguments)

    written_whole = versions.write_whole
    for cut_at in range(len(whole)):
        shutil.copytree("before", "made")
        monkeypatch.setattr(versions, "write_whole", cut)
        written.clear()
        made("json", "answers", rc=1)
        monkeypatch.setattr(versions, "write_whole", written_whole)
        record = json.loads(Path("made/teacher/quiz.json").read_text())
        if record == json.loads(whole[Path("teacher/quiz.json")]):
            assert all(content == whole[name] for name, content in contents("made").items()), cut_at
        made("json", "answers")
        assert contents("made") == whole, cut_at
        shutil.rmtree("made")


def test_two_runs_do_not_write_into_one_folder(room):
    with folders.held(Path("made")):
        done = made("answers", rc=2)
        assert isinstance(done.exception, UserError) and "another run is using made" in str(done.exception)
    assert not Path("made").exists()
    made("answers")
    assert Path("made/teacher/quiz.json").exists()


def test_what_a_killed_run_left_is_removed(room):
    made("json", out="whole")
    made("json")
    left, own = Path("made/teacher/.quiz.json.abcd_123"), Path("made/teacher/.notes.txt")
    left.touch()
    own.touch()
    made("json")
    assert own.exists() and contents("made").keys() - {Path("teacher/.notes.txt")} == contents("whole").keys()


def test_what_was_removed_by_hand_is_not_said_to_be_there(room):
    made("answers", "json")
    shutil.rmtree("made/json")
    assert "As they were before" not in made("answers").output
