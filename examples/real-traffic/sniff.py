"""The scenario of examples/real-traffic/sniff; started by it."""
import glob
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

WORK = sys.argv[1]
RECORD = sys.argv[2] if len(sys.argv) > 2 else None
LISTEN, SINK, CUTTER, RETRY, RETRIER, ADMIN = 26480, 26481, 26482, 26483, 26484, 26981
ONLY = os.environ.get("ONLY", "")
NAME = "www.example.org"
PATIENCE = 20

CONFIG = f"""
runtime: {{ eventLoops: 1 }}
admin: {{ listen: "127.0.0.1:{ADMIN}" }}
accessLog: {{ path: "{WORK}/access.log", format: json }}
listeners:
  - name: any
    listen: "127.0.0.1:{LISTEN}"
    # A JVM that starts on a busy machine connects, and says nothing for a while.
    filters: [ {{ type: sniff, config: {{ silence: 5s }} }} ]
    cluster: sink
  - {{ name: retry, listen: "127.0.0.1:{RETRY}", filters: [ {{ type: sniff }} ], cluster: retrier }}
clusters:
  - {{ name: retrier, endpoints: [ {{ address: "127.0.0.1:{RETRIER}" }} ] }}
  - {{ name: sink, endpoints: [ {{ address: "127.0.0.1:{SINK}" }} ] }}
"""

# A client of the JDK, by its source.
JAVA = """
import java.util.List;
import javax.net.ssl.*;
public class Client {
    public static void main(String... a) throws Exception {
        try (SSLSocket s = (SSLSocket) SSLSocketFactory.getDefault().createSocket("127.0.0.1", Integer.parseInt(a[0]))) {
            SSLParameters p = s.getSSLParameters();
            if (!a[1].isEmpty()) p.setServerNames(List.of(new SNIHostName(a[1])));
            if (!a[2].isEmpty()) p.setApplicationProtocols(a[2].split(","));
            if (!a[3].isEmpty()) p.setProtocols(a[3].split(","));
            s.setSSLParameters(p);
            s.startHandshake();
        }
    }
}
"""
# OpenSSL as pyOpenSSL brings it.
OPENSSL = """
import socket, sys
from OpenSSL import SSL
context = SSL.Context(SSL.TLS_METHOD)
if sys.argv[2]: context.set_alpn_protos([name.encode() for name in sys.argv[2].split(",")])
client = SSL.Connection(context, socket.create_connection(("127.0.0.1", int(sys.argv[1]))))
client.set_tlsext_host_name(sys.argv[3].encode())
client.set_connect_state()
client.do_handshake()
"""
BROWSER = """
import sys
from curl_cffi import requests, CurlOpt
requests.get("https://" + sys.argv[3] + ":" + sys.argv[1] + "/", impersonate=sys.argv[2], timeout=5,
    curl_options={CurlOpt.RESOLVE: [sys.argv[3] + ":" + sys.argv[1] + ":127.0.0.1"]})
"""


def tls(sni=NAME, alpn="", invalid=""):
    return {"protocol": "tls", "sni": sni, "alpn": alpn, "sni_invalid": invalid}


def plain(protocol):
    return {"protocol": protocol, "sni": "", "alpn": "", "sni_invalid": ""}


