package dev.sluice.runtime.admin;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.sluice.runtime.admin.TestingHttp.Response;
import dev.sluice.runtime.observe.Metrics;
import dev.sluice.runtime.observe.TestingMetricsText;
import dev.sluice.runtime.observe.TestingProcess;
import dev.sluice.runtime.observe.TestingProxyView;
import dev.sluice.runtime.testing.FaultSize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static dev.sluice.runtime.observe.TestingConditions.await;
import static dev.sluice.runtime.observe.TestingConditions.threadAlive;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The admin interface under hostile clients, in a process without resources, and at its own end (fault 53). */
@Timeout(120)
class AdminServerTest {
    /** These tests count connections. */
    private static final Duration NEVER = Duration.ofHours(1);
    private static final SocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final String DRIBBLE = "GET /live HTTP/1.1\r\nHost: localhost\r\nX-Slow: ";

    @TempDir
    private Path directory;

    private final TestingProxyView view = TestingProxyView.ready();

    private AdminServer start(SocketAddress listen, Duration deadline) throws IOException {
        return AdminServer.start(listen, null, TestingParts.of(view, new TestingCommands()), deadline, NEVER);
    }

    private AdminServer start() throws IOException {
        return start(ANY, Duration.ofSeconds(10));
    }

    /** Sends a byte of a header every few milliseconds on each of its connections, and connects again when it is closed. */
    private static final class SlowClients implements AutoCloseable {
        private final SocketAddress address;
        private final List<SocketChannel> channels = new ArrayList<>();
        private final AtomicBoolean over = new AtomicBoolean();
        private final Thread thread;

        SlowClients(SocketAddress address, int count) throws IOException {
            this.address = address;
            for (int i = 0; i < count; i++) {
                channels.add(open(i));
            }
            this.thread = Thread.ofPlatform().start(this::dribble);
        }

        /** A third of them sends nothing, a third dribbles a header, a third asks for much and reads nothing. */
        private SocketChannel open(int i) throws IOException {
            SocketChannel channel = SocketChannel.open(address);
            if (i % 3 == 1) {
                TestingHttp.write(channel, DRIBBLE);
            } else if (i % 3 == 2) {
                TestingHttp.write(channel, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(20));
            }
            channel.configureBlocking(false);
            return channel;
        }

        private void dribble() {
            while (!over.get()) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
                for (int i = 1; i < channels.size(); i += 3) {
                    try {
                        channels.get(i).write(ByteBuffer.wrap(new byte[]{'x'}));
                    } catch (IOException e) {
                        // Pushed out by the others. Stays away, or the test would be about connecting.
                        closeQuietly(channels.get(i));
                    }
                }
            }
        }

