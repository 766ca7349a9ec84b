"""What the checks of all parts share: they call the student's code in its worker, and fail with reasons."""

import hashlib
import shutil
import unittest
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

import numpy as np
from gradescope_utils.autograder_utils import decorators

from autograder import compare, crashes, feedback, relations
from autograder.calls import in_brief, to_paste, with_imports
from autograder.cases import Answer, Case, Explain, Oracle
from autograder.config import PartConfig
from autograder.feedback import Chart, Curves, Drawing, Failure
from autograder.sandbox.child.wire import Value
from autograder.sandbox.host import Sandbox
from autograder.sandbox.limits import Harness, Limits
from autograder.sandbox.replay import NotKept, Replaying, Replier
from autograder.sandbox.replies import Returned, Stopped
from autograder.sources import Reader
from autograder.submission import Submission
from autograder.verdicts import Verdict
from common.errors import UserError

if TYPE_CHECKING:
    from autograder.datasets import Stored

Configured = Any  # a part's own Settings
# Marks a check that gives points for each group of its cases that is right. assignment.toml says how many.
partial_credit = decorators.partial_credit(0)
DRAWS = 200  # how often cases are drawn until they detect a check's misconceptions, at most
MOST_MISCONCEPTIONS = 3  # that are named: an answer that fits more of them fits by accident
# Verdicts that the same call gives again at home.
REPRODUCIBLE = (Verdict.WRONG, Verdict.CRASHED, Verdict.TIMED_OUT, Verdict.OUT_OF_MEMORY)


class CheckFailed(AssertionError):
    """A check failed; holds the reasons."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure


class NothingDetects(RuntimeError):
    """A check draws no cases that detect these misconceptions and wrong programs."""

    def __init__(self, check: str, undetected: set[str]) -> None:
        super().__init__(f"check {check} draws no cases that detect {', '.join(sorted(undetected))}")
        self.undetected = undetected


@dataclass(frozen=True)
class Judged:
    """A case, and the reply of the student's function."""

    case: Case
    reply: Returned | Stopped

    @cached_property
    def failure(self) -> Failure | None:
        """What is wrong with the answer, if anything is."""
        if isinstance(self.reply, Stopped):
            return _stopped(self.reply, str(self.case))
        if self.reply.sent in self.case.request.right:  # an earlier submission of the class got it, too
            return None
        failure = compare.failure(self.case, self.reply.result, self.reply.arguments, self.reply.options)
        if not failure:
            self.case.request.remember(self.reply)
        return replace(failure, printed=self.reply.printed) if failure and self.reply.printed else failure

    @property
    def answer(self) -> Answer:
        """The reply as it is compared, if one came."""
        return compare.plain(self.reply.result) if isinstance(self.reply, Returned) else None

    @property
    def changed_input(self) -> str:
        """The name of an argument that the call has changed, if it has changed one."""
        if isinstance(self.reply, Stopped):
            return ""
        return compare.changed_input(self.case, self.reply.arguments, self.reply.options)


@dataclass(frozen=True)
class Retraining:
    """How a network is trained again from scratch, to be compared with the submitted weights."""

    epochs: int
    seconds: float  # of processor time, at most


@dataclass
class Grading:
    """One submission on its way through the checks."""

    submission: Submission
    sandbox: Sandbox | Replaying
    seed: str
    reference: Oracle
    retraining: Retraining | None = None
    workers: dict[Path, Replier] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)  # what readers of the report must know about the grade
    faults: list[str] = field(default_factory=list)  # tracebacks of the grader's own errors
    at_home: bool = False  # on the student's own machine, where a problem must not keep other checks from running
    obstacles: list[str] = field(default_factory=list)  # what was wrong with it
    kept: dict[str, Any] = field(default_factory=dict)  # what one check found and another one needs
    lacked: set[str] = field(default_factory=set)  # data sets, by name, that a check asked for and that are not here

    def worker(self, file: Path, limits: Limits) -> Replier:
        """Return the worker for a file of the submission, started the first time; end those of other files.

        Parts run one after another, so that no two of them can talk to each other.
        """
        for other, worker in self.workers.items():
            if other != file:
                worker.stop()
        if file not in self.workers:
            self.workers[file] = self.sandbox.worker(file, limits)
        return self.workers[file]

    def end_workers(self) -> None:
        """End all workers; what asks for one gets a new one."""
        for worker in self.workers.values():
            worker.stop()
        self.workers.clear()

    def remark(self, sentence: str) -> None:
        """Add a sentence to the report, once."""
        if sentence not in self.remarks:
            self.remarks.append(sentence)


