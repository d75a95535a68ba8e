"""What GitHub runs: workflows of the right form that call what the Makefile has, with no more rights than they need."""

import re
from pathlib import Path

import pytest
import yaml

from curriculum.paths import REPOSITORY
from tests.conftest import needs_site
from tests.test_distribution import read, targets

WORKFLOWS = sorted((REPOSITORY / ".github" / "workflows").glob("*.yml"))
NAMES = [path.stem for path in WORKFLOWS]


def content(path: Path) -> dict:
    return yaml.safe_load(path.read_text("utf-8"))


def commands(path: Path) -> str:
    steps = [step for job in content(path)["jobs"].values() for step in job["steps"]]
    return "\n".join(step.get("run", "") for step in steps)


def test_the_workflows_are_there():
    assert NAMES == ["ci", "newest", "release", "site"]


def test_pushes_are_tried_and_the_newest_dependencies_every_week():
    started = {path.stem: content(path)[True] for path in WORKFLOWS}  # YAML 1.1 reads `on` so
    assert {"push", "pull_request"} <= set(started["ci"])
    assert re.fullmatch(r"\d+ \d+ \* \* \d", started["newest"]["schedule"][0]["cron"])
    jobs = content(next(path for path in WORKFLOWS if path.stem == "ci"))["jobs"]
    assert {"run": ".ci/run"} in jobs["everything"]["steps"]
    tried = {*jobs["essential"]["strategy"]["matrix"]["python"], re.search(r"python:([\d.]+)", str(jobs))[1]}
    assert {f"for version in {' '.join(sorted(tried))}; do"} <= set(read(".ci/run").splitlines())


@needs_site
@pytest.mark.parametrize("path", WORKFLOWS, ids=NAMES)
def test_a_workflow_has_the_form_that_github_reads(path):
    assert complaints(path.read_text("utf-8")) == []


@needs_site
def test_a_wrong_form_is_found():
    assert complaints("name: x\non: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    step: []\n")
    assert complaints("on: psh\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: make}]}}")


def complaints(text: str) -> list[str]:
    """What GitHub's schema, as check-jsonschema carries it, has against a workflow."""
    from check_jsonschema.builtin_schemas import get_builtin_schema
    from jsonschema import Draft7Validator

    # YAML 1.1 reads the key `on` as true.
    workflow = {"on" if key is True else key: value for key, value in yaml.safe_load(text).items()}
    return [
        error.message for error in Draft7Validator(get_builtin_schema("vendor.github-workflows")).iter_errors(workflow)
    ]


@pytest.mark.parametrize("path", WORKFLOWS, ids=NAMES)
def test_what_a_workflow_calls_exists(path):
    called = {word for words in re.findall(r"\bmake ([a-z][a-z -]*)", commands(path)) for word in words.split()}
    assert called <= targets()
    scripts = re.findall(r"(?m)^\s*(\.\S+)", commands(path))
    assert called or scripts
    assert all((REPOSITORY / script).is_file() for script in scripts)


@pytest.mark.parametrize("path", WORKFLOWS, ids=NAMES)
def test_jobs_wait_for_jobs_that_exist_and_steps_have_names_that_are_known(path):
    jobs = content(path)["jobs"]
    for job in jobs.values():
        assert all(("uses" in step) != ("run" in step) for step in job["steps"])
        needs = job.get("needs", [])
        assert set([needs] if isinstance(needs, str) else needs) <= set(jobs)
        text = str(job)
        ids = {step["id"] for step in job["steps"] if "id" in step}
        assert set(re.findall(r"steps\.(\w+)\.", text)) <= ids


@pytest.mark.parametrize("path", WORKFLOWS, ids=NAMES)
def test_a_workflow_reads_and_only_the_job_that_has_to_may_write(path):
    workflow = content(path)
    assert workflow["permissions"] == {"contents": "read"}
    writers = {
        name: set(job["permissions"])
        for name, job in workflow["jobs"].items()
        if "write" in job.get("permissions", {}).values()
    }
    expected = {"site": {"deploy": {"pages", "id-token"}}, "release": {"publish": {"contents"}}}
    assert writers == (expected | {"newest": {"issue": {"issues"}}}).get(path.stem, {})
    assert all(job["timeout-minutes"] for job in workflow["jobs"].values())


@pytest.mark.parametrize("path", WORKFLOWS, ids=NAMES)
def test_an_action_is_named_with_its_version(path):
    used = re.findall(r"uses: (\S+)", path.read_text("utf-8"))
    assert used and all(re.fullmatch(r"actions/[\w-]+@v\d+", action) for action in used)


@pytest.mark.parametrize("path", WORKFLOWS, ids=NAMES)
def test_no_text_of_others_is_put_into_a_command(path):
    """`${{ … }}` in a script is pasted before the shell reads it; variables are not."""
    assert "${{" not in commands(path)
