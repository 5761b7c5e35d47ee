"""End-to-end tests against a real Home Assistant process, recorder and broker.

Run them with `pytest tests/e2e`: the pytest.ini beside this file keeps Home Assistant's own
test plugin out, which would block the sockets that these tests live by.
"""
