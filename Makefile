# Everything starts here: `make lab` to learn, `make test` before a commit.
#   make lab              the environment, then JupyterLab on your own copy of the chapters
#   make lab-en, lab-zh   the same in English, in Chinese, whatever your system's language is
#   make lab FOLDER=dir   where your copy lies (default: llm_widgets_course)
#   make test             the environment, what tests need, then every check
#   make lint             the quick checks alone: style and types
#   make constraints      pins the versions now installed, for every environment and for Binder
#   make clean            removes the environment and what the tools left behind
.POSIX:
SHELL = /bin/sh
PYTHON =
FOLDER = llm_widgets_course
VENV = .venv
RUN = PYTHON="$(PYTHON)" VENV="$(VENV)" sh tools/environment.sh

lab:
	@$(RUN) lab
	@$(VENV)/bin/llm-widgets lab "$(FOLDER)"

lab-en lab-zh:
	@LLM_WIDGETS_LANG=$$(echo $@ | cut -c 5-) $(MAKE) lab

test:
	@$(RUN) test
	@$(VENV)/bin/python tools/checks.py

lint:
	@$(RUN) test
	@$(VENV)/bin/python tools/checks.py --quick

environment:
	@$(RUN) test

constraints:
	@$(RUN) test
	@$(VENV)/bin/python tools/pins.py

clean:
	rm -rf "$(VENV)" node_modules build dist artefacts .mypy_cache .ruff_cache .pytest_cache .hypothesis

.PHONY: lab lab-en lab-zh test lint environment constraints clean