        private static void closeQuietly(SocketChannel channel) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void close() {
            over.set(true);
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            channels.forEach(SlowClients::closeQuietly);
        }
    }

    /** {@code POST /drain} of a proxy without connections ends the process before the answer is written. */
    @Test
    void theResponseToAnOrderThatEndsTheServerArrives() throws Exception {
        CompletableFuture<AdminServer> started = new CompletableFuture<>();
        CompletableFuture<Thread> closing = new CompletableFuture<>();
        AdminCommands endsTheServer = new TestingCommands() {
            @Override
            public CommandResult drain() {
                AdminServer server = started.join();
                closing.complete(Thread.ofPlatform().start(server::close));
                await("the close to have begun", () -> {
                    try (SocketChannel refused = SocketChannel.open(server.address())) {
                        return !refused.isConnected();
                    } catch (IOException e) {
                        return true;
                    }
                });
                return super.drain();
            }
        };
        AdminServer server = AdminServer.start(ANY, null, TestingParts.of(view, endsTheServer),
                Duration.ofSeconds(10), NEVER);
        started.complete(server);

        assertEquals(202, TestingHttp.post(server.address(), "/drain").status());

        assertTrue(closing.join().join(Duration.ofSeconds(20)));
    }

    @Test
    void slowClientsStopNobodyElse() throws Exception {
        try (AdminServer server = start(); SlowClients slow = new SlowClients(server.address(), 1_000)) {
            await("the bound", () -> server.connections() <= AdminServer.MAX_CONNECTIONS);
            long[] millis = new long[100];
            for (int i = 0; i < millis.length; i++) {
                long start = System.nanoTime();
                assertEquals(200, TestingHttp.get(server.address(), "/live").status());
                millis[i] = (System.nanoTime() - start) / 1_000_000;
            }
            String inOrder = Arrays.toString(millis);
            Arrays.sort(millis);
            // Fault 53 says 100 ms for p99. Machines that run other tests at the same time do not say that.
            assertTrue(millis[50] < 100, inOrder);
            assertTrue(millis[99] < FaultSize.of(5_000, 100), inOrder);
            FaultSize.report("53", "with 1,000 slow clients the slowest of 100 took " + millis[99] + " ms");
            assertTrue(server.connections() <= AdminServer.MAX_CONNECTIONS);
            assertFalse(slow.channels.isEmpty());
        }
    }

    @Test
    void slowClientsOfAUnixSocketStopNobodyElse() throws Exception {
        SocketAddress listen = UnixDomainSocketAddress.of(directory.resolve("admin.sock"));
        try (AdminServer server = start(listen, Duration.ofSeconds(10));
                SlowClients slow = new SlowClients(listen, 200)) {
            for (int i = 0; i < 20; i++) {
                assertEquals(200, TestingHttp.get(listen, "/live").status());
            }
            assertTrue(server.connections() <= AdminServer.MAX_CONNECTIONS);
            assertFalse(slow.channels.isEmpty());
        }
    }

    @Test
    void aRequestThatDoesNotEndIsEnded() throws Exception {
        try (AdminServer server = start(ANY, Duration.ofMillis(300));
                SocketChannel client = SocketChannel.open(server.address())) {
            TestingHttp.write(client, DRIBBLE);
            long start = System.nanoTime();
            assertEquals("", TestingHttp.readAll(client));
            assertTrue(System.nanoTime() - start < Duration.ofSeconds(10).toNanos());
            await("nothing is kept", () -> server.connections() == 0);
        }
    }

    @Test
    void anAnswerThatNobodyReadsIsEnded() throws Exception {
        for (int id = 1; id <= 1_000; id++) {
            view.connect(id, "x".repeat(10_000));
        }
        try (AdminServer server = start(ANY, Duration.ofMillis(300));
                SocketChannel client = SocketChannel.open(server.address())) {
            // 10 MB: more than all socket buffers on the way take.
            TestingHttp.write(client, "GET /connections?limit=1000 HTTP/1.1\r\nHost: localhost\r\n\r\n");
            await("the request is under way", () -> server.connections() == 1);
            // The bridge may hold on to a client that takes nothing for longer, but others are not disturbed.
            assertEquals(200, TestingHttp.get(server.address(), "/live").status());
            await("the request has been ended", () -> server.runningRequests() == 0);
        }
    }

    @Test
    void aRequestHasABoundedSize() throws Exception {
        try (AdminServer server = start(); SocketChannel client = SocketChannel.open(server.address())) {
            TestingHttp.write(client, DRIBBLE);
            byte[] more = new byte[1024];
            Arrays.fill(more, (byte) 'x');
            int sent = 0;
            try {
                while (sent < 100_000_000) {
                    sent += client.write(ByteBuffer.wrap(more));
                }
            } catch (IOException e) {
                // Closed, as it should be.
            }
            assertTrue(sent < 100_000_000, "a header of " + sent + " bytes was taken");
            assertEquals(200, TestingHttp.get(server.address(), "/live").status());
        }
    }

    @Test
    void aBodyThatIsNotWantedDoesNoHarm() throws Exception {
        try (AdminServer server = start()) {
            Response response = TestingHttp.raw(
                    server.address(),
                    "POST /drain HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 40000\r\n\r\n"
                            + "x".repeat(40000));
            assertEquals(202, response.status());
        }
    }

    @Test
    void thePortBehindTheBridgeAnswersNobody() throws Exception {
        try (AdminServer server = start(); SocketChannel stranger = SocketChannel.open(server.backAddress())) {
            TestingHttp.write(stranger, "POST /drain HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertEquals("", TestingHttp.readAll(stranger));
            assertEquals(200, TestingHttp.get(server.address(), "/live").status());
        }
    }

    @Test
    void strangersBehindTheBridgeStopNobody() throws Exception {
        try (AdminServer server = start(); SlowClients slow = new SlowClients(server.backAddress(), 900)) {
            for (int i = 0; i < 20; i++) {
                assertEquals(200, TestingHttp.get(server.address(), "/live").status());
            }
            assertFalse(slow.channels.isEmpty());
        }
    }

    @Test
    void anOrdinaryClientKeepsItsConnection() throws Exception {
        try (AdminServer server = start()) {
            int port = ((InetSocketAddress) server.address()).getPort();
            for (int i = 0; i < 20; i++) {
                var connection = URI.create("http://127.0.0.1:" + port + "/metrics").toURL().openConnection();
                try (InputStream body = connection.getInputStream()) {
                    new TestingMetricsText(new String(body.readAllBytes(), StandardCharsets.UTF_8));
                }
                assertEquals(1, server.connections());
            }
        }
    }

    @Test
    void aPageThatFailsIs500AndNamesTheFailure() throws Exception {
        view.listeners.add(null);
        try (AdminServer server = start()) {
            Response response = TestingHttp.get(server.address(), "/listeners");
            assertEquals(500, response.status());
            assertTrue(response.json().get("error").asString().contains("NullPointerException"), response.body());
            assertEquals(200, TestingHttp.get(server.address(), "/live").status());
        }
    }

    @Test
    void everyThreadIsADaemonAndGoneAfterClose() throws Exception {
        List<String> names = List.of("sluice-admin", "HTTP-Dispatcher", "idle-timeout-task");
        AdminServer server = start();
        assertEquals(200, TestingHttp.get(server.address(), "/live").status());
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (names.stream().anyMatch(thread.getName()::startsWith)) {
                assertTrue(thread.isDaemon(), thread.getName());
            }
        }
        names.forEach(name -> assertTrue(threadAlive(name), name));
        server.close();
        server.close();
        assertThrows(IOException.class, () -> TestingHttp.get(server.address(), "/live"));
        names.forEach(name -> await(name + " is gone", () -> !threadAlive(name)));
    }

    @Test
    void closeEndsWhatIsOpenAndIsNotStoppedByAnInterrupt() throws Exception {
        AdminServer server = start();
        try (SlowClients slow = new SlowClients(server.address(), 30)) {
            await("they are connected", () -> server.connections() == 30);
            Thread.currentThread().interrupt();
            server.close();
            assertTrue(Thread.interrupted());
            await("no connection is left", () -> server.connections() == 0 && server.runningRequests() == 0);
            assertThrows(IOException.class, () -> TestingHttp.get(server.address(), "/live"));
            assertFalse(slow.channels.isEmpty());
        }
    }

    @Test
    void aHundredServersLeaveNoDescriptor() throws Exception {
        UnixOperatingSystemMXBean process = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        SocketAddress unix = UnixDomainSocketAddress.of(directory.resolve("admin.sock"));
        for (int i = 0; i < 5; i++) {
            startAndStop(i % 2 == 0 ? ANY : unix);
        }
        long before = process.getOpenFileDescriptorCount();
        for (int i = 0; i < 100; i++) {
            startAndStop(i % 2 == 0 ? ANY : unix);
        }
        await("descriptors are back", () -> process.getOpenFileDescriptorCount() <= before + 2);
        await("threads are back", () -> !threadAlive("HTTP-Dispatcher") && !threadAlive("idle-timeout-task"));
    }

    private void startAndStop(SocketAddress listen) throws IOException {
        try (AdminServer server = start(listen, Duration.ofSeconds(10));
                SocketChannel idle = SocketChannel.open(server.address())) {
            assertTrue(idle.isConnected());
            assertEquals(200, TestingHttp.get(server.address(), "/live").status());
        }
    }

    /**
     * The last step fails here, because there is no deadline to count; a thread that cannot be started fails in the
     * same place.
     */
    @Test
    void aStartThatFailsLateLeavesNothing() throws Exception {
        try (AdminServer before = start()) {
            assertEquals(200, TestingHttp.get(before.address(), "/live").status());
        }
        UnixOperatingSystemMXBean process = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long descriptors = process.getOpenFileDescriptorCount();
        Duration endless = Duration.ofSeconds(Long.MAX_VALUE);
        assertThrows(ArithmeticException.class, () -> AdminServer.start(ANY, null,
                TestingParts.of(view, new TestingCommands()), Duration.ofSeconds(10), endless));
        await("descriptors are back", () -> process.getOpenFileDescriptorCount() <= descriptors);
        await("threads are back", () -> !threadAlive("sluice-admin") && !threadAlive("HTTP-Dispatcher"));
    }

    @Test
    void asksItselfOnceSoThatTheFirstRequestOfAnOperatorIsNotTheFirst() throws Exception {
        AtomicInteger scrapes = new AtomicInteger();
        Metrics metrics = new Metrics(view, scrapes::getAndIncrement);
        try (AdminServer server = AdminServer.start(ANY, null,
                TestingParts.of(view, metrics, new TestingCommands()), Duration.ofSeconds(10), Duration.ZERO)) {
            await("it has asked", () -> scrapes.get() == 1);
            await("and hung up", () -> server.connections() == 0 && !threadAlive("sluice-admin-first"));
        }
        assertEquals(1, scrapes.get());
    }

    @Test
    void withoutAFileDescriptorItStillAnswers() throws Exception {
        Process process = TestingProcess.start("ulimit -n 200", TestingExhaustedMain.class);
        try (BufferedReader out = process.inputReader(); OutputStream in = process.getOutputStream()) {
            SocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(),
                    Integer.parseInt(lineOf(out, "port")));
            // Loads the classes: the tests have them in files of their own. A distribution has them in archives that are open.
            assertEquals(200, TestingHttp.get(address, "/metrics").status());
            assertEquals(200, TestingHttp.get(address, "/memory").status());
            in.write('\n');
            in.flush();
            lineOf(out, "full");
            for (int i = 0; i < 10; i++) {
                assertEquals(200, TestingHttp.get(address, "/memory").status());
                Response metrics = TestingHttp.get(address, "/metrics");
                double open = new TestingMetricsText(metrics.body()).value("process_open_fds");
                assertTrue(open >= 185, open + " descriptors open of 200");
            }
            // Nobody spins while the process is full: fault 10 allows 20 % of a core.
            long cpuBefore = cpuMillis(process);
            assertFalse(process.waitFor(2, TimeUnit.SECONDS));
            long cpu = cpuMillis(process) - cpuBefore;
            assertTrue(cpu < 400, cpu + " ms of CPU in 2 s of silence");
            in.write('\n');
            in.flush();
            lineOf(out, "empty");
            assertEquals(200, TestingHttp.get(address, "/live").status());
        }
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue());
    }

    /** The rest of the line that starts like this; other lines are its log. */
    private static String lineOf(BufferedReader out, String start) throws IOException {
        String line = out.readLine();
        while (line != null && !line.startsWith(start)) {
            line = out.readLine();
        }
        assertNotNull(line, "no line \"" + start + "\"");
        return line.substring(start.length()).trim();
    }

    private static long cpuMillis(Process process) {
        return process.info().totalCpuDuration().map(Duration::toMillis).orElse(0L);
    }
}
