"""The stylesheet and its files: contrasts, masks, fonts, licences, and nothing from another host."""

import re
from pathlib import Path

import pytest

from troth.design.colours import BandRefused, band_stylesheet, contrast

STATIC = Path(__file__).resolve().parent.parent / "static" / "design"
TEMPLATES = STATIC.parent.parent / "templates"
CSS = (STATIC / "troth.css").read_text(encoding="utf-8")


def tokens(selector: str) -> dict[str, str]:
    start = CSS.index(selector + " {")
    block = CSS[start : CSS.index("}", start)]
    return dict(re.findall(r"--([a-z0-9-]+): ([^;]+);", block))


LIGHT = tokens(":root")
DARK = tokens(':root[data-theme="dark"]')

# Foreground, ground, and the contrast that the visual direction states in light and dark.
STATED = [
    ("ink", "paper", 16.5, 14.3),
    ("ink", "page", 14.6, 16.0),
    ("ink-2", "paper", 8.9, 9.4),
    ("ink-3", "paper", 5.9, 6.3),
    ("ink-3", "page", 5.3, 7.0),
    ("rule-2", "paper", 3.6, 4.2),
    ("rule-2", "page", 3.2, 4.7),
    ("seal", "paper", 10.1, 9.5),
    ("on-seal", "seal", 10.1, 10.4),
    ("on-seal", "seal-pointed", 13.7, 12.7),
    ("counterpart-ink", "counterpart", 10.0, 11.1),
    ("counterpart-ink-2", "counterpart", 6.5, 7.3),
    ("ink", "stone", 12.5, 11.4),
    ("tape", "paper", 6.0, 7.7),
    ("tape", "page", 5.3, 8.6),
    ("brick", "paper", 7.6, 8.7),
    ("brick", "brick-soft", 6.5, 8.3),
    ("ochre", "paper", 7.2, 10.1),
    ("ochre", "ochre-soft", 6.4, 9.0),
    ("slate", "paper", 8.6, 9.4),
    ("slate", "slate-soft", 7.3, 8.5),
]
# Pairs that pages use and the direction does not list: text 4.5, marks 3.
USED = [
    ("ink-2", "page", 4.5),
    ("ink-2", "sunk", 4.5),
    ("ink-3", "sunk", 4.5),
    ("seal", "page", 4.5),
    ("ink-2", "stone", 4.5),
    ("ink", "brick-soft", 4.5),
    ("ink", "ochre-soft", 4.5),
    ("ink", "slate-soft", 4.5),
    ("seal", "counterpart", 4.5),
    ("brick", "page", 4.5),
    ("ochre", "page", 4.5),
    ("paper", "ink", 4.5),
    ("tape", "sunk", 3.0),
    ("chart-ochre", "paper", 3.0),
    ("seal", "slate-soft", 4.5),
    ("ink-2", "ochre-soft", 4.5),
    ("tape", "counterpart", 3.0),
    ("tape", "stone", 3.0),
]


@pytest.mark.parametrize(("front", "ground", "light", "dark"), STATED)
def test_tokens_have_the_stated_contrast(front: str, ground: str, light: float, dark: float) -> None:
    assert contrast(LIGHT[front], LIGHT[ground]) == pytest.approx(light, abs=0.06)
    assert contrast(DARK[front], DARK[ground]) == pytest.approx(dark, abs=0.06)


@pytest.mark.parametrize(("front", "ground", "least"), USED)
def test_pairs_that_pages_use_can_be_read(front: str, ground: str, least: float) -> None:
    assert contrast(LIGHT[front], LIGHT[ground]) >= least
    assert contrast(DARK[front], DARK[ground]) >= least


@pytest.mark.parametrize("band", ["band-desk", "band-office", "band-partners"])
@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_bands_carry_white_text_and_the_pink_mark(band: str, theme: dict[str, str]) -> None:
    assert contrast("#FFFFFF", theme[band]) >= 4.5
    assert contrast("#FF9CC6", theme[band]) >= 3.0


def test_dark_is_the_same_by_device_and_by_choice() -> None:
    assert tokens(':root:not([data-theme="light"])') == DARK
    assert set(DARK) == {name for name in LIGHT if name in DARK}
    assert set(LIGHT) == set(DARK)


def test_contrast_matches_known_values() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#777777") == pytest.approx(1)
    with pytest.raises(ValueError, match="six hexadecimal"):
        contrast("black", "#FFFFFF")


def test_a_clinic_may_choose_a_readable_band_only() -> None:
    assert "--band: #5A2A6B;" in band_stylesheet("#5A2A6B")
    with pytest.raises(BandRefused, match="darker"):
        band_stylesheet("#7FB8A0")
    with pytest.raises(BandRefused, match="hexadecimal"):
        band_stylesheet("red; } body { display: none")


def test_every_file_that_the_stylesheet_names_is_there() -> None:
    named = set(re.findall(r'url\("([^"]+)"\)', CSS))
    assert {
        f"waves/{wave}.svg"
        for wave in ("down-left", "down-right", "down-line", "across-above", "across-below", "across-line")
    } <= named
    assert [name for name in named if not (STATIC / name).is_file()] == []


def test_digits_are_their_own_face_with_the_same_weights() -> None:
    faces = re.findall(r"@font-face \{(.*?)\}", CSS, re.DOTALL)
    text = [face for face in faces if '"Troth Text"' in face]
    assert len({re.search(r"font-weight: ([^;]+);", face).group(1) for face in text}) == 1
    digits = [face for face in text if "public-sans" in face]
    assert len(digits) == 1
    assert "unicode-range: U+0030-0039;" in digits[0]
    assert "size-adjust: 92.4%" in digits[0]


def test_fonts_stay_light_and_carry_their_licences() -> None:
    fonts = STATIC / "fonts"
    first_view = [
        "besley-latin-wght-normal",
        "atkinson-hyperlegible-next-latin-wght-normal",
        "public-sans-digits-wght-normal",
    ]
    assert sum((fonts / f"{name}.woff2").stat().st_size for name in first_view) < 76 * 1024
    for family in ("besley", "atkinson-hyperlegible-next", "atkinson-hyperlegible-mono", "public-sans"):
        assert "SIL OPEN FONT LICENSE" in (fonts / f"OFL-{family}.txt").read_text(encoding="utf-8").upper()
        assert list(fonts.glob(f"{family}-*.woff2"))
    assert "Zero-Clause BSD" in (STATIC / "htmx" / "LICENSE").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "path",
    [*sorted(TEMPLATES.rglob("*.html")), STATIC / "troth.css", STATIC / "troth.js"],
    ids=lambda path: path.name,
)
def test_nothing_is_fetched_from_another_host(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"""(?:https?:)?//[a-z0-9-]+\.[a-z]""", text) == []
    assert "@import" not in text


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(TEMPLATES.rglob("*.html")) if "email" not in path.parts],
    ids=lambda path: path.name,
)
def test_templates_style_and_script_nothing_inline(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"""\s(?:style|on[a-z]+|hx-on[^=]*)=|<style|<script(?![^>]*\bsrc=)|javascript:""", text) == []
    assert "placeholder" not in text


def test_motion_stops_for_those_who_ask() -> None:
    assert "prefers-reduced-motion: reduce" in CSS
    assert "forced-colors: active" in CSS
    assert "@media print" in CSS
    assert "box-shadow: 0 " in CSS  # a dialog and a menu, and nothing else
    assert len(re.findall(r"box-shadow: 0 ", CSS)) == 2
