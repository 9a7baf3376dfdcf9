"""Certificates that are renewed a hundred times under a load of handshakes; a part of examples/real-traffic/tls."""

import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
import urllib.request

CHANGES = 100
# Clients that do nothing but full handshakes: as many as leave the daemon a moment to breathe.
CLIENTS = {"boringssl": 4, "jdk": 1}


def certificate(work, number):
    """A certificate with a key of its own."""
    name = f"{work}/renewal-{number}"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", f"/CN=renewal {number}", "-addext", "subjectAltName=DNS:localhost", "-keyout", name + ".key",
                    "-out", name + ".pem"], check=True, stderr=subprocess.DEVNULL)
    with open(name + ".pem") as pem, open(name + ".key") as key:
        both = pem.read()
        return ssl.PEM_cert_to_DER_cert(both), both + key.read()


def serve(work, content):
    """Certificate and key in one file, which is replaced as a whole."""
    with open(work + "/live.new", "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(content)
    os.replace(work + "/live.new", work + "/live.pem")


class Client:
    """A client whose session goes on, if the daemon lets it."""

    def __init__(self, port):
        self.port = port
        self.context = ssl.create_default_context()
        self.context.check_hostname = False
        self.context.verify_mode = ssl.CERT_NONE
        self.session = None

    def talk(self):
        """Returns whether the session went on, and the certificate."""
        with socket.create_connection(("127.0.0.1", self.port), 10) as plain, \
                self.context.wrap_socket(plain, server_hostname="localhost", session=self.session) as connection:
            connection.sendall(b"PING\r\n")
            assert connection.recv(100) == b"+PONG\r\n"
            # Tickets come with the first bytes of the endpoint.
            self.session = connection.session
            return connection.session_reused, connection.getpeercert(True)


def metrics(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        return answer.read().decode()


def results(port):
    found = {}
    for line in re.findall(r"^sluice_tls_handshakes_total\{.*", metrics(port), re.M):
        result = re.search(r'result="([^"]*)"', line).group(1)
        found[result] = found.get(result, 0) + float(line.split()[-1])
    return found


def objects(pid):
    """The contexts and certificates that the library holds for the daemon."""
    if not shutil.which("jcmd"):
        return "jcmd is missing"
    found = {}
    # What a loop's last handshake has led to is gone at the second look.
    for _ in range(2):
        histogram = subprocess.run(["jcmd", str(pid), "GC.class_histogram"], capture_output=True, text=True).stdout
        for kind in ("BoringContext", "Credential"):
            count = re.search(rf"^ *\d+: +(\d+) .*tls\.boring\.{kind}( |$)", histogram, re.M)
            found[kind] = int(count.group(1)) if count else 0
    return found


def renewal(work, sluice, free_port, wait, listens, report, engine):
    backend, edge, admin = free_port(), free_port(), free_port()
    started = [subprocess.Popen(["redis-server", "--port", str(backend), "--bind", "127.0.0.1", "--save", ""],
                                stdout=subprocess.DEVNULL)]
    certificates = [certificate(work, number) for number in range(CHANGES + 1)]
    serve(work, certificates[0][1])
    with open(work + "/renewal.yaml", "w") as file:
        file.write(f"""
admin: {{ listen: "127.0.0.1:{admin}" }}
accessLog: {{ path: off }}
tls: {{ engine: {engine} }}
listeners:
  - {{ name: edge, listen: "127.0.0.1:{edge}", cluster: redis, tls: {{ certificates: [ {{ certificate: {work}/live.pem }} ] }} }}
clusters: [ {{ name: redis, endpoints: [ {{ address: "127.0.0.1:{backend}" }} ] }} ]
""")
    try:
        daemon = subprocess.Popen([sluice, "run", "-c", work + "/renewal.yaml"], stdout=subprocess.DEVNULL,
                                  stderr=open(work + "/renewal.log", "w"))
        started.append(daemon)
        wait("the daemon", lambda: listens(admin))
        wait("redis", lambda: listens(backend))
        client = Client(edge)
        client.talk()
        # They have what the daemon and the client leave over.
        load = [subprocess.Popen(["nice", "openssl", "s_time", "-connect", f"127.0.0.1:{edge}", "-new", "-time", "600"],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for _ in range(CLIENTS[engine])]
        started.extend(load)
        time.sleep(5)
        before, since = results(admin), time.monotonic()
        goes_on, times = 0, []
        for der, content in certificates[1:]:
            serve(work, content)
            daemon.send_signal(signal.SIGHUP)
            at = time.monotonic()
            while Client(edge).talk()[1] != der:
                if time.monotonic() - at > 10:
                    report("a new certificate is served", False, "not within 10 s")
                    return
            times.append(time.monotonic() - at)
            goes_on += client.talk()[0]
            time.sleep(0.2)
        seconds = time.monotonic() - since
        after = results(admin)
        alive = [process.poll() is None for process in load]
        for process in load:
            process.terminate()
        done = after["done"] - before["done"]
        report(f"{engine}: {CHANGES} certificates under {done / seconds:.0f} handshakes a second", all(alive), f"{done:.0f} in {seconds:.0f} s")
        report("none failed", set(after) == {"done"}, str(after))
        report("each was served within a second of the signal", max(times) < 1,
               f"{sorted(times)[CHANGES // 2] * 1000:.0f} ms in the middle, {max(times) * 1000:.0f} ms at most")
        report("a session went on after each", goes_on == CHANGES, str(goes_on))
        left = objects(daemon.pid)
        report("nothing is left of those before", isinstance(left, str) or max(left.values()) <= 1, str(left))
    finally:
        for process in reversed(started):
            if process.poll() is None:
                process.terminate()
                process.wait(30)
