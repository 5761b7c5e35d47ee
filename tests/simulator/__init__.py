"""Simulated heat pumps, as physics alone and as real devices over MQTT.

`physics` and the modules that it stands on (`weather`, `room`, `compressor`, `tank`) are pure
Python with no clock of their own: a test steps them as fast as it likes and reads exact totals.
`bridge` publishes the same units to an MQTT broker, where Home Assistant discovers them.
`python -m tests.simulator --help` runs both, with a broker if asked.

The figures are engineering assumptions for units of ordinary size, not those of any product.
"""
