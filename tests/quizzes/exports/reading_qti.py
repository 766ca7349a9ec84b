"""Read a Canvas package as its importers do, and refuse what one of them is known to read wrongly.

Written from the rules of the format, and shares nothing with what writes it.
"""

import io
import re
import zipfile
from dataclasses import dataclass, field
from decimal import Decimal
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

QTI = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"
MANIFEST = "{http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1}"
META = "{http://canvas.instructure.com/xsd/cccv1p0}"
SETTINGS = set(
    "title description shuffle_answers scoring_policy quiz_type points_possible time_limit allowed_attempts "
    "show_correct_answers one_question_at_a_time cant_go_back access_code".split()
)
ORDER = ["itemmetadata", "presentation", "resprocessing", "itemfeedback"]
WHOLE_ITEM = {"general_fb", "general_incorrect_fb", "correct_fb"}
BLANK = re.compile(r"\[([A-Za-z0-9_\-.]+)\]")  # as New Quizzes looks for them
FILES = "$IMS-CC-FILEBASE$/"


class Broken(Exception):
    """An importer would read this wrongly."""


@dataclass
class Answer:
    """A label of a choice or of a blank."""

    text: str  # HTML
    right: bool
    feedback: str = ""  # HTML


@dataclass
class Item:
    """A question as it arrives."""

    ident: str
    title: str
    kind: str
    points: float
    stem: str  # HTML
    group: str = ""
    number: tuple[Decimal, Decimal] | None = None  # value and margin
    answers: list[Answer] = field(default_factory=list)
    cells: dict[str, list[Answer]] = field(default_factory=dict)
    general: str = ""
    images: list[tuple[str, str]] = field(default_factory=list)  # path and alt


@dataclass
class Group:
    """Questions of which Canvas picks some."""

    title: str
    pick: int
    points: float


@dataclass
class Quiz:
    """A package."""

    title: str
    settings: dict[str, str]
    items: list[Item]
    groups: dict[str, Group]
    pictures: dict[str, bytes]


def read(package: bytes) -> Quiz:
    """Read a zip."""
    with zipfile.ZipFile(io.BytesIO(package)) as zipped:
        names = zipped.namelist()
        require(names == sorted(set(names)), "entries of the zip are sorted and unique")
        require(all(each.date_time == (1980, 1, 1, 0, 0, 0) for each in zipped.infolist()), "the date is fixed")
        require(all(each.compress_type == zipfile.ZIP_STORED for each in zipped.infolist()), "entries are stored")
        files = {name: zipped.read(name) for name in names}
    return read_files(files)


def read_files(files: dict[str, bytes]) -> Quiz:
    """Read the files of a package."""
    resources = {
        resource.get("identifier"): resource
        for resource in ElementTree.fromstring(files["imsmanifest.xml"]).iter(f"{MANIFEST}resource")
    }
    named = [file.get("href") for resource in resources.values() for file in resource]
    require(all(href in files for href in named if href), "the manifest names files that are there")
    quizzes = [resource for resource in resources.values() if resource.get("type") == "imsqti_xmlv1p2"]
    require(len(quizzes) == 1, "the manifest has one quiz, of type imsqti_xmlv1p2")
    depends = quizzes[0].find(f"{MANIFEST}dependency")
    require(depends is not None and depends.get("identifierref") in resources, "the quiz depends on its settings")
    path = quizzes[0].find(f"{MANIFEST}file").get("href")
    meta = ElementTree.fromstring(files[path.rsplit("/", 1)[0] + "/assessment_meta.xml"])
    settings = {child.tag.removeprefix(META): child.text or "" for child in meta}
    require({"title", "description"} <= set(settings) <= SETTINGS, "the settings are known ones")
    root = ElementTree.fromstring(files[path])
    require(root.tag == f"{QTI}questestinterop", "the root is questestinterop")
    assessment = child(root, "assessment")
    section = child(assessment, "section")
    require(section.get("ident") == "root_section", "questions lie in the root section")
    pictures = {href: files[href] for href in named if href and href.startswith("images/")}
    require(
        all(files.get(f"web_resources/{name}") == content for name, content in pictures.items()),
        "pictures lie under web_resources/ too",
    )
    quiz = Quiz(assessment.get("title", ""), settings, [], {}, pictures)
    for node in section:
        if node.tag == f"{QTI}section":
            _read_group(quiz, node)
        else:
            quiz.items.append(_read_item(node, ""))
    idents = [item.ident for item in quiz.items] + list(quiz.groups)
    require(len(set(idents)) == len(idents), "idents are unique")
    shown = {path for item in quiz.items for path, _ in item.images}
    require(shown == set(pictures), "the pictures that are shown are those in the package")
    return quiz


def require(holds: object, rule: str) -> None:
    if not holds:
        raise Broken(rule)


def child(node: Element, name: str) -> Element:
    found = node.findall(f"{QTI}{name}")
    require(len(found) == 1, f"there is one {name}")
    return found[0]


def well_formed(html: str) -> Element:
    """Return HTML as a tree; Broken if a raw < or & would cut it."""
    try:
        return ElementTree.fromstring(f"<div>{html}</div>")
    except ElementTree.ParseError as error:
        raise Broken(f"HTML is well formed: {error}: {html}") from None


