package dev.sluice.dist;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

import dev.sluice.runtime.tls.Identity;
import dev.sluice.runtime.tls.TestingHello;
import dev.sluice.runtime.tls.TestingPki;
import dev.sluice.runtime.tls.TestingPki.Content;
import dev.sluice.runtime.tls.TestingPki.Issued;
import org.jspecify.annotations.Nullable;

/** Random clients of the listeners of {@link TestingExplainProxy}, each with all that can be said of it beforehand. */
final class TestingExplainClients {
    private static final String LONG_LABEL = "l".repeat(63);
    private static final String LONGEST = (LONG_LABEL + ".").repeat(3) + "l".repeat(61);
    private static final List<String> NAMES = List.of("a.example", "x.b.example", "x.y.b.example", "c.example",
            LONG_LABEL + ".b.example", "under_score.b.example", LONGEST, "b.example");
    /** Names that the JDK sends. */
    private static final List<String> SENT = List.of("a.example", "x.b.example", "x.y.b.example", "b.example",
            LONG_LABEL + ".b.example", "w.c.example");
    private static final List<String> PASSED = List.of("p.example", "x.pass.example");
    private static final String[][] OFFERS = {{}, {"h2", "http/1.1"}, {"http/1.1"}, {"spdy"}};

    private final Random random;
    private final Issued good;
    private final SSLContext plain;
    private final SSLContext certified;

    /**
     * A client's talk with its endpoint.
     *
     * @param in what the endpoint says
     * @param shown the names in the certificate of the proxy; null = TLS did not end there
     */
    record Talk(InputStream in, @Nullable List<String> shown) {}

    /** The first bytes of a client, or its handshake, which may fail. */
    interface Opening {
        Talk on(Socket socket) throws IOException;
    }

    /**
     * A client that may come.
     *
     * @param source the address of its socket; null = a Unix socket
     * @param address the address that the question is about
     * @param facts what else the question says
     * @param opening its first bytes
     * @param certain whether the question says all that routes may depend on
     */
    record Client(String listener, @Nullable String source, String address, Map<String, String> facts, Opening opening,
            boolean certain) {}

    /** Makes the certificates that {@link TestingExplainProxy} serves and believes. */
    TestingExplainClients(Random random, Path directory) throws Exception {
        this.random = random;
        TestingPki root = TestingPki.root("root");
        root.issue(new Content("CN=a").names("DNS:a.example")).write(directory, "a");
        root.issue(new Content("CN=b").names("DNS:*.b.example", "DNS:b.example")).write(directory, "b");
        Files.writeString(directory.resolve("ca.pem"), TestingPki.pemOf(List.of(root.certificate())));
        good = root.issue(new Content("CN=good").names("DNS:Good.example", "DNS:x.staff.example"));
        plain = context(null);
        certified = context(good);
    }

