"""Class lists as spreadsheets and platforms write them, sections, and whom a platform means by a name."""

import codecs
import shutil

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder.cli import main
from autograder.grading.course_folder import course
from autograder.grading.roster import Person, Roster, import_roster, load_roster, read_roster
from autograder.grading.spreadsheets import Table
from autograder.grading.submissions import GradingError

KOREAN = "학번,이름,이메일,분반\r\n20260001,김민지,minji@uni.test,A\r\n20260002,이지은,jieun@uni.test,B\r\n"
EXPECTED = [
    Person("20260001", "", "김민지", "minji@uni.test", "A", {"name": "김민지"}),
    Person("20260002", "", "이지은", "jieun@uni.test", "B", {"name": "이지은"}),
]


def read(path, text, encoding="utf-8", mark=b"", id_column=""):
    path.write_bytes(mark + text.encode(encoding))
    return read_roster(Table(path), id_column)


@pytest.fixture
def coursedir(tmp_path, empty_gradebook):
    shutil.copy(empty_gradebook, tmp_path)
    return course(tmp_path, tmp_path / "submitted")[0]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("cp949", b""),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_every_form_in_which_spreadsheets_write(tmp_path, encoding, mark, delimiter, end):
    text = KOREAN.replace(",", delimiter).replace("\r\n", end)
    assert read(tmp_path / "class.csv", text, encoding, mark) == EXPECTED
    quoted = delimiter.join(f'"{title}"' for title in ("학번", "이름", "이메일", "분반")) + text[text.index(end) :]
    assert read(tmp_path / "class.csv", quoted, encoding, mark) == EXPECTED


def test_utf_16_without_a_mark_and_excels_own_first_line(tmp_path):
    assert read(tmp_path / "a.csv", "id,section\ns1,A\n", "utf-16-le") == [
        Person("s1", section="A", others={"number": "s1"})
    ]
    text = "sep=;\r\nid;section\r\ns1;A, B\r\n"
    (person,) = read(tmp_path / "a.csv", text)
    assert person.section == "A, B"
    table = Table(tmp_path / "a.csv")
    assert table.data() == text.encode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (  # nbgrader's own
            "id,first_name,last_name,email\nminji,Minji,Kim,m@uni.test\n",
            Person("minji", "Minji", "Kim", "m@uni.test", "", {"number": "minji"}),
        ),
        (  # Canvas's gradebook
            "Student,ID,SIS User ID,SIS Login ID,Section,HW (1)\n    Points Possible,,,,,19\n"
            '"Kim, Minji",48,u7,minji,"CNN A and CNN B",\n"Student, Test",49,,abc,CNN A,\n',
            Person(
                "minji",
                "Minji",
                "Kim",
                "",
                "CNN A and CNN B",
                {"sis_login": "minji", "sis_user": "u7", "lms_user": "48", "name": "Kim, Minji"},
            ),
        ),
        (  # Moodle's list of participants
            '"First name","Last name","ID number","Email address",Groups\nMinji,Kim,2026,m@uni.test,"A, B"\n',
            Person("2026", "Minji", "Kim", "m@uni.test", "A, B", {"id_number": "2026"}),
        ),
        (  # GitHub Classroom's roster
            "identifier,github_username,github_id,name\n2026,minji-dev,99,Minji Kim\n",
            Person("2026", "", "Minji Kim", "", "", {"classroom": "2026", "github": "minji-dev", "name": "Minji Kim"}),
        ),
        ("학번,성,이름,반\n2026,김,민지,1\n", Person("2026", "민지", "김", "", "1", {})),
    ],
)
def test_the_lists_of_platforms(tmp_path, text, expected):
    assert read(tmp_path / "a.csv", text) == [expected]


def test_the_column_of_ids_can_be_named(tmp_path):
    text = "id,Mail,section\n1,a@uni.test,A\n2,b@uni.test,B\n"
    assert [person.student for person in read(tmp_path / "a.csv", text, id_column="mail")] == [
        "a@uni.test",
        "b@uni.test",
    ]
    with pytest.raises(GradingError, match=r"no column 'login'\. Its columns are: id, Mail, section"):
        read(tmp_path / "a.csv", text, id_column="login")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("color,size\nred,1\n", "has no column of ids"),
        ("id,section\n", "has nobody in it"),
        ("id,section\na,A\na,B\n", "has a twice: rows 2 and 3"),
        ("id\n../x\n", "row 2: '../x' can be nobody's id"),
        ("id\n.x\n", "it begins with a dot"),
        ("id\na\u202eb\n", r"'a\\\\u202eb' can be nobody's id: it has characters that cannot be seen"),
        (f"id\n{'x' * 200}\n", "more than 128 characters"),
        ("", "is empty"),
    ],
)
def test_a_list_that_cannot_be_one_is_refused(tmp_path, text, message):
    with pytest.raises(GradingError, match=message):
        read(tmp_path / "a.csv", text)


def test_what_is_no_text_is_refused(tmp_path):
    with pytest.raises(GradingError, match="Save it as CSV"):
        read(tmp_path / "a.csv", "", mark=b"PK\x03\x04")
    with pytest.raises(GradingError, match="cannot be read: No such file"):
        Table(tmp_path / "none.csv")


