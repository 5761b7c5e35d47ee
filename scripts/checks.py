"""Run Klima's checks, and sum them up; scripts/test calls this."""

from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
import os
from pathlib import Path
import re
import subprocess
import sys
import time

REPOSITORY = Path(__file__).parents[1]
TYPED = (
    "custom_components",
    "scripts",
    "tests/simulator",
    "tests/e2e",
    "tests/browser",
)
COVERAGE = 97
NEWEST = Path(".venv-newest/.klima-setup")
"""There once the newest Home Assistant is installed."""
COVERED_WHOLE = "config flow's coverage"

_SECTION = re.compile(r"^=+ (.+) =+$")
_FAILED = re.compile(r"^_+ (.+) _+$")
_CAPTURED = re.compile(r"^-+ .+ -+$")
_FRAME = re.compile(r"^(?P<file>[^\s:]+\.py):\d+: ")
LINES = 8
"""Of where a test failed, and as many of its error, at most."""
_CLOSING = re.compile(r"^=*\s*((?:\d+ [a-z]+(?:, )?)+) in [\d.]+s.*$")
_COUNT = re.compile(r"(\d+) (\w+)")
_ORDER = (
    "failed",
    "error",
    "passed",
    "skipped",
    "xfailed",
    "xpassed",
    "deselected",
    "warning",
)


@dataclass(frozen=True, slots=True)
class Check:
    """A command that passes when it returns 0."""

    name: str
    group: str
    command: tuple[str, ...]
    pytest: bool = False
    beside: bool = False
    """Whether it runs beside the one before it; what it says is then shown after that one."""
    needs: Path | None = None
    """A file without which it is left out, and that is said."""
    optional: bool = False
    """Whether it may fail, as where a package is not to be had."""


def checks() -> list[Check]:
    """Return every check, in the order that they run."""
    tool = (sys.executable, "-m")
    # The two that need a real Home Assistant have a pytest.ini of their own.
    pytest = ("-m", "pytest", "-p", "no:cacheprovider", "--color=no", "--tb=short")
    test = (sys.executable, *pytest)
    # What hangs on the release: sources, the recorder, the energy dashboard, emitters.
    of_release = ("wrapped_units", "infrared")
    return [
        Check("format", "format", (*tool, "ruff", "format", "--check", ".")),
        Check("lint", "lint", (*tool, "ruff", "check", ".")),
        Check(
            "unit tests",
            "unit",
            (
                *test,
                "tests",
                "--numprocesses=2",
                "--cov",
                "--cov-report=term:skip-covered",
                f"--cov-fail-under={COVERAGE}",
            ),
            pytest=True,
        ),
        # They mostly wait: some homes beside each other, a file of tests to a home.
        Check(
            "end-to-end tests",
            "e2e",
            (*test, "tests/e2e", "--numprocesses=3", "--dist=loadfile"),
            pytest=True,
            beside=True,
        ),
        Check(
            "the newest Home Assistant",
            "newest",
            ("scripts/setup", "newest"),
            beside=True,
            optional=True,
        ),
        Check("types", "types", (*tool, "mypy", *TYPED), beside=True),
        Check(
            COVERED_WHOLE,
            "unit",
            (
                *tool,
                "coverage",
                "report",
                "--include=*/config_flow.py,*/klima/flows/*",
                "--fail-under=100",
            ),
        ),
        Check(
            "what is private to it",
            "newest",
            (
                ".venv-newest/bin/python",
                *pytest,
                "--noconftest",
                "tests/test_private.py",
            ),
            pytest=True,
            needs=NEWEST,
        ),
        Check(
            "browser tests",
            "browser",
            (*test, "tests/browser"),
            pytest=True,
        ),
        Check(
            "the same with the newest",
            "newest",
            (
                ".venv-newest/bin/python",
                *pytest,
                *(f"tests/e2e/test_{name}.py" for name in of_release),
                "--numprocesses=2",
                "--dist=loadfile",
            ),
            pytest=True,
            beside=True,
            needs=NEWEST,
        ),
        Check(
            "two days of faults",
            "soak",
            ("env", "KLIMA_SOAK_DAYS=2", *test, "tests/faults/soak.py"),
            pytest=True,
            beside=True,
        ),
        Check(
            "scripts/develop",
            "develop",
            (
                sys.executable,
                "scripts/develop.py",
                "--check",
                "--fresh",
                "--port=0",
                "--folder=.artifacts/develop",
            ),
            beside=True,
        ),
        Check(
            "the README's short forms",
            "develop",
            (
                "sh",
                "-ec",
                # In one process: others would take longer to begin than these tests do.
                "scripts/develop --help; scripts/test unit -- tests/core -k compressor -n 0",
            ),
            beside=True,
        ),
    ]


