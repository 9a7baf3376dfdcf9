"""The scenario of examples/real-traffic/health; started by it."""
import collections
import glob
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request

WORK, RATE = sys.argv[1], int(sys.argv[2])
PORTS = [26391, 26392, 26393]
LISTEN, ADMIN = 26390, 26991
INTERVAL, TIMEOUT = 1.0, 0.5
# The promise: down after an interval, two faster checks and a timeout; a second for a busy machine.
BOUND = INTERVAL + 2 + TIMEOUT + 1

CONFIG = f"""
runtime: {{ eventLoops: 2 }}
admin: {{ listen: "127.0.0.1:{ADMIN}" }}
accessLog: {{ path: "{WORK}/access.log", format: json }}
listeners:
  - {{ name: redis, listen: "127.0.0.1:{LISTEN}", cluster: redis }}
clusters:
  - name: redis
    timeouts: {{ connect: 1s, connectTotal: 3s }}
    healthCheck:
      type: tcp
      interval: 1s
      timeout: 500ms
      tcp: {{ send: "INFO replication\\r\\n", expect: "role:master" }}
    onUnhealthy: close
    endpoints:
""" + "".join(f'      - {{ address: "127.0.0.1:{port}" }}\n' for port in PORTS)

processes = {}
problems = []
results = []
stop = threading.Event()


def redis(port):
    processes[port] = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", WORK],
        stdout=subprocess.DEVNULL)
    wait(lambda: answer(port, b"PING\r\n").startswith(b"+PONG"), f"redis on {port}")


def wait(condition, what, patience=20):
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            if condition():
                return
        except OSError:
            pass
        time.sleep(0.01)
    raise SystemExit(f"FAILED: waited {patience} s for {what}")


def answer(port, request, patience=2):
    with socket.create_connection(("127.0.0.1", port), patience) as client:
        client.settimeout(patience)
        client.sendall(request)
        return client.recv(4096)


def states():
    with urllib.request.urlopen(f"http://127.0.0.1:{ADMIN}/clusters", timeout=5) as response:
        endpoints = json.load(response)["clusters"][0]["endpoints"]
    return {int(endpoint["address"].split(":")[1]): endpoint["state"] for endpoint in endpoints}


def client():
    begin = time.monotonic()
    try:
        reply = answer(LISTEN, b"SET key value\r\n")
        result = "ok" if reply.startswith(b"+OK") else "standby" if b"READONLY" in reply else repr(reply[:40])
    except OSError as failure:
        result = type(failure).__name__
    results.append((begin, time.monotonic(), result))


def traffic():
    """An open loop: a client that waits does not hold the others back."""
    due = time.monotonic()
    while not stop.is_set():
        threading.Thread(target=client, daemon=True).start()
        due += 1 / RATE
        time.sleep(max(0, due - time.monotonic()))


def phase(name, port, act, state, allowed=()):
    """Acts on a server; the clients that began after the state was seen must all succeed."""
    begin = time.monotonic()
    act()
    wait(lambda: states()[port] == state, f"{name}: {port} to be {state}", 30)
    marked = time.monotonic()
    time.sleep(2)
    during = collections.Counter(result for start, _, result in list(results) if begin <= start < marked)
    before = collections.Counter(result for start, end, result in list(results) if start < begin <= end)
    after = collections.Counter(result for start, _, result in list(results) if start >= marked)
    print(f"{name}: {state} after {marked - begin:.2f} s; clients open at that moment {dict(before)}, "
          f"until then {dict(during)}, afterwards {dict(after)}", flush=True)
    if state == "down" and marked - begin > BOUND:
        problems.append(f"{name}: marked after {marked - begin:.2f} s, promised are {BOUND} s")
    if set(after) - {"ok"}:
        problems.append(f"{name}: clients failed after the endpoint was marked: {dict(after)}")
    if set(during) - {"ok", *allowed}:
        problems.append(f"{name}: clients failed: {dict(during)}")


def main():
    for port in PORTS:
        redis(port)
    with open(f"{WORK}/sluice.yaml", "w", encoding="utf-8") as file:
        file.write(CONFIG)
    sluice = glob.glob(f"{WORK}/sluice-*/bin/sluice")[0]
    daemon = subprocess.Popen([sluice, "run", "-c", f"{WORK}/sluice.yaml"], stdout=subprocess.DEVNULL,
                              stderr=open(f"{WORK}/daemon.err", "w", encoding="utf-8"))
    try:
        wait(lambda: set(states().values()) == {"up"}, "all endpoints to be up")
        threading.Thread(target=traffic, daemon=True).start()
        time.sleep(2)
        one, two, three = PORTS
        phase("killed with -9", one, lambda: processes[one].kill(), "down")
        processes[one].wait()
        phase("started again", one, lambda: redis(one), "up")
        # The system still completes handshakes for a stopped process, so clients can only wait for their own timeout.
        phase("stopped", two, lambda: processes[two].send_signal(signal.SIGSTOP), "down",
              ("TimeoutError", "timeout", "ConnectionResetError"))
        phase("continued", two, lambda: processes[two].send_signal(signal.SIGCONT), "up")
        idle = socket.create_connection(("127.0.0.1", LISTEN), 2)
        phase("made a replica", three,
              lambda: answer(three, f"REPLICAOF 127.0.0.1 {one}\r\n".encode()), "down",
              ("standby", "ConnectionResetError"))
        idle.close()
        phase("made a primary again", three, lambda: answer(three, b"REPLICAOF NO ONE\r\n"), "up")
    finally:
        stop.set()
        time.sleep(2.5)
        daemon.send_signal(signal.SIGTERM)
        code = daemon.wait(40)
        for process in processes.values():
            process.kill()
            process.wait()
    with open(f"{WORK}/access.log", encoding="utf-8") as log:
        reasons = collections.Counter(json.loads(line)["close_reason"] for line in log)
    print(f"{len(results)} clients, {sum(result == 'ok' for _, _, result in results)} of them served; ends {dict(reasons)}; exit code {code}")
    if code != 0 or problems:
        with open(f"{WORK}/daemon.err", encoding="utf-8") as errors:
            print(errors.read()[-2000:], file=sys.stderr)
        raise SystemExit("FAILED: " + "; ".join(problems or [f"exit code {code}"]))


main()
