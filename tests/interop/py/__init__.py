"""The Python side of the interop harness."""
