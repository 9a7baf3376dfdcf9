package dev.sluice.runtime.discovery;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import dev.sluice.runtime.observe.EndpointSourceView;
import dev.sluice.runtime.transport.AddressText;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The sources of a server, made by the test. */
class DiscoveryTest {
    private static final SourceSettings WEB = new FileSettings(Path.of("/web"));
    private static final SourceSettings DB = new FileSettings(Path.of("/db"));

    /** A source that publishes what the test says. */
    private static final class TestingSource implements EndpointSource {
        private @Nullable Publication to;
        private int starts;
        private int closes;

        @Override
        public void start(Publication publication) {
            starts++;
            to = publication;
        }

        @Override
        public void close() {
            closes++;
        }

        Publication publication() {
            if (to == null) {
                throw new AssertionError("not started");
            }
            return to;
        }
    }

    private final TestingTiming timing = new TestingTiming();
    private final Map<SourceSettings, TestingSource> made = new LinkedHashMap<>();
    private final Set<SocketAddress> ours = new HashSet<>();
    private final List<String> changes = new ArrayList<>();
    private final Discovery discovery = new Discovery(() -> timing, (settings, ignored) -> {
        TestingSource source = new TestingSource();
        made.put(settings, source);
        return source;
    }, ours::contains, (settings, endpoints) -> changes.add(settings.label() + " " + show(endpoints)));

    private static String show(List<FoundEndpoint> endpoints) {
        return String.join(",", endpoints.stream().map(endpoint -> AddressText.of(endpoint.address())).toList());
    }

    private static List<FoundEndpoint> endpoints(String... ips) {
        return Stream.of(ips).map(ip -> new FoundEndpoint(address(ip), 1, 0, false)).toList();
    }

    private static InetSocketAddress address(String ip) {
        return new InetSocketAddress(InetAddress.ofLiteral(ip), 1);
    }

    private TestingSource source(SourceSettings settings) {
        TestingSource source = made.get(settings);
        if (source == null) {
            throw new AssertionError(settings + " was not made");
        }
        return source;
    }

    private void publish(SourceSettings settings, String... ips) {
        source(settings).publication().endpoints(endpoints(ips));
        timing.settle();
    }

    private EndpointSourceView view(SourceSettings settings) {
        EndpointSourceView view = discovery.views().get(settings);
        if (view == null) {
            throw new AssertionError(settings + " is not kept");
        }
        return view;
    }

    @Test
    void aChangeIsAnnouncedOnce() {
        discovery.keep(Set.of(WEB));
        assertNull(discovery.current(WEB));
        publish(WEB, "10.0.0.10", "10.0.0.9");
        publish(WEB, "10.0.0.9", "10.0.0.10");
        publish(WEB, "10.0.0.9", "10.0.0.9", "10.0.0.10");
        assertEquals(List.of("/web 10.0.0.9:1,10.0.0.10:1"), changes);
        publish(WEB);
        assertEquals(List.of(), discovery.current(WEB));
        assertEquals(2, changes.size());
    }

    @Test
    void weightsAndTiersAreChangesToo() {
        discovery.keep(Set.of(WEB));
        publish(WEB, "10.0.0.1");
        for (FoundEndpoint other : List.of(new FoundEndpoint(address("10.0.0.1"), 2, 0, false),
                new FoundEndpoint(address("10.0.0.1"), 2, 5, false),
                new FoundEndpoint(address("10.0.0.1"), 2, 5, true))) {
            source(WEB).publication().endpoints(List.of(other));
            timing.settle();
            assertEquals(List.of(other), discovery.current(WEB));
        }
        assertEquals(4, changes.size());
    }

    @Test
    void equalSourcesStayWithTheirAnswers() {
        discovery.keep(Set.of(WEB));
        publish(WEB, "10.0.0.1");
        TestingSource before = source(WEB);
        discovery.keep(Set.of(DB, new FileSettings(Path.of("/web"))));
        timing.settle();
        assertSame(before, source(WEB));
        assertEquals(1, before.starts);
        assertEquals(0, before.closes);
        assertEquals(endpoints("10.0.0.1"), discovery.current(WEB));
        assertNull(discovery.current(DB));
        assertEquals(1, changes.size());
    }

    @Test
    void whatIsNotWantedEndsAndIsNotHeard() {
        discovery.keep(Set.of(WEB));
        publish(WEB, "10.0.0.1");
        TestingSource old = source(WEB);
        // On its way when the source ends.
        old.publication().endpoints(endpoints("10.0.0.2"));
        discovery.keep(Set.of(DB));
        timing.settle();
        old.publication().endpoints(endpoints("10.0.0.3"));
        old.publication().failed("late");
        old.publication().expired("late");
        timing.settle();
        assertEquals(1, old.closes);
        assertNull(discovery.current(WEB));
        assertEquals(1, changes.size());
        assertEquals(Set.of(DB), discovery.views().keySet());
        discovery.keep(Set.of(WEB));
        assertNull(discovery.current(WEB), "a source that comes again begins anew");
    }

