"""Code files in the configuration folder: found, read off the event loop, and kept."""

from collections.abc import Iterator
from dataclasses import dataclass
import json
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.util import slugify
from homeassistant.util.file import write_utf8_file_atomic

from ..core.infrared.learning import Lessons, resume
from ..core.infrared.smartir import MAX_FILE, CodeFile, CodeFileError, read_code_file

OWN_FOLDER = "klima/codes"
"""Where files that were uploaded or pasted are kept, in the configuration folder."""

FOLDERS = (
    OWN_FOLDER,
    "custom_codes/climate",
    "custom_components/smartir/custom_codes/climate",
    "custom_components/smartir/codes/climate",
    "smartir/codes/climate",
)
"""Where code files are looked for: ours, and where SmartIR keeps its own."""

MOST_FILES = 1_000


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A code file of a brand, by its path in the configuration folder."""

    path: str
    brand: str
    models: tuple[str, ...]


def resolve(folder: Path, text: str) -> Path:
    """Return the file that a path names; it must be in the configuration folder.

    Links are followed first, so that none leads out. Raises CodeFileError.
    """
    root = folder.resolve()
    try:
        path = (root / text.strip()).resolve()
        inside = path.is_relative_to(root)
    except (OSError, ValueError, RuntimeError) as err:
        raise CodeFileError("not_found", "No such file") from err
    if not inside:
        raise CodeFileError("outside", "Outside the configuration folder")
    if path.relative_to(root).parts[:1] == (".storage",):
        raise CodeFileError("outside", "Home Assistant's own storage cannot be used")
    if not path.is_file():
        raise CodeFileError("not_found", "No such file")
    return path


def read_file(path: Path) -> CodeFile:
    """Read a file, never more of it than a code file can have. Raises CodeFileError."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE + 1)
    except OSError as err:
        raise CodeFileError("not_readable", f"Cannot be read: {err.strerror}") from err
    return read_code_file(content)


async def async_read(hass: HomeAssistant, text: str) -> CodeFile:
    """Read the file that a path in the configuration folder names."""

    def read() -> CodeFile:
        return read_file(resolve(Path(hass.config.config_dir), text))

    return await hass.async_add_executor_job(read)


def keep(folder: Path, content: bytes | str, code_file: CodeFile) -> str:
    """Keep a file that was read in our own folder; return its path.

    The same content is kept once; another under the same name gets a number.
    """
    data = content.encode() if isinstance(content, str) else content
    (folder / OWN_FOLDER).mkdir(parents=True, exist_ok=True)
    for path in _names(folder, code_file.manufacturer, *code_file.models[:1]):
        if not path.exists():
            path.write_bytes(data)
            break
        if path.stat().st_size == len(data) and path.read_bytes() == data:
            break
    return path.relative_to(folder).as_posix()


def _names(folder: Path, *words: str) -> Iterator[Path]:
    """Yield the paths that a file can have in our own folder, the plainest first."""
    name = slugify(" ".join(words))[:60]
    for number in range(1, MOST_FILES):
        yield folder / OWN_FOLDER / f"{name}{'' if number == 1 else f'_{number}'}.json"


def read_lessons(folder: Path, path: str) -> Lessons | None:
    """Return the lessons that a file holds, None where it holds none."""
    try:
        with resolve(folder, path).open("rb") as file:
            content = file.read(MAX_FILE + 1)
        return None if len(content) > MAX_FILE else resume(json.loads(content))
    except OSError, ValueError, RecursionError:
        return None


def find_lessons(
    folder: Path, manufacturer: str, model: str
) -> tuple[str, Lessons | None]:
    """Return where a handset's lessons are kept, and those that are there already.

    Without a model nothing tells whether an older file is of the same handset.
    """
    for path in _names(folder, manufacturer, model):
        name = path.relative_to(folder).as_posix()
        if not path.exists():
            break
        found = read_lessons(folder, name) if model else None
        if found is not None and (found.manufacturer, found.model) == (
            manufacturer,
            model,
        ):
            return name, found
    return name, None


def keep_lessons(folder: Path, path: str, lessons: Lessons) -> None:
    """Write lessons as a code file: wholly, or not at all. Raises OSError."""
    (folder / OWN_FOLDER).mkdir(parents=True, exist_ok=True)
    write_utf8_file_atomic(str(folder / path), json.dumps(lessons.file(), indent=1))


def find(folder: Path) -> list[FoundFile]:
    """Return the code files that are there, by brand."""
    found = list(_find(folder))
    return sorted(found, key=lambda file: (file.brand.lower(), file.models, file.path))


def _find(folder: Path) -> Iterator[FoundFile]:
    left = MOST_FILES
    for name in FOLDERS:
        home = folder / name
        if not home.is_dir():
            continue
        for path in sorted(home.glob("*.json")):
            left -= 1
            if left < 0:
                return
            try:
                if path.stat().st_size > MAX_FILE:
                    continue
                data = json.loads(path.read_bytes())
            except OSError, ValueError, RecursionError:
                continue
            if not isinstance(data, dict) or "operationModes" not in data:
                continue
            brand = data.get("manufacturer")
            models = data.get("supportedModels")
            yield FoundFile(
                path.relative_to(folder).as_posix(),
                brand.strip()[:100]
                if isinstance(brand, str) and brand.strip()
                else "?",
                tuple(str(model)[:100] for model in models[:20])
                if isinstance(models, list)
                else (),
            )
