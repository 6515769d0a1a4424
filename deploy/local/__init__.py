"""Run, test and check PocketVault on this machine, starting from nothing but Python.

Everything here except ``certificate`` uses the standard library alone, because it runs
before anything is installed.
"""
