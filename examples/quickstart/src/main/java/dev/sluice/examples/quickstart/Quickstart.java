package dev.sluice.examples.quickstart;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.ProxyServer;
import dev.sluice.runtime.ServerStats;

/**
 * Holds 200 connections through a proxy, of which 5 % send, and shows that the proxy's memory follows those that send.
 *
 * <p>Exit code 0: every byte came back as it was sent, and after the end nothing is left. 1: not so.
 */
public final class Quickstart {
    private static final int CONNECTIONS = 200;
    private static final int ACTIVE = CONNECTIONS * 5 / 100;
    private static final int MESSAGES = 256;
    private static final int MESSAGE_BYTES = 16 * 1024;
    private static final int READ_BUFFER = 64 * 1024;
    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Report report;

    private Quickstart(PrintStream out) {
        this.report = new Report(out);
    }

    /** Runs it once. */
    public static void main(String[] args) {
        System.exit(run(System.out, Upstream::echo));
    }

    /** Returns the exit code. */
    static int run(PrintStream out, Upstream.Service service) {
        try {
            new Quickstart(out).play(service);
            return 0;
        } catch (IOException | IllegalStateException | InterruptedException e) {
            out.println();
            out.println("  FAILED: " + e.getMessage());
            return 1;
        }
    }

    private void play(Upstream.Service service) throws IOException, InterruptedException {
        report.say(CONNECTIONS + " connections through a proxy; " + ACTIVE + " of them send.");
        ProxyServer proxy;
        long held;
        try (Upstream upstream = Upstream.start(service);
                ProxyServer running = ProxyServer.builder()
                        .config(configuration(upstream.address().getPort())).start()) {
            proxy = running;
            InetSocketAddress edge = (InetSocketAddress) proxy.address("edge");
            report.say("clients -> proxy on port " + edge.getPort() + " -> upstream on port "
                    + upstream.address().getPort());
            report.header();
            report.line("started", proxy.stats());
            List<Client> clients = new ArrayList<>();
            try {
                for (int i = 0; i < CONNECTIONS; i++) {
                    clients.add(new Client(edge));
                }
                report.line("all connected, nobody sends",
                        settled(proxy, stats -> stats.connectionsActive() == CONNECTIONS));
                report.line(ACTIVE + " send (busiest moment seen)", exchange(proxy, clients.subList(0, ACTIVE)));
                ServerStats idle = settled(proxy, stats -> stats.buffersBorrowed() == 0);
                held = idle.memoryBytes();
                report.line("all idle again", idle);
            } finally {
                for (Client client : clients) {
                    client.close();
                }
            }
            report.line("clients have closed", settled(proxy, stats -> stats.connectionsActive() == 0));
        }
        report.line("proxy has closed", proxy.stats());
        conclude(proxy.stats(), held);
    }

    private static String configuration(int upstreamPort) {
        return """
                runtime: { eventLoops: 2 }
                memory: { readBuffer: 64KiB, pool: 16MiB, stash: 8MiB }
                listeners:
                  - { name: edge, listen: "127.0.0.1:0", cluster: app }
                clusters:
                  - name: app
                    endpoints: [ { address: "127.0.0.1:%d" } ]
                """.formatted(upstreamPort);
    }

    /** Lets the clients send, and returns the figures of the moment in which the most buffers were lent. */
    private static ServerStats exchange(ProxyServer proxy, List<Client> clients)
            throws IOException, InterruptedException {
        ServerStats busiest = proxy.stats();
        List<Callable<Boolean>> tasks = new ArrayList<>();
        for (int i = 0; i < clients.size(); i++) {
            Client client = clients.get(i);
            Random random = new Random(i);
            tasks.add(() -> {
                client.exchange(random, MESSAGES, MESSAGE_BYTES);
                return true;
            });
        }
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> running = tasks.stream().map(executor::submit).toList();
            executor.shutdown();
            do {
                ServerStats now = proxy.stats();
                busiest = now.buffersBorrowed() > busiest.buffersBorrowed() ? now : busiest;
            } while (!executor.awaitTermination(1, TimeUnit.MILLISECONDS));
            for (Future<Boolean> sender : running) {
                sender.get();
            }
        } catch (ExecutionException e) {
            throw new IOException(e.getCause() instanceof IOException cause ? cause.getMessage() : e.toString(), e);
        }
        return busiest;
    }

    /** Waits until the figures are as they should be. */
    private static ServerStats settled(ProxyServer proxy, Predicate<ServerStats> wanted) throws InterruptedException {
        long deadline = System.nanoTime() + SETTLE_NANOS;
        ServerStats now = proxy.stats();
        while (!wanted.test(now)) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the proxy does not come to rest: " + now);
            }
            TimeUnit.MILLISECONDS.sleep(1);
            now = proxy.stats();
        }
        return now;
    }

    private void conclude(ServerStats end, long held) {
        long sent = (long) ACTIVE * MESSAGES * MESSAGE_BYTES;
        require(end.bytesUp() == sent && end.bytesDown() == sent, sent + " bytes should have passed each way: " + end);
        require(end.connectionsActive() == 0 && end.buffersBorrowed() == 0 && end.stashBytes() == 0
                && end.memoryBytes() == 0, "something is left: " + end);
        require(proxyThreads().isEmpty(), "threads are left: " + proxyThreads());
        long finished = end.closed().getOrDefault(CloseReason.CLIENT_FINISHED, 0L);
        long silent = end.closed().getOrDefault(CloseReason.CLIENT_SILENT, 0L);
        require(finished == ACTIVE && silent == CONNECTIONS - ACTIVE,
                "not every connection ended in order: " + end.closed());

        long naive = (long) CONNECTIONS * 2 * READ_BUFFER;
        long lent = end.buffersBorrowedPeak() * READ_BUFFER;
        report.blank();
        report.say("A read and a write buffer for each connection would be " + CONNECTIONS + " x 2 x "
                + Report.bytes(READ_BUFFER) + " = " + Report.bytes(naive) + ", busy or not.");
        report.say("Here at most " + end.buffersBorrowedPeak() + " buffers were lent at one time: " + Report.bytes(lent)
                + " of the " + Report.bytes(held) + " that the proxy held, which is " + naive / held + " times less.");
        report.say("Every answer was what had been sent. " + finished + " connections ended as "
                + CloseReason.CLIENT_FINISHED.label() + ", and " + silent + ", which never sent a byte, as "
                + CloseReason.CLIENT_SILENT.label() + ".");
        report.say("Left: 0 connections, 0 buffers, 0 bytes of direct memory, 0 threads.");
    }

    private static List<String> proxyThreads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
                .filter(name -> name.startsWith("sluice-")).toList();
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
