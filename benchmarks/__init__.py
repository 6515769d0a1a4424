"""Speed, measured beside a peer or a physical limit in the same run. See docs/benchmarks.md.

python -m benchmarks [NAME ...] [--quick]
"""
