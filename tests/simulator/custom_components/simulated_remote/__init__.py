"""A remote such as Broadlink's, for the end-to-end tests: what it is told goes to MQTT."""
