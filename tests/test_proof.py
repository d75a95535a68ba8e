"""Every check is tried on right answers, usual mistakes and mutants, and says of each what it is."""

from dataclasses import replace

import pytest

from autograder.authoring.build import expected_of
from autograder.authoring.freshness import (
    EQUIVALENT_MUTANTS,
    PROOF_FOLDER,
    is_fresh,
    made_files,
    read_built,
    remember,
    sources_digest,
    what_runs,
)
from autograder.authoring.lacking import LEAST_ANSWERS, LEAST_MISTAKES
from autograder.authoring.proof import OTHER_APIS, SOURCE, mutants_of, page, prove, prove_bank, summary_page
from autograder.checking.challenge import Challenge
from autograder.checking.error_kinds import KINDS
from autograder.checking.expected import Expected, load_expected
from autograder.checking.explain import explanation
from autograder.checking.judge import Verdict, judge
from autograder.checking.measure import measure
from autograder.checking.mistake_matching import mistake_of
from autograder.grading.judging import confirmed_wrong, judge_draw
from autograder.grading.worker.vary_sizes import vary_sizes
from autograder.lessons.reference import lesson_sources, mistakes, reference, right_answers
from curriculum.exercises import LISTED, all_names, load
from curriculum.messages import sentence
from tests.conftest import sampled
from tests.test_grading_fresh import by_heart

ATTENTION = ("channel_attention", "se_block", "efficientnet_se", "mobilenet_se", "attention_block", "spatial_attention")


EVERYDAY = ("double", "channel_attention", "spatial_attention", "my_attention")


RARE = (pytest.mark.slow, pytest.mark.weekly)


@pytest.mark.parametrize(
    "exercise", [pytest.param(name, marks=() if name in EVERYDAY else RARE) for name in all_names()]
)
def test_a_check_can_be_trusted(exercise, tensorflow):
    """Nothing wrong accepted, nothing right refused, every mistake recognised, and the committed page says so."""
    proof = prove(load(exercise), load_expected(exercise))
    assert proof.failures == []
    assert proof.counts["right"] >= 1 + LEAST_ANSWERS
    assert proof.counts["mistakes"] >= (8 if exercise in ATTENTION else LEAST_MISTAKES)
    assert proof.counts["mutants"] >= 5
    assert page(proof) == (PROOF_FOLDER / f"{exercise}.md").read_text("utf-8")
    assert (proof.counts, proof.wrong) == (read_built()[exercise]["counts"], read_built()[exercise]["wrong"])
    for answer in (*proof.mistakes, *proof.mutants):
        for language in ("en", "ko"):
            # With the summary, at most six lines.
            assert answer.verdict.passed or 2 <= len(explanation(answer.verdict, language)) <= 5


def in_notebook(exercise):
    """The verdicts of the notebook's own check on the usual mistakes, as the build has measured them."""
    return {
        name: Verdict(load(exercise), tuple(frozenset(aspects.split()) for aspects in wrong.split(";")))
        for name, wrong in read_built()[exercise]["wrong"].items()
    }


def judged_alike(exercise, seed):
    """Under a run's own challenge right answers pass, mistakes lose the same points, and none by heart passes."""
    asked = load(exercise)
    fresh, challenge = vary_sizes(asked, seed), Challenge(seed)
    expected = Expected(seed, "", measure(reference(exercise), fresh, challenge), {})
    notebook = in_notebook(exercise)
    assert not [case for case in expected.reference.cases if case.problem]
    for answer, function in right_answers(exercise).items():
        verdict = judge(fresh, measure(function, fresh, challenge), expected)
        assert verdict.passed, (answer, verdict.finding)
    for mistake, function in mistakes(exercise).items():
        known = notebook[mistake]
        verdict = judge_draw(fresh, measure(function, fresh, challenge), expected)
        assert not verdict.passed, mistake
        assert Verdict(asked, confirmed_wrong(known, verdict)).right == known.right, mistake
    learnt = by_heart(asked)
    assert judge(asked, measure(learnt, asked, Challenge()), load_expected(exercise)).passed
    assert judge(fresh, measure(learnt, fresh, challenge), expected).points == 0


@pytest.mark.slow
@pytest.mark.parametrize("exercise", sampled(all_names(), in_ci=all_names()[::6]))
def test_a_fresh_challenge_judges_alike(exercise, tensorflow):
    judged_alike(exercise, 3)


