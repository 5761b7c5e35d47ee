"""A real Home Assistant process, and a client of its HTTP and websocket interfaces."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
import json
from pathlib import Path
import shutil
import signal
import sys
from typing import Any, Self

import aiohttp

from tests.simulator.broker import free_port

REPOSITORY = Path(__file__).parents[2]
# What a run leaves for people to look at: logs and screenshots.
ARTIFACTS = REPOSITORY / ".artifacts"
# Integrations of the simulator's own.
_SIMULATED = REPOSITORY / "tests" / "simulator" / "custom_components"
USER = "klima"
PASSWORD = "klima"

# A home with what Klima leans on, and no integration that would look for devices or the cloud.
_CONFIGURATION = """\
homeassistant:
  auth_providers:
    - type: homeassistant
automation: !include automations.yaml
config:
frontend:
history:
input_boolean:
logbook:
energy:
mqtt:
person:
schedule:
remote:
  - platform: simulated_remote
sun:
system_health:
{http}
recorder:
  commit_interval: 1
logger:
  default: warning
  logs:
    custom_components.klima: debug
"""
# The stored configuration of the HTTP server wins over YAML's from the second start on, and a
# new one is on trial: Home Assistant goes back on it after five minutes, and restarts, unless a
# client that reached the server through it says that it works (`http/config/promote`).
_HTTP = """\
http:
  server_host: 127.0.0.1
  server_port: {port}
"""
# Onboarding's core_config step would add integrations that reach out to the Internet.
_ONBOARDING = {
    "version": 4,
    "minor_version": 1,
    "key": "onboarding",
    "data": {"done": ["core_config"]},
}

type Json = dict[str, Any]


class CommandError(Exception):
    """Home Assistant answered a command with an error."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        """Keep the whole answer: `code`, `message`, and a translation where there is one."""
        super().__init__(f"{error.get('code')}: {error.get('message')}")
        self.error = dict(error)
        self.code: str | int | None = error.get("code")
        self.translation_key: str | None = error.get("translation_key")


def filled(form: list[Json], answers: Mapping[str, Any]) -> Json:
    """Return a form's input as it is offered, with the answers to fields that it has."""
    user_input: Json = {}
    for field_ in form:
        name = field_["name"]
        if field_.get("type") == "expandable":
            user_input[name] = filled(field_["schema"], answers.get(name, {}))
            continue
        offered = (field_.get("description") or {}).get(
            "suggested_value", field_.get("default")
        )
        if (value := answers.get(name, offered)) is not None:
            user_input[name] = value
    return user_input


