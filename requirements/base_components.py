"""Adds what the base brings to the image's list of components (CycloneDX, JSON), while the image is built.

That is Debian's packages, and the interpreter, which in Python's own images is none of them.
"""

import json
import platform
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packageurl import PackageURL


def installed(status: str) -> Iterator[dict[str, str]]:
    """Packages of dpkg's status file that are installed, as field -> value."""
    for paragraph in status.split("\n\n"):
        lines = (line.partition(": ") for line in paragraph.splitlines() if line[:1].strip())
        fields = {name: value for name, _, value in lines}
        if fields.get("Status") == "install ok installed":
            yield fields


def component(fields: dict[str, str], distribution: str) -> dict[str, Any]:
    """One package as a component; its address names the distribution, which scanners look up."""
    about = {"arch": fields["Architecture"], "distro": distribution}
    address = PackageURL("deb", "debian", fields["Package"], fields["Version"], about).to_string()
    return {
        "bom-ref": address,
        "name": fields["Package"],
        "purl": address,
        "type": "library",
        "version": fields["Version"],
    }


def interpreter(version: str) -> dict[str, Any]:
    """Python as a component, by the name that scanners look up."""
    address = PackageURL("generic", None, "python", version).to_string()
    return {
        "bom-ref": address,
        "cpe": f"cpe:2.3:a:python:python:{version}:*:*:*:*:*:*:*",
        "name": "python",
        "purl": address,
        "type": "application",
        "version": version,
    }


def release(text: str) -> str:
    """``debian-12`` of an os-release file."""
    fields = {name: value.strip('"') for name, _, value in (line.partition("=") for line in text.splitlines())}
    return f"{fields['ID']}-{fields['VERSION_ID']}"


def main(listed: Path, root: Path = Path("/")) -> None:
    """Write the list anew, with the packages that are installed below ``root``, and what runs this."""
    document = json.loads(listed.read_text())
    distribution = release((root / "etc/os-release").read_text())
    packages = installed((root / "var/lib/dpkg/status").read_text())
    found = sorted((component(fields, distribution) for fields in packages), key=lambda each: str(each["purl"]))
    document["components"] += [*found, interpreter(platform.python_version())]
    listed.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
