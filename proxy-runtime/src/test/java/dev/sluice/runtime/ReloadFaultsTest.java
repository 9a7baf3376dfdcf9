package dev.sluice.runtime;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.config.ConfigException;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.FaultSize;
import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.testing.ListeningSockets;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingFilter;
import dev.sluice.runtime.testing.TestingTransport;
import dev.sluice.runtime.testing.TestingUpstream;
import dev.sluice.runtime.transport.TransportException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Faults 30 and 33: a failure at each step of a reload leaves everything as it was, and the next good configuration is
 * applied.
 */
class ReloadFaultsTest {
    private static final int ROUNDS = Integer.getInteger("sluice.reload.faults", FaultSize.of(2, 20));

    private final Ledger ledger = Ledger.open();
    private final TestingTransport transport = new TestingTransport();
    private final AtomicInteger created = new AtomicInteger();
    private final TestingFilter filter = new TestingFilter("passing", FilterTraits.connectionOnly(),
            connection -> new ConnectionFilter() {
            });
    private TestingUpstream upstream;
    private ProxyServer server;
    private int good;
    @TempDir
    private Path directory;

    /** A configuration to go to, and what fails on the way. */
    private interface Fault {
        /** @return the configuration */
        String inject() throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        upstream = TestingUpstream.echo();
        Files.writeString(directory.resolve("token"), "s3cret");
        server = ProxyServer.builder().config(serving(0)).filter(filter).transport(transport).start();
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        assertEquals(0, filter.openFactories(), "open factories");
        upstream.close();
        ledger.settle();
    }

    private String serving(int n) {
        return """
                runtime: { eventLoops: 2, transport: %s }
                admin: { listen: "127.0.0.1:0" }
                accessLog: { path: "%s" }
                listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: app, filters: [ { type: passing } ],
                    timeouts: { idle: %dm } } ]
                clusters: [ { name: app, endpoints: [ { address: "%s" } ] } ]
                """.formatted(TestingTransport.realName(), directory.resolve("access.log"), 5 + n % 2,
                upstream.address());
    }

    /** A configuration that changes every part that can fail. */
    private String other(int adminPort, String token, String log, SocketAddress endpoint) {
        return """
                runtime: { eventLoops: 2, transport: %s }
                admin: { listen: "127.0.0.1:%d", tokenFile: "%s" }
                accessLog: { path: "%s" }
                listeners:
                  - { name: edge, listen: "127.0.0.1:0", cluster: app, timeouts: { idle: 7m },
                      filters: [ { type: passing, name: one }, { type: passing, name: two } ] }
                  - { name: b, listen: "127.0.0.1:0", cluster: app, filters: [ { type: passing } ] }
                  - { name: c, listen: "127.0.0.1:0", cluster: app }
                clusters:
                  - { name: app, endpoints: [ { address: "%s" } ] }
                """.formatted(TestingTransport.realName(), adminPort, directory.resolve(token),
                directory.resolve(log), endpoint.toString().replace("/", ""));
    }

    private String other() {
        return other(0, "token", "new.log", upstreamAddress());
    }

    private SocketAddress upstreamAddress() {
        String[] parts = upstream.address().split(":", -1);
        return new InetSocketAddress(parts[0], Integer.parseInt(parts[1]));
    }

    /** Everything that a refused reload has to leave alone. */
    private record Condition(long generation, Map<String, SocketAddress> addresses, SocketAddress admin,
            SortedMap<Long, Integer> listening, int factories, long connections, List<String> files,
            List<String> logs) {}

