"""The scenario of examples/real-traffic/proxy-protocol; started by it."""
import glob
import json
import random
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.request

WORK, COUNT = sys.argv[1], int(sys.argv[2])
ECHO, ADMIN = 26700, 26999
HAPROXY_IN, NGINX_IN = 26701, 26702
TLVS = "authority, alpn, unique-id, ssl, crc32c"
SERVER = "daemon 127.0.0.1:{}"

# Each path: name, port, and what clients speak there. HAProxy listens on the first ones and sends to the daemon on port + 100.
SENT_BY_HAPROXY = {
    "haproxy-v1": (26711, "send-proxy"),
    "haproxy-v2": (26712, "send-proxy-v2"),
    "haproxy-v2-tlvs": (26713, "send-proxy-v2 proxy-v2-options authority,unique-id,crc32c"),
    "haproxy-v2-ssl": (26714, "send-proxy-v2-ssl-cn proxy-v2-options ssl,ssl-cipher,cert-sig,authority,unique-id,crc32c"),
}
# The daemon listens on the others, and sends to who answers with the addresses in the header.
SENT_BY_DAEMON = {}
for receiver, port in (("haproxy", HAPROXY_IN), ("nginx", NGINX_IN)):
    for version in ("v1", "v2", "v2-tlvs"):
        SENT_BY_DAEMON[f"to-{receiver}-{version}"] = (26720 + len(SENT_BY_DAEMON), version, port)

HAPROXY = """
defaults
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend answers
  mode http
  bind 127.0.0.1:%d accept-proxy
  http-request return status 200 content-type text/plain lf-string "%%[src]:%%[src_port] %%[dst]:%%[dst_port] %%[fc_pp_authority] %%[fc_pp_unique_id]"
""" % HAPROXY_IN
for name, (port, options) in SENT_BY_HAPROXY.items():
    tls = f"ssl crt {WORK}/pem" if "ssl" in name else ""
    HAPROXY += f"""
listen {name}
  mode tcp
  bind 127.0.0.1:{port} {tls}
  bind ::1:{port} {tls}
  unique-id-format id-%cp
  server daemon 127.0.0.1:{port + 100} {options}
"""
# The whole way: HAProxy, the daemon, HAProxy again.
HAPROXY += f"""
listen chain
  mode tcp
  bind 127.0.0.1:26715 ssl crt {WORK}/pem
  bind ::1:26715 ssl crt {WORK}/pem
  unique-id-format id-%cp
  server daemon 127.0.0.1:26815 send-proxy-v2-ssl-cn proxy-v2-options ssl,authority,unique-id,crc32c
"""

NGINX = f"""
daemon off;
pid {WORK}/nginx.pid;
error_log {WORK}/nginx.err;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  server {{
    listen 127.0.0.1:{NGINX_IN} proxy_protocol;
    return 200 "$proxy_protocol_addr:$proxy_protocol_port $proxy_protocol_server_addr:$proxy_protocol_server_port - -";
  }}
}}
"""

LISTENER = '  - {{ name: {}, listen: "{}:{}", cluster: {}{} }}\n'
CHECK = 'healthCheck: { type: http, interval: 1s, timeout: 900ms }'
CONFIG = f"""
runtime: {{ eventLoops: 2 }}
admin: {{ listen: "127.0.0.1:{ADMIN}" }}
accessLog: {{ path: "{WORK}/access.log", format: json }}
listeners:
"""
TRUSTED = ', proxyProtocol: { trustedSources: [127.0.0.1] }'
for name, (port, _) in SENT_BY_HAPROXY.items():
    CONFIG += LISTENER.format(name, "127.0.0.1", port + 100, "echo", TRUSTED)
CONFIG += LISTENER.format("chain", "127.0.0.1", 26815, "to-haproxy-v2-tlvs", TRUSTED)
for name, (port, _, _) in SENT_BY_DAEMON.items():
    CONFIG += LISTENER.format(name + "-4", "127.0.0.1", port, name, "")
    CONFIG += LISTENER.format(name + "-6", "[::1]", port, name, "")
CONFIG += f'clusters:\n  - {{ name: echo, endpoints: [ {{ address: "127.0.0.1:{ECHO}" }} ] }}\n'
for name, (_, version, port) in SENT_BY_DAEMON.items():
    header = f"{{ version: v2, tlvs: [{TLVS}] }}" if version == "v2-tlvs" else version
    CONFIG += f'  - {{ name: {name}, proxyProtocol: {header}, {CHECK}, endpoints: [ {{ address: "127.0.0.1:{port}" }} ] }}\n'

processes = []
expected = {}
wrong = []
counted = {}


def start(name, *command):
    process = subprocess.Popen(command, stdout=open(f"{WORK}/{name}.out", "w"), stderr=open(f"{WORK}/{name}.log", "w"))
    processes.append(process)
    return process


def wait(condition, what, patience=30):
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            if condition():
                return
        except OSError:
            pass
        time.sleep(0.05)
    for log in glob.glob(WORK + "/*.log") + glob.glob(WORK + "/nginx.err"):
        print(log, open(log).read()[-2000:], file=sys.stderr)
    raise SystemExit(f"FAILED: waited {patience} s for {what}")


