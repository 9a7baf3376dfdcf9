package dev.sluice.runtime;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.MemoryConfig;
import dev.sluice.runtime.limit.ConnectionLimit;
import dev.sluice.runtime.loop.EventLoop;
import dev.sluice.runtime.memory.BufferPool;
import dev.sluice.runtime.memory.MemoryBounds;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.observe.Journal;
import dev.sluice.runtime.relay.Acceptor;
import dev.sluice.runtime.relay.DescriptorReserve;
import dev.sluice.runtime.relay.ListenerGeneration;
import dev.sluice.runtime.relay.SelfConnections;
import dev.sluice.runtime.relay.Serving;
import dev.sluice.runtime.relay.Worker;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.transport.ListenOptions;
import dev.sluice.runtime.transport.TransportException;
import dev.sluice.runtime.transport.epoll.TestingEndlessTransport;
import dev.sluice.runtime.wiring.Generation;
import dev.sluice.runtime.wiring.GenerationBuilder;
import dev.sluice.runtime.wiring.Running;
import dev.sluice.runtime.wiring.SourceAnswers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The seed of the project, counted: a million idle connections behind all three filters, on one event loop. Relays, sides, sockets,
 * registrations and filters are the real ones; only the kernel is left out, because no process may have two million descriptors.
 */
@Tag("footprint")
class MillionRelaysTest {
    private static final int CONNECTIONS = 1_000_000;
    /** For each connection, heap and direct memory. */
    private static final int MOST_BYTES = 512;

    /** Number, instances, bytes and class. */
    private static final Pattern HISTOGRAM_LINE = Pattern.compile("^ *\\d+: +\\d+ +(\\d+) +(\\S+)", Pattern.MULTILINE);

    private static final String CONFIGURATION = """
            runtime: { eventLoops: 1 }
            listeners:
              - name: edge
                listen: "127.0.0.1:1"
                cluster: app
                maxConnections: %1$d
                filters:
                  - type: acl
                    config: { default: deny, rules: [ { deny: [203.0.113.0/24] }, { allow: [10.0.0.0/8] } ] }
                  - type: rate-limit
                    config:
                      connections: { per: listener, rate: 10000000/s, burst: %1$d }
                      concurrent: { per: listener, max: %1$d }
                      bandwidth: { direction: upstream-to-client, per: connection, rate: 1GiB/s, burst: 64MiB }
                  - type: sniff
                    config: { protocols: [tls, http1], silence: 10ms, deadline: 10ms, unknown: pass }
            clusters:
              - { name: app, endpoints: [ { address: "127.0.0.1:2" } ] }
            """.formatted(CONNECTIONS);

    @Test
    void aMillionIdleConnectionsFitIntoHalfAGigabyte() throws Exception {
        ProxyConfig read = ProxyConfig.loader().parse(CONFIGURATION);
        Configuration configuration = read.configuration();
        TestingEndlessTransport transport = new TestingEndlessTransport(CONNECTIONS);
        MemoryConfig memory = configuration.memory();
        MemoryBounds bounds = new MemoryBounds((int) memory.readBuffer().bytes(), memory.pool().bytes(),
                memory.stash().bytes(), memory.pipes().bytes());
        ConnectionLimit limit = new ConnectionLimit("process", CONNECTIONS);
        Generation generation = new GenerationBuilder(new Running(1), SourceAnswers.NONE).build(1, configuration,
                read.plugins(), null);
        try (BufferPool pool = new BufferPool(bounds, 1);
                DescriptorReserve reserve = new DescriptorReserve(transport, new Events())) {
            EventLoop loop = new EventLoop(0, "sluice-million", transport.openPoller(), pool.share(0), () -> {});
            Worker worker = new Worker(loop, limit, reserve, new SelfConnections(address -> false),
                    new Journal(new Events()));
            Serving serving = generation.listeners().values().iterator().next();
            ListenerGeneration listener = serving.listener();
            Acceptor acceptor = new Acceptor(loop, transport.listen(configuration.listeners().getFirst().listen(),
                    new ListenOptions(1, false, listener.settings().socket())), serving,
                    limit, List.of(worker), reserve, new AtomicLong());
            loop.start();
            long before = liveBytes() + pool.allocatedBytes();
            loop.execute(() -> start(acceptor));
            for (int tenth = 1; tenth <= 10; tenth++) {
                Await.value("established connections", listener.counters().get(0)::proxiedCount,
                        reachesTenth(tenth));
            }
            long each = (liveBytes() + pool.allocatedBytes() - before) / CONNECTIONS;
            System.out.printf(Locale.ROOT, "%d idle connections: %d bytes each%n", CONNECTIONS, each);
            assertEquals(CONNECTIONS, worker.connections());
            assertTrue(each > 0 && each <= MOST_BYTES, () -> each + " bytes for each of " + CONNECTIONS
                    + " idle connections; allowed are " + MOST_BYTES);
            assertTrue(loop.stop());
        } finally {
            generation.discard(null);
        }
    }

    private static Predicate<Long> reachesTenth(int tenth) {
        return connections -> connections >= CONNECTIONS / 10L * tenth;
    }

    private static void start(Acceptor acceptor) {
        try {
            acceptor.prepare();
            acceptor.open();
        } catch (TransportException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Bytes of reachable objects. */
    private static long liveBytes() throws JMException {
        Object histogram = ManagementFactory.getPlatformMBeanServer().invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"), "gcClassHistogram",
                new Object[]{new String[0]}, new String[]{String[].class.getName()});
        long bytes = 0;
        Matcher line = HISTOGRAM_LINE.matcher(String.valueOf(histogram));
        while (line.find()) {
            // A collector may leave a gap instead of moving what is behind it.
            bytes += line.group(2).contains("jdk.internal.vm.Filler") ? 0 : Long.parseLong(line.group(1));
        }
        return bytes;
    }
}
