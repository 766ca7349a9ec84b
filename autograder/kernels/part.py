"""How checks grade kernels without a GPU: the machine of gpu/ launches them, in a worker of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, NoReturn

import numpy as np

from autograder import recorded
from autograder.calls import launch_to_paste
from autograder.cases import Case
from autograder.feedback import Failure
from autograder.kernels import harness
from autograder.kernels.launched import Launched, Ran
from autograder.kernels.marks import Figure, Traffic, marks
from autograder.part import CheckFailed, Part, with_call
from autograder.sandbox.limits import Limits
from autograder.sandbox.replies import Stopped
from autograder.verdicts import Verdict

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

    kernel: ClassVar[str]  # its name
    Settings = Traffic

    def sizes(self, case: Case) -> Sequence[int]:
        """Return what launch_KERNEL is called with: the shape of the output."""
        return case.expected.shape

    def figures(self, launched: Launched) -> Mapping[str, Figure]:
        """Return the figures of a launch whose goals assignment.toml names."""
        raise NotImplementedError

    def require_values(self, *cases: Case) -> None:
        """Fail with the first launch that writes wrong numbers, in whatever order its threads run."""
        launched = self.judge(cases)
        self.asked += launched
        self._fail_with_first(launched)

    def require_safety(self, *cases: Case) -> None:
        """Fail with the first thing that a launch does and no kernel may do. A note says what else there is."""
        launched = self.judge(cases)
        self._require_mostly_right(launched, "Safety")
        found = {(one.kind, *one.lines): (one, each.case) for each in launched for one in each.ran.misdeeds}
        if found:
            (first, case), *others = found.values()
            if others:
                said = " ".join(one.sentence for one, _ in others[:MOST_OTHERS])
                self.notes.append(f"Besides what is said below, {len(others)} more: {said}")
            self._fail(Failure(Verdict.WRONG, first.sentence, str(case), frames=first.lines), case)

    def require_traffic(self, set_score: Callable[[float], None], case: Case) -> None:
        """Give points by the figure of a launch that is farthest from its best; fail unless that is reached."""
        set_score(0)
        for launched in self.judge([case]):
            self._require_mostly_right([launched], "Traffic")
            worst, *others = marks(self.figures(launched), self.settings.traffic)
            set_score(self.check.points * worst.share)
            self.notes += [f"{mark}." for mark in (worst, *others)]
            if worst.share < 1:
                self._fail(Failure(Verdict.WRONG, f"{worst}.", str(case), worst.figure.hint), case)

    def judge(self, cases: Sequence[Case]) -> list[Launched]:
        """Launch the kernel for each case; fail if one cannot be launched, or does not end."""
        return [self._launched(case) for case in cases]

    def limits(self) -> Limits:
        """Return what the machine's worker may use."""
        return replace(super().limits(), harness=harness.of_machine(), packages=("numpy",))

    def _launched(self, case: Case) -> Launched:
        """Launch the kernel for a case, once for all checks that ask it."""
        key, kept = f"launch {self.config.file} {recorded.key(case)}", self.grading.kept
        if key not in kept:
            kept[key] = self._launch(case)
        if isinstance(kept[key], Failure):
            self._fail(kept[key], case)
        return kept[key]

    def _launch(self, case: Case) -> Launched | Failure:
        shape, seed = list(case.expected.shape), self.between(0, 2**31)
        grid = self.kernel, list(self.sizes(case))
        reply = self._ask("run", self._source(), self.config.file, *grid, list(case.arguments), shape, seed)
        if isinstance(reply, Failure):
            return reply
        if "stopped" in reply:
            return Failure(Verdict(reply["stopped"]), reply["sentence"], str(case), frames=reply["lines"])
        return Launched.of(case, Ran.of(reply))

    def _source(self) -> np.ndarray:
        """Return the bytes of this part's file."""
        with self._file().open("rb") as stream:
            return np.frombuffer(stream.read(MOST_SOURCE), np.uint8)

    def _ask(self, function: str, *arguments: Any) -> Any:
        """Call the machine and return its reply, or a failure where it has spent its time or memory."""
        worker = self.grading.worker(self.grading.sandbox.alone(self.config.module), self.limits())
        reply = worker.call(function, *arguments, harness=True, said=self.kernel)
        if not isinstance(reply, Stopped):
            return reply.result
        if reply.verdict not in SPENT:
            raise RuntimeError(f"the machine failed: {reply.sentence}")
        return Failure(reply.verdict, reply.sentence)

    def _require_mostly_right(self, launched: Sequence[Launched], what: str) -> None:
        """Fail unless more than half of the outputs of each launch are right."""
        for each in launched:
            if each.share_right <= HALF:
                right, size = round(each.share_right * each.case.expected.size), each.case.expected.size
                sentence = f"{what} counts once more than half of the outputs are right. Here {right} of {size} are."
                self._fail(Failure(Verdict.WRONG, sentence, str(each.case)), each.case)

    def to_paste(self, case: Case) -> str:
        """Write the launch of a case as Python that can be pasted where Numba is."""
        shape = case.expected.shape
        return launch_to_paste(self.config.module, self.kernel, self.sizes(case), case.arguments, shape)

    def _fail(self, failure: Failure, case: Case) -> NoReturn:
        raise CheckFailed(with_call(failure, self.to_paste(case)))
