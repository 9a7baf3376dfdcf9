package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Memory of an idle connection in the daemon of an unpacked tarball, with the three filters that it brings, on both transports:
 * silent from the start, after a message of 16 KiB, and after one of 1 MiB was echoed on each; and what is left when all have closed.
 *
 * <p>Resident memory and live memory are measured in processes of their own: the class histogram, which counts live objects, collects
 * garbage, and NativeMemoryTracking takes memory itself. Clients are a process of their own, and this one is the upstream, because each has a
 * limit of descriptors.
 */
public final class Diet {
    private static final int DEFAULT_CONNECTIONS = 9_000;
    private static final int QUICK_CONNECTIONS = 2_000;
    private static final int WARM_CONNECTIONS = 50;
    private static final long WARM_MILLIS = 3_000;
    /** So many connections come and go, {@link #WARM_CONNECTIONS} at a time, so that accepting and closing are warm too. */
    private static final int WARM_VISITS = 2_000;
    /** Longer than the JVM waits before it gives freed memory back, see {@code conf/jvm.options}. */
    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(7);
    /** How long memory is watched after all connections have closed. */
    private static final long RETURN_SECONDS = 30;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final List<Bars> TRANSPORTS = List.of(new Bars("epoll", 512, 1024), new Bars("nio", 2048, 0));

    private final Path home;
    private final Path directory;
    private final String options;
    private final int connections;

    private Diet(Path home, Path directory, String options, int connections) {
        this.home = home;
        this.directory = directory;
        this.options = options;
        this.connections = connections;
    }

    /** Most bytes for each connection, live and resident; 0 = no bar. */
    private record Bars(String transport, int live, int resident) {}

    /** {@code SLUICE_HOME [--quick] [--options JVM_OPTIONS] [CONNECTIONS]}; needs {@code JDK_HOME} for jcmd. */
    public static void main(String[] args) throws IOException {
        int connections = DEFAULT_CONNECTIONS;
        String options = "";
        for (int i = 1; i < args.length; i++) {
            if (args[i].equals("--quick")) {
                connections = QUICK_CONNECTIONS;
            } else if (args[i].equals("--options") && i + 1 < args.length) {
                options = args[++i];
            } else if (args[i].matches("[1-9]\\d{1,4}")) {
                connections = Integer.parseInt(args[i]);
            } else {
                System.err.println("run memory: '" + args[i] + "' is not understood; allowed: --quick, --options"
                        + " 'OPTIONS OF THE JVM', and a number of connections from 10 to 99999");
                System.exit(2);
            }
        }
        Path directory = Files.createTempDirectory("sluice-memory");
        System.out.println("kernel " + Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip() + ", "
                + Runtime.getRuntime().availableProcessors() + " processors; " + load() + "; options: jvm.options "
                + options);
        new Diet(Path.of(args[0]), directory, options, connections).run();
        System.out.println(load() + " at the end; configurations and logs: " + directory);
    }

    private static String load() throws IOException {
        return "load average " + Files.readString(Path.of("/proc/loadavg")).strip();
    }

    private void run() throws IOException {
        System.out.printf(Locale.ROOT, "%n%d connections behind acl, rate-limit and sniff; bytes for each%n",
                connections);
        System.out.printf(Locale.ROOT, "%-7s %-18s %10s %10s %10s %10s   %s%n", "", "after", "live heap", "native",
                "live", "resident", "resident MiB: ready, warm, with all, then 0 s, 10 s and " + RETURN_SECONDS
                        + " s after all have closed");
        for (Bars bars : TRANSPORTS) {
            for (int size : new int[]{0, 16 * 1024, 1024 * 1024}) {
                Live live = live(bars.transport, size);
                List<Long> resident = resident(bars.transport, size);
                long growth = (resident.get(2) - resident.get(1)) / connections;
                System.out.printf(Locale.ROOT, "%-7s %-18s %10d %10d %10s %10s  ", bars.transport,
                        size == 0 ? "nothing" : size / 1024 + " KiB on each", live.heap, live.nonHeap,
                        judged(live.heap + live.nonHeap, bars.live), judged(growth, bars.resident));
                resident.forEach(bytes -> System.out.printf(Locale.ROOT, " %.1f", bytes / 1048576.0));
                System.out.printf(Locale.ROOT, " = %+.0f %%%n",
                        100.0 * resident.getLast() / resident.get(1) - 100);
            }
        }
    }

