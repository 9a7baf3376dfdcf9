"""The servers, clients and checks of examples/real-traffic/tls, which makes the certificates and unpacks the daemon."""

import glob
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

from tls_renewal import renewal

WORK = sys.argv[1]
SECONDS = sys.argv[2]
SLUICE = glob.glob(WORK + "/sluice-*/bin/sluice")[0]
POSTGRES = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
failures = []


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


PORTS = {name: free_port() for name in ("postgres", "redis", "pg-tls", "pg-plain", "redis-tls", "redis-plain", "admin")}


def report(what, good, detail=""):
    print(f"{'ok  ' if good else 'FAIL'} {what}" + (f": {detail}" if detail else ""), flush=True)
    if not good:
        failures.append(what)


def wait(what, condition):
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            if condition():
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit(f"waited 30 s for {what}")


def listens(port):
    with socket.create_connection(("127.0.0.1", port), 1):
        return True


def start_postgres():
    """PostgreSQL refuses to run as root, and takes its own copies of key and certificate."""
    data = WORK + "/data"
    user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    home = WORK + "/pg"
    os.makedirs(home)
    for file in ("server.pem", "server.key"):
        shutil.copy(f"{WORK}/{file}", home)
    if user:
        shutil.chown(home, "postgres")
        for file in ("server.pem", "server.key"):
            shutil.chown(f"{home}/{file}", "postgres")
    os.chmod(home + "/server.key", 0o600)
    data = home + "/data"
    subprocess.run(user + [POSTGRES + "/initdb", "-D", data, "-U", "tester", "-A", "trust"], check=True,
                   stdout=subprocess.DEVNULL)
    hba = home + "/hba.conf"
    with open(hba, "w") as file:
        file.write("hostssl all all 127.0.0.1/32 trust\nhostnossl all all all reject\n")
    server = subprocess.Popen(user + [POSTGRES + "/postgres", "-D", data, "-p", str(PORTS["postgres"]), "-k", "",
                                      "-c", "listen_addresses=127.0.0.1", "-c", "ssl=on",
                                      "-c", f"ssl_cert_file={home}/server.pem", "-c", f"ssl_key_file={home}/server.key",
                                      "-c", f"hba_file={hba}", "-c", "fsync=off"],
                              stdout=subprocess.DEVNULL, stderr=open(WORK + "/postgres.log", "w"))
    wait("PostgreSQL", lambda: listens(PORTS["postgres"]))
    return server


def start_redis():
    server = subprocess.Popen(["redis-server", "--port", "0", "--tls-port", str(PORTS["redis"]), "--bind", "127.0.0.1",
                               "--tls-cert-file", WORK + "/server.pem", "--tls-key-file", WORK + "/server.key",
                               "--tls-ca-cert-file", WORK + "/ca.pem", "--tls-auth-clients", "yes", "--save", ""],
                              stdout=subprocess.DEVNULL)
    wait("redis", lambda: listens(PORTS["redis"]))
    return server


def start_daemon():
    ends = f"certificates: [ {{ certificate: {WORK}/edge.pem, key: {WORK}/edge.key }} ]"
    begins = (f"serverName: server.internal, ca: {WORK}/ca.pem, certificate: {WORK}/proxy.pem, "
              f"key: {WORK}/proxy.key")
    with open(WORK + "/sluice.yaml", "w") as file:
        file.write(f"""
admin: {{ listen: "127.0.0.1:{PORTS['admin']}" }}
accessLog: {{ path: {WORK}/access.log }}
listeners:
  - {{ name: pg-tls, listen: "127.0.0.1:{PORTS['pg-tls']}", cluster: postgres, tls: {{ startTls: postgres, {ends} }} }}
  - {{ name: pg-plain, listen: "127.0.0.1:{PORTS['pg-plain']}", cluster: postgres }}
  - {{ name: redis-tls, listen: "127.0.0.1:{PORTS['redis-tls']}", cluster: redis, tls: {{ {ends} }} }}
  - {{ name: redis-plain, listen: "127.0.0.1:{PORTS['redis-plain']}", cluster: redis }}
clusters:
  - name: postgres
    tls: {{ startTls: postgres, {begins} }}
    healthCheck: {{ type: tls, interval: 1s }}
    endpoints: [ {{ address: "127.0.0.1:{PORTS['postgres']}" }} ]
  - name: redis
    tls: {{ {begins} }}
    healthCheck: {{ interval: 1s, tcp: {{ send: "PING\\r\\n", expect: "+PONG" }} }}
    endpoints: [ {{ address: "127.0.0.1:{PORTS['redis']}" }} ]
""")
    check = subprocess.run([SLUICE, "check", "-c", WORK + "/sluice.yaml"], capture_output=True, text=True)
    report("sluice check", check.returncode == 0, check.stdout.strip().splitlines()[-1] if check.stdout else check.stderr)
    daemon = subprocess.Popen([SLUICE, "run", "-c", WORK + "/sluice.yaml"], stdout=subprocess.DEVNULL,
                              stderr=open(WORK + "/daemon.log", "w"))
    wait("the daemon", lambda: listens(PORTS["admin"]))
    return daemon


