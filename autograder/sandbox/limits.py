"""What one worker may use."""

from dataclasses import dataclass, field
from hashlib import sha256

from autograder.sandbox import machine
from autograder.sandbox.template import Template, template


@dataclass(frozen=True)
class Harness:
    """A module that calls the student's code for the grader, or does without it: of child/, or an assignment's own."""

    name: str
    source: bytes = field(default=b"", repr=False)  # of an assignment's

    @classmethod
    def of(cls, source: bytes) -> "Harness":
        """Return an assignment's harness. Its name tells it from all others, and from an earlier version of its own."""
        return cls(f"harness_{sha256(source).hexdigest()[:12]}", source)


@dataclass(frozen=True)
class Limits:
    """What one worker may use."""

    call_seconds: float = 10.0  # of processor time, as Meter counts it
    part_seconds: float = 60.0
    memory: int = 1024**3
    scratch: int = 64 * 1024**2  # bytes of its scratch folder
    threads: int = 1  # that libraries use; the student's own are bounded by memory
    packages: tuple[str, ...] = ("numpy",)  # what can be imported besides Python's standard library
    harness: Harness | None = None

    def template(self) -> Template:
        """Return the warm process from which workers with these limits are started."""
        return template(self.packages, min(self.threads, machine.processors()))
