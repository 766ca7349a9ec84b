"""The answer to a plain question: a number or a grid that formulas give, or options to tick."""

from collections.abc import Collection, Mapping
from typing import Any

from common.errors import UserError, within
from quizzes.bank import formulas, texts
from quizzes.bank.formulas import Formula, number, same
from quizzes.bank.schema import QuestionFile
from quizzes.question import AUTHORS_WORD, DECIMALS, Choice, Grid, Number, Option, Value, Wrong, exact, require

LARGEST = 10**9  # the largest number in a file

Cell = Formula | Value
Rows = list[list[Cell]]  # a single number is one row of one cell
Rule = Formula | bool


class Typed:
    """A number, or a grid of numbers."""

    def __init__(self, said: QuestionFile, known: Collection[str]) -> None:
        if said.several or said.offered is not None:
            raise UserError("several and offered go with [[options]]")
        self.said, self.is_grid = said, isinstance(said.answer, list)
        self.rows = _rows("answer", said.answer, known)
        self._check_headings()
        cells = _cells(self.rows)
        computed = any(isinstance(cell, Formula) for cell in cells)
        self.operations = sum(cell.operations for cell in cells if isinstance(cell, Formula))
        self.check = None if said.check is None else _rows("check", said.check, known, self.rows)
        if computed and self.check is None:
            raise UserError("answer is a formula, so it needs a check: a formula that gives it in a second way")
        if computed and self.check and all(map(same, cells, _cells(self.check))):
            raise UserError("check says the same as answer: it must give it in a second way")
        names = [one.name for one in said.wrong]
        if twice := [name for name in names if names.count(name) > 1]:
            raise UserError(f"two [[wrong]] have the name {twice[0]!r}")
        self.wrong = []
        for one in said.wrong:
            with within(f"wrong {one.name!r}"):
                self.wrong.append((one, _rows("answer", one.answer, known, self.rows), texts.read(one.says, known)))

    def ask(self, numbers: Mapping[str, Value]) -> tuple[Number | Grid, object, list[Wrong]]:
        """Return the key, the key found the second way, and the wrong answers; raises RejectedDraw at too many decimals."""
        values = _worked_out("answer", self.rows, numbers)
        require(_can_be_written(values), f"an answer of at most {DECIMALS} decimals")
        check = self._single(_worked_out("check", self.check, numbers)) if self.check else AUTHORS_WORD
        wrong = []
        for one, rows, says in self.wrong:
            answer = _worked_out(f"wrong {one.name!r}", rows, numbers)
            if _can_be_written(answer):
                wrong.append(Wrong(exact(self._single(answer)), one.name, says.filled(numbers)))
        if self.is_grid:
            return Grid(exact(values), self.said.rows, self.said.columns), check, wrong
        return Number(exact(values[0][0]), self.said.unit, number(self.said.tolerance)), check, wrong

    def _single(self, values: list[list[Value]]) -> Value | list[list[Value]]:
        return values if self.is_grid else values[0][0]

    def _check_headings(self) -> None:
        said = self.said
        for kind, headings, count in (("rows", said.rows, len(self.rows)), ("columns", said.columns, len(self.rows[0]))):
            if headings and (not self.is_grid or len(headings) != count):
                raise UserError(f"{kind} are the headings of an answer: {len(headings)} of them, but {count} {kind}")
        if self.is_grid and (said.unit or said.tolerance):
            raise UserError("unit and tolerance go with an answer that is one number; name units in rows or columns")
        if not 0 <= said.tolerance <= LARGEST:
            raise UserError(f"tolerance must be from 0 to {LARGEST:,}")


