"""Grade folders by the check.pyz of a homework, in one process. Windows' Python runs this, too.

grade_folders.py CHECK_PYZ FOLDERS PART: writes, as JSON, the verdict and the hint of each check of each folder in FOLDERS.
"""

import json
import sys
import zipfile
from pathlib import Path

if __name__ == "__main__":
    archive, folders, part = sys.argv[1:]
    sys.path.insert(0, archive)
    from autograder import assignment, expected_answers, grading
    from autograder.sandbox import template

    (inside,) = zipfile.Path(archive, "assignment/").iterdir()
    assigned, reference = assignment.load(inside), expected_answers.load(inside)
    only = {check.number for check in assigned.checks(public_only=True) if check.number.startswith(f"{part}.")}
    found = {}
    for folder in sorted(Path(folders).iterdir()):
        template.template(("numpy",), 1).start_ahead(2)  # the next folder's worker comes up meanwhile
        report = grading.grade(folder, assigned, public_only=True, only=only, reference=reference)
        failures = {outcome.number: outcome.failure for outcome in report.outcomes}
        found[folder.name] = {
            number: [failure.verdict.value, failure.hint] if failure else ["passed", ""]
            for number, failure in failures.items()
        }
        print(*report.faults, file=sys.stderr)
    print(json.dumps(found))
    template.close_all()
