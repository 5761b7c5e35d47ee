"""An MQTT broker on loopback: Debian's mosquitto where it is there, else the one from pip."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
import logging
import os
from pathlib import Path
import shutil
import socket
import tempfile
from typing import Literal

type BrokerKind = Literal["auto", "mosquitto", "embedded"]


def mosquitto() -> str | None:
    """Return the path of mosquitto, which Debian keeps off a user's PATH."""
    return shutil.which(
        "mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
    )


def free_port() -> int:
    """Return a TCP port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def wait_for_port(port: int, timeout: float = 10) -> None:
    """Return when something listens on a port of loopback."""
    async with asyncio.timeout(timeout):
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                await writer.wait_closed()
                return
            await asyncio.sleep(0.05)


@asynccontextmanager
async def broker(port: int, kind: BrokerKind = "auto") -> AsyncIterator[int]:
    """Run a broker on loopback at `port` (0: any free one); yields the port."""
    port = port or free_port()
    program = mosquitto() if kind != "embedded" else None
    if program is None and kind == "mosquitto":
        raise FileNotFoundError("mosquitto is not installed")
    run = _mosquitto(program, port) if program else _embedded(port)
    async with run:
        yield port


def _configuration(folder: Path, port: int) -> Path:
    """Write mosquitto's configuration, where the user that root's one drops to can read it."""
    config = folder / "mosquitto.conf"
    config.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n"
    )
    folder.chmod(0o755)
    return config


@asynccontextmanager
async def _mosquitto(program: str, port: int) -> AsyncIterator[None]:
    with tempfile.TemporaryDirectory() as folder:
        config = _configuration(Path(folder), port)
        process = await asyncio.create_subprocess_exec(
            program,
            "-c",
            str(config),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            await wait_for_port(port)
            yield
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


@asynccontextmanager
async def _embedded(port: int) -> AsyncIterator[None]:
    # Imported late: it is only there for scripts/develop, and slow to load.
    from amqtt.broker import Broker

    # It warns of clients that speak MQTT 5, and of those that leave: neither is news here.
    logging.getLogger("amqtt").setLevel(logging.CRITICAL)
    embedded = Broker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
            "plugins": {
                "amqtt.plugins.authentication.AnonymousAuthPlugin": {
                    "allow_anonymous": True
                }
            },
        }
    )
    await embedded.start()
    try:
        yield
    finally:
        await embedded.shutdown()
