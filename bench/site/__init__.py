"""A site of two halves for the benchmarks: the same pages sealed, and in plain without audit."""
