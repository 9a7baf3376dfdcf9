package dev.sluice.examples.soak;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The daemon's access log, which is rotated all the time: each piece is read when the next one exists, and deleted. Each line belongs to the
 * oldest connection of its peer's address that has none yet, for a port is free again only after the end of the connection before.
 */
final class AccessLog {
    private static final Pattern LINE = Pattern
            .compile("\"listener\":\"([^\"]*)\",.*\"peer\":\"([^\"]*)\".*\"close_reason\":\"([^\"]*)\"");
    private static final long LIMIT_MILLIS = 10_000;
    private static final InetSocketAddress NO_PORT = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);

    private final Path file;
    private final Daemon daemon;
    private final Judge judge;
    private final Findings findings;
    private final Map<String, Deque<Plan>> waiting = new ConcurrentHashMap<>();
    private long lines;
    private int rotations;

    AccessLog(Path file, Daemon daemon, Judge judge, Findings findings) {
        this.file = file;
        this.daemon = daemon;
        this.judge = judge;
        this.findings = findings;
    }

    /** A connection for which there has to be a line. */
    void expect(String listener, InetSocketAddress client, Plan plan) {
        waiting.compute(key(listener, text(client)), (key, plans) -> {
            Deque<Plan> all = plans == null ? new ArrayDeque<>(1) : plans;
            all.add(plan);
            return all;
        });
    }

    /** A connection for which there has to be a line, but whose port nobody has learned: it was reset while the client connected. */
    void expectWithoutPort(String listener, Plan plan) {
        expect(listener, NO_PORT, plan);
    }

    private static String key(String listener, String client) {
        return listener + " " + client;
    }

    /** Lets the daemon begin a new file, and reads the old one. */
    synchronized void rotate() throws IOException {
        Path piece = file.resolveSibling("access." + ++rotations + ".log");
        Files.move(file, piece);
        daemon.signal("USR1");
        long deadline = System.nanoTime() + LIMIT_MILLIS * 1_000_000;
        while (!Files.exists(file)) {
            if (System.nanoTime() > deadline) {
                findings.add(Findings.Sort.REFUSED, "there is no new access log " + LIMIT_MILLIS + " ms after USR1");
                Files.move(piece, file);
                return;
            }
            Line.pause(5);
        }
        try (BufferedReader reader = Files.newBufferedReader(piece)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                read(line);
            }
        }
        Files.delete(piece);
    }

    private void read(String line) {
        lines++;
        Matcher fields = LINE.matcher(line);
        if (!fields.find()) {
            findings.add(Findings.Sort.WRONG_STREAM, "a line of the access log is none: " + line);
            return;
        }
        Plan plan = take(fields.group(1), fields.group(2));
        if (plan == null) {
            plan = take(fields.group(1), text(NO_PORT));
        }
        if (plan == null) {
            findings.add(Findings.Sort.WRONG_STREAM, "a line of the access log belongs to no connection: " + line);
            return;
        }
        plan.logged(fields.group(3));
        judge.look(plan);
    }

    private @Nullable Plan take(String listener, String client) {
        AtomicReference<@Nullable Plan> found = new AtomicReference<>();
        waiting.computeIfPresent(key(listener, client), (key, plans) -> {
            found.set(plans.poll());
            return plans.isEmpty() ? null : plans;
        });
        return found.get();
    }

    private static String text(InetSocketAddress client) {
        return client.getAddress().getHostAddress() + ":" + client.getPort();
    }

    synchronized long lines() {
        return lines;
    }

    synchronized int rotations() {
        return rotations;
    }
}
