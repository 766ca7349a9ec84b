"""Classes that hypothesis makes up: who handed in what, and how it was graded."""

from pathlib import Path

from hypothesis import strategies as st

from autograder.verdicts import Verdict
from batch.grades import Grade
from batch.models import CheckResult, HandedIn, Result, Student

HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "=HYPERLINK(1)", "&lt;b&gt;",
    "abc\u202egnp.exe", "\u2066Ada\u2069", "Zoë Ångström", "李雷", "🦊👩‍💻", "x" * 300, "a\x00b\x1b[31m\x85", "\ud800",
    "' onmouseover='alert(1)", "</title></style>", " \n ", "",
)  # fmt: skip
CHECKS = (("1.1", "output_size: sizes", 3.0), ("1.3", "conv2d: <b>images</b>", 4.0), ("2.1", "pool2d: maximum", 5.0))
VERDICTS = [verdict.value for verdict in Verdict]

texts = st.sampled_from(HOSTILE) | st.text(max_size=12)
students = st.builds(Student, texts, st.just("") | st.integers(0, 30).map("s{}@uni.example".format))


def check(
    number="1.1",
    name="output_size: sizes",
    verdict="passed",
    score=None,
    points=3.0,
    misconception="",
    sentence="",
    hint="",
):
    score = points * (verdict == "passed") if score is None else score
    return CheckResult(number, name, "Convolution", verdict, score, points, misconception, sentence, hint)


def result(*checks, digest="d", seconds=1.0, leaderboard=None, remarks=(), error="", points=None):
    points = sum(one.points for one in checks) if points is None else points
    score = round(sum(one.score for one in checks), 2)
    return Result(digest, score, points, seconds, checks, leaderboard or {}, tuple(remarks), error)


def handed_in(key, *names, submitted="", note="", email=""):
    owners = tuple(Student(name, email or f"{key}-{place}@uni.example") for place, name in enumerate(names))
    return HandedIn(key, owners, submitted, Path("nowhere"), None, note)


def stand(graded):
    """Return the grades of submissions about which nobody has said anything."""
    return [Grade(handed_in, result) for handed_in, result in graded]


@st.composite
def records(draw, misconceptions=("", "flipped kernel", "no such misconception")):
    if draw(st.integers(0, 5)) == 0:
        return result(digest=draw(st.sampled_from("xyz")), error=draw(texts.filter(str.strip)), points=0.0)
    checks = []
    for number, name, points in CHECKS:
        verdict = draw(st.sampled_from(VERDICTS))
        score = points if verdict == "passed" else draw(st.sampled_from([0.0, points / 4]))
        named = draw(st.sampled_from(misconceptions)) if verdict == "wrong" else ""
        sentence = "" if verdict == "passed" else draw(texts)
        checks.append(check(number, name, verdict, score, points, named, sentence))
    network = {"accuracy (%)": draw(st.integers(16, 18)) * 5.0, "parameters": draw(st.integers(1, 3)) * 1000.0}
    return result(
        *checks,
        digest=draw(st.sampled_from("abc")),
        seconds=draw(st.integers(0, 500)) / 10,
        leaderboard=draw(st.sampled_from([network, network, {}])),
        remarks=draw(st.lists(texts, max_size=2)),
    )


@st.composite
def classes(draw, largest=8):
    keys = draw(st.lists(st.from_regex(r"[a-z][A-Za-z0-9._-]{0,9}", fullmatch=True), max_size=largest, unique=True))
    times = st.just("") | st.datetimes().map(lambda time: time.isoformat() + "+02:00")
    return [
        (
            HandedIn(key, tuple(draw(st.lists(students, max_size=3))), draw(times), Path("nowhere"), None, draw(texts)),
            draw(records()),
        )
        for key in sorted(keys)
    ]