@dataclass(slots=True)
class Client:
    """A logged-in client. Every method waits for Home Assistant's answer."""

    url: str
    token: str = ""
    session: aiohttp.ClientSession = field(default_factory=aiohttp.ClientSession)
    _socket: aiohttp.ClientWebSocketResponse | None = None
    _reader: asyncio.Task[None] | None = None
    _waiting: dict[int, asyncio.Future[Any]] = field(default_factory=dict)
    _next_id: int = 0

    # Life

    async def connect(self) -> None:
        """Open the websocket and authenticate."""
        self._socket = await self.session.ws_connect(
            f"{self.url}/api/websocket", max_msg_size=0, heartbeat=30
        )
        await self._socket.receive_json()
        await self._socket.send_json({"type": "auth", "access_token": self.token})
        answer = await self._socket.receive_json()
        if answer["type"] != "auth_ok":
            raise CommandError(
                {"code": answer["type"], "message": answer.get("message")}
            )
        self._reader = asyncio.create_task(self._read(self._socket))

    async def disconnect(self) -> None:
        """Close the websocket, if open."""
        if self._reader is not None:
            self._reader.cancel()
            with suppress(asyncio.CancelledError):
                await self._reader
            self._reader = None
        if self._socket is not None:
            await self._socket.close()
            self._socket = None

    async def close(self) -> None:
        """Close everything."""
        await self.disconnect()
        await self.session.close()

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        try:
            async for message in socket:
                answers = json.loads(message.data)
                for answer in answers if isinstance(answers, list) else [answers]:
                    waiting = self._waiting.pop(answer["id"], None)
                    if waiting is None or waiting.done():
                        continue
                    if answer.get("success", True):
                        waiting.set_result(answer.get("result"))
                    else:
                        waiting.set_exception(CommandError(answer["error"]))
        finally:
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(ConnectionError("the websocket closed"))
            self._waiting.clear()

    # The two interfaces

    async def command(self, type_: str, **arguments: Any) -> Any:
        """Send a websocket command and return its result; raises CommandError."""
        if self._socket is None:
            raise ConnectionError("not connected")
        self._next_id += 1
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[self._next_id] = future
        await self._socket.send_json({"id": self._next_id, "type": type_, **arguments})
        return await asyncio.wait_for(future, 60)

    async def request(self, method: str, path: str, body: Any = None) -> Any:
        """Send an HTTP request and return the JSON answer; raises CommandError."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with self.session.request(
            method, f"{self.url}{path}", json=body, headers=headers
        ) as response:
            text = await response.text()
            if response.status >= HTTPStatus.BAD_REQUEST:
                raise CommandError({"code": response.status, "message": text})
            return json.loads(text) if text else None

    # States and actions

    async def states(self) -> dict[str, Json]:
        """Return all states by entity id."""
        return {state["entity_id"]: state for state in await self.command("get_states")}

    async def state(self, entity_id: str) -> Json | None:
        """Return an entity's state object, or None where there is none."""
        try:
            answer: Json = await self.request("GET", f"/api/states/{entity_id}")
        except CommandError as err:
            if err.code == HTTPStatus.NOT_FOUND:
                return None
            raise
        return answer

    async def wait_for(
        self,
        entity_id: str,
        wanted: str | Callable[[Json], bool] | None = None,
        timeout: float = 20,
        **attributes: Any,
    ) -> Json:
        """Wait until an entity has a state and attributes; returns the state object.

        `wanted` is a state, or a function of the state object. Without it any state but
        `unavailable` and `unknown` will do.
        """

        def right(state: Json) -> bool:
            if callable(wanted):
                matches = wanted(state)
            elif wanted is None:
                matches = bool(attributes) or state["state"] not in (
                    "unavailable",
                    "unknown",
                )
            else:
                matches = state["state"] == wanted
            return matches and all(
                state["attributes"].get(k) == v for k, v in attributes.items()
            )

        state: Json | None = None
        try:
            async with asyncio.timeout(timeout):
                while True:
                    state = await self.state(entity_id)
                    if state is not None and right(state):
                        return state
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise AssertionError(
                f"{entity_id} did not come to {wanted or ''} {attributes or ''} in {timeout} s: {state}"
            ) from None

    async def call(
        self,
        action: str,
        entity_id: str | list[str] | None = None,
        *,
        return_response: bool = False,
        **data: Any,
    ) -> Any:
        """Perform an action, as in `call("climate.turn_off", "climate.mini_split")`."""
        domain, service = action.split(".")
        arguments: Json = {"domain": domain, "service": service, "service_data": data}
        if entity_id:
            arguments["target"] = {"entity_id": entity_id}
        if return_response:
            arguments["return_response"] = True
        answer = await self.command("call_service", **arguments)
        return answer.get("response") if return_response else answer

    # Config entries, their flows and subentries

    async def start_flow(self, handler: str, **more: Any) -> Json:
        """Start a config flow as the user does; returns its first step."""
        answer: Json = await self.request(
            "POST", "/api/config/config_entries/flow", {"handler": handler, **more}
        )
        return answer

    async def flow(self, flow_id: str, user_input: Mapping[str, Any]) -> Json:
        """Submit a step of a config flow; returns the next step or the result.

        Input that does not fit the form raises CommandError with code 400.
        """
        answer: Json = await self.request(
            "POST", f"/api/config/config_entries/flow/{flow_id}", dict(user_input)
        )
        return answer

    async def walk(self, handler: str, *steps: Mapping[str, Any]) -> Json:
        """Go through a config flow, one mapping a step; returns the last answer."""
        return await self._walk(await self.start_flow(handler), self.flow, steps)

    async def walk_reconfigure(
        self, handler: str, entry_id: str, *steps: Mapping[str, Any]
    ) -> Json:
        """Go through an entry's reconfigure flow."""
        first = await self.start_flow(handler, entry_id=entry_id)
        return await self._walk(first, self.flow, steps)

    async def start_subentry_flow(
        self, entry_id: str, type_: str, subentry_id: str | None = None
    ) -> Json:
        """Start a subentry flow: of a new one, or reconfiguring one."""
        body: Json = {"handler": [entry_id, type_]}
        if subentry_id:
            body["subentry_id"] = subentry_id
        answer: Json = await self.request(
            "POST", "/api/config/config_entries/subentries/flow", body
        )
        return answer

    async def subentry_flow(self, flow_id: str, user_input: Mapping[str, Any]) -> Json:
        """Submit a step of a subentry flow."""
        answer: Json = await self.request(
            "POST",
            f"/api/config/config_entries/subentries/flow/{flow_id}",
            dict(user_input),
        )
        return answer

    async def walk_subentry(
        self,
        entry_id: str,
        type_: str,
        *steps: Mapping[str, Any],
        subentry_id: str | None = None,
    ) -> Json:
        """Go through a subentry flow, one mapping a step; returns the last answer."""
        first = await self.start_subentry_flow(entry_id, type_, subentry_id)
        return await self._walk(first, self.subentry_flow, steps)

    @staticmethod
    async def _walk(
        step: Json, submit: Callable[..., Any], steps: tuple[Mapping[str, Any], ...]
    ) -> Json:
        for user_input in steps:
            if step["type"] not in ("form", "menu"):
                raise AssertionError(f"the flow ended before {user_input}: {step}")
            step = await submit(step["flow_id"], user_input)
        return step

    async def add(self, handler: str, menu: str | None = None, **answers: Any) -> Json:
        """Set an integration up as a hurried user does; returns the new entry.

        Every form is submitted as it is offered, but for the `answers` to fields that it has;
        those of a section are a mapping. `menu` is what to pick where there is a menu.
        """
        step = await self._hurry(
            await self.start_flow(handler), self.flow, menu, answers
        )
        entry: Json = step["result"]
        return entry

    async def add_subentry(self, entry_id: str, type_: str, **answers: Any) -> None:
        """Add a subentry as a hurried user does; of an entity, where there is a choice."""
        first = await self.start_subentry_flow(entry_id, type_)
        await self._hurry(first, self.subentry_flow, "entity", answers)

    @staticmethod
    async def _hurry(
        step: Json,
        submit: Callable[..., Any],
        menu: str | None,
        answers: Mapping[str, Any],
    ) -> Json:
        seen: set[str] = set()
        while step["type"] in ("form", "menu"):
            if step.get("errors") or step["step_id"] in seen:
                raise AssertionError(f"the flow does not go on: {step}")
            seen.add(step["step_id"])
            user_input = (
                {"next_step_id": menu}
                if step["type"] == "menu"
                else filled(step["data_schema"], answers)
            )
            step = await submit(step["flow_id"], user_input)
        if step["type"] != "create_entry":
            raise AssertionError(f"the flow ended with nothing: {step}")
        return step

    async def entries(self, domain: str | None = None) -> list[Json]:
        """Return config entries, with their `state`."""
        answer: list[Json] = await self.command(
            "config_entries/get", **({"domain": domain} if domain else {})
        )
        return answer

    async def entry(self, entry_id: str) -> Json | None:
        """Return one config entry."""
        return next(
            (e for e in await self.entries() if e["entry_id"] == entry_id), None
        )

    async def subentries(self, entry_id: str) -> list[Json]:
        """Return an entry's subentries."""
        answer: list[Json] = await self.command(
            "config_entries/subentries/list", entry_id=entry_id
        )
        return answer

    async def delete_subentry(self, entry_id: str, subentry_id: str) -> None:
        """Remove a subentry."""
        await self.command(
            "config_entries/subentries/delete",
            entry_id=entry_id,
            subentry_id=subentry_id,
        )

    async def diagnostics(self, entry_id: str, timeout: float = 30) -> Json:
        """Download an entry's diagnostics.

        Of an integration that was loaded a moment ago there are none yet: Home
        Assistant takes up its platforms after it.
        """
        async with asyncio.timeout(timeout):
            while True:
                try:
                    answer: Json = await self.request(
                        "GET", f"/api/diagnostics/config_entry/{entry_id}"
                    )
                except CommandError as err:
                    if err.code != HTTPStatus.NOT_FOUND:
                        raise
                    await asyncio.sleep(0.2)
                else:
                    return answer

    async def reload(self, entry_id: str) -> Json:
        """Reload a config entry."""
        answer: Json = await self.request(
            "POST", f"/api/config/config_entries/entry/{entry_id}/reload"
        )
        return answer

    async def automate(
        self, key: str, trigger: Mapping[str, Any], action: Mapping[str, Any]
    ) -> str:
        """Save an automation as its editor does; returns its entity."""
        await self.request(
            "POST",
            f"/api/config/automation/config/{key}",
            {
                "alias": key,
                "triggers": [trigger],
                "conditions": [],
                "actions": [action],
            },
        )
        entity_id = f"automation.{key}"
        await self.wait_for(entity_id, "on")
        return entity_id

    async def delete_automation(self, key: str) -> None:
        """Remove an automation, and wait until it is gone."""
        await self.request("DELETE", f"/api/config/automation/config/{key}")
        async with asyncio.timeout(20):
            while await self.state(f"automation.{key}") is not None:
                await asyncio.sleep(0.1)

    async def delete(self, entry_id: str) -> Json:
        """Remove a config entry."""
        answer: Json = await self.request(
            "DELETE", f"/api/config/config_entries/entry/{entry_id}"
        )
        return answer

    # Registries

    async def registry(self, entry_id: str | None = None) -> list[Json]:
        """Return the entity registry, of one config entry if asked."""
        entities = await self.command("config/entity_registry/list")
        return [e for e in entities if entry_id in (None, e["config_entry_id"])]

    async def devices(self, entry_id: str | None = None) -> list[Json]:
        """Return the device registry, of one config entry if asked."""
        devices = await self.command("config/device_registry/list")
        return [
            d for d in devices if entry_id is None or entry_id in d["config_entries"]
        ]

    async def entity_id(
        self, entry_id: str, key: str, platform: str | None = None
    ) -> str:
        """Return the entity of an entry whose unique id ends in `_key`."""
        for entity in await self.registry(entry_id):
            domain = entity["entity_id"].split(".")[0]
            if entity["unique_id"].endswith(f"_{key}") and platform in (None, domain):
                return str(entity["entity_id"])
        raise AssertionError(f"{entry_id} has no entity {platform or ''} {key}")

    async def issues(self) -> list[Json]:
        """Return the repairs that the user sees."""
        answer = await self.command("repairs/list_issues")
        return [issue for issue in answer["issues"] if not issue["ignored"]]

    async def ignore_issue(self, domain: str, issue_id: str) -> None:
        """Ignore a repair, where it is there."""
        for issue in await self.issues():
            if (issue["domain"], issue["issue_id"]) == (domain, issue_id):
                await self.command(
                    "repairs/ignore_issue",
                    domain=domain,
                    issue_id=issue_id,
                    ignore=True,
                )

    # Recorder and energy

    async def statistics(
        self,
        *statistic_ids: str,
        period: str = "5minute",
        since: timedelta = timedelta(hours=2),
    ) -> dict[str, list[Json]]:
        """Return compiled statistics by id; period `5minute`, `hour`, `day`, ..."""
        answer: dict[str, list[Json]] = await self.command(
            "recorder/statistics_during_period",
            start_time=(datetime.now(UTC) - since).isoformat(),
            statistic_ids=list(statistic_ids),
            period=period,
        )
        return answer

    async def wait_for_statistics(
        self, statistic_id: str, rows: int = 1, timeout: float = 330
    ) -> list[Json]:
        """Wait for the recorder's own five-minute compilation."""
        async with asyncio.timeout(timeout):
            while True:
                found = (await self.statistics(statistic_id)).get(statistic_id, [])
                if len(found) >= rows:
                    return found
                await asyncio.sleep(1)

    async def import_energy(
        self, statistic_id: str, totals: Mapping[datetime, float]
    ) -> None:
        """Give the recorder a meter's past: what it showed, in kWh, by the hour."""
        await self.command(
            "recorder/import_statistics",
            metadata={
                "has_mean": False,
                "mean_type": 0,
                "has_sum": True,
                "name": None,
                "source": "recorder",
                "statistic_id": statistic_id,
                "unit_class": "energy",
                "unit_of_measurement": "kWh",
            },
            stats=[
                {"start": start.isoformat(), "state": total, "sum": total}
                for start, total in totals.items()
            ],
        )

    async def statistics_metadata(self, *statistic_ids: str) -> list[Json]:
        """Return the metadata that the recorder keeps of statistics."""
        answer: list[Json] = await self.command(
            "recorder/get_statistics_metadata", statistic_ids=list(statistic_ids)
        )
        return answer

    async def statistics_problems(self) -> Json:
        """Return what the recorder finds wrong with statistics, by id."""
        answer: Json = await self.command("recorder/validate_statistics")
        return answer

    async def use_in_energy_dashboard(self, *devices: str) -> None:
        """Put sensors into the Energy dashboard as individual devices."""
        await self.command(
            "energy/save_prefs",
            device_consumption=[{"stat_consumption": device} for device in devices],
        )

    async def energy_problems(self) -> list[Json]:
        """Return the Energy dashboard's own validation of its individual devices."""
        answer = await self.command("energy/validate")
        return [issue for device in answer["device_consumption"] for issue in device]


