"""What Canvas and Moodle do with a table or a zip that is uploaded, after their source and without batch's own code.

Source: instructure/canvas-lms, lib/gradebook_importer.rb and app/models/abstract_assignment.rb (title_and_id,
infer_comment_context_from_filename); moodle/moodle, mod/assign/feedback/offline (importgradeslib.php, locallib.php) and
mod/assign/feedback/file/importziplib.php.
"""

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from datetime import datetime


def _rows(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@dataclass
class CanvasCourse:
    """students: by their numbers (name, sis id, login); assignments: titles by their numbers."""

    students: dict
    assignments: dict

    def imported(self, content):
        """Return the grades by assignment and student; what is new has its name in place of a number."""
        head, *body = _rows(content)
        assert len(head) > 3 and "Student" in head[0] and "ID" in head[1]
        assert re.search(r"SIS\s+User\s+ID", head[2]) and re.search(r"SIS\s+Login\s+ID", head[3]) and "Section" in head[4]
        (column,) = head[5:]
        assert not re.search("(Current|Final|Override) (Score|Points|Grade)", column)
        grades = {}
        for row in body:
            assert "Points Possible" not in row[0]
            assert re.fullmatch(r"-?\d+\.\d\d", row[5])  # an empty one would delete a grade, "1,000" would be 1
            student = self._student(row)
            assert student not in grades
            grades[student] = float(row[5])
        return self._assignment(column), grades

    def _assignment(self, column):
        found = re.fullmatch(r"(.*)\s\((\d+)\)", column)
        if found and int(found[2]) in self.assignments:
            return int(found[2])
        return next((number for number, title in self.assignments.items() if title == column), column)

    def _student(self, row):
        if row[1].isdigit() and int(row[1]) in self.students:
            return int(row[1])
        for place in (2, 3):
            for number, student in self.students.items():
                if row[place] and row[place] == student[place - 1]:
                    return number
        return next((number for number, student in self.students.items() if student[0] == row[0]), row[0])

    def commented(self, content, attachments):
        """Return the files that an upload of graded submissions attaches: by student, the student's file and the content.

        attachments: the student of each file that was handed in.
        """
        taken = {}
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                pieces = [piece for piece in member.rsplit("/", 1)[-1].split("_") if piece != "LATE"]
                if pieces[0] == "anon":
                    student, attachment = pieces[1:3]
                else:
                    student, attachment = [piece for piece in pieces if re.fullmatch(r"\d+", piece)][:2]
                assert not pieces[-1].startswith("link") and not member.startswith("._")
                assert attachments[attachment] == student
                taken[student] = attachment, archive.read(member)
        return taken


@dataclass
class MoodleAssignment:
    """participants: who has which number; grades: (grade, changed at) of those who have one; most: the maximum grade."""

    participants: dict
    most: float = 100.0
    grades: dict = None

    def imported(self, content, ignore_modified=False, now=None):
        """Take a grading worksheet, and return the grades then."""
        head, *body = _rows(content)
        assert all(len(row) == len(head) for row in body)  # else Moodle takes none of it
        place = {name: head.index(name) for name in ("Identifier", "Grade", "Last modified (grade)")}
        grades = dict(self.grades or {})
        for row in body:
            number = row[place["Identifier"]][len("Participant ") :]
            if number not in self.participants:
                continue
            who, text = self.participants[number], row[place["Grade"]].replace(" ", "")
            before, changed = grades.get(who, (None, datetime.min))
            is_stale = before is not None and changed > _time(row[place["Last modified (grade)"]])
            if text and float(text) != before and 0 <= float(text) <= self.most and (ignore_modified or not is_stale):
                grades[who] = float(text), now or datetime.max
        return grades

    def feedback(self, content):
        """Return the files of a zip of feedback: by student and name."""
        taken = {}
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                folder, name = member.split("/")
                info = folder.split("_", 4)
                assert len(info) >= 4 and info[1].isdigit() and info[2:4] == ["assignsubmission", "file"]
                assert not name.startswith((".", "~"))
                taken[self.participants[str(int(info[1]))], name] = archive.read(member)
        return taken


def _time(text):
    try:
        return datetime.strptime(text, "%A, %d %B %Y, %I:%M %p")
    except ValueError:
        return datetime.min