def clients():
    """What to run, with {port} for the port, and what it is asked to send."""
    s_client = ["openssl", "s_client", "-connect", "127.0.0.1:{port}"]
    named = s_client + ["-servername", NAME]
    yield "openssl", named, tls()
    yield "openssl, no name", s_client + ["-noservername"], tls("")
    yield "openssl, TLS 1.2 only", named + ["-tls1_2"], tls()
    yield "openssl, TLS 1.3 only", named + ["-tls1_3"], tls()
    yield "openssl, TLS 1.0 only", named + ["-tls1", "-cipher", "DEFAULT@SECLEVEL=0"], tls()
    yield "openssl, ALPN", named + ["-alpn", "h2,http/1.1"], tls(alpn="h2,http/1.1")
    yield "openssl, upper case and dot", s_client + ["-servername", "WWW.Example.ORG."], tls()
    yield "openssl, name with a port", s_client + ["-servername", NAME + ":443"], tls("", invalid=NAME + ":443")
    yield "openssl, address as name", s_client + ["-servername", "192.0.2.1"], tls("", invalid="192.0.2.1")
    yield "openssl, underscore", s_client + ["-servername", "_dmarc.example.org"], tls("_dmarc.example.org")
    yield "openssl, name of 253", s_client + ["-servername", "a." * 126 + "a"], tls("a." * 126 + "a")
    yield "openssl, group P-521", named + ["-groups", "P-521"], tls()
    yield "openssl, post-quantum group", named + ["-groups", "X25519MLKEM768"], tls()
    yield "openssl, OCSP", named + ["-status"], tls()
    many = ",".join("protocol-%02d" % n for n in range(18))
    yield "openssl, hello in records of 512", named + ["-max_send_frag", "512", "-alpn", many], tls(alpn=many)
    # The server wants a group for which the client has sent no key, so the client sends a second hello; the handshake has to succeed.
    yield "openssl, HelloRetryRequest", ["sh", "-c", "openssl s_client -connect 127.0.0.1:{port} -servername " + NAME + " -groups X25519:P-521 -msg"
                                         " </dev/null >" + WORK + "/retry.out && grep -c '>>>.*ClientHello' " + WORK + "/retry.out | grep -qx 2"
                                         " && grep -q 'New, TLSv1.3' " + WORK + "/retry.out"], tls(), [RETRY]
    yield "gnutls", ["gnutls-cli", "--no-ca-verification", "--sni-hostname", NAME, "-p", "{port}", "127.0.0.1"], tls()
    yield "gnutls, TLS 1.2, ALPN", ["gnutls-cli", "--no-ca-verification", "--sni-hostname", NAME, "--alpn", "h2", "--priority",
                                    "NORMAL:-VERS-ALL:+VERS-TLS1.2", "-p", "{port}", "127.0.0.1"], tls(alpn="h2")
    yield "nss", ["tstclnt", "-h", "127.0.0.1", "-p", "{port}", "-a", NAME, "-b", "-D", "-o", "-Q"], tls()
    yield "nss, TLS 1.2", ["tstclnt", "-h", "127.0.0.1", "-p", "{port}", "-a", NAME, "-b", "-D", "-o", "-Q", "-V", "tls1.2:tls1.2"], tls()
    for java in sorted(glob.glob("/usr/lib/jvm/*/bin/javac")):
        home = os.path.dirname(os.path.dirname(java))
        if os.path.islink(home):
            continue
        jdk = [home + "/bin/java", WORK + "/Client.java", "{port}"]
        label = os.path.basename(home)
        yield label, jdk + [NAME, "h2,http/1.1", ""], tls(alpn="h2,http/1.1")
        yield label + ", TLS 1.2, no name", jdk + ["", "", "TLSv1.2"], tls("")
        yield label + ", TLS 1.3", jdk + ["a-b.example.org", "", "TLSv1.3"], tls("a-b.example.org")
    yield "pyOpenSSL", [sys.executable, "-c", OPENSSL, "{port}", "", NAME], tls()
    yield "pyOpenSSL, ALPN", [sys.executable, "-c", OPENSSL, "{port}", "h2,http/1.1", NAME], tls(alpn="h2,http/1.1")
    for browser in "chrome", "firefox", "safari", "edge":
        yield "curl_cffi as " + browser, [sys.executable, "-c", BROWSER, "{port}", browser, NAME], tls(alpn="h2,http/1.1")
    yield "node, https", ["node", "-e", "require('https').get({host:'127.0.0.1',port:{port},servername:'" + NAME + "',ALPNProtocols:['http/1.1']}).on('error',()=>{})"], tls(
        alpn="http/1.1")
    to = ["curl", "-sk", "-m", "5", "--connect-to", "::127.0.0.1:{port}"]
    yield "curl, https", to + ["https://" + NAME + "/"], tls(alpn="h2,http/1.1")
    yield "curl, https, HTTP/1.1", to + ["--http1.1", "https://" + NAME + "/"], tls(alpn="http/1.1")
    yield "curl, https, no ALPN", to + ["--no-alpn", "https://" + NAME + "/"], tls()
    yield "curl, https to an address", ["curl", "-sk", "-m", "5", "https://127.0.0.1:{port}/"], tls("", "h2,http/1.1")
    yield "curl, http", to + ["http://" + NAME + "/a?b=c"], plain("http1")
    yield "curl, HTTP/1.0, HEAD", to + ["-I", "--http1.0", "http://" + NAME + "/"], plain("http1")
    yield "curl, large header", to + ["-H", "Cookie: " + "c" * 7000, "http://" + NAME + "/"], plain("http1")
    yield "curl, POST", to + ["-d", "x=" + "y" * 3000, "http://" + NAME + "/"], plain("http1")
    yield "curl, HTTP/2 without TLS", to + ["--http2-prior-knowledge", "http://" + NAME + "/"], plain("http2")
    yield "curl, upgrade to HTTP/2", to + ["--http2", "http://" + NAME + "/"], plain("http1")
    yield "curl, by an HTTP proxy", ["curl", "-s", "-m", "5", "-x", "http://127.0.0.1:{port}", "http://" + NAME + "/"], plain("http1")
    yield "curl, CONNECT", ["curl", "-s", "-m", "5", "-x", "http://127.0.0.1:{port}", "https://" + NAME + "/"], plain("http1")
    yield "curl, SOCKS 4", ["curl", "-s", "-m", "5", "--socks4", "127.0.0.1:{port}", "http://192.0.2.1/"], plain("socks4")
    yield "curl, SOCKS 4a", ["curl", "-s", "-m", "5", "--socks4a", "127.0.0.1:{port}", "http://" + NAME + "/"], plain("socks4")
    yield "curl, SOCKS 5", ["curl", "-s", "-m", "5", "--socks5-hostname", "u:p@127.0.0.1:{port}", "http://" + NAME + "/"], plain("socks5")
    yield "wget", ["wget", "-q", "-t", "1", "-T", "5", "-O", "/dev/null", "http://127.0.0.1:{port}/"], plain("http1")
    yield "node, http", ["node", "-e", "require('http').get('http://127.0.0.1:{port}/').on('error',()=>{})"], plain("http1")
    psql = "host=127.0.0.1 port={port} user=u dbname=d connect_timeout=5 gssencmode=disable sslmode="
    for mode in "disable", "prefer", "require":
        yield "psql, sslmode=" + mode, ["psql", "-w", "-c", "select 1", psql + mode], plain("postgresql")
    yield "redis-cli", ["redis-cli", "-p", "{port}", "ping"], plain("redis")
    yield "redis-cli, TLS", ["redis-cli", "-p", "{port}", "--tls", "--insecure", "--sni", NAME, "ping"], tls()
    for version in "mqttv31", "mqttv311", "mqttv5":
        yield "mosquitto, " + version, ["mosquitto_pub", "-p", "{port}", "-V", version, "-t", "t", "-m", "m", "-i", "id"], plain("mqtt")
    yield "mosquitto, TLS", ["mosquitto_pub", "-h", "localhost", "-p", "{port}", "--tls-use-os-certs", "-t", "t", "-m", "m"], tls("localhost")
    yield "kcat", ["kcat", "-b", "127.0.0.1:{port}", "-L", "-m", "2"], plain("kafka")
    for security in "rdp", "tls", "nla":
        yield "freerdp, " + security, ["xvfb-run", "-a", "xfreerdp", "/v:127.0.0.1:{port}", "/u:somebody", "/p:x", "/cert-ignore", "/log-level:OFF",
                                       "/sec:" + security], plain("rdp")
    yield "ssh", ["ssh", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-p", "{port}",
                  "127.0.0.1"], plain("ssh")
    yield "mysql, which waits for the server", ["mysql", "-h", "127.0.0.1", "-P", "{port}", "--connect-timeout=5", "-u", "u"], plain("")