    private static SSLContext context(@Nullable Issued shown) throws GeneralSecurityException, IOException {
        SSLContext context = SSLContext.getInstance("TLS");
        KeyManager[] keys = null;
        if (shown != null) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("own", shown.key(), new char[0], shown.chain().toArray(new X509Certificate[0]));
            KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
            factory.init(store, new char[0]);
            keys = factory.getKeyManagers();
        }
        context.init(keys, new TrustManager[]{new Trust()}, null);
        return context;
    }

    /** Trust in every server. */
    private static final class Trust implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** The next one. */
    Client next() {
        return switch (random.nextInt(18)) {
            case 0, 1, 2, 3, 4 -> sniffed("edge");
            case 5 -> sniffed("narrow");
            case 6 -> spoken("plain", "127." + (4 + random.nextInt(2)) + ".0." + (1 + random.nextInt(20)), "HELO a\r\n",
                    Map.of());
            case 7, 8 -> behindBalancer();
            case 9, 10 -> encrypted("tls", false);
            case 11 -> encrypted(random.nextBoolean() ? "asks" : "demands", random.nextBoolean());
            case 12 -> spoken("small", loopback(3, 5), "x", Map.of());
            case 13 -> new Client("unix", null, "unix", Map.of(), raw(new byte[]{'x'}), true);
            default -> spoken("states", loopback(4, 11), "x", Map.of());
        };
    }

    /** Another one that comes to the same listener from the same network. */
    Client like(Client other) {
        String address = other.address().substring(0, other.address().lastIndexOf('.') + 1) + (1 + random.nextInt(200));
        return spoken(other.listener(), address, "x", Map.of());
    }

    private String loopback(int from, int to) {
        return "127." + (from + random.nextInt(to - from)) + "." + random.nextInt(2) + "." + (1 + random.nextInt(8));
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private String cased(String name) {
        return random.nextInt(4) == 0 ? name.toUpperCase(Locale.ROOT) : name;
    }

    private static Client spoken(String listener, String address, String first, Map<String, String> facts) {
        return new Client(listener, address, address, facts, raw(first.getBytes(StandardCharsets.ISO_8859_1)), true);
    }

    private static Opening raw(byte[] first) {
        return socket -> {
            socket.getOutputStream().write(first);
            return new Talk(socket.getInputStream(), null);
        };
    }

    /** A client whose first bytes are looked at. */
    private Client sniffed(String listener) {
        String address = loopback(3, 7);
        return switch (random.nextInt(6)) {
            case 0 -> spoken(listener, address, "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
                    Map.of("protocol", "http1"));
            case 1 -> spoken(listener, address, "SSH-2.0-x\r\n", Map.of("protocol", "ssh"));
            case 2 -> spoken(listener, address, "HELO a\r\n", Map.of());
            default -> hello(listener, address, random.nextInt(8) == 0 ? null : one(NAMES));
        };
    }

    private Client hello(String listener, String address, @Nullable String name) {
        String[] offers = OFFERS[random.nextInt(OFFERS.length)];
        TestingHello hello = new TestingHello();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("protocol", "tls");
        if (name != null) {
            hello.name(cased(name) + (random.nextInt(8) == 0 ? "." : ""));
            facts.put("sni", cased(name));
        }
        if (offers.length > 0) {
            hello.protocols(offers);
            facts.put("alpn", String.join(",", offers));
        }
        return new Client(listener, address, address, facts, raw(hello.bytes()), true);
    }

    /** A client whose address is in a PROXY header. */
    private Client behindBalancer() {
        String v4 = one(List.of("10.1.", "192.0.2.", "203.0.113.")) + random.nextInt(256);
        String four = v4.chars().filter(c -> c == '.').count() == 2 ? v4 + "." + random.nextInt(256) : v4;
        String six = one(List.of("2001:db8:", "2001:db8:dead:", "fd00:")) + Integer.toHexString(random.nextInt(65_536))
                + "::" + Integer.toHexString(1 + random.nextInt(65_535));
        return switch (random.nextInt(4)) {
            case 0 -> header("TCP4 " + four + " 127.0.0.1 4711 443", four);
            case 1 -> header("TCP6 ::ffff:" + four + " ::1 4711 443", random.nextBoolean() ? four : "::ffff:" + four);
            case 2 -> header("UNKNOWN", "127.0.0.1");
            default -> header("TCP6 " + six + " ::1 4711 443", six);
        };
    }

    private static Client header(String text, String address) {
        return new Client("header", "127.0.0.1", address, Map.of(),
                raw(("PROXY " + text + "\r\nhello").getBytes(StandardCharsets.US_ASCII)), true);
    }

    /** A client whose TLS ends at the proxy, or is passed through. */
    private Client encrypted(String listener, boolean shows) {
        String address = loopback(3, 7);
        if (listener.equals("tls") && random.nextInt(3) == 0) {
            return hello(listener, address, one(PASSED));
        }
        String name = random.nextInt(6) == 0 ? null : one(SENT);
        String[] offers = OFFERS[random.nextInt(OFFERS.length)];
        Map<String, String> facts = new LinkedHashMap<>();
        if (name != null) {
            facts.put("sni", cased(name));
        }
        if (offers.length > 0) {
            facts.put("alpn", String.join(",", offers));
        }
        boolean said = shows && random.nextInt(4) > 0;
        if (said) {
            facts.put("clientSan", "GOOD.example,x.staff.example");
        }
        return new Client(listener, address, address, facts, socket -> handshake(socket, name, offers, shows),
                shows == said && (shows || !listener.equals("demands")));
    }

    private Talk handshake(Socket socket, @Nullable String name, String[] offers, boolean shows)
            throws IOException {
        SSLSocket over = (SSLSocket) (shows ? certified : plain).getSocketFactory().createSocket(socket,
                name == null ? "127.0.0.1" : name, socket.getPort(), false);
        SSLParameters parameters = over.getSSLParameters();
        parameters.setServerNames(name == null ? List.of() : List.of(new SNIHostName(name)));
        parameters.setApplicationProtocols(offers);
        over.setSSLParameters(parameters);
        over.startHandshake();
        return new Talk(over.getInputStream(),
                Identity.names((X509Certificate) over.getSession().getPeerCertificates()[0]));
    }
}
