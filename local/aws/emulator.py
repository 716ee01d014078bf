"""MiniStack as a child process: its settings, start, snapshot and end."""

import contextlib
import sys
import urllib.request

from core.contracts.errors import ConfigError
from local.aws.generations import Generations
from local.loopback import call
from local.process import Child
from local.settings import ACCOUNT, HOST, REGION, REPOSITORY, SNAPSHOT_PATH, Layout, Ports, aws_environment


class Emulator:
    """The AWS API on one loopback port, state beneath the world's folder."""

    def __init__(self, layout: Layout, ports: Ports, *, rights: bool = False) -> None:
        self._layout = layout
        self._url = f"http://{HOST}:{ports.aws}"
        # Functions run with the interpreter and the environment of the emulator itself,
        # so what is set here is what they see.
        env = aws_environment(ports) | {
            "BIND_HOST": HOST,
            "GATEWAY_PORT": str(ports.aws),
            "MINISTACK_HOST": HOST,
            "MINISTACK_REGION": REGION,
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "AUTH": str(rights).lower(),  # hold everybody but who deploys to their policies
            "PERSIST_STATE": "1",
            "STATE_DIR": str(Generations(layout.state.resolve()).work),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(layout.objects.resolve()),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "DOCKER_HOST": "unix:///nonexistent",  # functions run as processes; never look for Docker
            "LAMBDA_EXECUTOR": "local",
            "LAMBDA_WARM_TTL_SECONDS": "3600",
            "TMPDIR": str(layout.temporary.resolve()),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self.child = Child(
            "the AWS emulator",
            [sys.executable, "-m", "local.aws.durable"],
            env=env,
            log=layout.logs / "aws.log",
            cwd=REPOSITORY,
        )

    def check(self) -> None:
        """Refuse objects without the state that tells of their buckets: somebody has removed half of the folder.

        Raises:
            ConfigError: naming the folder and the cure.
        """
        account = self._layout.objects / ACCOUNT
        buckets = [path for path in account.glob("mlops-*") if any(path.iterdir())]
        if buckets and not Generations(self._layout.state).any:
            raise ConfigError(
                f"{self._layout.objects} holds objects but {self._layout.state} no state of their buckets: "
                f"bring it back, or remove {self._layout.root} to start from nothing"
            )

    @property
    def ready(self) -> str:
        """Address that answers once it is up."""
        return f"{self._url}/_ministack/health"

    def start(self) -> None:
        """Start and wait until it answers."""
        self.child.launch()
        self.child.await_answer(self.ready)

    def snapshot(self) -> None:
        """Have all state written to disk."""
        request = urllib.request.Request(f"{self._url}{SNAPSHOT_PATH}", method="POST")  # noqa: S310 - loopback
        call(request, seconds=60)

    def stop(self, *, save: bool) -> None:
        """Save, if asked to, and end. Its own shutdown takes long and would add nothing to the snapshot."""
        if save and self.child.alive:
            with contextlib.suppress(OSError):  # it does not answer: the last snapshot and the journal have to do
                self.snapshot()
        self.child.kill()
