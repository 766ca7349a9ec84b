"""Start a worker for each part while the image is built, so that an image that cannot grade fails to build."""

from importlib.metadata import PackageNotFoundError, version

from autograder.sandbox.host import Sandbox
from autograder.sandbox.replies import Returned
from gradescope import paths
from gradescope.run import assignment


def main() -> None:
    """Print which layers of the sandbox are missing; raise RuntimeError if a worker cannot run."""
    assigned = assignment(paths.here())
    with Sandbox() as sandbox:
        file = sandbox.submission / "ready.py"
        file.write_text("def answer(): return 42\n")
        for name, part in assigned.config.parts.items():
            reply = sandbox.worker(file, part.limits(assigned.harnesses.get(name))).call("answer")
            if not (isinstance(reply, Returned) and reply.result == 42):
                raise RuntimeError(f"a worker for {part.file} cannot run: {reply}")
            print(f"ready for {part.file}")
        for name, reason in sandbox.missing_layers.items():
            print(f"missing layer {name!r}: {reason}")
    for package in assigned.helpers:
        try:
            version(package)
        except PackageNotFoundError:
            print(f"without {package}: checks that need it are skipped")


if __name__ == "__main__":
    main()