class Part(unittest.TestCase):
    """One part of an assignment: a file that students write, and its checks, numbered test methods."""

    needs: ClassVar[str | None] = None  # a package without which this part cannot be graded
    rooms: ClassVar[tuple[str, ...]] = ()  # folders of convgrade that grading it needs besides the autograder
    endings: ClassVar[tuple[str, ...]] = (".py",)  # of the files that students submit, which have the module's name
    helpers: ClassVar[tuple[str, ...]] = ()  # packages that its checks use where they are installed
    is_imported: ClassVar[bool] = True  # otherwise the file is only read, and none of its functions are called
    # Functions of the assignment's harness.py, and what sentences call them.
    harness: ClassVar[dict[str, str]] = {}
    # How to draw a wrong array of a function, where feedback.outputs is not enough.
    explain: ClassVar[dict[str, Explain]] = {}
    Settings: ClassVar[type | None] = None  # a dataclass of what assignment.toml may say in this part's settings

    def __init__(self, method: str, check: "Check", grading: Grading) -> None:
        super().__init__(method)
        self.check, self.config, self.grading = check, check.part, grading

    @property
    def settings(self) -> Configured:
        """What assignment.toml says in this part's settings, as its Settings."""
        return self.config.settings

    def setUp(self) -> None:
        """Start without the score that an earlier submission left on the method."""
        method = getattr(type(self), self._testMethodName)
        for remembered in ("__score__", "__leaderboard_value__"):
            method.__dict__.pop(remembered, None)
        self.notes: list[str] = []
        self.charts: list[Chart | Curves | Drawing] = []
        self.asked: list[Judged] = []
        self.extra = 0.0  # points above the most that the check gives

    @cached_property
    def random(self) -> np.random.Generator:
        """The check's own random numbers. Many checks need none."""
        return self.drawn_from(self.check.number or self._testMethodName)

    def drawn_from(self, purpose: str) -> np.random.Generator:
        """Return random numbers for a purpose: the same for everyone if the check is public, otherwise secret ones."""
        seed = "public" if self.check.public else self.grading.seed
        digest = hashlib.sha256(f"{seed}/{purpose}".encode()).digest()
        return np.random.default_rng(np.frombuffer(digest, np.uint8).astype(np.uint32))

    def between(self, least: int, end: int) -> int:
        """Draw an integer from least up to end, which is not included."""
        return int(self.random.integers(least, end))

    def case(self, function: str, *arguments: Value, **options: Value) -> Case:
        """Describe a call of the student's function."""
        return self.grading.reference.case(function, arguments, options, self.explain.get(function, feedback.outputs))

    def draw(self, draw: Callable[[], list[Case]], *catches: str, besides: Sequence[Case] = ()) -> list[Case]:
        """Draw cases, all of one function, until they detect its misconceptions and this check's wrong programs.

        catches: the names of the misconceptions that matter; all by default. besides: cases that the check asks as well.
        Later submissions that are graded with the same secret and reference get the same ones: they are drawn and
        answered only once.
        """
        drawn = self.grading.reference.drawn
        before = (type(self), self._testMethodName, repr(self.random.bit_generator.state))
        if before not in drawn:
            drawn[before] = self._draw_until_detected(draw, catches, besides), self.random.bit_generator.state
        cases, self.random.bit_generator.state = drawn[before]
        return cases

    def _draw_until_detected(
        self, draw: Callable[[], list[Case]], catches: tuple[str, ...], besides: Sequence[Case]
    ) -> list[Case]:
        never: set[str] = set()
        for attempt in range(DRAWS):
            cases = draw()
            functions = sorted({case.function for case in cases})
            if len(functions) != 1:
                found = " and ".join(functions) or "no function"
                raise UserError(
                    f"{self._testMethodName}: self.draw must draw cases of one function, but draws them of {found}"
                )
            undetected = self.grading.reference.undetected(self.check.number or "", [*cases, *besides], catches)
            if not undetected:
                return cases
            never = undetected & never if attempt else undetected
        raise NothingDetects(self.check.number or "", never or undetected)

    def stored(self, data_set: str) -> "Stored | None":
        """Return a data set whose test images decide points; None if it is missing, and then the grade is not final."""
        from autograder import datasets

        found = datasets.find(data_set)
        if not found:
            self.grading.lacked.add(data_set)
            self.grading.remark(
                f"{datasets.titles([data_set])} is not on this machine, so this is not the final grade: convgrade draws "
                f"data to train and to judge with instead. {datasets.advice(data_set)}"
            )
        return found

    def require(self, *cases: Case) -> None:
        """Fail with the first case that the student's code does not answer correctly."""
        self._fail_with_first(self.judge(cases))

    def require_share(self, set_score: Callable[[float], None], groups: dict[str, list[Case]]) -> None:
        """Give each group an equal share of the points, then fail with the first failure, if any."""
        set_score(0)
        judged = {name: self.judge(cases) for name, cases in groups.items()}
        right = [name for name, group in judged.items() if not any(each.failure for each in group)]
        set_score(self.check.points * len(right) / len(groups))
        if right and len(right) < len(groups):
            missing = [name for name in groups if name not in right]
            self.notes.append(f"Right: {', '.join(right)}. Not yet: {', '.join(missing)}.")
        self._fail_with_first([each for group in judged.values() for each in group])

    def judge(self, cases: Sequence[Case]) -> Sequence[Judged]:
        """Call the student's function for each case, until a reply is missing, or far too large to keep.

        Cases after a wrong reply are asked too: together, the replies show what explains them. A reply is compared while
        the student's code computes the next ones.
        """
        judged: list[Judged] = []
        known = self.grading.reference.asked
        cases = [known.setdefault((type(self), case.request.message), case) for case in cases]
        # The student's worker gets copies, across the process boundary; the case keeps its own arrays.
        for case, reply in zip(cases, self.worker().ask_all([case.request for case in cases])):
            judged.append(Judged(case, reply))
            _ = judged[-1].failure  # compared now, not when the worker has nothing left to compute
        self.asked += judged
        return judged

    def _fail_with_first(self, judged: Sequence[Judged]) -> None:
        """Fail with the first failure, if any."""
        for each in judged:
            if each.failure:
                raise CheckFailed(self._hinted(each, with_call(each.failure, self.to_paste(each.case))))

    def _hinted(self, failed: Judged, failure: Failure) -> Failure:
        """Return a failure with what explains all of the function's replies to this check, if anything does."""
        if isinstance(failed.reply, Stopped):
            meaning = crashes.hint(failure.sentence, failed.case) if failure.verdict is Verdict.CRASHED else None
            return replace(failure, hint=failure.hint or meaning)
        answers = [
            (each.case, each.answer)
            for each in self.asked
            if each.case.function == failed.case.function and isinstance(each.reply, Returned)
        ]
        if 1 <= len(found := compare.explanations(answers)) <= MOST_MISCONCEPTIONS:
            sentences = {one.name: one.sentence for one in found}
            hint = feedback.in_a_hint(sentences.values())
            return replace(failure, hint=hint, misconception=found[0].name, explanations=sentences)
        if failed.changed_input and not failure.hint:
            changed = f"The call also changed its {failed.changed_input}. {compare.CHANGED}"
            return replace(failure, hint=changed, misconception=compare.IN_PLACE)
        if not failure.hint and (related := relations.explanation(answers)):
            return replace(failure, hint=related.sentence, misconception=related.name)
        return failure

    def to_paste(self, case: Case) -> str:
        """Write the call of a case as Python that can be pasted."""
        return to_paste(self.config.module, case.function, case.arguments, case.options)

    def ask(self, function: str, *arguments: Value, said: str = "", **options: Value) -> Value:
        """Call the harness in the student's worker and return its result; fail if it was stopped.

        said: what sentences call it; by default, what the part's `harness` says.
        """
        reply = self.reply(function, *arguments, harness=True, said=said or self.harness[function], **options)
        if isinstance(reply, Stopped):
            raise CheckFailed(_stopped(reply))
        return reply.result

    def ask_alone(self, function: str, *arguments: Value) -> Value:
        """Call the harness in a worker that runs nothing of the submission, and return its result, which can be trusted."""
        worker = self.grading.worker(self.grading.sandbox.alone(), self.limits())
        reply = worker.call(function, *arguments, harness=True)
        if isinstance(reply, Stopped) and reply.verdict is Verdict.TIMED_OUT:  # the submission has left it no time
            raise CheckFailed(_stopped(reply))
        if isinstance(reply, Stopped):
            raise RuntimeError(f"{function} failed without the student's code: {reply.sentence}")
        return reply.result

    def returned(self, function: str, *arguments: Value, **options: Value) -> Value:
        """Call the student's function and return its reply, for the check to judge; fail if it was stopped."""
        reply = self.reply(function, *arguments, **options)
        if isinstance(reply, Stopped):
            failure = _stopped(reply, in_brief(function, arguments, options))
            raise CheckFailed(with_call(failure, to_paste(self.config.module, function, arguments, options)))
        return reply.result

    def fail_with(
        self, verdict: Verdict, sentence: str, call: str = "", hint: str | None = None, frames: Sequence[str] = ()
    ) -> NoReturn:
        """Fail for a reason that is not about a case.

        call: Python code that shows it, if there is any. frames: the student's lines.
        """
        shown = with_imports(self.config.module, call) if call else ""
        raise CheckFailed(Failure(verdict, sentence, shown, hint, frames=list(frames)))

    def reply(self, function: str, *arguments: Value, **options: Value) -> Returned | Stopped:
        """Call a function in this part's worker."""
        return self.worker().call(function, *arguments, **options)

    def worker(self) -> Replier:
        """Return this part's worker, or what replies in its place."""
        return self.grading.worker(self._file(), self.limits())

    def reader(self) -> Reader:
        """Return what reads the submission's files in this part's worker, before any of them runs there."""
        return Reader(self.worker(), self._file().parent)

    def start_over(self) -> None:
        """Continue in a new worker, with its own scratch folder: nothing remains of this part's earlier calls."""
        before, file = self.worker(), self._file()
        before.stop()
        fresh = self.grading.sandbox.worker(file, self.limits())
        fresh.seconds_left = before.seconds_left
        self.grading.workers[file] = fresh

    @contextmanager
    def with_sources_alone(self) -> Iterator[None]:
        """Talk to a copy of the submission with only its source files: no weights, no tables beside them."""
        whole = self.grading
        if not isinstance(whole.sandbox, Sandbox):
            raise NotKept("replies from a copy of the source files are not kept")
        self.worker().stop()
        with Sandbox(whole.sandbox.deadline, whole.sandbox.strict, whole.sandbox.without) as sandbox:
            copy = Submission(sandbox.submission)
            for source in self.sources():
                target = copy.folder / source.relative_to(whole.submission.folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target)
                copy.files.append(target)
            self.grading = replace(whole, submission=copy, sandbox=sandbox, workers={}, kept={})
            try:
                yield
            finally:
                self.grading = whole

    def sources(self) -> list[Path]:
        """Return the submission's source files."""
        return [path for path in self.grading.submission.files if path.suffix == ".py"]

    def limits(self) -> Limits:
        """Return what the worker may use."""
        return self.config.limits(self.check.harness, self.check.stays_home)

    def _file(self) -> Path:
        """Return this part's file, or fail and say why it cannot be used."""
        try:
            file = self.grading.submission.find(self.config.file)
        except UserError as error:
            self.fail_with(Verdict.MISSING, str(error))
        if file is None:
            unread = [remark for remark in self.grading.submission.remarks if self.config.file in remark]
            sentences = unread[:1] or [f"The submission has no file called {self.config.file}."]
            near_miss = self.grading.submission.near_miss(self.config.file)
            self.fail_with(Verdict.MISSING, " ".join([*sentences, *([near_miss] if near_miss else [])]))
        if self.needs and not _is_installed(self.needs):
            self.fail_with(Verdict.SKIPPED, f"This needs the package {self.needs}, which is not installed here.")
        return file