def test_the_summary_adds_up():
    counts = {name: read_built()[name]["counts"] for name in all_names()}
    assert summary_page(counts) == (PROOF_FOLDER / "README.md").read_text("utf-8")
    assert all(one["refused"] + one["equivalent"] == one["mutants"] for one in counts.values())
    for kind in ("right", "mistakes"):
        assert all(one[f"own_{kind}"] + one[f"published_{kind}"] == one[kind] for one in counts.values())


@pytest.mark.parametrize("exercise", all_names())
def test_a_source_is_an_address_and_no_answer_has_two(exercise):
    for answer in (*right_answers(exercise).values(), *mistakes(exercise).values()):
        sources = SOURCE.findall(answer.__doc__)
        assert len(sources) == answer.__doc__.count("Source")
        assert len(sources) <= 1 and all(source.startswith("https://") for source in sources)


def test_several_ways_to_make_a_mistake_have_its_name_and_its_sentence():
    ways = [(exercise, name) for exercise in all_names() for name in mistakes(exercise) if "__" in name]
    assert ways
    for exercise, name in ways:
        assert mistake_of(name) in mistakes(exercise)
        assert not sentence(f"{exercise}.mistake.{name}", "en")
    assert mistake_of("sigmoid_missing") == "sigmoid_missing"


def test_a_mistake_without_its_name_and_a_false_excuse_are_reported(tensorflow, monkeypatch, tmp_path):
    excuses = tmp_path / "equivalent.toml"
    excuses.write_text('[double]\n"no such mutant" = "not there"\n', "utf-8")
    monkeypatch.setattr("autograder.authoring.proof.EQUIVALENT_MUTANTS", excuses)
    failures = prove(load("double"), replace(load_expected("double"), mistakes={})).failures
    assert "solutions/mistakes/double.py: mistake squared is taken for None" in failures
    assert any("called equivalent, but refused or gone: no such mutant" in failure for failure in failures)


def test_a_check_that_accepts_everything_is_reported(tensorflow, monkeypatch):
    monkeypatch.setattr("autograder.checking.judge._findings", lambda *arguments: {})
    failures = prove(load("double"), load_expected("double")).failures
    assert any("mistake squared is accepted" in failure for failure in failures)
    accepted = "solutions/equivalent_mutants.toml: mutant accepted: `2 * x` -> `2 + x`; if it is wrong, add a case to "
    told = next(failure for failure in failures if failure.startswith(accepted))
    assert told.endswith('if it is right, write under [double]: "`2 * x` -> `2 + x`" = "why"')


def test_a_check_that_refuses_a_right_answer_is_reported(tensorflow, monkeypatch):
    monkeypatch.setattr("autograder.checking.diagnosis.TOLERANCE", -1.0)
    failures = prove_bank(load("double"), load_expected("double")).failures
    assert any("right answer reference is refused: double(x[2, 3])" in failure for failure in failures)


def slipped(x):
    """A typing mistake."""
    from keras import ops

    return ops.concatenat([x, x])


def of_an_older_keras(x):
    """The backend that Keras 3 has no more."""
    from keras import backend as K  # noqa: N812

    return K.mean(x)


def bank_of(monkeypatch, **mistakes):
    """What is found where these are the usual mistakes of `double`, expected under their own names."""
    for module in ("build", "proof"):
        monkeypatch.setattr(f"autograder.authoring.{module}.mistakes", lambda name: mistakes)
    return prove_bank(load("double"), expected_of(load("double"), Challenge()))


def test_a_mistake_that_is_right_is_reported_and_its_page_written(tensorflow, monkeypatch):
    proof = bank_of(monkeypatch, doubled=lambda x: x + x)
    assert proof.failures == [
        "solutions/mistakes/double.py: mistake doubled is accepted; make it wrong, or move it to"
        " solutions/answers/double.py"
    ]
    assert "| `doubled` |  | own | accepted, 2.0/2 | **ACCEPTED** |" in page(proof)


def test_a_typing_mistake_proves_nothing_and_another_library_does(tensorflow, monkeypatch):
    """The rule of proof.py: a missing name is refused, unless its kind says which library was meant."""
    proof = bank_of(monkeypatch, slipped=slipped, of_an_older_keras=of_an_older_keras)
    (failure,) = proof.failures
    assert failure.startswith("solutions/mistakes/double.py: mistake slipped ends in AttributeError: module ")
    assert "concatenat" in failure


def test_kinds_of_other_libraries_are_kinds_of_errors():
    kinds = {kind.name for kind in KINDS}
    refined = {"array_method", "tensor_method", "torch_name"}  # what problems.py makes of other kinds
    assert kinds >= OTHER_APIS - refined
    for kind in OTHER_APIS:
        assert sentence(f"error.{kind}.what", "en") or sentence(f"finding.problem.{kind}.what", "en")


