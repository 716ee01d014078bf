"""Unit tests of the laptop world: no network, no emulator."""
