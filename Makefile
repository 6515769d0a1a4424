# Each target is one line over a script that needs only Python 3.11:
# where make is missing, `python3 deploy/local run` does the same.

PYTHON ?= python3
NAME ?=
URL ?=

.PHONY: run test demo shots bench evidence lighthouse scores advisories mutation check build messages doctor verify

run:
	@$(PYTHON) deploy/local run

test:
	@$(PYTHON) deploy/local test

demo:
	@$(PYTHON) deploy/local demo

shots:
	@$(PYTHON) deploy/local shots

bench:
	@$(PYTHON) deploy/local bench $(NAME)

evidence:
	@$(PYTHON) deploy/local evidence $(NAME)

lighthouse:
	@$(PYTHON) deploy/local lighthouse

scores:
	@$(PYTHON) deploy/local scores

advisories:
	@$(PYTHON) deploy/local advisories

mutation:
	@$(PYTHON) deploy/local mutation $(NAME)

check:
	@$(PYTHON) deploy/local check

build:
	@$(PYTHON) deploy/local build

messages:
	@$(PYTHON) deploy/local messages $(NAME)

doctor:
	@$(PYTHON) deploy/local doctor

verify:
	@$(PYTHON) deploy/local verify $(URL)