def _read_group(quiz: Quiz, node: Element) -> None:
    ident = good_ident(node)
    selection = child(child(node, "selection_ordering"), "selection")
    points = child(child(selection, "selection_extension"), "points_per_item").text
    pick = int(child(selection, "selection_number").text or "")
    items = [_read_item(each, ident) for each in node.findall(f"{QTI}item")]
    require(0 < pick <= len(items), "a group has as many questions as are picked")
    quiz.groups[ident] = Group(node.get("title", ""), pick, float(points or ""))
    quiz.items += items


def good_ident(node: Element) -> str:
    ident = node.get("ident", "")
    require(re.fullmatch("[A-Za-z0-9_]+", ident), f"an ident is made of letters, digits and _: {ident}")
    return ident


def _read_item(node: Element, group: str) -> Item:
    tags = [each.tag.removeprefix(QTI) for each in node]
    require(tags == sorted(tags, key=ORDER.index), "the parts of an item stand in the order of the DTD")
    fields = [
        (child(each, "fieldlabel").text, child(each, "fieldentry").text)
        for each in child(child(node, "itemmetadata"), "qtimetadata")
    ]
    require(fields[0][0] == "question_type", "the type comes first")
    metadata = {name: value or "" for name, value in fields if name}
    presentation = child(node, "presentation")
    require(presentation.find(f"{QTI}flow") is None, "no flow stands round the responses")
    stem = html_of(presentation)
    item = Item(
        good_ident(node), node.get("title", ""), metadata["question_type"], float(metadata["points_possible"]), stem, group
    )
    for image in well_formed(stem).iter("img"):
        source, alt = image.get("src", ""), image.get("alt", "")
        require(source.startswith(FILES), "a picture's address starts with the literal $IMS-CC-FILEBASE$")
        require(source.endswith(".png"), "a picture is a PNG")
        require(alt.strip() and not BLANK.search(alt), "a picture has words that stand for it, without [word]")
        item.images.append((source.removeprefix(FILES), alt))
    conditions = child(node, "resprocessing").findall(f"{QTI}respcondition")
    feedback = _feedback(node, conditions)
    item.general = feedback.pop((None, "general_fb"), "")
    lids = {good_ident(lid): lid for lid in presentation.findall(f"{QTI}response_lid")}
    scored = [condition for condition in conditions if condition.find(f"{QTI}setvar") is not None]
    for condition in conditions:
        order = ["conditionvar", "setvar", "displayfeedback"]
        parts = [each.tag.removeprefix(QTI) for each in condition]
        require(parts == sorted(parts, key=order.index), "the parts of a condition stand in the order of the DTD")
        if condition not in scored:
            tests = [each.tag.removeprefix(QTI) for each in child(condition, "conditionvar")]
            require(
                not {"or", "and"} & set(tests), "only the key stands in <or> or <and>: classic Canvas accepts any other"
            )
    labels = [each for lid in lids.values() for each in lid.iter(f"{QTI}response_label")]
    known = [good_ident(label) for label in labels]
    require(len(set(known)) == len(known), "idents of answers are unique")
    require(all(ident.isdigit() for ident in known), "idents of answers are digits")
    require(",".join(known) == metadata.get("original_answer_ids", ""), "the answers' idents are listed")
    for response, ident in feedback:
        require(response in lids, f"feedback on {response}: classic Canvas cannot give any")
        require(ident in known, f"feedback on {ident}, which is no answer")
    match item.kind:
        case "numerical_question":
            item.number = _number(presentation, scored)
        case "multiple_choice_question" | "multiple_answers_question":
            item.answers = _choice(item.kind, lids, scored, feedback)
        case "fill_in_multiple_blanks_question" | "multiple_dropdowns_question":
            item.cells = _cells(item.kind, stem, lids, scored, feedback)
        case other:
            raise Broken(f"no kind of question: {other}")
    return item


def html_of(node: Element) -> str:
    """Return the HTML of a node's material."""
    text = child(child(node, "material"), "mattext")
    if text.get("texttype") == "text/html":
        well_formed(text.text or "")
    return text.text or ""


def _feedback(node: Element, conditions: list[Element]) -> dict[tuple[str | None, str], str]:
    """Return the HTML of each feedback by response and answer, or None and the name of a whole item's."""
    texts = {}
    for each in node.findall(f"{QTI}itemfeedback"):
        ident = good_ident(each)
        if ident not in WHOLE_ITEM:
            bad = re.search("wrong|correct|general_|_all|_C$|_IC$", ident)
            require(not bad, f"feedback on an answer is not taken for the whole item's: {ident}")
            require(re.fullmatch("[0-9]+_fb", ident), f"feedback on an answer is called after it, in digits: {ident}")
        html = texts[ident] = html_of(child(each, "flow_mat"))
        shown = well_formed(html)
        paragraph = shown[0]
        require(
            len(shown) == 1 and paragraph.tag == "p" and (len(paragraph) or not re.search("&(lt|gt|amp);", html)),
            "feedback is one paragraph, with an element in it if it has a sign that classic Canvas would show escaped",
        )
    feedback: dict[tuple[str | None, str], str] = {}
    for condition in conditions:
        display = condition.find(f"{QTI}displayfeedback")
        if display is None:
            continue
        link = display.get("linkrefid", "")
        require(link in texts, f"there is feedback {link}")
        test = child(condition, "conditionvar")[0]
        if link in WHOLE_ITEM:
            require(test.tag == f"{QTI}other", "feedback on the whole item stands under <other/>")
            feedback[None, link] = texts.pop(link)
        else:
            require(test.tag == f"{QTI}varequal", "New Quizzes drops feedback on <or>")
            require(link == f"{test.text}_fb", "feedback on an answer is called after it")
            feedback[test.get("respident"), test.text or ""] = texts.pop(link)
    require(not texts, "all feedback is shown at some time")
    return feedback