@dataclass(slots=True)
class HomeAssistant:
    """A Home Assistant process in a folder of its own, onboarded at its first start."""

    folder: Path
    port: int = 0
    python: str = sys.executable
    program: str = "homeassistant"
    country: str = "CA"
    currency: str = "CAD"
    time_zone: str = "America/Toronto"
    unit_system: str = "metric"
    custom_components: Path = REPOSITORY / "custom_components"
    client: Client = field(init=False)
    _process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Return where the frontend is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """Return everything logged so far, all starts together."""
        path = self.folder / "console.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def faults_logged(self, about: str = "klima") -> list[str]:
        """Return the lines of errors, warnings and tracebacks that name `about`."""
        return [
            line
            for line in self.log.splitlines()
            if about in line
            # What Home Assistant says of each custom integration.
            and "custom integration" not in line
            and "has not been tested" not in line
            and (" ERROR " in line or " WARNING " in line or "File " in line)
        ]

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    async def start(self) -> None:
        """Start the process, and return when Home Assistant runs and is reachable."""
        fresh = not (self.folder / ".storage" / "auth").exists()
        self._write_configuration()
        self.client = Client(self.url)
        await self._launch()
        try:
            await self._wait_until_served(fresh=fresh)
            if fresh:
                await self._onboard()
            self.client.token = (self.folder / "token").read_text()
            await self.client.connect()
            await self._promote()
            await self._wait_until_running()
        except BaseException:
            await self.kill()
            raise

    async def stop(self, timeout: float = 60) -> None:
        """Stop as the user does (SIGTERM); the recorder and stores are written."""
        await self.client.close()
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), timeout)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
            raise AssertionError(
                f"Home Assistant did not stop in {timeout} s"
            ) from None

    async def kill(self) -> None:
        """Stop as a power cut does (SIGKILL)."""
        await self.client.close()
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
            await self._process.wait()

    async def restart(self, *, kill: bool = False) -> None:
        """Stop, or with `kill` cut the power, and start again."""
        await (self.kill() if kill else self.stop())
        await self.start()

    async def add_mqtt(self, broker_port: int) -> None:
        """Set up MQTT through its config flow, once."""
        if await self.client.entries("mqtt"):
            return
        common: Json = {
            "broker": "127.0.0.1",
            "port": broker_port,
            "other_settings": {
                "set_client_cert": False,
                "set_ca_cert": "off",
                "transport": "tcp",
            },
        }
        answer: Json = {}
        # The embedded broker speaks only 3.1.1.
        for protocol in ("5", "3.1.1"):
            answer = await self.client.walk("mqtt", common | {"protocol": protocol})
            if answer["type"] == "create_entry":
                # So will the embedded broker for as long as this Home Assistant does.
                await self.client.ignore_issue("mqtt", "protocol_5_migration")
                return
        raise AssertionError(f"MQTT refused the broker: {answer}")

    def _write_configuration(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        components = self.folder / "custom_components"
        if not components.exists():
            components.mkdir()
            # The repository's own package must not come first.
            (components / "__init__.py").touch()
            for source in (self.custom_components, _SIMULATED):
                for component in source.iterdir():
                    if (component / "manifest.json").exists():
                        (components / component.name).symlink_to(
                            component, target_is_directory=True
                        )
        automations = self.folder / "automations.yaml"
        if not automations.exists():
            automations.write_text("[]\n")
        storage = self.folder / ".storage"
        storage.mkdir(exist_ok=True)
        if not (storage / "onboarding").exists():
            (storage / "onboarding").write_text(json.dumps(_ONBOARDING))
        served = self.folder / "port"
        if not served.exists() or (self.port and served.read_text() != str(self.port)):
            # A new port goes through YAML's migration again, which the stored one would prevent.
            (storage / "http").unlink(missing_ok=True)
            self.port = self.port or free_port()
        else:
            self.port = int(served.read_text())
        stored = (storage / "http").exists()
        (self.folder / "configuration.yaml").write_text(
            _CONFIGURATION.format(http="" if stored else _HTTP.format(port=self.port))
        )
        served.write_text(str(self.port))

    def _environment(self) -> dict[str, str] | None:
        """Return the process's environment; None: this one's."""
        return None

    async def _launch(self) -> None:
        with (self.folder / "console.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                self.python,
                "-m",
                self.program,
                "--config",
                str(self.folder),
                # All requirements are in requirements_test.txt.
                "--skip-pip",
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment(),
                # Ctrl-C in a terminal must reach Home Assistant through `stop` only.
                start_new_session=True,
            )

    async def _wait_until_served(self, *, fresh: bool, timeout: float = 90) -> None:
        async with asyncio.timeout(timeout):
            while True:
                if self._process is not None and self._process.returncode is not None:
                    raise AssertionError(
                        f"Home Assistant ended at start:\n{self.log[-4000:]}"
                    )
                # Once the home is onboarded, there is no such page any more; before, a later
                # part of the start brings it.
                with suppress(aiohttp.ClientError, CommandError):
                    try:
                        await self.client.request("GET", "/api/onboarding")
                    except CommandError as err:
                        if fresh or err.code != HTTPStatus.NOT_FOUND:
                            raise
                    return
                await asyncio.sleep(0.1)

    async def _wait_until_running(self, timeout: float = 90) -> None:
        async with asyncio.timeout(timeout):
            while (await self.client.command("get_config"))["state"] != "RUNNING":
                await asyncio.sleep(0.1)

    async def _onboard(self) -> None:
        """Create the user, and tell Home Assistant where home is, as its first pages do."""
        client_id = f"{self.url}/"
        user = await self.client.request(
            "POST",
            "/api/onboarding/users",
            {
                "client_id": client_id,
                "name": USER.title(),
                "username": USER,
                "password": PASSWORD,
                "language": "en",
            },
        )
        form = {
            "grant_type": "authorization_code",
            "code": user["auth_code"],
            "client_id": client_id,
        }
        async with self.client.session.post(
            f"{self.url}/auth/token", data=form
        ) as response:
            self.client.token = (await response.json())["access_token"]
        await self.client.request("POST", "/api/onboarding/analytics", {})
        await self.client.request(
            "POST",
            "/api/onboarding/integration",
            {"client_id": client_id, "redirect_uri": f"{client_id}?auth_callback=1"},
        )
        await self.client.connect()
        await self.client.command(
            "config/core/update",
            location_name="Home",
            latitude=45.5,
            longitude=-73.6,
            elevation=50,
            country=self.country,
            currency=self.currency,
            time_zone=self.time_zone,
            unit_system=self.unit_system,
            language="en",
        )
        token = await self.client.command(
            "auth/long_lived_access_token", client_name="tests", lifespan=3650
        )
        (self.folder / "token").write_text(token)
        await self.client.disconnect()

    async def _promote(self) -> None:
        """Confirm the HTTP configuration that this very connection proves to work."""
        if (await self.client.command("http/config"))["pending"] is not None:
            await self.client.command("http/config/promote")
            # The next start does without the YAML, which this is about.
            await self.client.ignore_issue("http", "deprecated_yaml")


def remove(folder: Path) -> None:
    """Remove a Home Assistant's folder, but not what it links to."""
    if (link := folder / "custom_components").is_symlink():
        link.unlink()
    shutil.rmtree(folder, ignore_errors=True)