    private Condition condition() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return new Condition(server.engine().view().configGeneration(), server.addresses(),
                    server.adminAddress().orElseThrow(),
                    ListeningSockets.areShown() ? ListeningSockets.ofThisProcess() : new TreeMap<>(),
                    filter.openFactories(), server.stats().connectionsTotal(),
                    files.map(file -> file.getFileName().toString()).sorted().toList(),
                    openLogs());
        }
    }

    /** The files in the directory of this test that are open. */
    private List<String> openLogs() throws IOException {
        if (!ListeningSockets.areShown()) {
            return List.of();
        }
        List<String> open = new ArrayList<>();
        try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
            links.forEach(link -> {
                try {
                    Path file = Files.readSymbolicLink(link);
                    if (file.startsWith(directory) && !file.equals(directory)) {
                        open.add(directory.relativize(file).toString());
                    }
                } catch (IOException closedMeanwhile) {
                    // Then it is none of those that stay.
                }
            });
        }
        return open;
    }

    private void heal() {
        transport.failListens(n -> null);
        transport.failRegistrations(n -> null);
        filter.onCreate(environment -> {});
    }

    private Map<String, Fault> faults(ServerSocket taken) {
        Map<String, Fault> faults = new LinkedHashMap<>();
        TransportException failure = TestingTransport.noDescriptors();
        for (int call = 1; call <= 3; call++) {
            int failing = call;
            created.set(0);
            faults.put("create " + call, () -> {
                created.set(0);
                filter.onCreate(environment -> {
                    if (created.incrementAndGet() == failing) {
                        throw failing % 2 == 0 ? new ConfigException("no") : new IllegalStateException("no");
                    }
                });
                return other();
            });
        }
        for (int call = 1; call <= 2; call++) {
            int failing = call;
            faults.put("bind " + call, () -> {
                transport.failListens(n -> n == failing ? failure : null);
                return other();
            });
            faults.put("epoll_ctl " + call, () -> {
                transport.failRegistrations(n -> n == failing ? failure : null);
                return other();
            });
        }
        faults.put("token", () -> other(0, "missing", "new.log", upstreamAddress()));
        faults.put("access log", () -> other(0, "token", "missing/new.log", upstreamAddress()));
        faults.put("admin bind", () -> other(taken.getLocalPort(), "token", "new.log", upstreamAddress()));
        faults.put("endpoint that leads back", () -> other(0, "token", "new.log", server.address("edge")));
        return faults;
    }

    @Test
    void eachStepThatFailsLeavesEverythingAsItWas() throws Exception {
        try (TestingClient client = TestingClient.connect(server, "edge"); ServerSocket taken = new ServerSocket(0)) {
            assertEquals("x", client.roundTrip("x"));
            // What the first reloads load and start for good.
            assertTrue(server.reload(serving(++good)).applied());
            long descriptors = Ledger.descriptors();
            for (int round = 0; round < ROUNDS; round++) {
                for (Map.Entry<String, Fault> fault : faults(taken).entrySet()) {
                    refuse(fault.getKey(), fault.getValue());
                    long before = server.engine().view().configGeneration();
                    assertTrue(server.reload(serving(++good)).applied(), fault.getKey());
                    assertEquals(before + 1, server.engine().view().configGeneration());
                    assertEquals("x", client.roundTrip("x"));
                }
            }
            Await.value("descriptors, " + descriptors + " before", Ledger::descriptors, now -> now <= descriptors);
            assertTrue(server.reload(other()).applied(), "without a fault");
            try (TestingClient next = TestingClient.connect(server, "c")) {
                assertEquals("x", next.roundTrip("x"));
            }
        }
    }

    private void refuse(String name, Fault fault) throws IOException {
        Await.equal("generations", 2, () -> server.engine().view().generationsAlive());
        Await.equal("open factories", 1, filter::openFactories);
        Condition before = condition();
        String yaml = fault.inject();
        try {
            RuntimeException refused = assertThrows(RuntimeException.class, () -> server.reload(yaml), name);
            assertTrue(refused instanceof ReloadException || refused instanceof ConfigurationException,
                    refused::toString);
        } finally {
            heal();
        }
        Await.equal("all as it was after: " + name, before, this::condition);
    }

    /** All reasons that are known before anything is tried come at once, each with its place. */
    @Test
    void whatThisProcessCannotDoIsRefusedAtOnceWithFileAndLine() throws IOException {
        Path file = Files.writeString(directory.resolve("next.yaml"), """
                runtime: { eventLoops: 3, transport: %s }
                memory:
                  readBuffer: 32KiB
                limits:
                  maxConnections: 10000000
                listeners:
                  - name: edge
                    listen: "127.0.0.1:0"
                    cluster: app
                    socket: { backlog: 77 }
                clusters: [ { name: app, endpoints: [ { address: "127.0.0.1:9" } ] } ]
                """.formatted(TestingTransport.realName()));
        List<String> expected = new ArrayList<>(List.of(file + ":1:24 runtime.eventLoops: 2 → 3 cannot change",
                file + ":3:15 memory.readBuffer: 64KiB → 32KiB cannot change"));
        if (!transport.canChangeBacklog()) {
            expected.add(file + ":10:24 listeners[0].socket.backlog: ");
        }
        expected.add(file + ":5:19 limits.maxConnections: 10000000 connections need ");
        ReloadException refused = assertThrows(ReloadException.class, () -> server.reload(file));
        List<String> texts = refused.problems().stream().map(ConfigurationProblem::text).toList();
        assertEquals(expected.size(), texts.size(), texts::toString);
        for (int i = 0; i < expected.size(); i++) {
            assertTrue(texts.get(i).startsWith(expected.get(i)), texts.get(i));
        }
        assertEquals(String.join("\n", texts), refused.getMessage());
        assertEquals(refused.getMessage(),
                assertThrows(ReloadException.class, () -> server.plan(file)).getMessage());
    }

    @Test
    void whatTheSystemRefusesHasItsFileAndLineToo() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            for (String[] each : new String[][]{
                {other(taken.getLocalPort(), "token", "new.log", upstreamAddress()),
                    ":2:18 admin.listen: cannot listen on "},
                {other(0, "token", "no/new.log", upstreamAddress()), ":3:20 accessLog.path: cannot open "},
                {other(0, "token", "new.log", server.address("edge")), ":10:42 clusters[0].endpoints[0].address: "}}) {
                Path file = Files.writeString(directory.resolve("next.yaml"), each[0]);
                ReloadException refused = assertThrows(ReloadException.class, () -> server.reload(file));
                assertTrue(String.valueOf(refused.getMessage()).startsWith(file + each[1]), refused::getMessage);
            }
        }
    }
}
