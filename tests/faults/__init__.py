"""What a home throws at Klima, and what must still hold after it: issue 9's faults.

Those in this folder run within the unit tests, in one process, on generated and
seeded input. The ones that need a real Home Assistant process, a broker and a
kill are in `tests/e2e/test_faults.py`; `scripts/soak` runs them for longer.
"""
