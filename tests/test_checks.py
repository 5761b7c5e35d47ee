"""What a run of all checks tells of a test that failed."""

from pathlib import Path
import sys

import pytest

from scripts import checks
from scripts.checks import LINES, Check, main, run

FAILING = """
import json

def look():
    print("looked")
    json.loads("no")

def test_look():
    look()

def test_long():
    assert list(range(50)) == []

def test_fine():
    pass
"""


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Return a check of two tests that fail and one that passes."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    file = tmp_path / "test_few.py"
    file.write_text(FAILING)
    command = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--tb=short")
    return Check("few", "few", (*command, f"--rootdir={tmp_path}", str(file)), True)


def test_a_failed_test_tells_its_reason(check: Check) -> None:
    result = run(check, (), show=False)
    assert (result.passed, result.closing) == (False, "2 failed, 1 passed")
    told = "\n".join(result.reasons)
    # Where it failed in our own code, and the error; nothing of a library, nothing printed.
    assert result.reasons[0] == "test_look"
    assert 'json.loads("no")' in told
    assert "E   json.decoder.JSONDecodeError: Expecting value" in told
    assert "looked" not in told and "test_fine" not in told
    assert "raise JSONDecodeError" not in told
    assert len(result.reasons) <= 2 * (1 + 2 * LINES)


def test_reasons_are_told_near_the_end(
    check: Check, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checks, "checks", lambda: [check])
    assert main([]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert "--- why few failed" in lines[-30:]
    assert lines[-1].strip("= ").startswith("2 failed, 1 passed")
