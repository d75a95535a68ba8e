# The course's everyday commands. `make lab` and `make test` set everything up by themselves.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(abspath $(BIN)):$(PATH)
INSTALL ?= pip install --disable-pip-version-check
LESSON ?= 3-channel-attention
# Environments of other Pythons may be checked at the same time, and mypy locks what it keeps.
export MYPY_CACHE_DIR := $(abspath $(VENV))/mypy

# What differs between Pythons: every right answer, a class graded, nbgrader's commands, parsing, building.
ESSENTIAL := tests/test_build.py tests/test_grading_parts.py tests/test_notebook.py \
	tests/test_checking.py::test_a_right_answer_passes_under_another_challenge \
	tests/test_grading.py::test_points tests/test_grading.py::test_nbgraders_own_commands

PIN := uv pip compile --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	--no-emit-index-url --no-emit-find-links --no-header --quiet

.PHONY: lab test test-all test-ci essential screens hub setup build check grade report site site-setup lock wheel release clean

lab: setup                 ## open JupyterLab on the course's start page; OPTIONS="--no-browser --port 8888" go to it
	autograder start
	jupyter lab --LabApp.default_url=/lab/tree/course/start.md $(OPTIONS)

test: setup                ## run the tests
	pytest -m "not slow"

test-all: setup            ## run the tests that take minutes, too
	pytest -m "not screens"

test-ci: setup             ## the same, with a sample of the tests that try the same again and again
	pytest -m "not screens and not weekly"

essential: setup           ## run the few tests that tell whether another Python will do
	autograder build --check
	pytest -m "not slow" $(ESSENTIAL)

screens: setup             ## look at JupyterLab in a browser; take the documents' pictures again
	pytest tests/browser
	for picture in course/pictures/*.png; do cp build/screens/$$(basename $$picture) $$picture; done

hub: build/hub/ready       ## a class on a JupyterHub of several users, in a browser; needs root and npm
	pytest -n 0 tests/hub

build/hub/ready: $(VENV)/ready tests/hub/requirements.lock tests/hub/package-lock.json
	rm -rf $(@D)
	mkdir -p $(@D)
	pip wheel --quiet --disable-pip-version-check --no-deps --require-hashes --wheel-dir $(@D)/wheels -r tests/hub/requirements.lock
	cp tests/hub/package.json tests/hub/package-lock.json $(@D)
	npm ci --prefix $(@D)
	touch $@

setup: $(VENV)/ready       ## make the environment from pinned, hashed packages

$(VENV)/ready: requirements.lock pyproject.toml coursekit/jupyterlab_settings.json
	$(PYTHON) -c 'import sys; sys.exit("The course needs Python 3.11 to 3.13; $(PYTHON) is %d.%d. Try: make PYTHON=python3.12" % sys.version_info[:2] if not (3, 11) <= sys.version_info[:2] <= (3, 13) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) --quiet --require-hashes -r requirements.lock
	$(INSTALL) --quiet --no-deps --no-build-isolation --editable .
	jupyter labextension disable --level=sys_prefix @jupyter/nbgrader:create-assignment > /dev/null 2>&1
	touch $@

build: setup               ## make everything that is generated
	autograder build

check: setup               ## prove that generated files are in sync; lint; format; check types
	autograder build --check
	ruff check
	ruff format --check
	mypy

grade: setup               ## grade LESSON: the class in submitted/, or a demonstration class
	autograder grade $(LESSON) $(if $(wildcard submitted/*/$(LESSON)),,--demo)

report: setup              ## write a page about the graded class
	autograder report $(LESSON) $(if $(wildcard submitted/*/$(LESSON)),,--demo)

site: site-setup           ## make the web site in build/site; lessons that have changed are run
	autograder site

site-setup: $(VENV)/site   ## add what only the web site needs to the environment

$(VENV)/site: $(VENV)/ready site/requirements.lock
	$(INSTALL) --quiet --require-hashes --no-deps -r site/requirements.lock
	touch $@

lock: setup                ## pin pyproject.toml's dependencies for every platform; what the site and the tests' hub need has locks of its own
	$(PIN) pyproject.toml --extra dev --extra postgres --extra canvas --extra cluster --output-file requirements.lock $(OPTIONS)
	$(PIN) pyproject.toml --extra site --constraints requirements.lock --output-file site/requirements.lock $(OPTIONS)
	$(PIN) --constraints requirements.lock $$(sed -n 's/^\([A-Za-z0-9._-]*\)[^ ]*==.*/--no-emit-package \1/p' requirements.lock) \
		tests/hub/requirements.in --output-file tests/hub/requirements.lock $(OPTIONS)

wheel: setup               ## build the students' wheel and the instructors' into dist/
	python -m hatchling build --target wheel
	cd solutions && python -m hatchling build --target wheel --directory ../dist

release: wheel             ## what a release consists of, into dist/: TAG=v0.1.0
	autograder release $(TAG)

clean:                     ## remove the environment and what builds leave behind
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .mypy_cache
