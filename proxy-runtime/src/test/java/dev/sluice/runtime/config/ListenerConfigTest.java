package dev.sluice.runtime.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.TrustedSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

class ListenerConfigTest {
    private static final String KEYS = "name, listen, maxConnections, proxyProtocol, tls, filters, cluster, routes, timeouts,"
            + " socket";
    private static final String TIMEOUT = "a duration from 1ms to 720h, such as 250ms, 3s, 5m or 1h";

    private static String with(String line) {
        return """
                clusters: [ { name: web, endpoints: [ { address: "127.0.0.1:1" } ] } ]
                listeners:
                  - name: edge
                    listen: "127.0.0.1:0"
                    cluster: web
                    %s
                """.formatted(line);
    }

    private static ListenerConfig listener(String line) {
        return TestingConfig.load(with(line)).configuration().listeners().getFirst();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '`', value = {
        "maxConnections: 0@6:21 listeners[0].maxConnections: 0 is out of range; allowed: a whole number from 1 to 10000000",
        "timeouts: { idle: 0s }@6:23 listeners[0].timeouts.idle: '0s' is out of range; allowed: " + TIMEOUT,
        "timeouts: { halfClosed: 0ms }@6:29 listeners[0].timeouts.halfClosed: '0ms' is out of range; allowed: "
                + TIMEOUT,
        "timeouts: { writeStall: 31d }@6:29 listeners[0].timeouts.writeStall: '31d' is not a duration; allowed: "
                + TIMEOUT,
        "timeouts: { linger: -1s }@6:25 listeners[0].timeouts.linger: '-1s' is negative; allowed: " + TIMEOUT,
        "timeouts: { connect: 1s }@6:17 listeners[0].timeouts.connect: unknown key 'connect'; allowed: idle, halfClosed, writeStall,"
                + " linger, tarpit, lifetime, lifetimeJitter",
        "timeouts: { tarpit: 0s }@6:25 listeners[0].timeouts.tarpit: '0s' is out of range; allowed: " + TIMEOUT,
        "socket: { backlog: 0 }@6:24 listeners[0].socket.backlog: 0 is out of range; allowed: a whole number from 1 to 65535",
        "socket: { noDelay: 1 }@6:24 listeners[0].socket.noDelay: '1' is neither true nor false; allowed: true or false",
        "socket: { keepAlive: yes }@6:26 listeners[0].socket.keepAlive: 'yes' is neither true nor false; allowed: true or false;"
                + " did you mean 'true'?",
        "socket: { keepAlive: { idle: 500ms } }@6:34 listeners[0].socket.keepAlive.idle: '500ms' is out of range; allowed: a duration"
                + " from 1s to 32767s, such as 250ms, 3s, 5m or 1h",
        "socket: { keepAlive: { interval: 1500ms } }@6:38 listeners[0].socket.keepAlive.interval: '1500ms' is not a number of whole"
                + " seconds; allowed: whole seconds from 1s to 32767s; did you mean '1s'?",
        "socket: { keepAlive: { count: 128 } }@6:35 listeners[0].socket.keepAlive.count: 128 is out of range; allowed: a whole number"
                + " from 1 to 127",
        "socket: { keepAlive: { time: 5s } }@6:28 listeners[0].socket.keepAlive.time: unknown key 'time'; allowed: idle, interval, count",
        "socket: { userTimeout: 25h }@6:28 listeners[0].socket.userTimeout: '25h' is out of range; allowed: a duration from 1ms to 24h,"
                + " such as 250ms, 3s, 5m or 1h",
        "tls: {}@6:10 listeners[0].tls: the key 'certificates' is missing: a list, as in [ { certificate: site.pem, key: site.key } ]",
        "tls: { certificates: [ {} ] }@6:28 listeners[0].tls.certificates[0]: the key 'certificate' is missing: a file in PEM; or directory, with several",
        "proxyProtocol: {}@6:20 listeners[0].proxyProtocol: the key 'trustedSources' is missing: a list, as in [ 10.0.0.0/8 ]:"
                + " whoever is in it can claim any client address",
        "proxyProtocol: { trustedSources: [] }@6:38 listeners[0].proxyProtocol.trustedSources: the list of trustedSources is empty;"
                + " allowed: at least one, as in [ 10.0.0.0/8 ]: whoever is in it can claim any client address",
        "proxyProtocol: { trustedSources: [ 10.0.0.1/8 ] }@6:40 listeners[0].proxyProtocol.trustedSources[0]: '10.0.0.1/8': bits"
                + " behind the first 8 are set; allowed: a CIDR, such as 10.0.0.0/8 or 2001:db8::/32, or a single address; did you mean"
                + " '10.0.0.0/8'?",
        "proxyProtocol: { trustedSources: [ unix ] }@6:40 listeners[0].proxyProtocol.trustedSources[0]: this listener is not on a Unix"
                + " socket; allowed: networks and addresses, as in 10.0.0.0/8",
        "proxyProtocol: { trustedSources: [ 10.0.0.1 ], maxBytes: 100 }@6:62 listeners[0].proxyProtocol.maxBytes: '100' is out of range;"
                + " allowed: a size from 216 to 16KiB, such as 512, 64KiB, 10MiB or 1GiB",
        "bind: x@6:5 listeners[0].bind: unknown key 'bind'; allowed: " + KEYS})
    void refused(String line, String expected) {
        assertEquals(List.of("c.yaml:" + expected), TestingConfig.problems(with(line)));
    }

