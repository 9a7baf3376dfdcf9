package dev.sluice.runtime.discovery;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

import dev.sluice.runtime.testing.Await;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Type;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Discovery with the system's time and threads, and a server on a real socket. */
class DiscoveryThreadsTest {
    private static final EndpointFiles NO_FILES = new EndpointFiles() {
        @Override
        public Object stamp(java.nio.file.Path file) {
            throw new AssertionError();
        }

        @Override
        public List<FoundEndpoint> read(java.nio.file.Path file) {
            throw new AssertionError();
        }
    };

    private static DnsSettings settings(TestingDnsServer server, RecordType... types) {
        return new DnsSettings("web.test", 443, Set.of(types), Duration.ofHours(1), List.of(server.address()));
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).collect(Collectors.toSet());
    }

    private static boolean isDiscovery(String thread) {
        return thread.startsWith("sluice-discovery");
    }

    @Test
    void answersComeOnTheDiscoveryThreadAndNoThreadIsTheLibrarys() throws Exception {
        List<String> changes = new CopyOnWriteArrayList<>();
        try (TestingDnsServer server = new TestingDnsServer();
                Discovery discovery = new Discovery(NO_FILES, address -> false, (source, endpoints) -> changes
                        .add(Thread.currentThread().getName() + " " + endpoints.size()))) {
            server.put("web.test.", Type.A, 1, "10.0.0.1").put("web.test.", Type.AAAA, 1, "fd00::1");
            DnsSettings settings = settings(server, RecordType.A, RecordType.AAAA);
            discovery.keep(Set.of(settings));
            assertTrue(discovery.await(Set.of(settings), Await.PATIENCE));
            String[] many = java.util.stream.IntStream.range(1, 200).mapToObj(i -> "10.0.0." + i)
                    .toArray(String[]::new);
            server.put("web.test.", Type.A, 1, many);
            Await.equal("the changes", List.of("sluice-discovery 2", "sluice-discovery 200"),
                    () -> List.copyOf(changes));
            assertTrue(!server.askedOverTcp().isEmpty());
            assertEquals(Set.of(),
                    threads().stream().filter(name -> name.toLowerCase(java.util.Locale.ROOT).contains("dnsj"))
                            .collect(Collectors.toSet()));
        }
        assertEquals(Set.of(),
                threads().stream().filter(DiscoveryThreadsTest::isDiscovery).collect(Collectors.toSet()));
    }

    @Test
    void withoutSourcesThereIsNoThread() {
        try (Discovery discovery = new Discovery(NO_FILES, address -> false, (source, endpoints) -> {})) {
            discovery.keep(Set.of());
            assertEquals(Map.of(), discovery.views());
            assertEquals(Set.of(),
                    threads().stream().filter(DiscoveryThreadsTest::isDiscovery).collect(Collectors.toSet()));
        }
    }

    @Test
    void theEndDoesNotWaitForSilentServers() throws Exception {
        try (TestingDnsServer silent = new TestingDnsServer(); TestingDnsServer halfSilent = new TestingDnsServer()) {
            silent.beSilent();
            halfSilent.put("web.test.", Type.A, 1,
                    java.util.stream.IntStream.range(1, 200).mapToObj(i -> "10.0.0." + i).toArray(String[]::new));
            halfSilent.onTcp((query, answer) -> List.of());
            Discovery discovery = new Discovery(NO_FILES, address -> false, (source, endpoints) -> {});
            discovery.keep(Set.of(settings(silent, RecordType.A), settings(silent, RecordType.SRV),
                    settings(halfSilent, RecordType.A)));
            Await.until("the queries", () -> silent.asked().size() == 2 && !halfSilent.askedOverTcp().isEmpty());
            assertTrue(threads().contains("sluice-discovery"));
            long begin = System.nanoTime();
            discovery.close();
            assertTrue(System.nanoTime() - begin < DnsTransport.PATIENCE.toNanos() / 2, "interrupted, not timed out");
            assertEquals(Set.of(),
                    threads().stream().filter(DiscoveryThreadsTest::isDiscovery).collect(Collectors.toSet()));
        }
    }

    @Test
    void aListenerIsNotFoundAsAnEndpoint() throws Exception {
        List<SocketAddress> found = new CopyOnWriteArrayList<>();
        try (TestingDnsServer server = new TestingDnsServer();
                Discovery discovery = new Discovery(NO_FILES,
                        address -> ((InetSocketAddress) address).getAddress().isLoopbackAddress(),
                        (source, endpoints) -> endpoints.forEach(endpoint -> found.add(endpoint.address())))) {
            server.put("web.test.", Type.A, 1, "127.0.0.1", "10.0.0.1");
            DnsSettings settings = settings(server, RecordType.A);
            discovery.keep(Set.of(settings));
            assertTrue(discovery.await(Set.of(settings), Await.PATIENCE));
            Await.until("the other", () -> found.size() == 1);
            assertEquals("10.0.0.1", ((InetSocketAddress) found.getFirst()).getAddress().getHostAddress());
        }
    }
}
