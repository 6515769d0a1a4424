from sharing.publishing.framing import Message
from sharing.publishing.limited import run
def test_echo():
    m = Message({"a": 1}, (b"x"*5_000_000, b""))
    assert run("tests.sharing.publishing.jobs.echo", m) == m
