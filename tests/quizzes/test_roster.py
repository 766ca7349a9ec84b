"""Rosters as registrars and spreadsheets write them."""

import pytest

from common.errors import UserError
from quizzes import roster
from quizzes.roster import Owner


def read(tmp_path, content, encoding="utf-8"):
    return read_all(tmp_path, content, encoding)[0]


def read_all(tmp_path, content, encoding="utf-8", id_heading=""):
    path = tmp_path / "roster.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    owners, remarks = roster.read(path, id_heading)
    return owners, [remark.replace(str(path), "roster.csv") for remark in remarks]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ('Name,Email\n"Lovelace, Ada",ada@example.com\nZoë,zoe@example.com\n', "utf-8"),
        ('Name,Email\n"Lovelace, Ada",ada@example.com\nZoë,zoe@example.com\n', "utf-8-sig"),
        ('Name;Email\n"Lovelace, Ada";ada@example.com\nZoë;zoe@example.com\n', "latin-1"),
        ("name\tEMAIL\r\nLovelace, Ada\tada@example.com\r\n\r\nZoë\tzoe@example.com\r\n", "utf-16"),
    ],
)
def test_any_spreadsheet_will_do(tmp_path, content, encoding):
    owners = read(tmp_path, content, encoding)
    assert [(owner.id, owner.name) for owner in owners] == [
        ("ada@example.com", "Lovelace, Ada"),
        ("zoe@example.com", "Zoë"),
    ]


def test_odd_ids_are_ids(tmp_path):
    odd = ["=1+2", '"quoted"', "a,b", "学号七", "عمر", "007", "x'y"]
    quoted = "\n".join('"' + each.replace('"', '""') + '"' for each in odd)
    assert [owner.id for owner in read(tmp_path, f"id\n{quoted}\n")] == odd


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("id\n", "names no student"),
        ("mark,points\n1,2\n", "no column of ids"),
        ("Ada Byron\nMax M\n", "no column of ids, and names alone .* its first line has 'Ada Byron'"),
        ("ada@u.edu,Ada\nmax@u.edu,Max\n", "needs a line of headings above the students: its first line has 'ada@u.edu'"),
        ("\nid\nada\n", "its first line has nothing"),
        ('id,name\nada,"Ada\nmax,Max\n', "is not a CSV: .* begins on line 2; are all quotation marks in pairs"),
        ("name\nAda\n", "say which it is with --id HEADING"),
        ("id,name\nada,Ada\n,Nobody\n", "line 3: the id is missing"),
        ("id\nada\n\nbob\nADA\n", "line 5: the id 'ADA' is also on line 2"),
        ("id\n" + "x" * 300 + "\n", "at most 200 characters.* has 300"),
        ("id\n" + "x" * 200_000 + "\n", "is not a CSV"),
        ("id,larger type\na,huge\n", "line 2: larger type is yes, or points from 8 to 24, not 'huge'"),
        ("id,larger type\na,400\n", "line 2: larger type"),
        ("id,more time\na,15\n", "line 2: more time is 25 %, 1.25 or 15 minutes, not '15'"),
        ("id,more time\na,yes\n", "line 2: more time"),
    ],
)
def test_what_no_roster_can_mean_is_said_with_its_line(tmp_path, content, said):
    with pytest.raises(UserError, match=said):
        read(tmp_path, content)


CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Quiz 1 (55)
,,,,,Manual Posting
    Points Possible,,,,,10.00
"Byron, Ada",123,0012,ada,S1,
"Student, Test",999,,abcdef0123,S1,
"""
PARTED = """LastName,FirstName,ID,SIS Login ID,Section,Quiz 1 (55)
,,,,,Manual Posting
    Points Possible,,,,,10.00
