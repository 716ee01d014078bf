"""Builds both images for real, on a Debian made here that stands in for the registry's base."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("buildah", "debootstrap", "chroot", "unshare")
BASE = Path(tempfile.gettempdir()) / "retail-forecast-base-bookworm-1"
"""Kept between runs: making it takes a minute or two. Another content is another number."""
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
COMMIT = "0123456789abcdef"


@cache
def driver() -> str:
    """How layers are stored: ``overlay``, or copies where a mount of it is refused."""
    with tempfile.TemporaryDirectory() as folder:
        place = ["--root", f"{folder}/root", "--runroot", f"{folder}/run", "--storage-driver", "overlay"]
        done = subprocess.run(["buildah", *place, "info"], capture_output=True, check=False)
        subprocess.run(["umount", "--lazy", f"{folder}/root/overlay"], capture_output=True, check=False)
    return "overlay" if done.returncode == 0 else "vfs"


def buildah(*arguments: str, store: Path) -> str:
    """Run buildah on a store of its own."""
    command = ["buildah", "--root", f"{store}/root", "--runroot", f"{store}/run", "--storage-driver", driver()]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"buildah {' '.join(arguments)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout.strip()


@dataclass(frozen=True)
class Image:
    """A built image, mounted."""

    name: str
    root: Path
    store: Path

    @property
    def config(self) -> dict[str, Any]:
        """Its configuration, as Docker reads it."""
        described = buildah("inspect", "--type", "image", self.name, store=self.store)
        return dict(json.loads(described)["Docker"]["config"])

    def chroot(self, *command: str, user: int = 10001) -> list[str]:
        """A command line that runs in the image, as its user and with its environment."""
        box = ["chroot", f"--userspec={user}:{user}", str(self.root), "/usr/bin/env", "-i"]
        return [*box, f"--chdir={self.config['WorkingDir']}", *self.config["Env"], *command]

    def read_only(self, *command: str) -> list[str]:
        """The same, with a root that nobody writes to and a /tmp of its own, as the chart has it."""
        made = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && mount -t tmpfs tmpfs "$0/tmp" && exec "$@"'
        return ["unshare", "--mount", "sh", "-c", made, str(self.root), *self.chroot(*command)]


@pytest.fixture(scope="session")
def store() -> Iterator[Path]:
    """Buildah's storage, with the base in it."""
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        pytest.skip(f"images are built where {', '.join(missing)} is there too: apt-get install buildah debootstrap")
    if os.geteuid() != 0:
        pytest.skip("images are built by root alone: debootstrap and chroot need it")
    folder = Path(tempfile.mkdtemp(prefix="images-"))
    (folder / "run").mkdir()
    try:
        container = buildah("from", "scratch", store=folder)
        mounted = buildah("mount", container, store=folder)
    except AssertionError as error:
        pytest.skip(f"this machine lets nobody mount a layer: {str(error)[-300:]}")
    with subprocess.Popen(["tar", "-C", str(base()), "-c", "."], stdout=subprocess.PIPE) as packed:
        subprocess.run(["tar", "-C", mounted, "-x"], stdin=packed.stdout, check=True)
    buildah("commit", "--quiet", "--rm", container, "localhost/base:test", store=folder)
    reach_packages(folder)
    yield folder
    buildah("rm", "--all", store=folder)
    subprocess.run(
        ["umount", "--lazy", folder / "root/overlay"], capture_output=True, check=False
    )  # its own bind mount
    shutil.rmtree(folder, ignore_errors=True)


def reach_packages(store: Path) -> None:
    """Skip where a build cannot fetch packages: that is the machine's network, not the Dockerfile's fault."""
    fetch = (
        "python3 -m venv /tmp/v && /tmp/v/bin/python -m pip download -q --no-deps -d /tmp/d typing-extensions==4.16.0"
    )
    container = buildah("from", "localhost/base:test", store=store)
    environment = [f"--env={name}={value}" for name, value in {"PIP_CERT": CERTIFICATES, **index()}.items()]
    mounts = [f"--volume={CERTIFICATES}:{CERTIFICATES}:ro", "--isolation", "chroot", "--network", "host"]
    try:
        buildah("run", *mounts, *environment, container, "--", "sh", "-c", fetch, store=store)
    except AssertionError as error:
        pytest.skip(f"no package can be fetched inside a build here: {str(error)[-300:]}")
    buildah("rm", container, store=store)


def index() -> dict[str, str]:
    """The package index this machine is told to use, if any."""
    return {"PIP_INDEX_URL": url} if (url := os.environ.get("PIP_INDEX_URL")) else {}


def base() -> Path:
    """A minimal Debian with Python, made once."""
    if not (BASE / "made").exists():
        shutil.rmtree(BASE, ignore_errors=True)
        made = Path(tempfile.mkdtemp(prefix="debian-"))
        done = subprocess.run(
            ["debootstrap", "--variant=minbase", "--include=python3,python3-venv,ca-certificates", "bookworm", made],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            shutil.rmtree(made, ignore_errors=True)
            pytest.skip(f"no Debian to build on: {done.stdout[-300:]}")
        shutil.rmtree(made / "var/cache/apt", ignore_errors=True)
        (made / "made").touch()
        try:
            made.rename(BASE)
        except OSError:
            shutil.rmtree(made, ignore_errors=True)
            if not (BASE / "made").exists():  # else another run has made it in the meantime
                raise
    return BASE


def built(target: str, store: Path) -> Image:
    """Build one target of the Dockerfile and mount it."""
    name = f"localhost/{target}:test"
    arguments = [f"--build-arg={name}={value}" for name, value in index().items()]
    trust = [f"--volume={CERTIFICATES}:{CERTIFICATES}:ro", f"--build-arg=PIP_CERT={CERTIFICATES}"]
    arguments += ["--build-arg=BASE=localhost/base:test", f"--build-arg=GIT_COMMIT={COMMIT}", "--build-arg=VERSION=1.2"]
    where = ["--isolation", "chroot", "--format", "docker", "--layers", "--network", "host"]
    buildah("build", *where, *trust, *arguments, "--target", target, "-t", name, str(ROOT), store=store)
    container = buildah("from", name, store=store)
    return Image(name, Path(buildah("mount", container, store=store)), store)


@pytest.fixture(scope="session")
def service(store: Path) -> Image:
    return built("service", store)


@pytest.fixture(scope="session")
def training(store: Path) -> Image:
    return built("training", store)