def _number(presentation: Element, scored: list[Element]) -> tuple[Decimal, Decimal]:
    response = child(presentation, "response_str")
    require(child(response, "render_fib").get("fibtype") == "Decimal", "a number is typed")
    require(len(scored) == 1, "there is one key: PrairieLearn takes the first only")
    (test,) = child(scored[0], "conditionvar")
    require(test.tag == f"{QTI}or", "a lone varequal is no key in Canvas")
    equal, bounds = child(test, "varequal"), child(test, "and")
    require([each.tag for each in bounds] == [f"{QTI}vargte", f"{QTI}varlte"], "bounds are vargte and varlte, never vargt")
    require(all(each.get("respident") == response.get("ident") for each in (equal, *bounds)), "all ask the response")
    value, low, high = (Decimal(each.text or "") for each in (equal, *bounds))
    margin = high - value
    require(value - low == margin, "bounds are symmetric")
    if margin:
        require(equal.get("margintype") == "absolute", "the margin is given, and absolute")
        require(Decimal(equal.get("margin", "-1")) == margin, "the margin is that of the bounds")
    else:
        require(equal.text == bounds[0].text == bounds[1].text, "an exact number is written three times alike")
    return value, margin


def _choice(kind: str, lids: dict[str, Element], scored: list[Element], feedback: dict) -> list[Answer]:
    require(len(lids) == len(scored) == 1, "a choice has one response and one key")
    ((ident, lid),) = lids.items()
    require(scored[0].find(f"{QTI}setvar").text == "100", "the key is worth all")
    (test,) = child(scored[0], "conditionvar")
    labels = {label.get("ident", ""): html_of(label) for label in lid.iter(f"{QTI}response_label")}
    if kind == "multiple_choice_question":
        require(lid.get("rcardinality") == "Single" and test.tag == f"{QTI}varequal", "one answer is right")
        right = [test.text]
    else:
        require(lid.get("rcardinality") == "Multiple" and test.tag == f"{QTI}and", "several answers are right")
        right = [each.text for each in test.findall(f"{QTI}varequal")]
        wrong = [child(each, "varequal").text for each in test.findall(f"{QTI}not")]
        require(sorted([*right, *wrong]) == sorted(labels), "the key says of each answer whether it is right")
    require(right and set(right) <= set(labels), "the key is one of the answers")
    return [Answer(html, name in right, feedback.get((ident, name), "")) for name, html in labels.items()]


def _cells(
    kind: str, stem: str, lids: dict[str, Element], scored: list[Element], feedback: dict
) -> dict[str, list[Answer]]:
    keys = {}
    total = 0.0
    for condition in scored:
        (test,) = child(condition, "conditionvar")
        points = child(condition, "setvar")
        require(test.tag == f"{QTI}varequal" and points.get("action") == "Add", "each blank has a key that adds points")
        require(test.get("respident") not in keys, "a blank has one key")
        keys[test.get("respident")] = test.text
        total += float(points.text or "")
    require(abs(total - 100) < 0.5, "the blanks add up to 100")
    cells = {}
    for ident, lid in lids.items():
        name = child(child(lid, "material"), "mattext").text or ""
        require(ident == f"response_{name}", "a response is called after its blank")
        require(re.fullmatch("[a-z0-9_]+", name), "a blank's name is one word of small letters")
        labels = lid.findall(f".//{QTI}response_label")
        answers = [Answer(html_of(label), label.get("ident") == keys.get(ident)) for label in labels]
        require(sum(answer.right for answer in answers) == 1, "the key of a blank is one of its answers")
        for label, answer in zip(labels, answers):
            answer.feedback = feedback.get((ident, label.get("ident")), "")
        if kind == "fill_in_multiple_blanks_question":
            require(not any(answer.feedback for answer in answers), "no feedback: every label of a blank is accepted")
            require(answers[0].right, "the usual spelling comes first")
        require(len({answer.text for answer in answers}) == len(answers), "no answer stands there twice")
        cells[name] = answers
    found = BLANK.findall(stem)
    require(sorted(found) == sorted(cells), f"each blank stands in the stem once, and no other [word]: {found}")
    for piece in BLANK.split(stem)[::2]:
        well_formed(piece)  # New Quizzes shows the pieces between blanks one by one
    return cells