def echo():
    server = socket.create_server(("127.0.0.1", ECHO), backlog=1000)
    while True:
        client, _ = server.accept()
        threading.Thread(target=lambda c=client: (c.sendall(c.recv(100)), c.close()), daemon=True).start()


def connect(port, family, server_name=None):
    """A client with an address of its own in 127.0.0.0/8, or ::1."""
    client = socket.socket(family)
    client.settimeout(20)
    if family == socket.AF_INET:
        client.bind((f"127.{random.randint(1, 254)}.{random.randint(0, 255)}.{random.randint(1, 254)}", 0))
    client.connect(("127.0.0.1" if family == socket.AF_INET else "::1", port))
    own = client.getsockname()
    peer = client.getpeername()
    if server_name:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        client = context.wrap_socket(client, server_hostname=server_name)
    return client, own, peer


def exchange(client, request):
    client.sendall(request)
    answer = b""
    while chunk := client.recv(4096):
        answer += chunk
    client.close()
    return answer.decode("ascii", "replace")


def text(address, brackets=False):
    host = f"[{address[0]}]" if brackets and ":" in address[0] else address[0]
    return f"{host}:{address[1]}"


def count(path, good, shown):
    counted[path] = counted.get(path, 0) + 1
    if not good:
        wrong.append(f"{path}: {shown}")


def one(path, family, number):
    if path in SENT_BY_HAPROXY:
        name = f"host-{number}.example" if "ssl" in path else None
        client, own, _ = connect(SENT_BY_HAPROXY[path][0], family, name)
        answer = exchange(client, b"hello")
        expected[(path, text(own, True))] = (name, f"id-{own[1]}" if "tlvs" in path or "ssl" in path else None)
        count(path, answer == "hello", f"echo {answer!r}")
        return
    name = f"host-{number}.example" if path == "chain" else None
    port = 26715 if path == "chain" else SENT_BY_DAEMON[path][0]
    client, own, peer = connect(port, family, name)
    answer = exchange(client, b"GET / HTTP/1.0\r\n\r\n")
    body = answer.partition("\r\n\r\n")[2].split(" ")
    good = body[:2] == [text(own), text(peer)]
    if path == "chain":
        good = good and body[2:] == [name, f"id-{own[1]}"]
    elif path == "to-haproxy-v2-tlvs":
        good = good and len(body) == 4 and len(body[3]) > 2
    count(path, good, f"expected {text(own)} {text(peer)}, got {answer!r}")


def states():
    with urllib.request.urlopen(f"http://127.0.0.1:{ADMIN}/clusters", timeout=5) as response:
        clusters = json.load(response)["clusters"]
    return {c["name"]: [e["state"] for e in c["endpoints"]] for c in clusters if c["name"] != "echo"}


def check_log():
    """What the daemon has read of HAProxy's headers."""
    entries = {}
    for line in open(WORK + "/access.log"):
        entry = json.loads(line)
        if entry["listener"] in SENT_BY_HAPROXY:
            entries[(entry["listener"], entry.get("proxied_source"))] = entry
    for key, (authority, unique_id) in expected.items():
        entry = entries.get(key)
        tlvs = (entry or {}).get("proxy_tlvs") or ""
        good = (entry is not None and (authority is None or f"authority={authority}" in tlvs)
                and (unique_id is None or unique_id in tlvs))
        if not good:
            wrong.append(f"{key}: expected {authority} {unique_id}, logged {entry}")
    print("TLVs of HAProxy as the daemon logs them:", next(
        (e["proxy_tlvs"] for (path, _), e in entries.items() if path == "haproxy-v2-ssl"), "none"))


try:
    threading.Thread(target=echo, daemon=True).start()
    for file, content in (("haproxy.cfg", HAPROXY), ("nginx.conf", NGINX), ("sluice.yaml", CONFIG)):
        with open(f"{WORK}/{file}", "w") as out:
            out.write(content)
    start("haproxy", "haproxy", "-db", "-f", WORK + "/haproxy.cfg")
    start("nginx", "nginx", "-c", WORK + "/nginx.conf", "-e", WORK + "/nginx.err")
    daemon = start("daemon", glob.glob(WORK + "/sluice-*/bin/sluice")[0], "run", "-c", WORK + "/sluice.yaml")
    wait(lambda: "ready" in open(WORK + "/daemon.out").read() or daemon.poll() is not None, "the daemon")
    wait(lambda: len(states()) == 6 and all(s == ["up"] for s in states().values()), "health checks with headers to pass")
    print("health checks with LOCAL and UNKNOWN:", " ".join(states()), "are up")

    paths = list(SENT_BY_HAPROXY) + list(SENT_BY_DAEMON) + ["chain"]

    def clients(path):
        for number in range(COUNT):
            try:
                one(path, socket.AF_INET if number % 2 else socket.AF_INET6, number)
            except OSError as e:
                count(path, False, repr(e))

    threads = [threading.Thread(target=clients, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    daemon.send_signal(signal.SIGTERM)
    code = daemon.wait(60)
    check_log()
    for path in paths:
        print(f"{path:20} {counted.get(path, 0):6} connections")
    print(f"wrong: {len(wrong)}; exit code of the daemon: {code}")
    if wrong or code != 0:
        sys.exit("FAILED: " + "\n".join(wrong[:10]))
finally:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    for process in processes:
        process.wait(20)
