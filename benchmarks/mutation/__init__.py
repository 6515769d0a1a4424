"""Small mistakes made on purpose, and whether a test notices: mutation of what must not be wrong.

``make mutation`` changes one thing at a time in the modules that `targets` names, runs the tests
that reach it, and adds a line for each mutant to ``var/mutation``, so that it goes on where it
was ended. What came of it is kept in ``docs/evidence/mutation.json``; ``docs/mutation.md`` judges
whatever survived.
"""
