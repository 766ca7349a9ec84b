"""The ledger: what stands in it is there whatever happens next."""

import dataclasses
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.grades import Override
from batch.instructor.policy import Policy
from batch.ledger import Ledger
from batch.models import CheckResult, HandedIn, Result, Student
from batch.repair import repair
from common.errors import UserError
from common.records import to_json

texts = st.text(max_size=20)
numbers = st.floats(0, 100)
checks = st.builds(CheckResult, texts, texts, texts, texts, numbers, numbers, texts, texts)
records = st.builds(
    Result,
    digest=st.text("0123456789abcdef", min_size=1, max_size=8),
    score=numbers,
    points=numbers,
    seconds=numbers,
    checks=st.lists(checks, max_size=3).map(tuple),
    leaderboard=st.dictionaries(texts, numbers, max_size=2),
    remarks=st.lists(texts, max_size=2).map(tuple),
    error=texts,
)
students = st.builds(Student, texts, texts, texts)
handed_in = st.builds(
    HandedIn, texts, st.lists(students, max_size=2).map(tuple), texts, st.just(Path("x/y")), numbers, texts
)


@given(st.lists(records, max_size=4))
def test_records_come_back_as_they_were(tmp_path_factory, found):
    folder = tmp_path_factory.mktemp("class")
    with Ledger(folder) as ledger:
        for result in found:
            ledger.put(result, "options")
    with Ledger(folder) as ledger:
        assert ledger.rows() == {result.digest: ("options", result) for result in found}


@pytest.mark.costly
@given(st.lists(st.tuples(handed_in, records), max_size=4, unique_by=lambda pair: pair[0].key))
def test_a_class_comes_back_as_it_was(tmp_path_factory, graded):
    folder = tmp_path_factory.mktemp("class")
    with Ledger(folder) as ledger:
        ledger.put_class([])
        ledger.put_class(graded)
    with Ledger.to_read(folder) as ledger:
        known = ledger.graded()
    assert known == sorted(graded, key=lambda pair: pair[0].key.encode("utf-8", "surrogatepass"))


def test_a_setting_stays_what_it_was_when_the_first_was_graded(tmp_path):
    with Ledger(tmp_path) as ledger:
        assert (ledger.setting("seed", "a"), ledger.setting("seed", "b")) == ("a", "b")
        ledger.put(Result("digest", 1.0, 2.0, 0.0, (), {}, ()), "options")
        assert ledger.setting("seed", "c") == "b"


def test_two_runs_at_once(tmp_path):
    with Ledger(tmp_path), pytest.raises(UserError, match="another run is using"):
        Ledger(tmp_path)
    Ledger(tmp_path).close()


def test_what_was_put_outlives_a_kill(tmp_path):
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom batch.ledger import Ledger\nfrom batch.models import Result\n"
        "ledger = Ledger(Path(sys.argv[1]))\n"
        "for number in range(20):\n    ledger.put(Result(str(number), 1.0, 2.0, 0.0, (), {}, ()), 'x')\n"
        "os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", code, tmp_path]).returncode == -9
    with Ledger(tmp_path) as ledger:
        assert len(ledger.rows()) == 20