def test_importing_again_brings_up_to_date_and_erases_nothing(tmp_path, coursedir):
    first = import_roster(EXPECTED, coursedir)
    assert (first.new, first.changed, first.missing) == (["20260001", "20260002"], [], [])
    again = import_roster(EXPECTED, coursedir)
    assert (again.new, again.changed) == ([], [])
    moved = import_roster([Person("20260001", section="B", others={"github": "minji-dev"})], coursedir)
    assert (moved.new, moved.changed, moved.missing) == ([], ["20260001"], ["20260002"])
    roster = load_roster(coursedir)
    assert roster.people["20260001"] == Person(
        "20260001", "", "김민지", "minji@uni.test", "B", {"name": "김민지", "github": "minji-dev"}
    )
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        assert gradebook.find_student("20260001").email == "minji@uni.test"


def test_the_gradebook_has_what_nbgrader_has_a_place_for(tmp_path, coursedir):
    text = 'Student,ID,SIS User ID,SIS Login ID,Section\n"Kim, Minji",48,u7,minji,A\n'
    import_roster(read(tmp_path / "a.csv", text), coursedir)
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        student = gradebook.find_student("minji")
        assert (student.first_name, student.last_name, student.lms_user_id) == ("Minji", "Kim", "48")


@pytest.mark.parametrize(
    ("title", "name", "encoding"),
    [
        ("성명", "홍길동", "cp949"),
        ("이름", "홍길동", "utf-8"),
        ("Name", "Gildong Hong", "utf-8"),
        ("Full name", "홍 길동", "utf-8"),
    ],
)
def test_a_name_in_one_column_is_shown_and_told_apart_once_another_list_does(
    tmp_path, coursedir, title, name, encoding
):
    import_roster(read(tmp_path / "a.csv", f"학번;{title};분반\n2026;{name};A\n", encoding), coursedir)
    again = read(tmp_path / "a.csv", f"학번;{title};분반\n2026;{name};A\n", encoding)
    assert import_roster(again, coursedir).changed == []
    assert in_formgrader(coursedir, "2026") == ("", name)
    assert load_roster(coursedir).name("2026") == name
    import_roster([Person("2026", "길동", "홍")], coursedir)
    assert in_formgrader(coursedir, "2026") == ("길동", "홍")
    assert load_roster(coursedir).name("2026") == "홍길동" and load_roster(coursedir).name("nobody") == ""
    import_roster(again, coursedir)
    assert in_formgrader(coursedir, "2026") == ("길동", "홍")


def test_a_class_list_of_an_earlier_version_gets_its_names(coursedir):
    """It had a name of one column in its own table alone."""
    import_roster(EXPECTED[:1], coursedir)
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        student = gradebook.find_student("20260001")
        student.first_name = student.last_name = None
        gradebook.db.commit()
    assert import_roster(EXPECTED[:1], coursedir).changed == ["20260001"]
    assert in_formgrader(coursedir, "20260001") == ("", "김민지")


def in_formgrader(coursedir, student):
    """First and last name; formgrader writes "None" where there is none."""
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        found = gradebook.find_student(student)
        return found.first_name, found.last_name


def test_a_failing_import_changes_nothing(coursedir, monkeypatch):
    import_roster(EXPECTED[:1], coursedir)
    monkeypatch.setattr("autograder.grading.roster.json.dumps", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        import_roster([Person("20260001", section="Z"), Person("new")], coursedir)
    monkeypatch.undo()
    assert load_roster(coursedir).people == {"20260001": EXPECTED[0]}


@pytest.mark.parametrize(
    ("ids", "names", "found"),
    [
        (["minji"], [], ["minji"]),
        (["MINJI "], [], ["minji"]),
        ([], ["Minji Kim"], ["minji"]),
        ([], ["Kim, Minji"], ["minji"]),
        ([], ["kimminji"], ["minji"]),
        (["nobody"], ["kim minji"], ["minji"]),
        (["jisu"], ["kim minji"], ["jisu"]),
        (["dev-j"], [], ["jisu"]),
        ([], ["Jisu Lee"], ["jisu", "jisu2"]),
        (["", "x"], [""], []),
    ],
)
def test_who_is_meant(ids, names, found):
    roster = Roster(
        [
            Person("minji", "Minji", "Kim"),
            Person("jisu", "Jisu", "Lee", others={"github": "Dev-J"}),
            Person("jisu2", "Jisu", "Lee"),
        ]
    )
    assert [person.student for person in roster.find(ids, names)] == found


@pytest.mark.parametrize(
    ("own", "asked", "member"),
    [
        ("A", "a", True),
        ("CNN A and CNN B", "CNN B", True),
        ("A, B", "B", True),
        ("AB", "A", False),
        ("", "", False),
        ("1분반", "1 분반", True),
    ],
)
def test_who_is_in_a_section(own, asked, member):
    assert Person("x", section=own).is_in(asked) == member


def test_the_command(tmp_path, coursedir, monkeypatch):
    monkeypatch.setattr("autograder.grading.course_folder.course_root", lambda: tmp_path)
    path = tmp_path / "class.csv"
    path.write_text(KOREAN + "20260003,박서준,,\r\n", "utf-8")
    done = CliRunner().invoke(main, ["roster", str(path)])
    assert done.exit_code == 0, done.output
    assert "Without a section: 20260003" in done.output
    assert f"3 people in {path}: 3 new, 0 changed, 0 as they were." in done.output
    path.write_text(KOREAN, "utf-8")
    done = CliRunner().invoke(main, ["roster", str(path)])
    assert f"In the gradebook and not in {path}, left as they are: 20260003" in done.output
    done = CliRunner().invoke(main, ["roster", str(path), "--id", "login"])
    assert done.exit_code == 1 and "has no column 'login'" in done.output
