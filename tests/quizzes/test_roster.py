"""Rosters as registrars and spreadsheets write them."""

import pytest

from common.errors import UserError
from quizzes import roster


def read(tmp_path, content, encoding="utf-8"):
    path = tmp_path / "roster.csv"
    path.write_bytes(content.encode(encoding))
    return roster.read(path)


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
        ("id,name\nada,Ada\n,Nobody\n", "line 3: there is no id"),
        ("id\nada\nbob\nADA\n", "line 4: the id 'ADA' stands in line 2 too"),
        ("id\n" + "x" * 300 + "\n", "an id of 300 characters"),
    ],
)
def test_what_no_roster_can_mean_is_said_with_its_line(tmp_path, content, said):
    with pytest.raises(UserError, match=said):
        read(tmp_path, content)


def test_a_missing_file(tmp_path):
    with pytest.raises(UserError, match="there is no file"):
        roster.read(tmp_path / "none.csv")
