"""Tests in a real browser against a real Home Assistant: `pytest tests/browser`."""
