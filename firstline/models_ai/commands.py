"""`firstline models install` and `firstline models status`."""

import argparse

from firstline.core.commands import Commands, print_json, say


def add(commands: Commands) -> None:
    """Register this slice's commands."""
    commands.add(
        "models install",
        run=install,
        configure=_install_options,
        help="Fetch the language model by hash and write its int8 form into FIRSTLINE_MODELS.",
        django=False,
    )
    commands.add(
        "models status",
        run=status,
        configure=_json_option,
        help="Say which language model is installed, and whether its files are whole.",
        django=False,
    )


def _install_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--force", action="store_true", help="build anew even when a whole model is there")
    _json_option(parser)


def _json_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def install(options: argparse.Namespace) -> int:
    """Install the model; status 1 when that fails."""
    from firstline.models_ai import install as installer

    try:
        done = installer.install(force=options.force, say=say)
    except installer.InstallError as error:
        say(str(error))
        return 1
    try:
        more = installer.install_languages(say=say)
    except (installer.InstallError, OSError) as error:
        say(f"Other languages than English go to people: {error}")
        more = False
    if options.json:
        print_json({"folder": done.folder, "name": done.manifest.name, "changed": done.changed or more})
    else:
        print(f"{done.manifest.name} is {'installed' if done.changed else 'in place'} in {done.folder}")
    return 0


def status(options: argparse.Namespace) -> int:
    """Print `{installed, folder, name, sha256, dimensions, damaged, mb, languages, multilingual}`; status 1 without."""
    from firstline.models_ai import folder, languages, multilingual

    home = folder.find()
    report: dict[str, object] = {"installed": False, "folder": str(folder.configured())}
    if home is not None:
        try:
            manifest = folder.read_manifest(home)
        except folder.ManifestError as error:
            report |= {"folder": str(home), "error": str(error)}
        else:
            damaged = folder.damaged(home, manifest)
            size = sum((home / name).stat().st_size for name in manifest.files if (home / name).is_file())
            report = {
                "installed": not damaged,
                "folder": str(home),
                "name": manifest.name,
                "sha256": manifest.files.get(folder.MODEL_FILE),
                "dimensions": manifest.dimensions,
                "damaged": damaged,
                "mb": round(size / 1e6, 1),
            }
    report |= {"languages": languages.available(), "multilingual": multilingual.available()}
    if options.json:
        print_json(report)
    elif report["installed"]:
        print(f"{report['name']} in {report['folder']}, {report['mb']} MB, whole")
        if not report["multilingual"]:
            print("No multilingual model: questions in other languages than English go to people.")
    else:
        print(
            f"No whole language model in {report['folder']}: search works by words alone. Run: firstline models install"
        )
    return 0 if report["installed"] else 1