class Ticked:
    """Options to tick: one, or several."""

    operations = 1

    def __init__(self, said: QuestionFile, known: Collection[str]) -> None:
        if said.check is not None or said.wrong or said.rows or said.columns or said.unit or said.tolerance:
            raise UserError("check, wrong, rows, columns, unit and tolerance go with an answer, not with [[options]]")
        if len(said.options) < 2 or not 2 <= (said.offered or 2) <= len(said.options):
            raise UserError("it needs at least 2 [[options]], and offered must be from 2 to their number")
        self.several = said.several
        self.options = []
        for place, option in enumerate(said.options, start=1):
            with within(f"options number {place}"):
                right, check = _rule("right", option.right, known), option.check
                if isinstance(right, Formula) and check is None:
                    raise UserError("right is a condition, so it needs a check: a condition that says it in a second way")
                check = right if check is None else _rule("check", check, known)
                if isinstance(right, Formula) and same(right, check):
                    raise UserError("check says the same as right: it must say it in a second way")
                text, says = texts.read(option.text, known), texts.read(option.says, known)
                self.options.append((text, right, check, says, option.name or option.text))
        self.computed = any(isinstance(right, Formula) for _, right, *_ in self.options)
        rights = [right for _, right, *_ in self.options].count(True)
        if not self.computed and not (0 < rights < len(self.options) if said.several else rights == 1):
            wanted = "some of them, not all" if said.several else "1 of them; say several = true if more can be ticked"
            raise UserError(f"{rights} of the [[options]] are right: it must be {wanted}")

    def ask(self, numbers: Mapping[str, Value]) -> tuple[Choice, object, list[Wrong]]:
        """Return the key and, for each option, whether it is right by the second way."""
        options, checks = [], []
        for place, (text, right, check, says, name) in enumerate(self.options, start=1):
            with within(f"options number {place}"):
                holds = _holds(right, numbers)
                checks.append(_holds(check, numbers))
                options.append(Option(text.filled(numbers), holds, says.filled(numbers), "" if holds else name))
        return Choice(tuple(options), self.several), checks if self.computed else AUTHORS_WORD, []


def literal(key: str, said: object) -> Value:
    """Return a literal number of a file; raises UserError, which names the key, for anything else."""
    if not isinstance(said, int | float) or isinstance(said, bool) or not abs(said) <= LARGEST:
        raise UserError(f"{key} must be a number of at most {LARGEST:,}, or a formula in quotes, not {said!r:.60}")
    return number(said)


def _rows(key: str, said: object, known: Collection[str], like: Rows | None = None) -> Rows:
    """Return an answer as rows of cells. like: an answer of the required shape."""
    listed: list[Any] = said if isinstance(said, list) else [said]
    rows: list[list[object]] = listed if all(isinstance(row, list) for row in listed) else [listed]
    if not rows or not rows[0] or len({len(row) for row in rows}) > 1:
        raise UserError(f"{key} must be a number, a formula, or rows of these of the same length")
    cells = [[_cell(key, cell, known) for cell in row] for row in rows]
    if like and [len(row) for row in cells] != [len(row) for row in like]:
        raise UserError(f"{key} must have as many rows and columns as answer, {len(like)} x {len(like[0])}")
    return cells


def _cell(key: str, said: object, known: Collection[str]) -> Cell:
    if not isinstance(said, str):
        return literal(key, said)
    with within(key):
        return formulas.read(said, known)


def _rule(key: str, said: object, known: Collection[str]) -> Rule:
    if isinstance(said, bool):
        return said
    if isinstance(said, str):
        with within(key):
            return formulas.read(said, known)
    raise UserError(f"{key} must be true, false, or a condition in quotes, not {said!r:.60}")


def _cells(rows: Rows) -> list[Cell]:
    return [cell for row in rows for cell in row]


def _worked_out(key: str, rows: Rows, numbers: Mapping[str, Value]) -> list[list[Value]]:
    with within(key):
        return [[cell.value(numbers) if isinstance(cell, Formula) else cell for cell in row] for row in rows]


def _holds(rule: Rule, numbers: Mapping[str, Value]) -> bool:
    return rule if isinstance(rule, bool) else rule.holds(numbers)


def _can_be_written(values: list[list[Value]]) -> bool:
    return all(value * 10**DECIMALS % 1 == 0 for row in values for value in row)
