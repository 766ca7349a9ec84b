"""Where everything is, below one folder: /autograder on Gradescope, a new folder when testing."""

import os
from dataclasses import dataclass
from pathlib import Path

GRADESCOPE = Path("/autograder")
QUIZ = "quiz.json"  # in an archive
OPEN_TO_ALL = (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"), Path("/run/lock"))


@dataclass(frozen=True)
class Places:
    """The files and folders that Gradescope and the grader share."""

    root: Path

    @property
    def source(self) -> Path:
        """The unpacked archive."""
        return self.root / "source"

    @property
    def submission(self) -> Path:
        """What was submitted."""
        return self.root / "submission"

    @property
    def metadata(self) -> Path:
        """Who submitted, when, and their earlier submissions."""
        return self.root / "submission_metadata.json"

    @property
    def quiz(self) -> Path:
        """All versions of a quiz with their keys, if the archive is for a quiz."""
        return self.source / QUIZ

    @property
    def results(self) -> Path:
        """results.json."""
        return self.root / "results" / "results.json"


def here() -> Places:
    """Return the places of this run."""
    return Places(Path(os.environ.get("AUTOGRADER", GRADESCOPE)))
