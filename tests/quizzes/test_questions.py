"""Every template of the bank: keys that two ways agree on, misconceptions that show, texts that any medium takes."""

import re
from collections import Counter
from dataclasses import replace
from xml.etree import ElementTree

import pytest

import misconceptions
from quizzes.certify import certify, check
from quizzes.question import Choice, Number, RejectedDraw
from quizzes.rng import Seeded
from quizzes.search import draw_up_to, repeat, report
from quizzes.template import templates
from quizzes.text import markdown
from quizzes.variant import written_answer

TEMPLATES = templates()
MOST, LEAST = 60, 12  # variants of a pool


def each_template(test):
    return pytest.mark.sampled(12)(pytest.mark.parametrize("name", TEMPLATES)(test))


@pytest.fixture(scope="module")
def pools():
    """A pool of each template, drawn once for all tests."""
    drawn = {}

    def of(name):
        if name not in drawn:
            drawn[name] = draw_up_to(TEMPLATES[name], "a seed", MOST)
            assert len(drawn[name]) >= LEAST
        return drawn[name]

    return of


def test_the_bank_covers_the_lecture():
    assert len(TEMPLATES) >= 130
    topics = {template.topic for template in TEMPLATES.values()}
    assert len(topics) >= 26
    assert all(1 <= template.difficulty <= 5 and 0 < template.minutes <= 20 for template in TEMPLATES.values())


def test_the_bank_of_misconceptions_has_one_sentence_for_each_name():
    names = {one.name for one in misconceptions.everything()}
    assert len(names) >= 40


@pytest.mark.costly
def test_every_tag_is_left_out_by_some_question(monkeypatch):
    """Modes apart: each has a tag, whether questions ask for it or not."""
    asked, about = set(), misconceptions.about

    def watched(operation, without=()):
        asked.update(without)
        return about(operation, without)

    monkeypatch.setattr(misconceptions, "about", watched)
    for template in TEMPLATES.values():
        draw_up_to(template, "tags", LEAST)
    tags = {tag for one in misconceptions.everything() for tag in one.tags}
    assert {tag for tag in tags if not tag.startswith("right by ")} <= asked <= tags


@each_template
def test_a_pool_is_certified(name, pools):
    template, variants = TEMPLATES[name], pools(name)
    for variant in variants:
        assert check(variant, template.band) == []
        question = repeat(template, variant.certificate.drawn)  # both ways to the key once more
        _, certificate = certify(template, question, variant.certificate.drawn)
        assert certificate == variant.certificate
    assert report(variants).faults() == []


@each_template
def test_numbers_really_vary_and_no_key_dominates(name, pools):
    variants = pools(name)
    keys = Counter(str(written_answer(variant.answer)) for variant in variants)
    if not isinstance(variants[0].answer, Choice):
        assert max(keys.values()) == 1
    assert len({tuple(variant.certificate.drawn) for variant in variants}) == len(variants)


@each_template
def test_each_misconception_can_be_told_in_some_variant(name, pools):
    variants = pools(name)
    if isinstance(variants[0].answer, Choice):
        return
    told = Counter(one.name for variant in variants for one in variant.wrong)
    met = told | Counter(hidden for variant in variants for hidden in variant.certificate.hidden)
    draw, seen = Seeded("more", name), 0
    while set(met) - set(told) and seen < 400:  # what is rare needs more draws
        draw.start_again()
        seen += 1
        try:
            question = TEMPLATES[name].make(draw)
            told.update(one.name for one in certify(TEMPLATES[name], question, draw.drawn)[0])
        except RejectedDraw:
            continue
    never = set(met) - set(told)
    assert not never, f"{name} always hides {never}: leave them out of its wrong answers"


@each_template
def test_a_wrong_key_is_caught_by_the_second_oracle(name, pools):
    """Each misconception in the place of the key: the other way to the key must notice."""
    from quizzes.certify import WrongKey

    template = TEMPLATES[name]
    for variant in pools(name)[:10]:
        question = repeat(template, variant.certificate.drawn)
        if isinstance(question.key, Choice):
            options = question.key.options
            flipped = replace(question.key, options=(replace(options[0], right=not options[0].right), *options[1:]))
            with pytest.raises(WrongKey):
                certify(template, replace(question, key=flipped), ())
        for wrong in variant.wrong:
            field = "value" if isinstance(question.key, Number) else "values"
            if not isinstance(question.key, Choice):
                with pytest.raises(WrongKey):
                    certify(template, replace(question, key=replace(question.key, **{field: wrong.answer})), ())


@each_template
def test_every_medium_takes_its_texts(name, pools):
    for variant in pools(name)[:15]:
        texts = [variant.stem, *variant.steps, *(one.sentence for one in variant.wrong)]
        if isinstance(variant.answer, Choice):
            texts += [text for option in variant.answer.options for text in (option.text, option.sentence)]
        for text in texts:
            assert text.strip()
            words = re.sub(r"\$+[^$]+\$+|`+[^`]+`+", "", text)
            assert not re.search(r"\{[a-z_]\w*[]}[.(:]", words), "a number was not filled in"
            assert "<" not in re.sub(r"<[^<>]*>", "", markdown.html(text))
            ElementTree.fromstring(f"<p>{markdown.html(text).replace('&nbsp;', ' ')}</p>")
            assert "$" not in markdown.html_with_latex(text)
            assert markdown.typst(text) and markdown.plain(text)
        assert variant.steps, "a worked solution"