@dataclass(frozen=True)
class Check:
    """A check, or an entry of the leaderboard, before it runs."""

    part: PartConfig
    case: type[Part]
    method: str
    number: str | None  # "1.2"; None for an entry of the leaderboard
    title: str
    points: float
    public: bool  # students run it themselves
    visibility: str  # when they see it on Gradescope, in Gradescope's words
    harness: Harness | None = None  # what calls the student's code if the check uses a harness
    stays_home: tuple[str, ...] = ()  # modules that students were given and do not submit
    hints_at_once: bool = True  # otherwise a student asks for them

    def on(self, grading: Grading) -> Part:
        """Return the check as a test of one submission."""
        return self.case(self.method, self, grading)

    def cases(self, reference: Oracle, seed: str = "") -> list[Case]:
        """Let the check ask all of its cases, and return them instead of checking a submission.

        A check that calls its harness, or looks at the submission, returns the cases that it has asked by then.
        """
        asked: list[Case] = []
        nobody: Any = _Nobody()
        part = self.on(Grading(submission=nobody, sandbox=nobody, seed=seed, reference=reference))

        def note(cases: Sequence[Case]) -> list[Judged]:
            asked.extend(cases)
            return []

        part.judge = note  # type: ignore[method-assign]
        with suppress(_NobodyAnswers):
            part.setUp()
            getattr(part, self.method)()
        return asked


class _NobodyAnswers(Exception):
    """Ends a check that is only naming its cases, once it needs more of a submission than replies."""


class _Nobody:
    """Takes the place of a submission and its sandbox while a check only names its cases."""

    def __getattr__(self, name: str) -> NoReturn:
        raise _NobodyAnswers


def with_call(failure: Failure, call: str) -> Failure:
    """Return a failure with a call that reproduces it, if there was a call and it can be reproduced."""
    return replace(failure, call=call) if failure.call and failure.verdict in REPRODUCIBLE else failure


def _stopped(reply: Stopped, call: str = "") -> Failure:
    call = call if reply.called else ""
    return Failure(reply.verdict, reply.sentence, call, frames=reply.frames, printed=reply.printed)


def _is_installed(package: str) -> bool:
    from importlib.util import find_spec

    return find_spec(package) is not None
