"""Every reader of bytes from outside, before bytes that were made to hurt it.

What each test holds is the same: the reader ends soon and in little memory, with a value or with
the error that its docstring promises. docs/fuzzing.md lists the readers.
"""
