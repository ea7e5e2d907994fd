"""Airflow as it runs at night, for a test: API server, scheduler and DAG processor on loopback, and a person's client.

Nothing outlives the test: every process leads a group of its own, runs under coreutils' ``timeout``, and whatever
still carries the test's ``AIRFLOW_HOME`` in its environment is killed in the end.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil

ROOT = Path(__file__).parents[2]
DAG = "nightly_enrichment"
PERSON, PASSWORD = "ines", "only-on-loopback"
# Seconds until a wait is given up: generous, for a machine that is busy with something else.
PATIENCE = 600.0
# Seconds until a service ends by itself, should the test itself be killed.
LIFE = "3600"
SERVICES = (("api-server", "--workers", "1"), ("scheduler", "--skip-serve-logs"), ("dag-processor",))


class NotStarted(Exception):
    """Airflow's processes do not run here; the message says which and why."""


class Airflow:
    """Airflow's services around one ``AIRFLOW_HOME``; ``settings`` are the environment of the night's tasks."""

    def __init__(self, home, settings):
        self.home = home
        self.port = free_port()
        self.environment = _environment(home, self.port) | settings
        self.running = {}
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=60)

    def start(self):
        """Make the metadata database, start the services, log the person in; ``NotStarted`` where that fails."""
        self.home.mkdir()
        (self.home / "passwords.json").write_text(json.dumps({PERSON: PASSWORD}))
        self._run("db", "migrate")
        for words in SERVICES:
            self._spawn(*words)
        self.until(self._healthy, "Airflow's services are up", NotStarted)
        token = self._client.post("/auth/token", json={"username": PERSON, "password": PASSWORD})
        token.raise_for_status()
        self._client.headers["Authorization"] = f"Bearer {token.json()['access_token']}"
        self.until(self._unpaused, "the DAG was read")

    def restart_scheduler(self, **settings):
        """Start the scheduler again with other settings: its tasks read them when they parse the DAG."""
        self._end("scheduler")
        self.environment |= settings
        self._spawn("scheduler", "--skip-serve-logs")

    def stop(self):
        """End every process, the polite way first, and return the command lines of those that had to be killed."""
        self._client.close()
        for name in list(self.running):
            self._end(name)
        return self._kill_strays()

    def get(self, path, **query):
        """Return the answer of the public REST API to ``GET /api/v2/<path>``."""
        return _answer(self._client.get(f"/api/v2/{path}", params=query))

    def post(self, path, body):
        """Send ``body`` to ``/api/v2/<path>``."""
        return _answer(self._client.post(f"/api/v2/{path}", json=body))

    def patch(self, path, body):
        """Change what lies at ``/api/v2/<path>``."""
        return _answer(self._client.patch(f"/api/v2/{path}", json=body))

    def until(self, reached, what, error=AssertionError):
        """Poll until ``reached()`` is truthy and return it; ``error`` says ``what`` never came about."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            dead = [name for name, process in self.running.items() if process.poll() is not None]
            if dead:
                raise error(f"{dead[0]} ended before {what}:\n{self._tail(dead[0])}")
            try:
                if found := reached():
                    return found
            except httpx.TransportError:
                pass
            time.sleep(0.3)
        raise error(f"not within {PATIENCE:.0f} s: {what}\n{self._tail('scheduler')}")

    def parked(self, task, run_id, try_number):
        """Tell whether the scheduler knows that this try's process has ended.

        An answer that overtakes that report, which no person can give, makes Airflow 3.3 fail the try and ask again.
        """
        key = f"task_id='{task}', run_id='{run_id}', try_number={try_number},"
        return any("executor event with state success" in line and key in line for line in self._log("scheduler"))

    def _log(self, name):
        path = self.home / f"{name}.log"
        return path.read_text(errors="replace").splitlines() if path.is_file() else []

    def _tail(self, name):
        return "\n".join(self._log(name)[-40:])

    def _run(self, *words):
        command = [str(Path(sys.executable).with_name("airflow")), *words]
        try:
            done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=PATIENCE)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NotStarted(f"airflow {' '.join(words)}: {error}") from error
        if done.returncode:
            raise NotStarted(f"airflow {' '.join(words)}: {(done.stdout + done.stderr)[-2000:]}")

    def _spawn(self, *words):
        bounded = [shutil.which("timeout"), "--kill-after=10", LIFE] if shutil.which("timeout") else []
        command = [*bounded, str(Path(sys.executable).with_name("airflow")), *words]
        with (self.home / f"{words[0]}.log").open("ab") as log:
            self.running[words[0]] = subprocess.Popen(
                command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def _end(self, name):
        process = self.running.pop(name)
        for ask, seconds in ((signal.SIGTERM, 30), (signal.SIGKILL, 30)):
            try:
                os.killpg(process.pid, ask)
            except ProcessLookupError:
                return
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue

    def _kill_strays(self):
        strays = [process for process in psutil.process_iter() if self._is_ours(process)]
        told = [" ".join(_quietly(process.cmdline, [])) for process in strays]
        for process in strays:
            _quietly(process.kill, None)
        psutil.wait_procs(strays, timeout=30)
        return told

    def _is_ours(self, process):
        return _quietly(process.environ, {}).get("AIRFLOW_HOME") == str(self.home)

    def _healthy(self):
        health = self._client.get("/api/v2/monitor/health").json()
        return all(health[name]["status"] == "healthy" for name in ("metadatabase", "scheduler", "dag_processor"))

    def _unpaused(self):
        return self._client.patch(f"/api/v2/dags/{DAG}", json={"is_paused": False}).is_success


def free_port():
    """Return a TCP port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answer(response):
    assert response.is_success, f"{response.request.method} {response.request.url}: {response.text}"
    return response.json()


def _quietly(call, otherwise):
    try:
        return call()
    except psutil.Error:
        return otherwise


def _environment(home, port):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "ENRICH_MODEL_CACHE") if name in os.environ}
    return kept | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PARALLELISM": "2",
        "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "240",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{PERSON}:user",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{port}",
        "AIRFLOW__API_AUTH__JWT_SECRET": "known-to-these-processes-alone-" * 3,
        "AIRFLOW__DAG_PROCESSOR__DAG_FILE_PROCESSOR_TIMEOUT": "240",
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
        "AIRFLOW__SCHEDULER__TRIGGER_TIMEOUT_CHECK_INTERVAL": "1",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "60",
        "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        "GX_ANALYTICS_ENABLED": "false",
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(ROOT),
    }
