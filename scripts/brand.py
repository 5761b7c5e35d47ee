"""Draw the brand images of the integration from docs/brand/icon.svg.

Needs Chromium and Pillow; run by hand when the mark changes.
"""

from pathlib import Path
import shutil
import subprocess
import tempfile

from PIL import Image

ROOT = Path(__file__).parent.parent
OUT = ROOT / "custom_components" / "klima" / "brand"
OVERSAMPLING = 4

WORDMARK = """<g transform="translate(608 116)" fill="none" stroke="{ink}"
 stroke-width="52" stroke-linecap="round" stroke-linejoin="round">
<path d="M26 26v228M176 26L30 150M84 106l98 148"/>
<path d="M272 26v228h110"/>
<path d="M462 26v228"/>
<path d="M562 254V26l98 130 98-130v228"/>
<path d="M838 254L938 26l100 228M876 178h124"/>
</g>"""
"""The name, drawn: no font to install, the same everywhere."""

WIDTH, HEIGHT = 1672, 512


def render(svg: str, width: int, height: int) -> Image.Image:
    """Return a drawing at the size of its viewBox, oversampled."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "page.html")
        page.write_text(
            f"<style>*{{margin:0}}svg{{display:block}}</style>{svg}", encoding="utf-8"
        )
        shot = Path(folder, "shot.png")
        chromium = shutil.which("chromium")
        assert chromium is not None, "chromium is not installed"
        subprocess.run(
            [
                chromium,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--default-background-color=00000000",
                f"--force-device-scale-factor={OVERSAMPLING}",
                f"--window-size={width},{height}",
                f"--user-data-dir={folder}/profile",
                f"--screenshot={shot}",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
        image = Image.open(shot).convert("RGBA")
    box = image.getbbox()
    assert box is not None, "nothing was drawn"
    return image.crop(box)


def save(image: Image.Image, height: int, name: str) -> None:
    """Write an image at a height in pixels."""
    width = round(image.width * height / image.height)
    image.resize((width, height), Image.Resampling.LANCZOS).save(
        OUT / name, optimize=True
    )


def main() -> None:
    """Draw the icon, and the logo for light and for dark."""
    OUT.mkdir(exist_ok=True)
    mark = (ROOT / "docs" / "brand" / "icon.svg").read_text(encoding="utf-8")
    icon = render(mark, 512, 512)
    inner = mark[mark.index("<defs>") : mark.rindex("</svg>")]
    for prefix, ink in (("", "#12405f"), ("dark_", "#f2f7fa")):
        logo = render(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
            f' width="{WIDTH}" height="{HEIGHT}">{inner}{WORDMARK.format(ink=ink)}</svg>',
            WIDTH,
            HEIGHT,
        )
        save(logo, 256, f"{prefix}logo.png")
        save(logo, 512, f"{prefix}logo@2x.png")
    save(icon, 256, "icon.png")
    save(icon, 512, "icon@2x.png")


if __name__ == "__main__":
    main()
