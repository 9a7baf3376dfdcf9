package dev.sluice.dist;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * {@code bin/sluice} as a child process: its output line by line, its ready line, signals, and its exit code. Nothing
 * here sleeps; every wait ends with the condition, or after {@link #LIMIT} with a failure that shows what the process
 * said. {@link #close} kills what is left.
 */
final class TestingDaemon implements AutoCloseable {
    /** Generous: a machine that is busy with other builds must not fail a test. */
    static final Duration LIMIT = Duration.ofSeconds(60);

    private final Process process;
    private final Lines out;
    private final Lines err;

    private TestingDaemon(Process process) {
        this.process = process;
        out = new Lines(process.inputReader());
        err = new Lines(process.errorReader());
    }

    /** The way to start one. */
    static final class Launch {
        private final List<String> command = new ArrayList<>();
        private final Map<String, String> environment = new HashMap<>();
        private boolean inheritEnvironment = true;
        private Path directory = Path.of("/");

        Launch(List<String> command) {
            this.command.addAll(command);
        }

        Launch environment(String name, String value) {
            environment.put(name, value);
            return this;
        }

        /** Starts with no variable but those of {@link #environment}. */
        Launch emptyEnvironment() {
            inheritEnvironment = false;
            return this;
        }

        /** The working directory; otherwise the root, where nothing relative is found by accident. */
        Launch directory(Path path) {
            directory = path;
            return this;
        }

        TestingDaemon start() throws IOException {
            ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
            if (!inheritEnvironment) {
                builder.environment().clear();
            }
            builder.environment().putAll(environment);
            return new TestingDaemon(builder.start());
        }
    }

    /** Prepares {@code bin/sluice} of the shared installation with these arguments. */
    static Launch sluice(String... arguments) {
        return command(TestingInstallation.get().sluice(), arguments);
    }

    /** Prepares any program that ends up as {@code bin/sluice}. */
    static Launch command(String program, String... arguments) {
        List<String> command = new ArrayList<>(List.of(program));
        Collections.addAll(command, arguments);
        return new Launch(command);
    }

    /** Starts {@code run} with a configuration and waits until it serves. */
    static TestingDaemon serving(Path configuration) throws Exception {
        TestingDaemon daemon = sluice("run", "-c", configuration.toString()).start();
        daemon.ready();
        return daemon;
    }

    /** Waits for the ready line and returns it. */
    String ready() throws InterruptedException {
        return out.await(line -> line.startsWith("sluice ready"), this);
    }

    /** {@return the address of a listener, or {@code admin}; IPv4 only} */
    InetSocketAddress address(String name) throws Exception {
        Matcher address = Pattern.compile(" " + Pattern.quote(name) + "=([0-9.]+):([0-9]+)").matcher(ready());
        if (address.find()) {
            return new InetSocketAddress(InetAddress.getByName(address.group(1)), Integer.parseInt(address.group(2)));
        }
        throw new AssertionError("no " + name + " in: " + ready());
    }

    /** Waits for a line on standard error that contains {@code text}, and returns it. */
    String awaitError(String text) throws InterruptedException {
        return err.await(line -> line.contains(text), this);
    }

    /** Waits for a line on standard output, and returns it. */
    String awaitOut(Predicate<String> wanted) throws InterruptedException {
        return out.await(wanted, this);
    }

    /** Sends {@code SIGname}. */
    void signal(String name) throws Exception {
        Process kill = new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid()).inheritIO().start();
        assertTrue(kill.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS));
    }

    /** Waits for the end of the process and of its output. */
    int exitCode() throws InterruptedException {
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("still running; " + this);
        }
        out.awaitEnd();
        err.awaitEnd();
        return process.exitValue();
    }

    /** All lines on standard output so far. */
    List<String> out() {
        return out.soFar();
    }

    /** All lines on standard error so far. */
    List<String> err() {
        return err.soFar();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits until the process has become this program, or has ended. */
    void awaitProgram(String name) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (process.isAlive() && !process.info().command().orElse("").endsWith("/" + name)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("did not become " + name + "; " + this);
            }
            Thread.onSpinWait();
        }
    }

    /** {@return the target of a descriptor of the process, as the kernel shows it; null if it is closed} */
    @Nullable
    String descriptor(int number) throws IOException {
        Path link = Path.of("/proc/" + process.pid() + "/fd/" + number);
        return Files.isSymbolicLink(link) ? Files.readSymbolicLink(link).toString() : null;
    }

    long pid() {
        return process.pid();
    }

    /** Closes both output streams: the process gets EPIPE. */
    void closeOutput() throws IOException {
        process.getInputStream().close();
        process.getErrorStream().close();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
        out.awaitEnd();
        err.awaitEnd();
    }

    @Override
    public String toString() {
        return "standard output " + out() + ", standard error " + err();
    }

    /** One of the two output streams. */
    private static final class Lines {
        private final List<String> lines = new ArrayList<>();
        private boolean ended;
        private final CompletableFuture<@Nullable Void> reader;

        Lines(BufferedReader stream) {
            reader = CompletableFuture.runAsync(() -> read(stream),
                    command -> Thread.ofPlatform().daemon().start(command));
        }

        void awaitEnd() {
            reader.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
        }

        private void read(BufferedReader stream) {
            try (stream) {
                for (String line = stream.readLine(); line != null; line = stream.readLine()) {
                    add(line);
                }
            } catch (IOException e) {
                add("(closed by the test)");
            }
            end();
        }

        private synchronized void add(String line) {
            lines.add(line);
            notifyAll();
        }

        private synchronized void end() {
            ended = true;
            notifyAll();
        }

        synchronized List<String> soFar() {
            return List.copyOf(lines);
        }

        String await(Predicate<String> wanted, TestingDaemon daemon) throws InterruptedException {
            long deadline = System.nanoTime() + LIMIT.toNanos();
            synchronized (this) {
                while (true) {
                    for (String line : lines) {
                        if (wanted.test(line)) {
                            return line;
                        }
                    }
                    long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                    if (ended || left <= 0) {
                        break;
                    }
                    wait(left);
                }
            }
            throw new AssertionError("no such line; " + daemon);
        }
    }
}
