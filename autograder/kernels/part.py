"""How checks grade kernels without a GPU: the machine in gpu/ launches them, in a separate worker."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, NoReturn, TypeVar

import numpy as np

from autograder import expected_answers
from autograder.calls import launch_to_paste
from autograder.cases import Answer, Case
from autograder.feedback import Failure
from autograder.kernels import compiler, harness
from autograder.kernels.goals import Figure, Traffic, marks
from autograder.kernels.launches import Launched, Misdeed, Profile
from autograder.part import REPRODUCIBLE, CheckFailed, Part, with_call
from autograder.sandbox.limits import Limits
from autograder.sandbox.replies import Returned, Stopped
from autograder.verdicts import Verdict
from common.errors import UserError

MOST_SOURCE = 2**20  # bytes that are read from a file: the language allows far fewer
HALF = 0.5  # of the outputs: a kernel that writes nothing is safe but useless
MOST_OTHERS = 3  # misdeeds that a note lists
SPENT = (Verdict.TIMED_OUT, Verdict.OUT_OF_MEMORY)
Found = TypeVar("Found")


class KernelPart(Part):
    """A part in which students write a kernel, and a function launch_KERNEL that returns its blocks and threads.

    Nothing of the submission is imported: its file is read as text, in a worker that runs only the machine. The kernel
    writes its result into its last argument, an uninitialised float32 array with the shape of the expected answer. Cases
    name the other arguments. The settings are the goals for its traffic.
    """

    kernel: ClassVar[str] = ""  # its name
    rooms = ("gpu",)
    helpers = compiler.HELPERS
    is_imported = False
    Settings = Traffic

    def case(self, function: str, *arguments: Answer, **options: Answer) -> Case:
        """Describe a launch of the kernel. Raises UserError for another function, and if the reference returns no array."""
        if function != self.kernel:
            says = f'kernel = "{self.kernel}"' if self.kernel else "nothing"
            raise UserError(
                f'the class of these checks must say kernel = "{function}", because a case launches it, but says {says}'
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
        return tuple(case.expected.shape)

    def figures(self, launched: Launched) -> Mapping[str, Figure]:
        """Return the figures of a launch for which assignment.toml sets goals."""
        raise NotImplementedError("checks that call require_traffic need a method `figures` that returns the figures")

    def require_values(self, *cases: Case) -> None:
        """Fail with the first launch that writes wrong numbers, in any order of its threads."""
        launched = self.judge(cases)
        self.asked += launched
        self._fail_with_first(launched)

    def require_safety(self, *cases: Case) -> None:
        """Fail with the first thing that a launch does and no kernel may do. A note lists the others."""
        launched = self.judge(cases)
        self._require_mostly_right(launched, "Safety")
        found: dict[tuple[str, ...], tuple[Misdeed, Case]] = {}
        for each in launched:
            for one in each.profile.misdeeds:
                found.setdefault((one.kind, *one.lines), (one, each.case))
        if found:
            (first, case), *others = found.values()
            if others:
                said = " ".join(one.sentence for one, _ in others[:MOST_OTHERS])
                self.notes.append(f"Besides the problem below, there are {len(others)} more: {said}")
            self._fail(Failure(Verdict.WRONG, first.sentence, str(case), frames=first.lines, fault=first.kind), case)

    def require_traffic(self, set_score: Callable[[float], None], case: Case) -> None:
        """Give points for the figure of a launch that is farthest from its best; fail unless it is at its best."""
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
        launched = [self._kept(f"launch {expected_answers.key(case)}", self._launch, case) for case in cases]
        figures = self.compiled(cases[0])
        for each in launched:
            if refused := compiler.refused(figures, each.profile.threads):
                self._fail(Failure(Verdict.WRONG, refused, str(each.case)), each.case)
        return launched

    def compiled(self, case: Case) -> compiler.Figures:
        """Return what the compiler reports about the kernel, by architecture; an empty dict without a compiler.

        Fails if the kernel cannot be compiled. case: any case, since all have arguments of the same types.
        """
        figures: compiler.Figures = self._kept("compiled", self._compile, case)
        return figures

    def limits(self) -> Limits:
        """Return what the machine's worker may use."""
        return replace(super().limits(), harness=harness.of_machine(), packages=("numpy",))

    def _kept(self, what: str, find: Callable[[Case], Found | Failure], case: Case) -> Found:
        """Find something for a case, once for all checks of this part, and return it; fail if it is a failure."""
        key, kept = f"{self.config.file}: {what}", self.grading.kept
        if key not in kept:
            kept[key] = find(case)
        found: Found | Failure = kept[key]
        if isinstance(found, Failure):
            self._fail(found, case)
        return found

    def _launch(self, case: Case) -> Launched | Failure:
        """Launch the kernel for a case, in a worker that can be trusted."""
        shape, seed = list(case.expected.shape), self.between(0, 2**31)
        asked = {"sizes": list(self.sizes(case)), "arguments": list(case.arguments), "shape": shape, "seed": seed}
        reply = self._ask(self.kernel, self.limits(), "run", self.kernel, asked)
        if isinstance(reply, Stopped) and reply.verdict not in SPENT:
            raise RuntimeError(f"the machine failed: {reply.sentence}")
        if isinstance(reply, Stopped):
            return Failure(reply.verdict, reply.sentence, str(case))
        if "stopped" in reply.result:
            found = reply.result
            verdict = Verdict(found["stopped"])
            call = str(case) if verdict in REPRODUCIBLE else ""  # otherwise nothing was launched
            return Failure(verdict, found["sentence"], call, frames=found["lines"])
        return Launched.of(case, Profile.of(reply.result))

    def _compile(self, case: Case) -> compiler.Figures | Failure:
        """Compile the kernel, in a worker that executes the submission's file, and so is trusted with nothing else."""
        limits = replace(self.limits(), harness=harness.of_compiler(), packages=compiler.PACKAGES, memory=compiler.MEMORY)
        limits = replace(limits, call_seconds=compiler.SECONDS, part_seconds=compiler.SECONDS)
        output = np.zeros(case.expected.shape, np.float32)
        reply = self._ask(f"{self.kernel} in the compiler", limits, "compiled", self.kernel, [*case.arguments, output])
        found = compiler.understood(reply, self.kernel)
        if isinstance(found, str):
            self.grading.remark(f"Whether Numba can compile the kernels was not checked: {found}.")
            return {}
        return found

    def _ask(self, name: str, limits: Limits, function: str, *arguments: object) -> Returned | Stopped:
        """Call a harness without the submission, and pass it the bytes of this part's file. name: of the worker."""
        with self._file().open("rb") as stream:
            source = np.frombuffer(stream.read(MOST_SOURCE), np.uint8)
        worker = self.grading.worker(self.grading.sandbox.alone(name), limits)
        return worker.call(function, source, self.config.file, *arguments, harness=True, said=self.kernel)

    def _wasteful(self, figure: Figure, sentence: str, case: Case) -> Failure:
        """Return the failure of a figure that is not at its best; chart the warp that shows it."""
        if waste := figure.worst:
            self.charts.append(waste.drawing)
            return Failure(Verdict.WRONG, sentence, str(case), waste.advice, frames=waste.lines)
        return Failure(Verdict.WRONG, sentence, str(case), figure.advice)

    def _require_mostly_right(self, launched: Sequence[Launched], what: str) -> None:
        """Fail unless more than half of the outputs of each launch are right."""
        for each in launched:
            size = each.case.expected.size
            if each.right <= HALF * size:
                sentence = f"{what} counts once more than half of the outputs are right. Here, {each.right} of {size} are."
                self.fail_with(Verdict.WRONG, sentence)

    def to_paste(self, case: Case) -> str:
        """Write the launch of a case as Python that can be pasted where Numba is installed."""
        shape = case.expected.shape
        return launch_to_paste(self.config.module, self.kernel, self.sizes(case), case.arguments, shape)

    def _fail(self, failure: Failure, case: Case) -> NoReturn:
        raise CheckFailed(with_call(failure, self.to_paste(case)))