def first_bytes(connection):
    """What comes until there is a pause."""
    connection.settimeout(1.5)
    got = b""
    try:
        while chunk := connection.recv(65536):
            got += chunk
            connection.settimeout(0.15)
    except OSError:
        pass
    return got


flights = []


def serve(connection):
    with connection:
        got = first_bytes(connection)
        flights.append(got)
        try:
            if got[:6] == b"\0\0\0\x08\x04\xd2":
                connection.sendall(b"N")
                first_bytes(connection)
            elif b" HTTP/1." in got[:2000]:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        except OSError:
            pass


def copy(source, target, one_by_one):
    try:
        while chunk := source.recv(65536):
            for piece in [chunk[i:i + 1] for i in range(len(chunk))] if one_by_one else [chunk]:
                target.sendall(piece)
                # Long enough for most of them to be read alone.
                time.sleep(0.00005 if one_by_one else 0)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def cut(connection):
    with connection, socket.create_connection(("127.0.0.1", LISTEN)) as proxy:
        proxy.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        back = threading.Thread(target=copy, args=(proxy, connection, False), daemon=True)
        back.start()
        copy(connection, proxy, True)
        back.join(PATIENCE)


def listen(port, handler):
    server = socket.create_server(("127.0.0.1", port))

    def accept():
        while True:
            connection, _ = server.accept()
            threading.Thread(target=handler, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def lines():
    if not os.path.exists(WORK + "/access.log"):
        return []
    with open(WORK + "/access.log", encoding="ascii") as log:
        return [json.loads(line) for line in log if line.endswith("\n")]


def run(command, port):
    """What the access log says about the first connection of the command, and its first bytes."""
    before, recorded = len(lines()), len(flights)
    command = [part.replace("{port}", str(port)) for part in command]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
    problem = b""
    try:
        problem = process.communicate(timeout=PATIENCE)[1]
    except subprocess.TimeoutExpired:
        pass
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    end = time.monotonic() + (5 if process.returncode == 0 else 2)
    while len(lines()) == before and time.monotonic() < end:
        time.sleep(0.02)
    time.sleep(0.1)
    new = sorted(lines()[before:], key=lambda line: line["id"])
    if not new:
        return None, b"", problem.decode(errors="replace").strip().splitlines()
    return new[0], flights[recorded] if len(flights) > recorded else b"", [] if process.returncode == 0 else [f"exit code {process.returncode}"]


def main():
    with open(WORK + "/sluice.yaml", "w", encoding="ascii") as file:
        file.write(CONFIG)
    with open(WORK + "/Client.java", "w", encoding="ascii") as file:
        file.write(JAVA)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=" + NAME, "-keyout", WORK + "/key", "-out", WORK + "/certificate"],
                   check=True, stderr=subprocess.DEVNULL)
    retrier = subprocess.Popen(["openssl", "s_server", "-accept", f"127.0.0.1:{RETRIER}", "-groups", "P-521", "-key", WORK + "/key", "-cert", WORK + "/certificate", "-quiet"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    listen(SINK, serve)
    listen(CUTTER, cut)
    with open(WORK + "/daemon.out", "wb") as out, open(WORK + "/daemon.err", "wb") as err:
        daemon = subprocess.Popen([glob.glob(WORK + "/sluice-*/bin/sluice")[0], "run", "-c", WORK + "/sluice.yaml"], stdout=out, stderr=err)
    end = time.monotonic() + PATIENCE
    while b"ready" not in open(WORK + "/daemon.out", "rb").read():
        if time.monotonic() > end:
            sys.exit("FAILED: the daemon did not start: " + open(WORK + "/daemon.err", encoding="utf-8").read())
        time.sleep(0.05)
    wrong, right, left_out = [], 0, []
    try:
        for name, command, asked, *ports in clients():
            if ONLY not in name:
                continue
            if not shutil.which(command[0]):
                left_out.append(f"{name}: {command[0]} is not there")
                continue
            seen = []
            for port in ports[0] if ports else [LISTEN, CUTTER]:
                line, flight, problem = run(command, port)
                if line is None:
                    left_out.append(f"{name}: it did not connect" + (": " + problem[-1][:120] if problem else ""))
                    break
                seen.append({key: line.get(key) or "" for key in asked})
                if ports and problem:
                    seen[-1]["problem"] = problem
                if RECORD and port == LISTEN and flight:
                    os.makedirs(RECORD, exist_ok=True)
                    with open(os.path.join(RECORD, name.replace(" ", "-").replace(",", "").replace("/", "-")), "wb") as file:
                        file.write(flight)
            else:
                good = all(each == asked for each in seen)
                verdict = "as asked" if good else f"WRONG: asked {asked}, log says {seen}"
                facts = " ".join(f"{key}={value if len(value) < 40 else value[:37] + '...'}" for key, value in seen[0].items() if value)
                print(f"{name:36} {len(flight):6} bytes  {verdict}  {facts}", flush=True)
                right += good
                if not good:
                    wrong.append(name)
    finally:
        daemon.terminate()
        code = daemon.wait(30)
        retrier.kill()
    for reason in left_out:
        print("left out:", reason)
    print(f"{right} clients as asked, whole and in single bytes; {len(wrong)} wrong; {len(left_out)} left out; daemon exit code {code}")
    if wrong or code != 0 or right == 0:
        sys.exit("FAILED: " + ", ".join(wrong))


main()