    /** With a mark when it is above the bar. */
    private static String judged(long bytes, int bar) {
        return bytes + (bar > 0 && bytes > bar ? "!" : "");
    }

    /** Bytes for each connection: reachable objects, and native memory besides. */
    private record Live(long heap, long nonHeap) {}

    private Live live(String transport, int size) throws IOException {
        try (DietUpstream upstream = new DietUpstream();
                Peer proxy = start("live", transport, upstream, "-XX:NativeMemoryTracking=summary")) {
            warm(proxy, upstream);
            Jcmd jcmd = new Jcmd(proxy.pid());
            long heap = jcmd.liveHeap();
            long nonHeap = jcmd.nativeBytes();
            try (Child clients = clients(proxy, upstream, size)) {
                long all = jcmd.liveHeap();
                Live live = new Live((all - heap) / connections, (jcmd.nativeBytes() - nonHeap) / connections);
                clients.writeLine("close");
                clients.expect("closed");
                return live;
            }
        }
    }

    /** When it is ready, warm, with all connections, and at some times after they have closed. */
    private List<Long> resident(String transport, int size) throws IOException {
        List<Long> resident = new ArrayList<>();
        try (DietUpstream upstream = new DietUpstream();
                Peer proxy = start("resident", transport, upstream, "")) {
            resident.add(proxy.residentBytes());
            warm(proxy, upstream);
            resident.add(proxy.residentBytes());
            try (Child clients = clients(proxy, upstream, size)) {
                resident.add(proxy.residentBytes());
                clients.writeLine("close");
                clients.expect("closed");
                await(upstream, 0);
                resident.add(proxy.residentBytes());
                for (long seconds : new long[]{10, RETURN_SECONDS - 10}) {
                    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(seconds));
                    resident.add(proxy.residentBytes());
                }
            }
        }
        return resident;
    }

    /** Established and silent. */
    private Child clients(Peer proxy, DietUpstream upstream, int size) throws IOException {
        Child clients = new Child("DietClients", Integer.toString(proxy.port()), Integer.toString(connections),
                Integer.toString(size));
        clients.expect("ready");
        await(upstream, connections);
        LockSupport.parkNanos(SETTLE_NANOS);
        return clients;
    }

    /** Classes that the first connections load, and code that they compile, are not the price of a connection. */
    private void warm(Peer proxy, DietUpstream upstream) throws IOException {
        for (int visits = 0; visits < WARM_VISITS; visits += WARM_CONNECTIONS) {
            try (PingPong visit = new PingPong(proxy.port(), WARM_CONNECTIONS, 1024)) {
                visit.finish();
            }
        }
        for (int size : new int[]{1024, 16 * 1024}) {
            try (PingPong warm = new PingPong(proxy.port(), WARM_CONNECTIONS, size)) {
                warm.run(WARM_MILLIS / 2);
            }
        }
        await(upstream, 0);
        LockSupport.parkNanos(SETTLE_NANOS);
    }

    private static void await(DietUpstream upstream, int connections) throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (upstream.connections() != connections) {
            if (System.nanoTime() > deadline) {
                throw new IOException(
                        upstream.connections() + " connections at the upstream instead of " + connections);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    private Peer start(String name, String transport, DietUpstream upstream, String more) throws IOException {
        int port = Peer.freePort();
        Path config = Files.writeString(directory.resolve(name + "-" + transport + ".yaml"), """
                runtime: { eventLoops: 1, transport: %s }
                listeners:
                  - name: diet
                    listen: "127.0.0.1:%d"
                    cluster: echo
                    filters:
                      - type: acl
                        config: { default: deny, rules: [ { deny: [203.0.113.0/24] }, { allow: [0.0.0.0/0, "::/0"] } ] }
                      - type: rate-limit
                        config:
                          connections: { per: source, rate: 100000/s, burst: 100000 }
                          concurrent: { per: source, max: 100000 }
                          bandwidth: { direction: upstream-to-client, per: connection, rate: 1GiB/s, burst: 64MiB }
                      - type: sniff
                        config: { protocols: [tls, http1], silence: 500ms, deadline: 500ms, unknown: pass }
                clusters:
                  - { name: echo, endpoints: [ { address: "127.0.0.1:%d" } ] }
                """.formatted(transport, port, upstream.port()));
        return Peer.of("sluice-" + name + "-" + transport, directory, port, "env",
                "SLUICE_OPTS=" + options + " " + more, home.resolve("bin/sluice").toString(), "run", "-c",
                config.toString());
    }
}
