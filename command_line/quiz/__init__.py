"""convgrade quiz, with a module for each command."""

import click

from command_line.quiz.grade import grade
from command_line.quiz.history import history
from command_line.quiz.look import key, list_templates, preview
from command_line.quiz.make import make
from command_line.quiz.new import new, verify
from command_line.quiz.scan import scan
from command_line.quiz.texts import texts


@click.group()
def quiz() -> None:
    """Make quizzes, each with new numbers, and grade them."""


for command in (list_templates, preview, new, verify, make, key, grade, scan, history, texts):
    quiz.add_command(command)
