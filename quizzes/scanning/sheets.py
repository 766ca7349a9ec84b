"""Collect the pages of each student's answer sheet."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from quizzes.grading.responses import Responses
from quizzes.quiz import GeneratedQuiz, Version
from quizzes.scanning.bubbles import Reading
from quizzes.scanning.scan import Scanned, Unread

STUDENT = (0, "")  # the place of a student's id


@dataclass(frozen=True)
class Sheet:
    """The pages of one student's answers to a version, in order."""

    version: Version
    pages: tuple[Scanned, ...]

    @property
    def source(self) -> str:
        """Return where it is, in words."""
        return str(self.pages[0].where)

    @property
    def student(self) -> str:
        """Return whose it is; for a version for the room, an id that was read with certainty."""
        if not self.version.owner.numbered:
            return self.version.owner.id
        found = self.pages[0].readings.get(STUDENT)
        return found.text if found and not found.why else ""

    def given(self) -> Responses:
        """Return what is graded: each reading, unsure ones too."""
        answers: dict[int, dict[str, str]] = {}
        for page in self.pages:
            for (question, name), reading in page.readings.items():
                if (question, name) != STUDENT:
                    answers.setdefault(question, {})[name] = reading.text
        return Responses(self.student, self.version.code, answers, self.source)


def sheets(generated: GeneratedQuiz, scanned: Sequence[Scanned | Unread]) -> tuple[list[Sheet], list[str]]:
    """Return the sheets of all students, and sentences about problems with pages and sheets."""
    problems = [f"{page.where}: {page.problem}" for page in scanned if isinstance(page, Unread) and page.problem]
    read = [page for page in scanned if isinstance(page, Scanned)]
    found: list[Sheet] = []
    for version in generated.versions:
        places = [place for place, page in enumerate(read) if page.ticket.code == version.code]
        if not places:
            continue
        if version.owner.numbered:
            copies = _copies(read, places)
        else:
            copies = [_without_doubles([read[place] for place in places], problems)]
        if len(copies) > 1 and any(copy[0].ticket.page != 1 for copy in copies):
            problems.append(
                f"version {version.code} is there several times, and its pages are out of order, so that none of them "
                "counts: scan each student's pages one after the other"
            )
            continue
        found += [Sheet(version, tuple(copy)) for copy in copies]
    for sheet in found:
        missing = sorted(set(range(1, sheet.pages[0].pages + 1)) - {page.ticket.page for page in sheet.pages})
        if missing:
            problems.append(f"{sheet.source}: version {sheet.version.code} lacks page {', '.join(map(str, missing))}")
    return found, problems + _absent(generated, found)


def _copies(read: Sequence[Scanned], places: Sequence[int]) -> list[list[Scanned]]:
    """Return the pages of each copy of a version: those of one student follow each other, if there are several copies."""
    pages = [read[place] for place in places]
    if len({page.ticket.page for page in pages}) == len(pages):
        return [sorted(pages, key=lambda page: page.ticket.page)]
    copies: list[list[Scanned]] = []
    for place, page in zip(places, pages):
        follows = place > 0 and copies and copies[-1][-1] is read[place - 1]
        if follows and page.ticket.page == copies[-1][-1].ticket.page + 1:
            copies[-1].append(page)
        else:
            copies.append([page])
    return copies


def _without_doubles(pages: Sequence[Scanned], problems: list[str]) -> list[Scanned]:
    """Return each page of a student's sheet once; if a second scan of it reads differently, the reading is uncertain."""
    first: dict[int, Scanned] = {}
    for page in pages:
        number = page.ticket.page
        if number not in first:
            first[number] = page
            continue
        kept = first[number]
        other = {
            place: reading.text
            for place, reading in page.readings.items()
            if reading.text != kept.readings[place].text and not kept.readings[place].corrected
        }
        problems.append(
            f"{page.where}: it is page {number} of version {page.ticket.code} again, after {kept.where}; "
            + ("it reads the same" if not other else f"{len(other)} readings differ, which are listed as unsure")
        )
        unsure = {
            place: Reading(kept.readings[place].text, f"{page.where} reads {text or 'nothing'}")
            for place, text in other.items()
        }
        first[number] = replace(kept, readings={**kept.readings, **unsure})
    return [first[number] for number in sorted(first)]


def _absent(generated: GeneratedQuiz, found: Sequence[Sheet]) -> list[str]:
    """Return a sentence about the students on the roster without a sheet, if others have one."""
    present = {sheet.version.code for sheet in found}
    absent = [
        version.owner.name or version.owner.id
        for version in generated.versions
        if found and not version.owner.numbered and version.code not in present
    ]
    if not absent:
        return []
    names = ", ".join(absent[:5]) + (f" and {len(absent) - 5} more" if len(absent) > 5 else "")
    return [f"no answer sheet of {names}"]