def test_mutants_that_miss_a_name_are_not_counted(tensorflow):
    made = mutants_of(load("rectify"))
    proof = prove(load("rectify"), load_expected("rectify"))
    left_out = set(made) - {mutant.name for mutant in proof.mutants}
    assert left_out == {"`beliefs = ops.log_softmax(hypotheses)` dropped"}


def test_expected_files_are_what_measuring_gives(tensorflow):
    text, _ = expected_of(load("double"), Challenge()).files()
    assert text == made_files("double")[0].read_text("utf-8")


@pytest.fixture
def in_master(monkeypatch):
    """Exchange some text of lesson 8's solutions, for as long as a test takes."""
    sources = lesson_sources("8-attend-and-rectify")

    def change(before, after):
        changed = [(cell, source.replace(before, after)) for cell, source in sources]
        assert changed != sources
        monkeypatch.setattr("autograder.authoring.freshness.lesson_sources", lambda lesson: changed)

    return change


def test_freshness_is_of_what_an_exercise_uses(in_master):
    module, diversity = sources_digest("attention_module"), sources_digest("mask_diversity")
    in_master("Say for every head where it looks", "Say where heads look")  # a docstring of attention_head
    assert sources_digest("attention_module") == module
    in_master("def attention_head(z, heads)", "def attention_head(z, heads=4)")
    assert sources_digest("attention_module") != module
    assert sources_digest("mask_diversity") == diversity


def test_another_exercise_and_what_is_said_of_its_mutants_leave_the_others_fresh(monkeypatch, tmp_path):
    before = sources_digest("double")
    module, equivalent = tmp_path / "__init__.py", tmp_path / "equivalent.toml"
    monkeypatch.setattr("autograder.authoring.freshness.LISTED", module)
    monkeypatch.setattr("autograder.authoring.freshness.EQUIVALENT_MUTANTS", equivalent)
    equivalent.write_text(EQUIVALENT_MUTANTS.read_text("utf-8") + "\n[treble]\nmutant = 'why'\n", "utf-8")
    listed = LISTED.read_text("utf-8")
    longer = listed.replace('("double",)', '(\n        "double",\n        "treble",\n    )')
    assert longer != listed
    module.write_text(longer, "utf-8")
    assert sources_digest("double") == before
    module.write_text(longer + "\nSEED = 1\n", "utf-8")
    assert sources_digest("double") != before


MODULE = '''"Judges."

LIMIT: int = 3  # of all


def judge(answer: object, *, limit: int = LIMIT) -> bool:
    """Say whether it is right.

    뜻: # no comment
    """
    return f"{answer} # {limit}" != '뜻'  # 뜻
'''


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# of all", "# of all answers"),
        ('"Judges."\n', ""),
        ("Say whether", "Tell whether"),
        (": object", ": str"),
        (" -> bool", ""),
    ],
)
def test_what_does_not_run_leaves_everything_fresh(before, after, tmp_path):
    module = tmp_path / "module.py"
    module.write_text(MODULE, "utf-8")
    known = what_runs(module)
    assert MODULE.count(before) == 1
    module.write_text(MODULE.replace(before, after), "utf-8")
    assert what_runs(module) == known


@pytest.mark.parametrize(
    ("before", "after"), [("= 3", "= 4"), ("LIMIT: int", "LIMIT: float"), ("# {limit}", "{limit}"), ("*, ", "")]
)
def test_what_runs_does_not(before, after, tmp_path):
    module = tmp_path / "module.py"
    module.write_text(MODULE, "utf-8")
    known = what_runs(module)
    module.write_text(MODULE.replace(before, after), "utf-8")
    assert what_runs(module) != known


def test_freshness_sees_a_changed_source_and_a_changed_file(monkeypatch, tmp_path):
    assert is_fresh("double")
    monkeypatch.setattr("autograder.authoring.freshness.BUILT", tmp_path / "built.json")
    assert not is_fresh("double")
    remember("double", {}, {})
    assert is_fresh("double")
    changed = tmp_path / "equivalent.toml"
    changed.write_text(EQUIVALENT_MUTANTS.read_text("utf-8") + "\n[double]\nmutant = 'why'\n", "utf-8")
    with monkeypatch.context() as patch:
        patch.setattr("autograder.authoring.freshness.EQUIVALENT_MUTANTS", changed)
        assert not is_fresh("double")
    monkeypatch.setattr("autograder.authoring.freshness.PROOF_FOLDER", tmp_path)
    assert not is_fresh("double")
