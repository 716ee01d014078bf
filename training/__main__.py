"""``python -m training``: as nobody from here on, where a container starts as root."""

from training.rights import give_up_root


def main() -> None:
    """Give up root, and only then load what reads data, ours or others'."""
    give_up_root()
    from training.cli import app  # noqa: PLC0415 - none of it is loaded as root

    app(prog_name="python -m training")


if __name__ == "__main__":
    main()
