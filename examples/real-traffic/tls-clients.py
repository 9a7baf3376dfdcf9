"""The daemon, an HTTP server behind it, and each client in turn; prints a table, fails if a client does."""
import glob
import hashlib
import http.server
import os
import shutil
import subprocess
import sys
import threading

WORK = sys.argv[1]
BODY = os.urandom(1 << 20)
WANTED = hashlib.sha256(BODY).hexdigest()
REQUEST = b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n"

GO = """package main
import ("crypto/sha256"; "crypto/tls"; "crypto/x509"; "fmt"; "io"; "net/http"; "os")
func main() {
	pool := x509.NewCertPool(); pem, _ := os.ReadFile(os.Args[1]); pool.AppendCertsFromPEM(pem)
	version := map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}[os.Args[2]]
	settings := &tls.Config{RootCAs: pool, MinVersion: version, MaxVersion: version, ClientSessionCache: tls.NewLRUClientSessionCache(4)}
	resumed := false
	for i := 0; i < 2; i++ {
		client := http.Client{Transport: &http.Transport{TLSClientConfig: settings, DisableKeepAlives: true}}
		answer, err := client.Get("https://localhost:" + os.Args[3] + "/")
		if err != nil { fmt.Println(err); os.Exit(1) }
		body, err := io.ReadAll(answer.Body)
		if err != nil { fmt.Println(err); os.Exit(1) }
		fmt.Printf("%x\\n", sha256.Sum256(body))
		resumed = answer.TLS.DidResume
	}
	fmt.Println("resumed", resumed)
}
"""
NODE = """const fs = require('fs'), https = require('https'), crypto = require('crypto'), [ca, version, port] = process.argv.slice(2);
const get = (session, next) => { let kept; const ask = https.get({ host: 'localhost', port, path: '/', ca: fs.readFileSync(ca), minVersion: 'TLSv' + version,
  maxVersion: 'TLSv' + version, session, agent: false }, answer => { const hash = crypto.createHash('sha256'), reused = answer.socket.isSessionReused();
  answer.on('data', bytes => hash.update(bytes)); answer.on('end', () => { console.log(hash.digest('hex')); next(kept, reused); }); });
  ask.on('socket', socket => socket.on('session', session => { kept = session; })); ask.on('error', e => { console.log(e); process.exit(1); }); };
get(undefined, session => get(session, (_, reused) => console.log('resumed', reused)));
"""
JAVA = """import java.io.*; import java.nio.file.*; import java.security.*; import java.security.cert.*; import java.util.*; import javax.net.ssl.*;
public class Client {
    public static void main(String[] args) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType()); trusted.load(null);
        try (InputStream in = Files.newInputStream(Path.of(args[0]))) {
            trusted.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(in)); }
        TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX"); managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS"); context.init(null, managers.getTrustManagers(), null);
        long created = 0;
        for (int i = 0; i < 2; i++) {
            try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("localhost", Integer.parseInt(args[2]))) {
                SSLParameters parameters = socket.getSSLParameters(); parameters.setEndpointIdentificationAlgorithm("HTTPS");
                parameters.setProtocols(new String[]{"TLSv" + args[1]}); socket.setSSLParameters(parameters);
                socket.getOutputStream().write("GET / HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n".getBytes());
                byte[] all = socket.getInputStream().readAllBytes(); int at = 0;
                while (!new String(all, at, 4, "ISO-8859-1").equals("\\r\\n\\r\\n")) at++;
                MessageDigest hash = MessageDigest.getInstance("SHA-256"); hash.update(all, at + 4, all.length - at - 4);
                System.out.println(HexFormat.of().formatHex(hash.digest()));
                if (i == 1) System.out.println("resumed " + (socket.getSession().getCreationTime() == created));
                created = socket.getSession().getCreationTime();
            }
            Thread.sleep(20);
        }
    }
}
"""
PYTHON = """import hashlib, socket, ssl, sys
ca, version, port = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2 if version == '1.2' else ssl.TLSVersion.TLSv1_3
session = None
for i in range(2):
    with context.wrap_socket(socket.create_connection(('localhost', int(port))), server_hostname='localhost', session=session) as s:
        s.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n')
        data = b''
        while chunk := s.recv(65536): data += chunk
        print(hashlib.sha256(data.split(b'\\r\\n\\r\\n', 1)[1]).hexdigest())
        session, reused = s.session, s.session_reused
print('resumed', reused)
"""


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *words):
        pass


def write(name, text):
    with open(f"{WORK}/{name}", "w") as file:
        file.write(text)
    return f"{WORK}/{name}"


def run(*command, said=None, limit=60, environment=None):
    done = subprocess.run(command, input=said, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=limit, env=environment)
    return done.returncode, done.stdout


def of_body(output):
    """The hash of what stands behind the head of the answer; tools print lines of their own around it."""
    at = output.find(b"\r\n\r\n", output.find(b"HTTP/1.0 200"))
    return hashlib.sha256(output[at + 4:at + 4 + len(BODY)]).hexdigest() if at >= 0 else "no answer"


def curl(version, port):
    code, output = run("curl", "-sS", "--cacert", f"{WORK}/ca.pem", f"--tlsv{version}", "--tls-max", version, f"https://localhost:{port}/")
    return hashlib.sha256(output).hexdigest(), ""


