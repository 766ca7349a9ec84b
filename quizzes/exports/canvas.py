"""A QTI 1.2 package for Canvas: New Quizzes, classic quizzes, and PrairieLearn's importer read it.

A group for each entry of the quiz holds the variants of all versions; Canvas draws from it for each student, so Canvas
decides who gets which numbers. Grids are asked as blanks to fill in; or as dropdowns, if a teacher wants feedback on
the misconception behind each wrong value, which Canvas cannot give for typed values.
The worked steps stay at home unless asked for: Canvas shows feedback as soon as a student has handed in, while others
still write, and with it the way to the key. For the same reason keys are not shown after an attempt, and there is one
attempt: a teacher can set both otherwise in Canvas.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256

from common.archive import archive
from quizzes.drawing.png import pngs
from quizzes.exports.qti import Grids, Rendering, attribute, clean, decimal, element, image, item
from quizzes.quiz import Entry, GeneratedQuiz, QuestionGroup, Quiz
from quizzes.text.markdown import html_with_latex
from quizzes.variant import Variant

# At most this many purely illustrative pictures are in a package. A thousand variants would have hundreds of megabytes,
# which no learning platform accepts; pictures that a question needs are always included.
MOST_ILLUSTRATIONS = 300
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def files(generated: GeneratedQuiz, *, grids: Grids = "blanks", steps: bool = False) -> dict[str, bytes]:
    """Return canvas.zip, and canvas.txt, which explains how to use it.

    grids: whether their cells are typed or chosen. steps: solutions come with the feedback.
    """
    groups = generated.unique_groups()
    illustrations = sum(bool(one.picture) and not one.needs_picture for _, variants in groups for one in variants)
    left_out = illustrations if illustrations > MOST_ILLUSTRATIONS else 0
    groups = [_without_illustrations(group) for group in groups] if left_out else groups
    pictures = {image(variant): variant.picture for _, variants in groups for variant in variants if variant.picture}
    with ThreadPoolExecutor(1) as beside:  # Typst draws without Python's lock, while the questions are written
        drawn = beside.submit(pngs, list(pictures.values()))
        rendering = Rendering(grids, steps, generated.quiz.language)
        body = "".join(_entry(entry, variants, rendering) for entry, variants in groups)
    name = "quiz_" + sha256(f"{generated.quiz.title}\0{generated.quiz.description}\0{body}".encode()).hexdigest()[:16]
    package = {
        "imsmanifest.xml": _manifest(name, sorted(pictures)),
        f"{name}/{name}.xml": _questions(name, generated.quiz, body),
        f"{name}/assessment_meta.xml": _settings(name, generated.quiz),
    }
    content = {path: clean(text).encode() for path, text in package.items()}
    for path, png in zip(pictures, drawn.result()):
        content[path] = content[f"web_resources/{path}"] = png  # PrairieLearn looks into web_resources/ only
    return {"canvas.zip": archive(content), "canvas.txt": _instructions(generated.quiz, groups, left_out).encode()}


def _without_illustrations(group: QuestionGroup) -> QuestionGroup:
    return QuestionGroup(group.entry, [one if one.needs_picture else replace(one, picture=None) for one in group.variants])


def _entry(entry: Entry, variants: Sequence[Variant], rendering: Rendering) -> str:
    width = len(str(len(variants)))
    items = [
        item(variant, f"{variant.title} {number:0{width}}", entry.points, rendering)
        for number, variant in enumerate(variants, start=1)
    ]
    if len(items) == entry.count:
        return "".join(items)
    name = "group_" + sha256("".join(items).encode()).hexdigest()[:16]
    return (
        f"<section ident={attribute(name)} title={attribute(variants[0].title)}><selection_ordering><selection>"
        f"<selection_number>{entry.count}</selection_number><selection_extension>"
        f"<points_per_item>{decimal(entry.points)}</points_per_item></selection_extension></selection></selection_ordering>\n"
        f"{''.join(items)}</section>\n"
    )


def _instructions(quiz: Quiz, groups: Sequence[QuestionGroup], left_out: int) -> str:
    listed = "\n".join(
        f"  {one.entry.count} of {len(one.variants)} variants of {one.name}, {decimal(one.entry.points)} points each"
        for one in groups
    )
    pictures = (
        f"\n{left_out} pictures that only illustrate are left out: Canvas takes too long over a package of that size. "
        f"Make\n"
        f"{MOST_ILLUSTRATIONS} of them or fewer to include them.\n"
        if left_out
        else ""
    )
    return f"""{" ".join(quiz.title.split())}: package for Canvas

In the course: Settings > Import Course Content > QTI .zip file, canvas.zip. For New Quizzes tick "Import existing
quizzes as New Quizzes". Canvas itself draws the variants for each student, whatever the roster said:

{listed}
{pictures}"""


def _questions(name: str, quiz: Quiz, body: str) -> str:
    return (
        f'{HEAD}<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2"><assessment ident={attribute(name)} '
        f'title={attribute(_title(quiz))}><section ident="root_section">\n{body}</section></assessment></questestinterop>\n'
    )


def _settings(name: str, quiz: Quiz) -> str:
    settings = {
        "title": _title(quiz),
        "description": html_with_latex(quiz.description),
        "shuffle_answers": "false",  # they are shuffled already, and the place of the key is balanced
        "scoring_policy": "keep_highest",
        "quiz_type": "assignment",
        "points_possible": decimal(quiz.points),
        "show_correct_answers": "false",
        "allowed_attempts": "1",
    }
    fields = "".join(element(field, value) for field, value in settings.items())
    return f'{HEAD}<quiz identifier={attribute(name)} xmlns="http://canvas.instructure.com/xsd/cccv1p0">{fields}</quiz>\n'


def _manifest(name: str, images: Sequence[str]) -> str:
    pictures = "".join(
        f'<resource identifier="image_{number}" type="webcontent" href="{path}"><file href="{path}"/></resource>\n'
        for number, path in enumerate(images, start=1)
    )
    return (
        f'{HEAD}<manifest identifier="manifest_{name}" xmlns="http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1">'
        "<metadata><schema>IMS Content</schema><schemaversion>1.1.3</schemaversion></metadata><organizations/><resources>\n"
        f'<resource identifier="{name}" type="imsqti_xmlv1p2"><file href="{name}/{name}.xml"/>'
        f'<dependency identifierref="{name}_meta"/></resource>\n'
        f'<resource identifier="{name}_meta" type="associatedcontent/imscc_xmlv1p1/learning-application-resource" '
        f'href="{name}/assessment_meta.xml"><file href="{name}/assessment_meta.xml"/></resource>\n'
        f"{pictures}</resources></manifest>\n"
    )


def _title(quiz: Quiz) -> str:
    return quiz.title.strip() or quiz.name
