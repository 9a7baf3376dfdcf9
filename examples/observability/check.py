"""The daemon under a little traffic with Prometheus beside it; a part of examples/observability/check, which unpacks the daemon."""
import glob
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

WORK = sys.argv[1]
PATIENCE = 90


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


NAMES = ["admin", "prometheus", "edge", "tls", "broken", "full", "empty", "dead"]
PORTS = dict(zip(NAMES, (free_port() for _ in NAMES)))


def serve_echo():
    """A server that gives back what it gets; returns its port."""
    server = socket.create_server(("127.0.0.1", 0), backlog=100)

    def answer(client):
        with client:
            try:
                while data := client.recv(4096):
                    client.sendall(data)
            except OSError:
                pass

    def accept():
        while True:
            threading.Thread(target=answer, args=(server.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return server.getsockname()[1]


def configuration(echo, limit):
    """One of each thing that has metrics, healthy or not."""
    with open(f"{WORK}/found.yaml", "w") as found:
        found.write(f'endpoints: [ {{ address: "127.0.0.1:{echo}" }} ]\n')
    with open(f"{WORK}/sluice.yaml", "w") as file:
        file.write(f"""
admin: {{ listen: "127.0.0.1:{PORTS['admin']}" }}
accessLog: {{ path: "{WORK}/access.log", format: json }}
listeners:
  - name: edge
    listen: "127.0.0.1:{PORTS['edge']}"
    cluster: app
    maxConnections: {limit}
    filters:
      - {{ type: acl, config: {{ default: allow, rules: [ {{ deny: [127.0.0.9] }} ] }} }}
      - {{ type: fault, config: {{ faults: [ {{ latency: 1ms }} ] }} }}
      - {{ type: sniff, config: {{ protocols: [http1] }} }}
  - name: tls
    listen: "127.0.0.1:{PORTS['tls']}"
    cluster: found
    tls:
      certificates: [ {{ certificate: "{WORK}/site.pem", key: "{WORK}/site.key" }} ]
      clientAuth: {{ mode: request, ca: "{WORK}/site.pem", crl: "{WORK}/site.crl" }}
  - {{ name: broken, listen: "127.0.0.1:{PORTS['broken']}", cluster: broken }}
  - {{ name: full, listen: "127.0.0.1:{PORTS['full']}", cluster: full }}
  - {{ name: empty, listen: "127.0.0.1:{PORTS['empty']}", cluster: empty }}
clusters:
  - name: app
    healthCheck: {{ type: tcp, interval: 1s }}
    endpoints: [ {{ address: "127.0.0.1:{echo}", maxConnections: 100 }}, {{ address: "127.0.0.1:{PORTS['dead']}" }} ]
  - {{ name: found, endpointsFile: "{WORK}/found.yaml" }}
  - name: broken
    endpoints: [ {{ address: "127.0.0.1:{PORTS['dead']}" }} ]
    tls: {{ serverName: localhost, ca: "{WORK}/site.pem", certificate: "{WORK}/site.pem", key: "{WORK}/site.key" }}
  - {{ name: full, maxConnections: 1, queue: {{ max: 1, timeout: 100ms }}, endpoints: [ {{ address: "127.0.0.1:{echo}" }} ] }}
  - {{ name: empty, endpointsFile: "{WORK}/missing.yaml" }}
""")


def speak(name, source="127.0.0.1", wrap=None, data=b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"):
    """A connection to a listener; its failure is the business of the metrics."""
    try:
        with socket.create_connection(("127.0.0.1", PORTS[name]), 5, (source, 0)) as client:
            client.settimeout(2)
            with wrap(client) if wrap else client as stream:
                stream.sendall(data)
                stream.recv(4096)
    except OSError:
        pass


def traffic(stop):
    """A second of everything, again and again."""
    context = ssl.create_default_context(cafile=f"{WORK}/site.pem")
    while not stop.is_set():
        for _ in range(5):
            speak("edge")
        speak("edge", source="127.0.0.9")
        speak("tls", wrap=lambda client: context.wrap_socket(client, server_hostname="localhost"))
        speak("tls", data=b"this is not TLS\r\n")
        speak("broken")
        speak("empty")
        together = [threading.Thread(target=speak, args=("full",)) for _ in range(4)]
        for thread in together:
            thread.start()
        for thread in together:
            thread.join()
        stop.wait(1)


def get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return answer.read()


def prometheus(path):
    return json.loads(get(PORTS["prometheus"], "/api/v1/" + path))["data"]


def until(what, ready):
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if ready():
                return
        except OSError:
            pass
        if time.monotonic() > deadline:
            sys.exit(f"FAILED: {what} within {PATIENCE} s")
        time.sleep(0.2)


def start(name, *command):
    with open(f"{WORK}/{name}.out", "w") as out:
        return subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=WORK)


def start_prometheus():
    """With the file of the kit, but faster, and at the daemon of this check."""
    with open("prometheus.yml") as kit:
        settings = kit.read()
    for old, new in (("127.0.0.1:9901", f"127.0.0.1:{PORTS['admin']}"), ("_interval: 15s", "_interval: 1s"),
                     ("- rules.yaml", "- " + os.path.abspath("rules.yaml"))):
        if old not in settings:
            sys.exit(f"FAILED: prometheus.yml has no {old}")
        settings = settings.replace(old, new)
    with open(f"{WORK}/prometheus.yml", "w") as file:
        file.write(settings)
    return start("prometheus", "prometheus", f"--config.file={WORK}/prometheus.yml", f"--storage.tsdb.path={WORK}/tsdb",
                 f"--web.listen-address=127.0.0.1:{PORTS['prometheus']}")


def expressions_of_rules():
    """Alerts are silent while nothing is wrong: what counts is the expression in front of their comparison."""
    for group in prometheus("rules")["groups"]:
        for rule in group["rules"]:
            query = rule["query"]
            if rule["type"] == "alerting":
                query, comparisons = re.subn(r"\s*(?:==|!=|<=|>=|<|>)\s*[\d.]+$", "", query)
                if comparisons != 1:
                    sys.exit(f"FAILED: the alert {rule['name']} does not end with a comparison: {rule['query']}")
            else:
                yield f"record {rule['name']}, as it was recorded", rule["name"]
            yield f"{rule['type']} {rule['name']}", query


def expressions_of_dashboard():
    with open("grafana/sluice.json") as file:
        dashboard = json.load(file)
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield f"panel '{panel['title']}', {target['refId']}", target["expr"]
    for annotation in dashboard["annotations"]["list"]:
        yield f"annotation '{annotation['name']}'", annotation["expr"]
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            metric, label = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["definition"]).groups()
            yield f"variable '{variable['name']}'", f"group by ({label}) ({metric}) != bool 0"


def written_out(expression):
    """The expression as Grafana sends it."""
    for variable, value in (("$__rate_interval", "1m"), ("$job", "sluice"), ("$instance", ".+")):
        expression = expression.replace(variable, value)
    return expression


def series(expression):
    try:
        return len(prometheus("query?" + urllib.parse.urlencode({"query": written_out(expression)}))["result"])
    except urllib.error.HTTPError as refusal:
        sys.exit(f"FAILED: Prometheus refuses {expression}: {refusal.read().decode()}")


def check_expressions():
    """Each has to return a series at some time; those that do not are named."""
    waiting = list(expressions_of_rules()) + list(expressions_of_dashboard())
    total = len(waiting)
    deadline = time.monotonic() + PATIENCE
    while waiting:
        waiting = [(place, expression) for place, expression in waiting if series(expression) == 0]
        if waiting and time.monotonic() > deadline:
            sys.exit("FAILED: no series for\n" + "\n".join(f"  {place}: {expression}" for place, expression in waiting))
        time.sleep(0.5)
    return total


def check_alerts():
    """What is wrong here by intention has to be noticed, with a summary that has its names."""
    expected = {"SluiceReloadRefused", "SluiceTlsCertificateExpires", "SluiceEndpointDown", "SluiceClusterWithoutEndpoint",
                "SluiceConnectionsUnserved", "SluiceClusterFull", "SluiceNotReady", "SluiceFaultActive", "SluiceDiscoveryFailing",
                "SluiceTlsCrlExpires", "SluiceUpstreamTlsCertificateExpires"}

    def names():
        return {alert["labels"]["alertname"] for alert in prometheus("alerts")["alerts"]}

    until(f"not all of these alerts are there: {sorted(expected)}", lambda: expected <= names())
    for alert in prometheus("alerts")["alerts"]:
        summary = alert["annotations"]["summary"]
        if "<no value>" in summary or "error" in summary or "  " in summary:
            sys.exit(f"FAILED: the summary of {alert['labels']['alertname']} is {summary}")
    for group in prometheus("rules")["groups"]:
        for rule in group["rules"]:
            if rule["health"] != "ok":
                sys.exit(f"FAILED: {rule['name']}: {rule.get('lastError', rule['health'])}")
    return sorted(names())


def main():
    echo = serve_echo()
    sluice = glob.glob(f"{WORK}/*/bin/sluice")[0]
    processes = []
    stop = threading.Event()
    client = threading.Thread(target=traffic, args=(stop,))
    try:
        configuration(echo, 50)
        processes.append(start("daemon", sluice, "run", "-c", f"{WORK}/sluice.yaml"))
        until("the daemon is not ready", lambda: get(PORTS["admin"], "/live"))
        processes.append(start_prometheus())
        client.start()
        until("Prometheus does not scrape the daemon",
              lambda: any(target["health"] == "up" for target in prometheus("targets")["activeTargets"]))
        reload = [sluice, "reload", "--admin", f"127.0.0.1:{PORTS['admin']}"]
        configuration(echo, 60)
        subprocess.run(reload, check=True, stdout=subprocess.DEVNULL)
        with open(f"{WORK}/sluice.yaml", "a") as file:
            file.write("unknown: key\n")
        if subprocess.run(reload, capture_output=True).returncode != 78:
            sys.exit("FAILED: a broken configuration was not refused")
        total = check_expressions()
        alerts = check_alerts()
        linted = subprocess.run(["promtool", "check", "metrics"], input=get(PORTS["admin"], "/metrics"), capture_output=True)
        if linted.returncode != 0 or linted.stdout or linted.stderr:
            sys.exit("FAILED: promtool check metrics: " + (linted.stdout + linted.stderr).decode())
        print(f"{total} expressions of rules and dashboard return series; the scrape and the rules are clean; alerts: {', '.join(alerts)}")
    finally:
        stop.set()
        for process in reversed(processes):
            if process.poll() is None:
                process.terminate()
        for process in processes:
            try:
                process.wait(45)
            except subprocess.TimeoutExpired:
                process.kill()
        if client.ident is not None:
            client.join()
        if isinstance(sys.exc_info()[1], SystemExit):
            for name in ("daemon", "prometheus"):
                if os.path.exists(f"{WORK}/{name}.out"):
                    with open(f"{WORK}/{name}.out") as out:
                        sys.stderr.write(f"--- {name}\n" + "".join(out.readlines()[-15:]))


main()
