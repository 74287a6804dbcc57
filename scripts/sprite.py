"""Build the icon sprite out of node_modules/lucide-static; `--check` compares names only.

Icons come from scripts/icons.txt. A template that asks for one that is not listed fails `--check`.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SPRITE = ROOT / "firstline/core/static/core/vendor/icons.svg"
USED = re.compile(r"""{%\s*icon\s+["']([\w-]+)["']|\bicon=["']([\w-]+)["']""")


def listed() -> set[str]:
    """Names of the icons that the sprite holds."""
    return set((ROOT / "scripts/icons.txt").read_text().split())


def used() -> set[str]:
    """Names that templates and Python files of the package ask for by a literal."""
    files = [*ROOT.glob("firstline/*/templates/**/*.html"), *ROOT.glob("firstline/*/*.py")]
    return {first or second for path in files for first, second in USED.findall(path.read_text())}


def build() -> str:
    """The sprite as one SVG document of symbols `i-<name>`."""
    symbols = [_symbol(name) for name in sorted(listed())]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg"><!-- Icons: Lucide, ISC licence, see lucide.LICENSE.txt -->\n'
        + "\n".join(symbols)
        + "\n</svg>\n"
    )


def _symbol(name: str) -> str:
    source = (ROOT / f"node_modules/lucide-static/icons/{name}.svg").read_text()
    match = re.search(r"<svg[^>]*>(.*)</svg>", source, re.DOTALL)
    if match is None:
        sys.exit(f"{name}.svg holds no drawing")
    return f'<symbol id="i-{name}" viewBox="0 0 24 24">{" ".join(match.group(1).split())}</symbol>'


def main() -> int:
    """Write the sprite, or with --check name the icons that are used and not listed."""
    missing = used() - listed()
    if missing:
        print(f"not in scripts/icons.txt: {', '.join(sorted(missing))}", file=sys.stderr)
        return 1
    if "--check" not in sys.argv:
        SPRITE.write_text(build())
    return 0


if __name__ == "__main__":
    sys.exit(main())