@dataclass(frozen=True, slots=True)
class Result:
    """How a check ended; `said` is what was not shown while it ran."""

    check: Check
    passed: bool
    closing: str
    seconds: float
    said: str = ""
    reasons: tuple[str, ...] = ()


def reasons(lines: Iterable[str]) -> list[str]:
    """Return why tests failed, from pytest's output with `--tb=short`: a few lines each.

    Of each test its name, the frames that are not a library's, and the first lines of the error.
    """
    found: list[str] = []
    inside = captured = ours = False
    told = Counter[bool]()
    for line in lines:
        if match := _SECTION.match(line):
            inside = match[1] in ("FAILURES", "ERRORS")
        elif inside and (match := _FAILED.match(line)):
            found.append(match[1])
            captured = ours = False
            told.clear()
        elif inside and _CAPTURED.match(line):
            captured = True
        elif inside and not captured:
            if match := _FRAME.match(line):
                ours = "site-packages" not in match["file"]
            is_error = line.startswith("E ")
            if (is_error or (ours and line.strip())) and told[is_error] < LINES:
                told[is_error] += 1
                found.append(f"  {line}")
    return found


def run(check: Check, more: tuple[str, ...], *, show: bool) -> Result:
    """Run a check, with its output shown as it comes or kept; finds pytest's closing line."""
    if check.needs is not None and not check.needs.exists():
        return Result(check, True, f"left out: there is no {check.needs}", 0.0)
    said = [f"\n--- {check.name}\n"]
    if show:
        print(*said, end="", flush=True)
    begun = time.monotonic()
    closing = ""
    heard: list[str] = []
    command = check.command
    if more and check.pytest:
        # Some of the tests cannot cover what all of them do.
        named = any(Path(argument.partition("::")[0]).exists() for argument in more)
        command = (
            *(
                part
                for part in command
                if not part.startswith("--cov") and not (named and part == "tests")
            ),
            *more,
        )
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if show:
                print(line, end="", flush=True)
            else:
                said.append(line)
            heard.append(line.rstrip())
            if check.pytest and (match := _CLOSING.match(line.strip())):
                closing = match[1]
    return Result(
        check,
        process.returncode == 0 or check.optional,
        closing,
        time.monotonic() - begun,
        "" if show else "".join(said),
        tuple(reasons(heard)) if check.pytest else (),
    )


def rounds(wanted: list[Check]) -> list[list[Check]]:
    """Put beside each other what may run so."""
    found: list[list[Check]] = []
    for check in wanted:
        if check.beside and found:
            found[-1].append(check)
        else:
            found.append([check])
    return found


def closing_line(closings: list[str], seconds: float) -> str:
    """Add up the closing lines of several pytest runs, in pytest's own form."""
    counts: Counter[str] = Counter()
    for closing in closings:
        for number, what in _COUNT.findall(closing):
            counts[
                what.removesuffix("s") if what in ("errors", "warnings") else what
            ] += int(number)
    parts = [
        f"{counts[what]} {what}{'s' if what in ('error', 'warning') and counts[what] > 1 else ''}"
        for what in _ORDER
        if counts[what]
    ]
    return f" {', '.join(parts) or 'no tests ran'} in {seconds:.2f}s ".center(80, "=")


def main(arguments: list[str]) -> int:
    """Run what is named, or everything; returns the exit status."""
    split = arguments.index("--") if "--" in arguments else len(arguments)
    groups, more = arguments[:split], tuple(arguments[split + 1 :])
    known = {check.group for check in checks()}
    if unknown := set(groups) - known:
        print(
            f"unknown: {', '.join(unknown)}; there are: {', '.join(sorted(known))}",
            file=sys.stderr,
        )
        return 2
    os.chdir(REPOSITORY)
    started = time.monotonic()
    wanted = [
        check
        for check in checks()
        if (not groups or check.group in groups)
        and not (more and check.name == COVERED_WHOLE)
    ]
    results: list[Result] = []
    for together in rounds(wanted):
        with ThreadPoolExecutor(len(together)) as pool:
            running = [
                pool.submit(run, check, more, show=check is together[0])
                for check in together
            ]
            for future in running:
                result = future.result()
                print(result.said, end="", flush=True)
                results.append(result)

    # Near the end: of a long output often only that is kept.
    for result in results:
        if result.reasons:
            print(f"\n--- why {result.check.name} failed", *result.reasons, sep="\n")
    print("\n--- summary")
    for result in results:
        print(
            f"{'ok    ' if result.passed else 'FAILED'} {result.check.name:24}"
            f" {result.seconds:6.1f} s  {result.closing}"
        )
    if any(check.pytest for check in wanted):
        print(
            closing_line(
                [result.closing for result in results], time.monotonic() - started
            )
        )
    return 0 if all(result.passed for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
