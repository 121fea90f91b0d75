"""Benchmarks: real servers over HTTP on this machine, every figure as a ratio to a trivial view of the same minute."""
