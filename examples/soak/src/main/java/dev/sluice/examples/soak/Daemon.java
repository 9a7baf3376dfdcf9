package dev.sluice.examples.soak;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The daemon of the unpacked tarball as a process, seen from outside: its ready line, admin interface, signals, and what the system says of it. */
final class Daemon implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-z_]+(?:\\{[^}]*})?) (\\S+)$");
    /** Threads that come and go: with what is to be compiled, for requests of the admin interface, to watch replaced plugins until they are gone. */
    private static final Pattern COMES_AND_GOES = Pattern
            .compile("C[12] CompilerThre|ForkJoinPool.*|VirtualThread.*|Attach Listener|sluice-plugins");

    private final Process process;
    private final String ready;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(LIMIT).build();

    private Daemon(Process process, String ready) {
        this.process = process;
        this.ready = ready;
    }

    /** An answer of the admin interface. */
    record Answer(int status, String body) {}

    /**
     * Starts it and waits until it serves.
     *
     * @param log for its standard error
     */
    static Daemon start(Path home, Path configuration, Path log) throws IOException {
        Process process = new ProcessBuilder(home.resolve("bin/sluice").toString(), "run", "-c",
                configuration.toString())
                .redirectError(log.toFile()).start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String ready = out.readLine();
        if (ready == null || !ready.startsWith("sluice ready")) {
            process.destroyForcibly();
            throw new IOException("the daemon did not start: " + Files.readString(log));
        }
        return new Daemon(process, ready);
    }

    /** The address of a listener that was there at the start, or of {@code admin}. */
    InetSocketAddress address(String name) {
        return address(ready, " " + name + "=([0-9.]+):([0-9]+)");
    }

    /** The address of a listener that is there now. */
    InetSocketAddress addressNow(String name) throws IOException {
        return address(get("/listeners"), "\"name\":\"" + name + "\",\"address\":\"([0-9.]+):([0-9]+)\"");
    }

    private static InetSocketAddress address(String text, String pattern) {
        Matcher found = Pattern.compile(pattern).matcher(text);
        if (!found.find()) {
            throw new IllegalStateException("no " + pattern + " in: " + text);
        }
        return new InetSocketAddress(InetAddress.ofLiteral(found.group(1)), Integer.parseInt(found.group(2)));
    }

    String get(String path) throws IOException {
        return ask(request(path).GET().build()).body();
    }

    Answer post(String path) throws IOException {
        return ask(request(path).POST(HttpRequest.BodyPublishers.noBody()).build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address("admin").getPort() + path))
                .timeout(LIMIT);
    }

    private Answer ask(HttpRequest request) throws IOException {
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    /** All metrics, by name and labels as they are written. */
    Map<String, Double> metrics() throws IOException {
        Map<String, Double> metrics = new TreeMap<>();
        SAMPLE.matcher(get("/metrics")).results()
                .forEach(sample -> metrics.put(sample.group(1), Double.parseDouble(sample.group(2))));
        return metrics;
    }

    void signal(String name) throws IOException {
        run("sh", "-c", "kill -" + name + " " + process.pid());
    }

    /** Collects garbage, all generations, and returns what the JVM says about its classes: instances by name. */
    Map<String, Long> instancesAfterCollection() throws IOException {
        Map<String, Long> instances = new TreeMap<>();
        String jcmd = Path.of(System.getProperty("java.home"), "bin/jcmd").toString();
        Pattern.compile("(?m)^ *\\d+: +(\\d+) +\\d+ +(\\S+)")
                .matcher(run(jcmd, Long.toString(process.pid()), "GC.class_histogram"))
                .results().forEach(line -> instances.merge(line.group(2), Long.parseLong(line.group(1)), Long::sum));
        if (instances.isEmpty()) {
            throw new IOException("jcmd gave no histogram; this program has to run on a JDK");
        }
        return instances;
    }

    private static String run(String... command) throws IOException {
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        child.getOutputStream().close();
        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        child.onExit().join();
        return said;
    }

    /** Resident memory in bytes. */
    long residentBytes() throws IOException {
        try (Stream<String> lines = Files.lines(proc("status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024).sum();
        }
    }

    /** Seconds of processor time so far. */
    double cpuSeconds() throws IOException {
        String stat = Files.readString(proc("stat"));
        List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
        return (Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12))) / 100.0;
    }

    int descriptors() throws IOException {
        try (Stream<Path> files = Files.list(proc("fd"))) {
            return (int) files.count();
        }
    }

    /** The number of descriptors that are sockets. */
    int sockets() throws IOException {
        try (Stream<Path> files = Files.list(proc("fd"))) {
            return (int) files.filter(file -> {
                try {
                    return Files.readSymbolicLink(file).toString().startsWith("socket:");
                } catch (IOException closedMeanwhile) {
                    return false;
                }
            }).count();
        }
    }

    /** Names of threads, but for those that come and go. */
    List<String> threads() throws IOException {
        try (Stream<Path> tasks = Files.list(proc("task"))) {
            return tasks.map(Daemon::name).filter(name -> !name.isEmpty() && !COMES_AND_GOES.matcher(name).matches())
                    .sorted().toList();
        }
    }

    private static String name(Path task) {
        try {
            return Files.readString(task.resolve("comm")).strip();
        } catch (IOException hasEnded) {
            return "";
        }
    }

    private Path proc(String file) {
        return Path.of("/proc/" + process.pid() + "/" + file);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Ends it in order, and returns its exit code; -1 if it does not end. */
    int stop() throws IOException {
        signal("TERM");
        try {
            return process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) ? process.exitValue() : -1;
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
        process.destroyForcibly().onExit().join();
    }
}
