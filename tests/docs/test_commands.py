"""Every command that a page shows exists, with the options shown, and is run by a test unless the table says why not."""

import argparse
import re
import runpy
import shlex
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import click
import pytest

from command_line.main import convgrade
from command_line.student import student
from tests.conftest import ROOT
from tests.docs.reading import ONLY_PARSED, PAGES, code, is_only_parsed, steps

START = re.compile(
    r"(?:^|.*&& |.*= )(?:\.venv/bin/)?(convgrade|python check\.pyz|python -m benchmarks\.[\w.]+|benchmarks/\w+\.py)(?= |$)"
)


def shown(path):
    """Return the commands of a page, each as the program's name and the words after it."""
    for line in code(path):
        if found := START.match(line):
            yield found[1], shlex.split(line[found.end() :].split(" | ")[0].split(" > ")[0], comments=True)


def parse(command, words):
    """Raise click's own error if a command does not exist or lacks an option."""
    context = click.Context(command, **command.context_settings)
    _, words, _ = command.make_parser(context).parse_args(words)
    if isinstance(command, click.Group) and words:
        _, command, words = command.resolve_command(context, words)
        parse(command, words)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_command_of_a_page_exists_with_its_options(path):
    for program, words in shown(path):
        if program == "convgrade":
            parse(convgrade, words)
        elif program == "python check.pyz":
            parse(student, words)


def benchmarks():
    """Return the benchmarks that pages show, each as its module and the words after it."""
    for program, words in (command for path in PAGES for command in shown(path)):
        if "-m benchmarks" in program or ("benchmarks/" in program and words):
            yield program.removeprefix("python -m ").removesuffix(".py").replace("/", "."), *words


class ParsedError(Exception):
    """The words of a command are those of its program, which goes no further."""


@pytest.mark.costly
@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")
@pytest.mark.parametrize("words", sorted(set(benchmarks())), ids=" ".join)
def test_a_benchmark_takes_the_words_that_a_page_shows(words, monkeypatch):
    pytest.importorskip("torch")
    parse_args = argparse.ArgumentParser.parse_args

    def parsed(*arguments):
        parse_args(*arguments)
        raise ParsedError

    def invoked(command, context):
        if not isinstance(command, click.Group):
            raise ParsedError

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", parsed)
    monkeypatch.setattr(click.Command, "invoke", invoked)
    monkeypatch.setattr(sys, "argv", list(words))
    with pytest.raises(ParsedError):
        runpy.run_module(words[0], run_name="__main__", alter_sys=False)


def test_a_page_that_asks_for_something_is_read_by_a_test():
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    asking = {str(path.relative_to(ROOT)) for path in PAGES if not all(map(is_only_parsed, steps(path)))}
    assert asking == set(re.findall(r"\bread\(\"([\w/.-]+)\"", tests))


def test_what_is_only_parsed_is_on_a_page_and_ci_runs_what_it_must():
    lines = [step.text for path in PAGES for step in steps(path)]
    assert [words for words in ONLY_PARSED if not any(fnmatchcase(line, words) for line in lines)] == []
    run = (ROOT / ".ci" / "run").read_text().splitlines()
    (lint,) = (line for line in lines if fnmatchcase(line, ".venv/bin/ruff *"))
    assert set(lint.split(" && ")) < set(run)
    assert "./setup.sh && .venv/bin/pytest" in lines and "./setup.sh" in run


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_file_of_the_repository_that_a_page_names_is_there(path):
    written = {step.file for step in steps(path)}
    folders = "|".join(each.name for each in ROOT.iterdir() if each.is_dir() and each.name != "site")
    for name in re.findall(rf"(?<![\w/.])(?:{folders})/[a-z\d_/]+\.(?:py|md|toml|json|csv)\b", path.read_text("utf-8")):
        assert name in written or (ROOT / name).is_file(), name


@pytest.mark.parametrize("line", ["convgrade grate x", "convgrade batch x --fast", "convgrade quiz make q.toml --fast"])
def test_a_command_or_an_option_that_does_not_exist_is_found(line):
    with pytest.raises(click.UsageError):
        parse(convgrade, line.split()[1:])


def test_commands_are_found_in_blocks_and_in_sentences(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "`convgrade a`\n\n    ./setup.sh && .venv/bin/convgrade b\n\n```sh\npython check.pyz c \\\n    d\n```\n"
    )
    assert list(shown(page)) == [("convgrade", ["a"]), ("convgrade", ["b"]), ("python check.pyz", ["c", "d"])]
    assert sum(len(list(shown(path))) for path in PAGES) > 100


def test_a_reader_writes_files_and_types_commands_but_not_the_names_of_commands(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "`convgrade batch`, `pip a`\n\n`a/b.py`:\n\n```python\nx\n```\n\n```sh\nrm \\\n a\n```\n\n```text\ny\n```\n"
    )
    assert [(step.text, step.file) for step in steps(page)] == [
        ("pip a", ""), ("x\n", "a/b.py"), ("rm   a", ""),
    ]  # fmt: skip
