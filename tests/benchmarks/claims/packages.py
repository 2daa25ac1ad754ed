"""Debian packages that carry data: from ``$FLYWEIGHT_CLAIM_PACKAGES`` (a folder of .deb files), or fetched with apt-get."""

import os
import subprocess
from pathlib import Path


def package(name: str, folder: Path) -> Path:
    """The .deb file of a package; fetched into the folder where it is not at hand."""
    debs = Path(os.environ.get("FLYWEIGHT_CLAIM_PACKAGES", folder / "packages"))
    debs.mkdir(parents=True, exist_ok=True)
    if not list(debs.glob(f"{name}_*.deb")):
        subprocess.run(["apt-get", "download", name], cwd=debs, check=True, capture_output=True)
    return next(debs.glob(f"{name}_*.deb"))