    @Test
    void aListenerOnAUnixSocketTrustsItsSocket() {
        String written = with("proxyProtocol: { trustedSources: [ %s ] }").replace("127.0.0.1:0", "unix:/run/x.sock");
        assertEquals(List
                .of("c.yaml:6:40 listeners[0].proxyProtocol.trustedSources[0]: peers on a Unix socket have no address;"
                        + " allowed: unix; did you mean 'unix'?"),
                TestingConfig.problems(written.formatted("10.0.0.0/8")));
        assertEquals(List.of(TrustedSource.UNIX),
                TestingConfig.load(written.formatted("unix")).configuration().listeners()
                        .getFirst().proxyProtocol().orElseThrow().trustedSources());
    }

    @Test
    void trustInEverybodyIsSuspicious() {
        assertEquals(1, TestingConfig.load(with("proxyProtocol: { trustedSources: [ 0.0.0.0/0 ] }")).warnings().size());
        assertEquals(List.of(),
                TestingConfig.load(with("proxyProtocol: { trustedSources: [ 10.0.0.0/8 ] }")).warnings());
    }

    @Test
    void whatMustBeThere() {
        assertEquals(List.of(
                "c.yaml:1:14 listeners[0]: the key 'name' is missing: a name for logs and metrics",
                "c.yaml:1:14 listeners[0]: the key 'listen' is missing: an address, such as \"0.0.0.0:443\"",
                "c.yaml:1:14 listeners[0]: the key 'cluster' is missing: the name of a cluster; or routes, to choose among several"),
                TestingConfig.problems("listeners: [ {} ]\n"));
    }

    /** The same key of a cluster has a version. */
    @Test
    void aVersionAtAListenerHasAHint() {
        assertEquals("c.yaml:6:20 listeners[0].proxyProtocol: this is the value 'v2'; allowed: a mapping with"
                + " trustedSources, to read headers; a cluster has the key proxyProtocol too, to send them",
                TestingConfig.problems(with("proxyProtocol: v2")).getFirst());
    }

    @Test
    void keepAliveCanBeSwitchedOff() {
        ListenerConfig.KeepAlive standard = new ListenerConfig.KeepAlive(Duration.ofSeconds(60), Duration.ofSeconds(15),
                4);
        assertEquals(Optional.empty(), listener("socket: { keepAlive: false }").socket().keepAlive());
        assertEquals(Optional.of(standard), listener("socket: { keepAlive: true }").socket().keepAlive());
        assertEquals(Optional.of(standard), listener("socket: { keepAlive: }").socket().keepAlive());
        assertEquals(Optional.of(standard), listener("socket:").socket().keepAlive());
        assertEquals(Optional.of(new ListenerConfig.KeepAlive(Duration.ofSeconds(5), Duration.ofSeconds(15), 4)),
                listener("socket: { keepAlive: { idle: 5s } }").socket().keepAlive());
    }

    @Test
    void whatTheTransportCannotDoIsAWarning() {
        assertEquals(List.of(
                "c.yaml:6:28 listeners[0].socket.userTimeout: the nio transport cannot set TCP_USER_TIMEOUT, so this changes"
                        + " nothing; timeouts.writeStall ends such connections"),
                TestingConfig.warnings(with("socket: { userTimeout: 30s }") + "\nruntime: { transport: nio }"));
        assertEquals(List.of(), TestingConfig.warnings(with("socket: { userTimeout: 30s }")), "epoll can");
        assertEquals(Optional.of(Duration.ofSeconds(30)),
                listener("socket: { userTimeout: 30s }").socket().userTimeout());
    }

    @Test
    void aUserTimeoutBelowThePauseOfProbesIsAWarning() {
        assertEquals(List.of(
                "c.yaml:6:28 listeners[0].socket.userTimeout: 14s is shorter than keepAlive.interval 15s: the system counts"
                        + " unanswered probes by this time and not by keepAlive.count, so an idle connection is closed when a"
                        + " single probe is lost"),
                TestingConfig.warnings(with("socket: { userTimeout: 14s }")));
        for (String good : List.of("userTimeout: 15s", "userTimeout: 14s, keepAlive: false",
                "userTimeout: 14s, keepAlive: { interval: 10s }")) {
            assertEquals(List.of(), TestingConfig.warnings(with("socket: { " + good + " }")), good);
        }
    }
}