def openssl(version, port):
    flag = "-tls1_3" if version == "1.3" else "-tls1_2"
    base = ["openssl", "s_client", "-connect", f"localhost:{port}", "-servername", "localhost", "-CAfile", f"{WORK}/ca.pem",
            "-verify_return_error", "-verify_hostname", "localhost", flag, "-ign_eof", "-nocommands"]
    saved = f"{WORK}/openssl-{version}-{port}.session"
    code, output = run(*base, "-sess_out", saved, said=REQUEST)
    again, second = run(*base, "-sess_in", saved, "-max_send_frag", "512", said=REQUEST)
    return of_body(output) if of_body(output) == of_body(second) else "two answers", "resumed " + str(b"Reused, TLS" in second).lower()


def gnutls(version, port):
    code, output = run("gnutls-cli", "--x509cafile", f"{WORK}/ca.pem", "-p", str(port), "--priority", f"NORMAL:-VERS-ALL:+VERS-TLS{version}",
                       "--logfile", f"{WORK}/gnutls.log", "localhost", said=REQUEST)
    return of_body(output), ""


def nss(version, port):
    base = f"{WORK}/nss"
    if not os.path.exists(base):
        os.mkdir(base)
        run("certutil", "-N", "-d", f"sql:{base}", "--empty-password")
        run("certutil", "-A", "-n", "authority", "-t", "C,,", "-i", f"{WORK}/ca.pem", "-d", f"sql:{base}")
    # With a pipe as its input it does not end.
    with open(write("request", REQUEST.decode()), "rb") as said, open(f"{WORK}/nss.answer", "wb") as answer:
        subprocess.run(["tstclnt", "-4", "-h", "localhost", "-p", str(port), "-d", f"sql:{base}", "-V", f"tls{version}:tls{version}"], stdin=said,
                       stdout=answer, stderr=subprocess.DEVNULL, timeout=60)
    with open(f"{WORK}/nss.answer", "rb") as answer:
        return of_body(answer.read()), ""


def program(*command):
    def ask(version, port):
        environment = dict(os.environ, GO111MODULE="off", GOPROXY="off")
        code, output = run(*command, f"{WORK}/ca.pem", version, str(port), environment=environment)
        lines = output.decode(errors="replace").split("\n")
        return (WANTED if lines[:2] == [WANTED, WANTED] else " ".join(lines)), next((line for line in lines if line.startswith("resumed")), "")
    return ask


def key_update(port):
    """openssl that updates its keys twice, and then asks. Its input stays open: at its end openssl would leave without the answer."""
    process = subprocess.Popen(["openssl", "s_client", "-connect", f"localhost:{port}", "-CAfile", f"{WORK}/ca.pem", "-tls1_3"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = b""
    for line, until in ((b"K\n", b"KEYUPDATE"), (b"K\n", b"KEYUPDATE"), (REQUEST, b"closed")):
        process.stdin.write(line)
        process.stdin.flush()
        from_here = len(output)
        while until not in output[from_here:]:
            more = process.stdout.read1(65536)
            if not more:
                return of_body(output)
            output += more
    process.kill()
    return of_body(output)


def javas():
    found = {}
    for home in glob.glob("/usr/lib/jvm/*") + [os.environ.get("JAVA_HOME", "")]:
        release = f"{home}/release"
        if os.path.exists(f"{home}/bin/javac") and os.path.exists(release):
            major = next((line.split('"')[1].split(".")[0] for line in open(release) if line.startswith("JAVA_VERSION=")), "")
            found[major] = f"{home}/bin/java"
    return {version: path for version, path in found.items() if version in ("17", "21", "25")}


def clients():
    all_of_them = {"curl": curl, "openssl": openssl, "gnutls-cli": gnutls, "NSS tstclnt": nss}
    go = f"{WORK}/goclient"
    run("go", "build", "-o", go, write("goclient.go", GO), environment=dict(os.environ, GO111MODULE="off", GOPROXY="off", CGO_ENABLED="0"))
    all_of_them["Go"] = program(go)
    all_of_them["Node.js"] = program(shutil.which("node") or "nodejs", write("client.js", NODE))
    all_of_them["Python"] = program(sys.executable, write("client.py", PYTHON))
    for version, java in sorted(javas().items()):
        all_of_them[f"Java {version}"] = program(java, write("Client.java", JAVA))
    return all_of_them


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sluice = glob.glob(f"{WORK}/sluice-*/bin/sluice")[0]
    failed = 0
    for engine in ("boringssl", "jdk"):
        config = write(f"{engine}.yaml", f"""
tls: {{ engine: {engine} }}
listeners:
  - name: edge
    listen: "127.0.0.1:0"
    cluster: web
    tls: {{ certificates: [ {{ certificate: {WORK}/edge.pem, key: {WORK}/edge.key }} ] }}
clusters: [ {{ name: web, endpoints: [ {{ address: "127.0.0.1:{server.server_port}" }} ] }} ]
""")
        daemon = subprocess.Popen([sluice, "run", "-c", config], stdout=subprocess.PIPE, text=True)
        try:
            port = int(daemon.stdout.readline().split(" edge=127.0.0.1:")[1].split()[0])
            for name, ask in clients().items():
                for version in ("1.3", "1.2"):
                    try:
                        seen, note = ask(version, port)
                    except (subprocess.TimeoutExpired, OSError) as problem:
                        seen, note = str(problem), ""
                    failed += seen != WANTED
                    print(f"{engine:10} {name:12} TLS {version}  {'ok' if seen == WANTED else 'FAILED: ' + seen[:200]}  {note}", flush=True)
            seen = key_update(port)
            failed += seen != WANTED
            print(f"{engine:10} openssl      KeyUpdate  {'ok' if seen == WANTED else 'FAILED: ' + seen}", flush=True)
        finally:
            daemon.terminate()
            daemon.wait(30)
    print("all ok" if failed == 0 else f"{failed} failed")
    sys.exit(failed != 0)


main()
