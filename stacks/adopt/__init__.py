"""The way back after a teardown that keeps data: what was kept becomes part of its stack again."""
