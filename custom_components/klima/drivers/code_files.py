"""Code files in the configuration folder: found, read off the event loop, and kept."""

from collections.abc import Iterator
from dataclasses import dataclass
import json
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.util import slugify

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
        raise CodeFileError("outside", "Not in the configuration folder")
    if path.relative_to(root).parts[:1] == (".storage",):
        raise CodeFileError("outside", "Home Assistant's own storage holds no codes")
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


def keep(folder: Path, content: bytes | str) -> tuple[str, CodeFile]:
    """Keep a file's content in our own folder, if it can be used; return its path.

    The same content is kept once; another under the same name gets a number.
    """
    code_file = read_code_file(content)
    data = content.encode() if isinstance(content, str) else content
    name = slugify(f"{code_file.manufacturer} {' '.join(code_file.models[:1])}")[:60]
    home = folder / OWN_FOLDER
    home.mkdir(parents=True, exist_ok=True)
    for number in range(1, MOST_FILES):
        path = home / f"{name}{'' if number == 1 else f'_{number}'}.json"
        if not path.exists():
            path.write_bytes(data)
            break
        if path.stat().st_size == len(data) and path.read_bytes() == data:
            break
    return path.relative_to(folder).as_posix(), code_file


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