Byron,Ada,123,ada,S1,
Student,Test,999,abcdef0123,S1,
"""


@pytest.mark.parametrize(
    ("content", "owners", "said"),
    [
        (
            "First Name,Last Name,SID,Email,Role\nAda,Byron,0012,ada@u.edu,Student\nMax,Müller,,max@u.edu,student\n"
            "Grace,Hopper,,grace@u.edu,Instructor\nTom,,,tom@u.edu,TA\n",
            [("ada@u.edu", "Ada Byron"), ("max@u.edu", "Max Müller")],
            ["identified by Email;", "line 4: Grace Hopper is left out: the role is Instructor", "line 5: Tom is left out"],
        ),
        (CANVAS, [("ada", "Byron, Ada")], ["identified by SIS Login ID;", "line 5: Student, Test is left out"]),
        (
            CANVAS.replace('"Byron', '" Byron'),
            [("ada", "Byron, Ada")],
            ["identified by SIS Login ID;", "line 5: Student, Test is left out"],
        ),
        (PARTED, [("ada", "Ada Byron")], ["identified by SIS Login ID;", "line 5: Test Student is left out"]),
        (
            CANVAS.replace(",SIS Login ID", "").replace(",ada,", ",").replace(",abcdef0123", ""),
            [("0012", "Byron, Ada")],
            ["identified by SIS User ID;", "line 5"],
        ),
        ("\ufeffFirst name,Last name,Email address,Groups\nAda,Byron,ada@u.edu,\n", [("ada@u.edu", "Ada Byron")], []),
        ("Vorname,Nachname,E-Mail-Adresse,Gruppen\nZoë,Käse,z@u.de,\n", [("z@u.de", "Zoë Käse")], []),
        ("Prénom;Nom;Adresse de courriel\nZoë;Petit;z@u.fr\n", [("z@u.fr", "Zoë Petit")], []),
        ("Pre\u0301nom,Nom,Courriel\nZoe\u0308,Petit,z@u.fr\n", [("z@u.fr", "Zoë Petit")], []),  # as macOS stores accents
        ('"identifier","github_username","github_id","name"\n"a@u.edu","ada","1","Ada"\n', [("a@u.edu", "Ada")], []),
        ("sep=;\r\nname;email\r\nAda, the first;ada@u.edu\r\n", [("ada@u.edu", "Ada, the first")], []),
        ('"sep=|"\nname|email\nAda|ada@u.edu\n', [("ada@u.edu", "Ada")], []),
        ('"a, b, c, d";id\n;ada\n', [("ada", "")], []),  # commas between quotes part nothing
        ("id,id,name\nada,bob,Ada\n", [("ada", "Ada")], []),
    ],
)
def test_rosters_of_learning_platforms_are_read_as_they_are(tmp_path, content, owners, said):
    found, remarks = read_all(tmp_path, content)
    assert [(owner.id, owner.name) for owner in found] == owners
    assert len(remarks) == len(said) and all(part in remark for part, remark in zip(said, remarks))


def test_utf_16_without_its_mark_and_windows_own_letters(tmp_path):
    for code in ("utf-16-le", "utf-16-be"):
        assert read(tmp_path, "id,name\nada,Žofie 学\n", code) == [Owner("ada", "Žofie 学")]
    assert read(tmp_path, "id,name\nada,Ada\N{RIGHT SINGLE QUOTATION MARK}s Œuvre\n", "cp1252") == [
        Owner("ada", "Ada\N{RIGHT SINGLE QUOTATION MARK}s Œuvre")
    ]


def test_the_column_of_ids_may_be_named(tmp_path):
    content = "Name,Email,Matrikel Nr\nAda,ada@u.edu,0012\n"
    assert read_all(tmp_path, content, id_heading=" matrikel  NR")[0] == [Owner("0012", "Ada")]
    assert read_all(tmp_path, content, id_heading="Name")[0] == [Owner("Ada")]
    with pytest.raises(UserError, match="no column 'login': its first line has 'Name', 'Email', 'Matrikel Nr'"):
        read_all(tmp_path, content, id_heading="login")


def test_accommodations(tmp_path):
    lines = {
        "18,25 %": (18, "25 %"), "yes,1.25": (18, "25 %"), "14.5 pt,x1.5": (14.5, "50 %"), '"14,5","1,5"': (14.5, "50 %"),
        ",15 minutes": (0, "15 minutes"), "no,no": (0, ""), "0,2x": (0, "100 %"), ",+30 min": (0, "30 minutes"),
    }  # fmt: skip
    for line, wanted in lines.items():
        (owner,) = read(tmp_path, f"id,Larger Type,More time\nada,{line}\n")
        assert (owner.type_size, owner.more_time) == wanted, line


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PK\3\4..xl/workbook.xml..", "an Excel workbook"),
        (b"PK\3\4mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "an OpenDocument spreadsheet"),
        (b"PK\3\4..Index/Document.iwa..", "an Apple Numbers or Pages document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Word file"),
        (b"%PDF-1.7\n", "a PDF"),
    ],
)
def test_what_is_not_a_csv_is_named_whatever_its_name(tmp_path, content, kind):
    with pytest.raises(UserError, match=f"roster.csv is {kind}: save the table as CSV"):
        read_all(tmp_path, content)


def test_a_missing_file(tmp_path):
    with pytest.raises(UserError, match="there is no file"):
        roster.read(tmp_path / "none.csv")