@each_template
def test_sentences_teach_and_never_tell_the_key(name, pools):
    for variant in pools(name)[:30]:
        if isinstance(variant.answer, Choice):
            assert all(option.sentence and (option.right or option.name) for option in variant.answer.options)
            continue
        for one in variant.wrong:
            assert one.sentence.rstrip().endswith((".", "?", "!")), one.sentence
            if isinstance(variant.answer, Number) and variant.answer.value not in range(4):
                assert written_answer(variant.answer) not in re.findall(r"\d+(?:\.\d+)?", one.sentence), one.sentence


@each_template
def test_pictures_are_drawings_with_words(name, pools):
    for variant in pools(name)[:10]:
        if variant.picture:
            root = ElementTree.fromstring(variant.picture.svg)
            assert root.get("aria-label") == variant.picture.alt and len(variant.picture.alt) > 20
            assert {"width", "height", "viewBox"} <= set(root.keys())


@each_template
def test_steps_speak_only_of_what_is_offered(name, pools):
    for variant in pools(name):
        if not isinstance(variant.answer, Choice):
            return
        offered = {option.text for option in variant.answer.options}
        dropped = [one for one in repeat(TEMPLATES[name], variant.certificate.drawn).key.options if one.text not in offered]
        steps = " ".join(variant.steps)
        assert not any(option.step and option.step in variant.steps for option in dropped)
        for text in sorted(offered, key=len, reverse=True):
            steps = steps.replace(text, "")
        assert not [one.text for one in dropped if re.search("[a-z]{3}", one.text) and one.text in steps]


@each_template
def test_no_rank_gives_a_number_among_options_away(name, pools):
    if isinstance(pools(name)[0].answer, Number):
        variants = draw_up_to(TEMPLATES[name], "ranks", 200, as_choice=True)
        assert variants, f"{name} needs three wrong answers that can be told apart, to be asked as a choice of four"
        found = report(variants)
        assert 0.1 * found.variants <= min(found.ranks) <= max(found.ranks) <= 0.45 * found.variants


@each_template
def test_digits_are_grouped_above_9999_and_nowhere_else(name, pools):
    for variant in pools(name)[:15]:
        texts = [variant.stem, *variant.steps, *(one.sentence for one in variant.wrong)]
        if isinstance(variant.answer, Choice):
            texts += [text for option in variant.answer.options for text in (option.text, option.sentence)]
        for text in texts:
            shown = re.sub(r"```.*?```|`.*?`", "", text.replace("{,}", ","), flags=re.DOTALL)
            assert not re.search(r"(?<![\d.,])\d{5}|(?<![\d,])\d,\d{3}(?![\d,])", shown), shown


@each_template
def test_the_lectures_numbers_make_a_question(name):
    template = TEMPLATES[name]
    if template.lecture:
        draw = certified_with(template, template.lecture)
        assert {number: as_in_toml(draw.named[number]) for number in template.lecture} == template.lecture


@each_template
def test_any_number_can_be_fixed_to_what_it_was_once(name, pools):
    drawn = Seeded("fixed", name)
    certified_with(TEMPLATES[name], {}, drawn)
    for number, value in drawn.named.items():
        fixed = {number: as_in_toml(value)}
        draw = certified_with(TEMPLATES[name], fixed)
        assert as_in_toml(draw.named[number]) == fixed[number]


def certified_with(template, fixed, draw=None):
    """Draw a question with fixed numbers, as an instructor may: whatever its load, and how many misconceptions show."""
    template = replace(template, tells=0, band=dict.fromkeys(template.band, (0, 10**12)))
    draw = draw or Seeded("lecture", template.name, fixed=fixed)
    for _ in range(2000):
        draw.start_again()
        try:
            certify(template, template.make(draw), draw.drawn)
        except RejectedDraw:
            continue
        return draw
    raise AssertionError(f"{template.name} cannot be made with {fixed}")


def as_in_toml(value):
    value = value.tolist() if hasattr(value, "tolist") else value
    return [as_in_toml(each) for each in value] if isinstance(value, list | tuple) else value


@each_template
def test_steps_add_up(name, pools):
    """Each equation of numbers in a worked solution holds."""
    for variant in pools(name):
        for formula in re.findall(r"\$([^$]+)\$", " ".join(variant.steps)):
            plain = formula.replace("{,}", "").replace(r"\cdot", "*").replace(r"\times", "*").replace(r"\%", "/100")
            if "=" in plain and re.fullmatch(r"[-+*/().=\d\s]+", plain):
                first, *others = (eval(side) for side in plain.split("="))
                assert others == pytest.approx([first] * len(others)), formula


@each_template
def test_no_word_gives_options_away(name, pools):
    """Words that exam-wise students look for stand in right statements and in wrong ones."""
    options = [
        (re.sub(r"[\d,.]+", "#", option.text.casefold()), option.right)
        for variant in pools(name)
        if isinstance(variant.answer, Choice)
        for option in variant.answer.options
    ]
    for word in ("whatever", "always", "never", "every", "only", "all", "any", "no", "can", "cannot", "must"):
        found = {(text, right) for text, right in options if word in text.split()}
        assert len({text for text, _ in found}) < 3 or len({right for _, right in found}) == 2, word


@pytest.mark.costly
def test_options_are_alike_in_length():
    """The longest option must not be the right one more often than by chance."""
    longest = Counter()
    for name, template in TEMPLATES.items():
        for variant in draw_up_to(template, "lengths", 20):
            if isinstance(variant.answer, Choice) and not variant.answer.several:
                lengths = [len(option.text) for option in variant.answer.options]
                top = [option.right for option in variant.answer.options if len(option.text) == max(lengths)]
                longest[name, bool(top[0])] += len(top) == 1
    for name in {name for name, _ in longest}:
        assert longest[name, True] <= 0.6 * max(longest[name, True] + longest[name, False], 20), name