def test_a_full_disk_is_said_and_what_was_finished_is_kept(tmp_path):
    code = (
        "import resource, signal, sys\nfrom pathlib import Path\nfrom batch.ledger import Ledger\n"
        "from batch.models import Result\nfrom common.errors import UserError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nledger = Ledger(Path(sys.argv[1]))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))\n"
        "try:\n    for number in range(10_000):\n"
        "        ledger.put(Result(str(number), 1.0, 2.0, 0.0, (), {}, ('long ' * 1000,)), 'x')\n        print(number)\n"
        "except UserError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True)
    *finished, sentence = done.stdout.splitlines()
    assert "Everything finished so far is saved. Make room on the disk" in sentence, done.stderr
    with Ledger(tmp_path) as ledger:
        assert set(finished) <= ledger.rows().keys()


DAMAGE = ("", "{", "null", "[]", '{"digest": 3}', b"\xff\xfe", None)


@pytest.mark.parametrize("damage", DAMAGE)
def test_rows_that_cannot_be_read_cost_no_other_and_are_told(tmp_path, damage):
    graded = [(HandedIn(key, (), "", Path(key)), Result(f"digest of {key}", 1.0, 2.0, 0.0, (), {}, ())) for key in "ab"]
    override = Override("key a", "1.1", 2.0, "why", "2026-11-01T12:00:00+00:00", "digest of a")
    with Ledger(tmp_path) as ledger:
        for _, result in graded:
            ledger.put(result, "options")
        ledger.put_class(graded)
        ledger.override(override)
        ledger.override(dataclasses.replace(override, check="1.2"))
        ledger.save("policy", to_json(Policy()))
        ledger.save("kind", "Canvas")
        assert repair(ledger) == []
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None)) as rows:
        for table, column, which in (
            ("graded", "result", "digest = 'digest of a'"),
            ("class", "handed_in", "key = 'a'"),
            ("attempts", "handed_in", "key = 'a'"),
            ("overrides", "override", "check_number = '1.1'"),
            ("saved", "content", "name = 'policy'"),
        ):
            value = damage.decode("latin-1") if isinstance(damage, bytes) else damage
            rows.execute(f"UPDATE {table} SET {column} = ? WHERE {which}", (value,))
        if isinstance(damage, bytes):
            rows.execute("UPDATE graded SET result = CAST(? AS TEXT) WHERE digest = 'digest of a'", (damage,))
    with Ledger.to_read(tmp_path) as ledger, pytest.raises(UserError, match="Run `convgrade batch` again"):
        ledger.rows()
    with Ledger(tmp_path) as ledger:
        said = repair(ledger)
        assert "3 rows of ledger.sqlite could not be read" in said[0] and "The override of 1.1 for key a" in said[1]
        assert [sentence.split(" could")[0] for sentence in said[2:]] == (["The saved policy"] if damage else [])
        assert list(ledger.rows()) == ["digest of b"] and ledger.graded() == graded[1:] and not ledger.earlier()
        assert [each.check for each in ledger.overrides()] == ["1.2"] and ledger.saved("kind") == "Canvas"
        assert repair(ledger) == []


def test_another_file_of_this_name(tmp_path):
    (tmp_path / "ledger.sqlite").write_text("a poem " * 1000)
    with pytest.raises(UserError, match="is damaged"):
        Ledger(tmp_path)


def test_no_class(tmp_path):
    with pytest.raises(UserError, match="does not hold a graded class"):
        Ledger.to_read(tmp_path)


def test_a_damaged_ledger_is_called_so(tmp_path):
    Ledger(tmp_path).close()
    whole = (tmp_path / "ledger.sqlite").read_bytes()
    for damaged in (
        b"x" * 100 + whole[100:],
        whole[:6000],
        whole.replace(b"CREATE TABLE graded", b"CREATE \xd5ABLE graded"),
        whole.replace(b"result TEXT)", b"result \xd5\xd5XT)").replace(b"(digest", b"(\xd5igest"),
    ):
        (tmp_path / "ledger.sqlite").write_bytes(damaged)
        with pytest.raises(UserError, match=r"is damaged: .*Restore it from a backup"), Ledger(tmp_path) as ledger:
            ledger.rows()


def test_a_ledger_is_read_where_nobody_may_write(tmp_path, monkeypatch):
    Ledger(tmp_path).close()
    connect, asked = sqlite3.connect, []
    monkeypatch.setattr("os.access", lambda path, mode: False)
    monkeypatch.setattr("sqlite3.connect", lambda file, **options: asked.append(file) or connect(file, **options))
    with Ledger.to_read(tmp_path) as ledger:
        assert ledger.rows() == {}
    assert asked[0].endswith("?immutable=1"), "else SQLite makes a file beside it"


def test_a_ledger_of_another_version_is_neither_read_nor_written(tmp_path):
    with Ledger(tmp_path) as ledger:
        ledger.setting("format", "1")
        ledger.put(Result("a", 1.0, 2.0, 1.0, (), {}, ()), "options")
    for opened in (Ledger, Ledger.to_read):
        with pytest.raises(UserError, match="was written by another version of convgrade"):
            opened(tmp_path)
