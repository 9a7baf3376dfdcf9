package dev.sluice.dist;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.FaultSize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The daemon on sockets that a service manager holds. */
class SocketActivationIT {
    private static final int RESTARTS = FaultSize.of(20, 100);

    @TempDir
    Path directory;

    /** The manager, as a child process. */
    private static final class Manager implements AutoCloseable {
        private final Process process;
        private final PrintWriter commands;
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        private final List<Integer> ports;

        Manager(int sockets, Path configuration) throws Exception {
            String classes = Path
                    .of(TestingServiceManager.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                    .toString();
            process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED", "-cp", classes, TestingServiceManager.class.getName(),
                    "" + sockets, TestingInstallation.get().sluice(), "run", "-c", configuration.toString())
                    // What the daemons say is not for the output of the build.
                    .redirectError(ProcessBuilder.Redirect.appendTo(Path.of("target/socket-activation.log").toFile()))
                    .start();
            commands = new PrintWriter(process.outputWriter(), true);
            Thread.ofPlatform().daemon().start(() -> read(process.inputReader()));
            Integer[] all = new Integer[sockets];
            for (int i = 0; i < sockets; i++) {
                all[i] = Integer.parseInt(await(line -> line.startsWith("socket ")).substring("socket ".length()));
            }
            ports = List.of(all);
        }

        private void read(BufferedReader output) {
            try (output) {
                for (String line = output.readLine(); line != null; line = output.readLine()) {
                    lines.add(line);
                }
            } catch (IOException e) {
                lines.add(e.toString());
            }
        }

        String await(Predicate<String> wanted) throws InterruptedException {
            String line;
            do {
                line = lines.poll(TestingDaemon.LIMIT.toSeconds(), TimeUnit.SECONDS);
            } while (line != null && !wanted.test(line));
            if (line == null) {
                throw new AssertionError("no such line");
            }
            return line;
        }

        String start() throws InterruptedException {
            commands.println("start");
            return await(line -> line.startsWith("sluice ready"));
        }

        void stop() throws InterruptedException {
            commands.println("TERM");
            assertEquals("exited 0", await(line -> line.startsWith("exited")));
        }

        @Override
        public void close() {
            commands.close();
            process.destroyForcibly().onExit().join();
        }
    }

    @Test
    void nobodyIsRefusedWhileTheDaemonIsStartedAnew() throws Exception {
        try (TestingEcho echo = new TestingEcho("epoll")) {
            Path configuration = directory.resolve("sluice.yaml");
            try (Manager manager = new Manager(1, configuration)) {
                int port = manager.ports.getFirst();
                echo.configuration(configuration, "127.0.0.1:" + port, "30s");
                InetSocketAddress edge = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
                AtomicInteger served = new AtomicInteger();
                ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
                // Nobody accepts yet: the first client waits.
                Thread clients = Thread.ofPlatform().daemon().start(() -> {
                    while (!Thread.currentThread().isInterrupted()) {
                        try (Socket client = TestingEcho.connect(edge)) {
                            assertTrue(client.isConnected());
                            served.incrementAndGet();
                        } catch (IOException e) {
                            failures.add(e.toString());
                        }
                    }
                });
                for (int i = 0; i < RESTARTS; i++) {
                    assertTrue(manager.start().contains(" edge=127.0.0.1:" + port));
                    int before = served.get();
                    Await.until("a client to be served", () -> served.get() > before || !failures.isEmpty());
                    manager.stop();
                }
                clients.interrupt();
                manager.start();
                clients.join(TestingDaemon.LIMIT);
                manager.stop();
                assertEquals(List.of(), List.copyOf(failures));
                assertTrue(served.get() > RESTARTS);
            }
        }
    }

    /** From the fifth on they have the descriptor that the launcher would open for its archive. */
    @ParameterizedTest
    @ValueSource(ints = {5, 7})
    void allOfThemArrive(int count) throws Exception {
        try (TestingEcho echo = new TestingEcho("epoll")) {
            Path configuration = directory.resolve("sluice.yaml");
            try (Manager manager = new Manager(count, configuration)) {
                int last = manager.ports.getLast();
                echo.configuration(configuration, "127.0.0.1:" + last, "30s");
                InetSocketAddress edge = new InetSocketAddress(InetAddress.getLoopbackAddress(), last);
                // The first socket is named edge, and has another address.
                Files.writeString(configuration, Files.readString(configuration).replace("name: edge", "name: last"));
                manager.start();
                TestingEcho.connect(edge).close();
                manager.stop();
            }
        }
    }
}
