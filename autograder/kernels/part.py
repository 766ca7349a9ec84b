"""How checks grade kernels without a GPU: the machine of gpu/ launches them, in a worker of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, NoReturn

import numpy as np

from autograder import recorded
from autograder.calls import launch_to_paste
from autograder.cases import Case
from autograder.feedback import Failure
from autograder.kernels import compiler, harness
from autograder.kernels.launched import Launched, Misdeed, Ran
from autograder.kernels.marks import Figure, Traffic, marks
from autograder.part import REPRODUCIBLE, CheckFailed, Part, with_call
from autograder.sandbox.limits import Limits
from autograder.sandbox.replies import Returned, Stopped
from autograder.verdicts import Verdict
from common.errors import UserError

MOST_SOURCE = 2**20  # bytes that are read of a file: the language allows far fewer
HALF = 0.5  # of the outputs: a kernel that writes nothing is safe, and of no use
MOST_OTHERS = 3  # misdeeds that a note tells of
SPENT = (Verdict.TIMED_OUT, Verdict.OUT_OF_MEMORY)


class KernelPart(Part):
    """A part whose work is a kernel, and a function launch_KERNEL that returns its blocks and threads.

    Nothing of the submission is imported: its file is read as text, in a worker that runs the machine and nothing else.
    The kernel writes what it computes into its last argument, an array of float32 of the right answer's shape that holds
    nothing before. Cases name the arguments before that. The settings are the goals of its traffic.
    """

    kernel: ClassVar[str] = ""  # its name
    rooms = ("gpu",)
    helpers = compiler.HELPERS
    is_imported = False
    Settings = Traffic

    def case(self, function: str, *arguments: Any, **options: Any) -> Case:
        """Describe a launch of the kernel. Raises UserError for a call that is none, or that leaves no array behind."""
        if function != self.kernel:
            says = f'kernel = "{self.kernel}"' if self.kernel else "nothing"
            raise UserError(
                f'the class of these checks must say kernel = "{function}", whose launch is a case, but says {says}'
            )
        found = super().case(function, *arguments, **options)
        if not isinstance(found.expected, np.ndarray):
            raise UserError(
                f"the reference of {function} must return the array that the kernel leaves in its last argument, "
                f"but returns {found.expected!r:.40}"
            )
        return found

    def sizes(self, case: Case) -> Sequence[int]:
        """Return what launch_KERNEL is called with: the shape of the output."""
        return case.expected.shape

    def figures(self, launched: Launched) -> Mapping[str, Figure]:
        """Return the figures of a launch whose goals assignment.toml names."""
        raise NotImplementedError("checks that ask require_traffic need a method figures, which returns what is counted")

    def require_values(self, *cases: Case) -> None:
        """Fail with the first launch that writes wrong numbers, in whatever order its threads run."""
        launched = self.judge(cases)
        self.asked += launched
        self._fail_with_first(launched)

    def require_safety(self, *cases: Case) -> None:
        """Fail with the first thing that a launch does and no kernel may do. A note says what else there is."""
        launched = self.judge(cases)
        self._require_mostly_right(launched, "Safety")
        found: dict[tuple[str, ...], tuple[Misdeed, Case]] = {}
        for each in launched:
            for one in each.ran.misdeeds:
                found.setdefault((one.kind, *one.lines), (one, each.case))
        if found:
            (first, case), *others = found.values()
            if others:
                said = " ".join(one.sentence for one, _ in others[:MOST_OTHERS])
                self.notes.append(f"Besides what is said below, {len(others)} more: {said}")
            self._fail(Failure(Verdict.WRONG, first.sentence, str(case), frames=first.lines, fault=first.kind), case)

    def require_traffic(self, set_score: Callable[[float], None], case: Case) -> None:
        """Give points by the figure of a launch that is farthest from its best; fail unless that is reached."""
        set_score(0)
        for launched in self.judge([case]):
            self._require_mostly_right([launched], "Traffic")
            worst, *others = marks(self.figures(launched), self.settings.traffic)
            set_score(self.check.points * worst.share)
            self.notes += map(str, others if worst.share < 1 else (worst, *others))
            if worst.share < 1:
                right, size = launched.right, case.expected.size
                counted = f" Only right outputs count: {right} of {size} are." if right < size else ""
                self._fail(self._wasteful(worst.figure, f"{worst}{counted}", case), case)

    def judge(self, cases: Sequence[Case]) -> list[Launched]:
        """Launch the kernel for each case; fail if one cannot be launched or compiled, or does not end."""
        launched = [self._kept(f"launch {recorded.key(case)}", self._launch, case) for case in cases]
        figures = self.compiled(cases[0])
        for each in launched:
            if refused := compiler.refused(figures, each.ran.threads):
                self._fail(Failure(Verdict.WRONG, refused, str(each.case)), each.case)
        return launched

    def compiled(self, case: Case) -> compiler.Figures:
        """Return what the compiler reports of the kernel, by architecture: nothing where there is no compiler.

        Fails if it cannot be compiled. case: any one, since arguments have the same types in all.
        """
        return self._kept("compiled", self._compile, case)

    def limits(self) -> Limits:
        """Return what the machine's worker may use."""
        return replace(super().limits(), harness=harness.of_machine(), packages=("numpy",))

    def _kept(self, what: str, find: Callable[[Case], Any], case: Case) -> Any:
        """Return what is found for a case, once for all checks of this part; fail if that is a failure."""
        key, kept = f"{self.config.file}: {what}", self.grading.kept
        if key not in kept:
            kept[key] = find(case)
        if isinstance(kept[key], Failure):
            self._fail(kept[key], case)
        return kept[key]

    def _launch(self, case: Case) -> Launched | Failure:
        """Launch the kernel for a case, in a worker that can be believed."""
        shape, seed = list(case.expected.shape), self.between(0, 2**31)
        asked = self.kernel, list(self.sizes(case)), list(case.arguments), shape, seed
        reply = self._ask(self.kernel, self.limits(), "run", *asked)
        if isinstance(reply, Stopped) and reply.verdict not in SPENT:
            raise RuntimeError(f"the machine failed: {reply.sentence}")
        if isinstance(reply, Stopped):
            return Failure(reply.verdict, reply.sentence, str(case))
        if "stopped" in reply.result:
            found = reply.result
            verdict = Verdict(found["stopped"])
            call = str(case) if verdict in REPRODUCIBLE else ""  # otherwise nothing was launched
            return Failure(verdict, found["sentence"], call, frames=found["lines"])
        return Launched.of(case, Ran.of(reply.result))

    def _compile(self, case: Case) -> compiler.Figures | Failure:
        """Compile the kernel, in a worker that executes the submission's file, and so is believed about nothing else."""
        limits = replace(self.limits(), harness=harness.of_compiler(), packages=compiler.PACKAGES, memory=compiler.MEMORY)
        limits = replace(limits, call_seconds=compiler.SECONDS, part_seconds=compiler.SECONDS)
        output = np.zeros(case.expected.shape, np.float32)
        reply = self._ask(f"{self.kernel} in the compiler", limits, "compiled", self.kernel, [*case.arguments, output])
        found = compiler.understood(reply, self.kernel)
        if isinstance(found, str):
            self.grading.remark(f"Whether Numba can compile the kernels was not checked: {found}.")
            return {}
        return found

    def _ask(self, name: str, limits: Limits, function: str, *arguments: Any) -> Returned | Stopped:
        """Call a harness without the submission, and hand the bytes of this part's file over. name: of the worker."""
        with self._file().open("rb") as stream:
            source = np.frombuffer(stream.read(MOST_SOURCE), np.uint8)
        worker = self.grading.worker(self.grading.sandbox.alone(name), limits)
        return worker.call(function, source, self.config.file, *arguments, harness=True, said=self.kernel)

    def _wasteful(self, figure: Figure, sentence: str, case: Case) -> Failure:
        """Return the failure of a figure that is not at its best; draw the warp that shows it."""
        if waste := figure.worst:
            self.charts.append(waste.drawing)
            return Failure(Verdict.WRONG, sentence, str(case), waste.advice, frames=waste.lines)
        return Failure(Verdict.WRONG, sentence, str(case), figure.advice)

    def _require_mostly_right(self, launched: Sequence[Launched], what: str) -> None:
        """Fail unless more than half of the outputs of each launch are right."""
        for each in launched:
            size = each.case.expected.size
            if each.right <= HALF * size:
                sentence = f"{what} counts once more than half of the outputs are right. Here {each.right} of {size} are."
                self.fail_with(Verdict.WRONG, sentence)

    def to_paste(self, case: Case) -> str:
        """Write the launch of a case as Python that can be pasted where Numba is."""
        shape = case.expected.shape
        return launch_to_paste(self.config.module, self.kernel, self.sizes(case), case.arguments, shape)

    def _fail(self, failure: Failure, case: Case) -> NoReturn:
        raise CheckFailed(with_call(failure, self.to_paste(case)))
