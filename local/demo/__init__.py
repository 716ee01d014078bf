"""The demo: the main job on real data, told in a terminal."""
