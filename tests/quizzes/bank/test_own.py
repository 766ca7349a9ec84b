"""Questions of an instructor's own, from their files to variants: right, certified, and one sentence for each mistake."""

import pickle
import re
import struct
import zlib
from fractions import Fraction
from pathlib import Path

import pytest

from common.errors import UserError
from common.pages import policy
from quizzes import making, roster
from quizzes.bank import proof
from quizzes.bank.bank import Bank
from quizzes.certify import check
from quizzes.drawing.png import pngs
from quizzes.question import AUTHORS_WORD, Grid
from quizzes.quiz import Entry
from quizzes.roster import Owner
from quizzes.search import certificates, draw_up_to, draw_variants, walk
from quizzes.template import templates
from quizzes.text.markdown import plain

STEPS = """
title = "Steps"
stem = "How many batches of {batch} are {images} images? See ${images} / {batch}$."
require = ["images % batch != 0"]
answer = "ceil(images / batch)"
check = "(images + batch - 1) // batch"
unit = "batches"
steps = ["That is {floor(images / batch)} and one more."]
[numbers]
images = { low = 100, high = 400 }
batch = { choices = [16, 32] }
[[wrong]]
name = "last batch forgotten"
answer = "floor(images / batch)"
says = "the last batch is forgotten."
[[wrong]]
name = "not writable"
answer = "images / 3 / batch"
says = "it is divided by three."
"""
GRID = """
title = "Grid"
stem = "Write {a} and {b}, and half of {a}."
answer = [["a", "b"], ["a / 2", 0.5]]
check = [["2*a - a", "b + 0"], ["0.5 * a", "1 / 2"]]
rows = ["first", "second"]
columns = ["left", "right"]
steps = ["Write them."]
[numbers]
a = { low = -9, high = 9 }
b = 4
[[wrong]]
name = "swapped"
answer = [["b", "a"], ["a / 2", 0.5]]
says = "the first two are swapped."
"""
FACTS = """
title = "Facts"
stem = "Which of these statements are true?"
several = true
steps = ["Two do."]
[[options]]
text = "one"
right = true
says = "Right."
[[options]]
text = "two"
right = true
says = "Right."
[[options]]
text = "three"
right = false
says = "It does not."
"""
FITS = """
title = "Fits"
stem = "An image has {image} pixels a side. Tick all kernels that fit."
several = true
[numbers]
image = { low = 3, high = 8 }
[[options]]
text = "{image} pixels"
right = true
says = "Right: just so."
[[options]]
text = "5 pixels"
right = "5 <= image"
check = "not image < 5"
says = "Compare 5 with {image}."
[[options]]
text = "{image + 1} pixels"
right = false
says = "It is too large."
"""
PYTHON = """
from quizzes.authoring import Draw, Number, Question, load, template, wrong

@template("Doubled", topic="Own", difficulty=1, minutes=1)
def doubled(draw: Draw) -> Question:
    value = draw.between(1, 500, "value")
    return Question(
        stem=f"What is twice {value}?",
        key=Number(2 * value),
        check=value + value,
        wrong=[wrong(value, "not doubled", "it is not doubled.")],
        steps=["Double it."],
        load=load(1, [value]),
    )
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("own").mkdir()
    for name, content in (("steps.toml", STEPS), ("grid.toml", GRID), ("some_facts.toml", FACTS), ("doubled.py", PYTHON)):
        Path("own", name).write_text(content)
    return Path("own")


def written(folder, name, content):
    (folder / name).write_text(content)
    return Bank((folder / name,))


def only(bank):
    (name,) = bank.own
    return bank.asked(name, Entry(name))


def test_each_file_is_a_template_beside_ours(folder):
    bank = Bank((folder,))
    assert list(bank.own) == ["doubled", "grid", "some-facts", "steps"]
    assert list(bank.templates) == [*templates(), *bank.own]
    assert bank.find("output-size") is templates()["output-size"]
    with pytest.raises(UserError, match="did you mean steps"):
        bank.find("stepps")


def test_what_one_bank_holds_no_other_knows(folder, tmp_path):
    assert Bank((folder,)).own
    assert list(Bank().templates) == list(templates())
    with pytest.raises(UserError, match="unknown template 'doubled'"):
        Bank().find("doubled")


def test_a_bank_is_found_again_in_another_process(folder):
    bank = Bank((folder,))
    assert bank.own
    assert list(pickle.loads(pickle.dumps(bank)).own) == list(bank.own)


def test_every_variant_of_a_formula_is_right(folder):
    template = only(Bank((folder / "steps.toml",)))
    questions = list(walk(template))
    assert len(questions) == len([1 for images in range(100, 401) for batch in (16, 32) if images % batch])
    for question in questions:
        numbers = [int(word) for word in question.stem.replace("?", "").split() if word.isdigit()]
        batch, images = numbers[:2]
        assert question.key.value == sum(1 for _ in range(0, images, batch))
        assert f"{images} / {batch}" in question.stem and question.key.unit == "batches"
        assert question.wrong[0].answer == images // batch
        writable = (Fraction(images, 3 * batch) * 100).denominator == 1
        assert ("not writable" in [one.name for one in question.wrong]) == writable


def test_a_grid_with_fractions_and_negative_numbers(folder):
    for variant in draw_up_to(only(Bank((folder / "grid.toml",))), "s", 18):
        (a, b), (half, fixed) = variant.answer.values
        assert isinstance(variant.answer, Grid) and (half, fixed, b) == (Fraction(a, 2), Fraction(1, 2), 4)
        assert variant.answer.rows == ("first", "second") and check(variant) == []
        assert f"Write {a} and 4".replace("-", "−") in plain(variant.stem)


def test_facts_are_their_authors_word_in_every_order(folder):
    variants = draw_variants(only(Bank((folder / "some_facts.toml",))), "s", [str(number) for number in range(40)])
    assert {variant.certificate.oracle for variant in variants} == {AUTHORS_WORD}
    assert not any(check(variant) for variant in variants)
    orders = {tuple(option.text for option in variant.answer.options) for variant in variants}
    assert len(orders) == 6 and all(len(order) == 3 for order in orders)


def test_options_whose_truth_is_a_condition(folder):
    for question in walk(only(written(folder, "fits.toml", FITS))):
        size = int(question.stem.split()[3])
        assert [option.right for option in question.key.options] == [True, size >= 5, False]
        assert question.key.options[2].text == f"{size + 1} pixels"


@pytest.mark.costly
def test_a_quiz_of_own_questions_by_several_processes_all_the_same(folder, monkeypatch):
    Path("quiz.toml").write_text(
        'bank = ["own"]\n' + "".join(f'[[questions]]\ntemplate = "{name}"\n' for name in Bank((folder,)).own)
        + '[[questions]]\ntemplate = "steps"\nnumbers = { batch = 16 }\nstem = "Of {images} images?"\n'
    )  # fmt: skip
    quiz = making.read(Path("quiz.toml"))
    made = making.make(quiz, "s", roster.numbered(6))
    certificates(made)
    monkeypatch.setattr(making, "MANY", 1)
    assert making.make(quiz, "s", roster.numbered(6)) == made
    students = making.make(quiz, "s", [Owner(f"student{number}") for number in range(3)])
    certificates(students)
    assert all(version.variants[4].stem.startswith("Of ") for version in students.versions)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('title = "Steps"', 'titel = "Steps"'), "unknown option titel; expected one of title, stem"),
        (('title = "Steps"', 'title = "Steps'), r"line 2"),
        (("{batch} are", "{bach} are"), "stem: 'bach' has the unknown name 'bach': the numbers are images, batch"),
        (("{batch} are", "{batch are"), "a single brace"),
        (('check = "(images + batch - 1) // batch"', ""), "answer is a formula, so it needs a check"),
        (('check = "(images + batch - 1) // batch"', 'check = "(ceil((images)/batch))"'), "check says the same as answer"),
        (
            ("(images + batch - 1) // batch", "images // batch"),
            r"the key is (\d+) one way and (\d+) the other with images =",
        ),
        (("images % batch != 0", "images > 500"), "its rule is “images > 500”"),
        (("images % batch != 0", "images"), "'images' is a number, not a condition"),
        (('"floor(images / batch)"', '"images / (batch - batch)"'), "divides by zero with batch = "),
        (("choices = [16, 32]", "choices = []"), "numbers.batch must be a number, { low = 3, high = 9 }"),
        (("low = 100, high = 400", "low = 400, high = 100"), "numbers.images must be"),
        (("low = 100, high = 400", "low = 100, hihg = 400"), "numbers.images must be"),
        (("batch = { choices", "floor = { choices"), "'floor' cannot be a name"),
        (('name = "not writable"', 'name = "last batch forgotten"'), "two .* have the name"),
        (('answer = "images / 3 / batch"', 'answer = ["images", "batch"]'), "as many rows and columns as answer, 1 x 1"),
        (('unit = "batches"', 'rows = ["x"]'), "rows are the headings"),
        (('unit = "batches"', "several = true"), "several and offered go with"),
        (('unit = "batches"', "difficulty = 9"), "difficulty must be from 1 to 5"),
        (('unit = "batches"', "tolerance = -1"), "tolerance must be from 0"),
        (('"ceil(images / batch)"', "nan"), "answer must be a number"),
        (('"ceil(images / batch)"', '"images > batch"'), "is a condition, not a number"),
        (("That is", "$\\\\frac{{1}$ That is"), "steps number 1"),
        (('unit = "batches"', 'picture = { file = "no.png", alt = "A heap of images" }'), "no.png cannot be read"),
        (('unit = "batches"', 'picture = { file = "no.png" }'), "picture.alt is missing"),
        (('unit = "batches"', "questions = 3"), "is a quiz, not a question"),
    ],
)
def test_a_mistake_in_a_text_file_is_one_sentence(folder, change, says):
    assert change[0] in STEPS
    with pytest.raises(UserError, match=rf"^own/steps.toml.*{says}") as error:
        only(written(folder, "steps.toml", STEPS.replace(*change)))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("right = true", "right = false"), "0 of the .* are right"),
        (("right = false", "right = true"), "3 of the .* are right"),
        (("several = true", ""), "2 of the .* are right: it must be 1 of them; say several = true"),
        (("several = true", "several = true\noffered = 4"), "offered must be from 2"),
        (("several = true", "several = true\nanswer = 3"), "an answer to type, or else"),
        (("right = false", 'right = "1 > 2"'), "options number 3: right is a condition, so it needs a check"),
        (("right = false", 'right = "1 > 2"\ncheck = "(1 > 2)"'), "options number 3: check says the same as right"),
        (("right = false", "right = 0"), "options number 3: right must be true, false"),
    ],
)
def test_a_mistake_in_options_is_one_sentence(folder, change, says):
    with pytest.raises(UserError, match=rf"^own/some_facts.toml: .*{says}"):
        only(written(folder, "some_facts.toml", FACTS.replace(*change)))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("def doubled", "def doubled("), "cannot be loaded: SyntaxError.*line 5"),
        (("from quizzes", "import nosuch\nfrom quizzes"), "cannot be loaded: ModuleNotFoundError"),
        (("from quizzes", "raise SystemExit\nfrom quizzes"), "cannot be loaded: SystemExit"),
        (("@template", "# @template"), "has no template"),
        (("    return Question(", "    return 5\n    Question("), "doubled fails with value = .*: TypeError"),
        (("2 * value", "value[0]"), "doubled fails with value = .*line 9"),
        (("2 * value", "value / 7"), "more than 2 decimals"),
        (("value + value", "value"), r"the key is (\d+) one way and (\d+) the other with value = "),
        (("Number(2 * value)", "2 * value"), "a key is a Number, a Grid or a Choice"),
        (("wrong=[", 'wrong=[wrong(0, "not doubled", "other."), '), "'not doubled' gives two answers at once"),
        (("What is twice", r"$\\frac{{1$ What is twice"), "the stem cannot be shown"),
        (("What is twice", r"$\\nosuch$ What is twice"), "the stem cannot be shown"),
        (('["Double it."]', '"Double it."'), "steps is a list of sentences, not 'Double it.'"),
        (("    return", '    draw.between(1, 2, "value")\n    return'), "two numbers of a question are called 'value'"),
        (("What is twice", "![x](y) What is twice"), "the stem cannot be shown"),
    ],
)
def test_a_mistake_in_a_python_file_is_one_sentence(folder, change, says):
    assert change[0] in PYTHON
    with pytest.raises(UserError, match=rf"own/doubled.py.*{says}"):
        only(written(folder, "doubled.py", PYTHON.replace(*change)))


@pytest.mark.parametrize("name", ["output-size.toml", "doubled.toml", "output_size.toml"])
def test_a_name_that_is_taken_names_both_files(folder, name):
    (folder / name).write_text(STEPS)
    taken = "own/doubled.py" if "doubled" in name else "quizzes/questions/sizes.py"
    with pytest.raises(UserError, match=rf"own/{name}: the name .* is taken by .*{taken}"):
        _ = Bank((folder,)).own


def test_what_is_not_a_bank(folder, tmp_path):
    (tmp_path / "empty").mkdir()
    for path, says in (("empty", "holds no questions"), ("nosuch", "there is no folder"), ("quiz.txt", "neither a folder")):
        Path("quiz.txt").write_text("x")
        with pytest.raises(UserError, match=says):
            _ = Bank((Path(path),)).own
    with pytest.raises(UserError, match="cannot be a template's name"):
        _ = written(folder, "A name.toml", FACTS).own


def png(width, height):
    def chunk(kind, content):
        whole = kind + content
        return struct.pack(">I", len(content)) + whole + struct.pack(">I", zlib.crc32(whole))

    rows = b"".join(b"\0" + b"\xff\0\0" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("name", "content", "size"),
    [
        ("p.png", png(1280, 64), (640, 32)),
        (
            "p.svg",
            b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30"><rect width="9" height="9"/></svg>',
            (90, 30),
        ),
        (
            "p.svg",
            b'<?xml version="1.0"?><!-- x --><svg xmlns="http://www.w3.org/2000/svg" width="9px" height="8px"/>',
            (9, 8),
        ),
    ],
)
def test_a_picture_beside_a_question(folder, name, content, size):
    (folder / name).write_bytes(content)
    said = f'picture = {{ file = "{name}", alt = "{{images}} images in a row" }}\nunit = "batches"'
    variant = draw_up_to(only(written(folder, "steps.toml", STEPS.replace('unit = "batches"', said))), "s", 1)[0]
    assert (variant.picture.width, variant.picture.height) == size
    assert variant.needs_picture and variant.picture.alt.endswith(" images in a row")
    assert variant.picture.alt.split()[0] in variant.stem

    assert pngs([variant.picture])[0].startswith(b"\x89PNG")
    assert "img-src data:;" in policy("")  # or a page would not show a PNG


@pytest.mark.parametrize(
    "content",
    [
        b"text", b"<svg/>", b"<a>", png(3, 3)[:-9], b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script>alert(1)</script></svg>',
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><image href="http://a.example/x.png"/></svg>',
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 0"/>', b"\x89PNG\r\n\x1a\n",
    ],
    ids=range(9),
)  # fmt: skip
def test_what_is_no_picture_is_refused(folder, content):
    (folder / "p.svg").write_bytes(content)
    with pytest.raises(UserError, match=r"^own/steps.toml: own/p.svg "):
        only(written(folder, "steps.toml", 'picture = { file = "p.svg", alt = "words" }\n' + STEPS))


def proved(folder, name, content):
    written(folder, name, content)
    return proof.prove(proof.subjects(folder / name)[0], 30)


@pytest.mark.costly
def test_good_questions_are_proved(folder):
    found = {one.name: proof.prove(one, 30) for one in proof.subjects(folder)}
    assert not any(one.faults for one in found.values())
    assert found["steps"].variants > 12
    assert found["some-facts"].key == f"key: {AUTHORS_WORD}" and found["some-facts"].variants == 1
    assert found["grid"].told == "1 misconception told apart"


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("steps.toml", STEPS.replace('"floor(images / batch)"', '"ceil(images / batch)"'), "'last batch .* gives the key"),
        ("steps.toml", STEPS.replace("batch is forgotten.", "batch is forgotten"), "end it with a full stop"),
        ("steps.toml", STEPS.replace("batch is forgotten.", "batch: {ceil(images / batch)}."), "gives the key away"),
        ("steps.toml", STEPS.replace("floor(images / batch)", "floor(images / (batch - 16))"), "divides by zero"),
        ("fits.toml", FITS.replace("not image < 5", "not image < 6"), "one way and .* the other with image = 5"),
    ],
)  # fmt: skip
def test_faults_are_found(folder, name, content, fault):
    try:
        faults = proved(folder, name, content).faults
    except UserError as error:  # found at the first look already
        faults = [str(error)]
    assert any(re.search(fault, each) for each in faults), faults


def test_the_longest_option_must_not_be_the_right_one(folder):
    long = (
        FACTS.replace("several = true", "").replace("right = true", "right = false", 1).replace('"two"', '"the second one"')
    )
    assert "the right option is the longest one in" in proved(folder, "some_facts.toml", long).faults[0]


def test_what_students_need_besides_is_remarked(folder):
    found = proved(folder, "some_facts.toml", FACTS.replace('steps = ["Two do."]', ""))
    assert not found.faults and found.remarks == ["it has no steps, so students read no solution"]


def test_numbers_whose_answer_nobody_could_write_are_drawn_again(folder):
    thirds = STEPS.replace("ceil(images / batch)", "images / 3").replace("(images + batch - 1) // batch", "images * (1/3)")
    assert {type(question.key.value) for question in walk(only(written(folder, "steps.toml", thirds)))} == {int}


def test_a_question_whose_numbers_are_all_fixed_is_the_same_in_every_version(folder):
    fixed = GRID.replace("{ low = -9, high = 9 }", "3")
    variants = draw_variants(only(written(folder, "grid.toml", fixed)), "s", ["one", "two", "three"])
    assert len({variant.stem for variant in variants}) == 1


def test_a_file_may_import_what_stands_beside_it(folder):
    (folder / "_shared.py").write_text("TWO = 2\n")
    (folder / "more.py").write_text(
        "from ._shared import TWO\nfrom .doubled import doubled\n"
        + PYTHON.replace("def doubled", "def tripled")
        .replace("2 * value", "TWO * value + value")
        .replace("+ value,", "* 3,")
    )
    assert {"doubled", "tripled"} <= set(Bank((folder,)).own)