    @Test
    void aFailureKeepsTheAnswerAndShows() {
        discovery.keep(Set.of(WEB));
        assertEquals(new EndpointSourceView("file", "/web", -1, null, 0, null, null, false, 0, 0), view(WEB));
        publish(WEB, "10.0.0.1");
        timing.advance(Duration.ofSeconds(10));
        source(WEB).publication().failed("the server is asleep");
        timing.advance(Duration.ofSeconds(5));
        Instant begin = timing.now().minusSeconds(15);
        assertEquals(new EndpointSourceView("file", "/web", 1, begin, Duration.ofSeconds(15).toNanos(),
                begin.plusSeconds(10), "the server is asleep", true, 1, 1), view(WEB));
        publish(WEB, "10.0.0.1");
        assertFalse(view(WEB).stale());
        assertEquals(2, view(WEB).successes());
        assertEquals(1, changes.size());
    }

    @Test
    void anAnswerThatExpiresIsRemoved() {
        discovery.keep(Set.of(WEB));
        publish(WEB, "10.0.0.1");
        source(WEB).publication().expired("nobody answers");
        source(WEB).publication().expired("nobody answers");
        timing.settle();
        assertEquals(List.of("/web 10.0.0.1:1", "/web "), changes);
        assertTrue(view(WEB).stale());
        assertEquals(1, view(WEB).successes());
    }

    @Test
    void addressesThatLeadBackAreDropped() {
        ours.add(address("10.0.0.1"));
        discovery.keep(Set.of(WEB));
        publish(WEB, "10.0.0.1", "10.0.0.2");
        assertEquals(List.of("/web 10.0.0.2:1"), changes);
    }

    @Test
    void listenersThatCameOrWentAreSeenAtTheNextReload() {
        discovery.keep(Set.of(WEB));
        publish(WEB, "10.0.0.1", "10.0.0.2");
        ours.add(address("10.0.0.1"));
        discovery.keep(Set.of(WEB));
        timing.settle();
        ours.clear();
        discovery.keep(Set.of(WEB));
        timing.settle();
        assertEquals(List.of("/web 10.0.0.1:1,10.0.0.2:1", "/web 10.0.0.2:1", "/web 10.0.0.1:1,10.0.0.2:1"), changes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "224.0.0.1", "ff02::1", "255.255.255.255", "fe80::1"})
    void whatNamesNoHostIsDropped(String ip) {
        discovery.keep(Set.of(WEB));
        publish(WEB, ip, "10.0.0.2");
        assertEquals(List.of("/web 10.0.0.2:1"), changes);
    }

    @Test
    void waitingEndsWithTheFirstAnswers() throws InterruptedException {
        discovery.keep(Set.of(WEB, DB));
        assertFalse(discovery.await(Set.of(WEB), Duration.ZERO));
        boolean[] answered = new boolean[1];
        Thread reload = Thread.ofPlatform()
                .start(() -> answered[0] = discovery.await(Set.of(WEB, DB), Duration.ofMinutes(1)));
        publish(WEB, "10.0.0.1");
        assertTrue(discovery.await(Set.of(WEB), Duration.ZERO));
        source(DB).publication().failed("not yet");
        timing.settle();
        assertTrue(reload.isAlive());
        publish(DB);
        reload.join();
        assertTrue(answered[0]);
        assertTrue(discovery.await(Set.of(), Duration.ZERO));
    }

    @Test
    void waitingEndsWithTheEnd() throws InterruptedException {
        discovery.keep(Set.of(WEB));
        Thread reload = Thread.ofPlatform().start(() -> discovery.await(Set.of(WEB), Duration.ofMinutes(1)));
        discovery.close();
        reload.join();
        assertEquals(1, source(WEB).closes);
        discovery.keep(Set.of(DB));
        assertEquals(Set.of(WEB), made.keySet());
    }

    @Test
    void aSourceThatDiesDoesNoHarm() {
        Discovery withDefects = new Discovery(() -> timing, (settings, ignored) -> new EndpointSource() {
            @Override
            public void start(Publication to) {
                to.endpoints(endpoints("10.0.0.1"));
                throw new IllegalStateException("a defect");
            }

            @Override
            public void close() {
                throw new IllegalStateException("a defect");
            }
        }, address -> false, (settings, endpoints) -> changes.add(show(endpoints)));
        withDefects.keep(Set.of(WEB, DB));
        timing.settle();
        assertEquals(List.of("10.0.0.1:1", "10.0.0.1:1"), changes);
        withDefects.keep(Set.of(DB));
        withDefects.close();
    }
}