def run(what, command, good, env=None):
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env={**os.environ, **(env or {})})
    said = done.stdout + done.stderr
    found = re.search(good, said)
    report(what, found is not None, found.group(0).strip() if found else said.strip()[-300:])


def states():
    with urllib.request.urlopen(f"http://127.0.0.1:{PORTS['admin']}/clusters") as answer:
        clusters = json.load(answer)["clusters"]
    return {cluster["name"]: cluster["endpoints"][0]["state"] for cluster in clusters}


def conninfo(name, more):
    return f"host=localhost hostaddr=127.0.0.1 port={PORTS[name]} user=tester dbname=postgres {more}"


def postgres():
    verified = f"sslmode=verify-full sslrootcert={WORK}/ca.pem"
    question = "select 'server sees ' || version || ' ' || cipher from pg_stat_ssl where pid = pg_backend_pid()"
    run("psql with TLS on both sides", ["psql", "-X", "-t", "-c", question, conninfo("pg-tls", verified)],
        r"server sees TLSv1\.\d \S+")
    run("psql without TLS, the daemon with", ["psql", "-X", "-t", "-c", question, conninfo("pg-plain", "sslmode=disable")],
        r"server sees TLSv1\.\d \S+")
    run("psql without TLS where it is demanded", ["psql", "-X", "-c", question, conninfo("pg-tls", "sslmode=disable")],
        r"this server takes connections with TLS only")
    run("psql that expects another name",
        ["psql", "-X", "-c", question, conninfo("pg-tls", verified).replace("host=localhost", "host=other.example")],
        r"certificate .*does not match|server certificate for \"localhost\" does not match")
    env = {"PGSSLMODE": "verify-full", "PGSSLROOTCERT": WORK + "/ca.pem", "PGHOST": "localhost",
           "PGHOSTADDR": "127.0.0.1", "PGUSER": "tester"}
    run("pgbench fills its tables", ["pgbench", "-i", "-s", "2", "-p", str(PORTS["pg-tls"]), "postgres"], r"done in .*", env)
    run("pgbench, 16 clients", ["pgbench", "-S", "-c", "16", "-j", "2", "-T", SECONDS, "-p", str(PORTS["pg-tls"]), "postgres"],
        r"tps = [\d.]+.*", env)
    run("pgbench, a connection for each transaction",
        ["pgbench", "-S", "-C", "-c", "8", "-T", SECONDS, "-p", str(PORTS["pg-tls"]), "postgres"],
        r"number of failed transactions: 0 .*", env)


def redis():
    tls = ["--tls", "--cacert", WORK + "/ca.pem", "--sni", "localhost"]
    run("redis-cli with TLS on both sides", ["redis-cli", "-p", str(PORTS["redis-tls"]), *tls, "ping"], "PONG")
    run("redis-cli without TLS, the daemon with", ["redis-cli", "-p", str(PORTS["redis-plain"]), "ping"], "PONG")
    run("redis-benchmark with TLS, 50 clients, values of 16 KiB",
        ["redis-benchmark", "-q", "-p", str(PORTS["redis-tls"]), *tls, "-c", "50", "-n", "20000", "-d", "16384", "-t", "set,get"],
        r"GET: [\d.]+ requests per second")


started = []
try:
    started.append(start_postgres())
    started.append(start_redis())
    daemon = start_daemon()
    started.append(daemon)
    wait("checks that pass", lambda: set(states().values()) == {"up"})
    report("health checks over TLS", True, str(states()))
    postgres()
    redis()
    started[1].send_signal(signal.SIGKILL)
    wait("a check that fails", lambda: states()["redis"] == "down")
    report("a server that is killed is down", True, str(states()))
    daemon.terminate()
    report("the daemon ends in order", daemon.wait(30) == 0)
    with open(WORK + "/access.log") as file:
        reasons = {}
        for line in file:
            reason = json.loads(line)["close_reason"]
            reasons[reason] = reasons.get(reason, 0) + 1
    report("ends of connections", True, str(reasons))
    for engine in ("boringssl", "jdk"):
        renewal(WORK, SLUICE, free_port, wait, listens, report, engine)
    unexpected = [line for line in open(WORK + "/daemon.log") if "ERROR" in line]
    report("no error in the log", not unexpected, "".join(unexpected[:3]))
finally:
    for process in reversed(started):
        if process.poll() is None:
            process.terminate()
            process.wait(30)
sys.exit(1 if failures else 0)
