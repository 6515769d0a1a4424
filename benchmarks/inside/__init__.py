"""The halves of benchmarks that run as a process of the vault they measure."""
