package dev.sluice.junit;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import dev.sluice.runtime.ConnectionEvent;
import dev.sluice.runtime.ProxyEndpoint;
import dev.sluice.runtime.ProxyEvent;
import dev.sluice.runtime.ProxyServer;
import dev.sluice.runtime.ReloadResult;
import dev.sluice.runtime.ServerStats;
import dev.sluice.runtime.TestSettings;
import org.jspecify.annotations.Nullable;

/** A proxy that runs for tests, with the scopes of the tests that use it now. Any thread. */
final class RunningProxy {
    /** The most open connections of which it is known where they were opened. */
    private static final int MOST_KNOWN = 256;

    /** States of an endpoint to which connections have failed. */
    private static final Set<String> FAILED = Set.of("ejected", "trial");

    private final Class<?> testClass;
    private final Duration patience;
    private final TestSettings settings;
    private final Map<String, List<SocketAddress>> endpoints;
    private final OwnThreads threads;
    private final ProxyServer server;
    private final EventRecord all = new EventRecord();
    private final List<Scope> scopes = new CopyOnWriteArrayList<>();
    private final Map<Long, String> opened = new ConcurrentHashMap<>();
    private final AtomicLong ends = new AtomicLong();
    private final ReentrantLock reloads = new ReentrantLock();
    /** In the order in which they apply. Guarded by the lock. */
    private List<Edit> edits = List.of();

    private RunningProxy(Class<?> testClass, Duration patience, ProxyServer.Builder builder,
            Map<String, List<SocketAddress>> endpoints, String... kept) {
        this.patience = patience;
        this.testClass = testClass;
        this.endpoints = endpoints;
        this.settings = new TestSettings();
        endpoints.forEach(settings::endpointsIfThere);
        for (String cluster : kept) {
            settings.keepEndpoints(cluster);
        }
        this.threads = new OwnThreads("sluice of " + testClass.getSimpleName());
        this.server = threads.call(() -> builder.inTest(settings).events(this::onEvent).start());
    }

    /**
     * Starts a proxy.
     *
     * @param patience the time that things may take to end
     * @param endpoints the servers of the test, by cluster
     * @param kept the clusters that keep their endpoints
     */
    static RunningProxy start(Class<?> testClass, Duration patience, ProxyServer.Builder builder,
            Map<String, List<SocketAddress>> endpoints, String... kept) {
        return new RunningProxy(testClass, patience, builder, endpoints, kept);
    }

    Duration patience() {
        return patience;
    }

    /** Whether a test has closed it: a server that runs has threads. */
    boolean isClosed() {
        return threads.haveEnded();
    }

    /** The reason why a cluster is not there; null if it is. */
    @Nullable
    String whyNoCluster(String cluster) {
        try {
            String _ = server.endpoint(cluster, endpoint(cluster, 0)).state();
            return null;
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }

    ProxyServer server() {
        return server;
    }

    /** Begins the scope of a test, or of a class, on the calling thread. */
    Scope begin(String name, boolean ofClass) {
        Scope scope = new Scope(this, name, ofClass);
        scopes.add(scope);
        return scope;
    }

    /** Ends the scope of a test. Those that run at the same time may have what is left: the last of them looks. */
    void end(Scope scope, boolean nothingLeft, List<Throwable> failures) {
        // First, so that of two that end at the same time at least one is the last.
        scopes.remove(scope);
        failures.addAll(scope.end(nothingLeft && scopes.stream().allMatch(Scope::isOfClass)));
    }

    private void onEvent(ProxyEvent event) {
        if (event instanceof ConnectionEvent connection) {
            if (connection.isEnd()) {
                ends.incrementAndGet();
                opened.remove(connection.id());
            } else if (opened.size() < MOST_KNOWN) {
                opened.put(connection.id(), place());
            }
        }
        all.add(event);
        scopes.stream().filter(scope -> scope.sees(event)).forEach(scope -> scope.record().add(event));
    }

    /** The test that runs, and about where it is. */
    private String place() {
        List<Scope> tests = scopes.stream().filter(scope -> !scope.isOfClass()).toList();
        if (tests.size() != 1) {
            return tests.isEmpty()
                    ? testClass.getSimpleName()
                    : "one of " + tests.stream().map(Scope::name).collect(Collectors.joining(", "));
        }
        Scope test = tests.getFirst();
        for (StackTraceElement frame : test.thread().getStackTrace()) {
            if (frame.getClassName().equals(testClass.getName())
                    || frame.getClassName().startsWith(testClass.getName() + "$")) {
                return test.name() + ", which was about at " + frame;
            }
        }
        return test.name();
    }

    /** The place where a connection was opened; null = not known. */
    @Nullable
    String opened(long connection) {
        return opened.get(connection);
    }

    /** Whether the end of each connection that has ended was received. */
    boolean hasAllEvents(ServerStats stats) {
        long closed = stats.closed().values().stream().mapToLong(count -> count).sum();
        return ends.get() + server.eventsDropped() >= closed;
    }

    /** Waits until the end of each connection that has ended so far was received. */
    void catchUp() {
        ServerStats now = server.stats();
        long deadline = System.nanoTime() + patience.toNanos();
        while (!hasAllEvents(now) && System.nanoTime() < deadline && !Thread.currentThread().isInterrupted()) {
            pause(Duration.ofMillis(1));
        }
    }

    /** Waits until something happens, or a time is over. */
    void pause(Duration most) {
        all.pause(most);
    }

    Set<Integer> ports() {
        return server.addresses().values().stream().map(address -> ((InetSocketAddress) address).getPort())
                .collect(Collectors.toSet());
    }

    String listenerOf(int port) {
        return server.addresses().entrySet().stream()
                .filter(entry -> ((InetSocketAddress) entry.getValue()).getPort() == port).map(Map.Entry::getKey)
                .findFirst().orElse("with port " + port);
    }

    String endpoint(String cluster, int index) {
        List<SocketAddress> all = endpoints.getOrDefault(cluster, List.of());
        if (index < 0 || index >= all.size()) {
            throw new IllegalArgumentException("endpoint " + index + " of cluster '" + cluster + "' is in no field with"
                    + " @Endpoint; " + (all.isEmpty()
                            ? "clusters with such fields: "
                                    + (endpoints.isEmpty() ? "none" : String.join(", ", endpoints.keySet()))
                            : "allowed: 0 to " + (all.size() - 1))
                    + "; others are named by their address");
        }
        return TestSettings.text(all.get(index));
    }

    /** Forgets that endpoints of the test have failed: it must not outlive the test. */
    void forgetFailures() {
        endpoints.forEach((cluster, addresses) -> addresses.forEach(address -> {
            ProxyEndpoint endpoint = server.endpoint(cluster, TestSettings.text(address));
            try {
                if (FAILED.contains(endpoint.state())) {
                    endpoint.down();
                    endpoint.up();
                }
            } catch (IllegalArgumentException gone) {
                // A reload has taken it away.
            }
        }));
    }

    /** Reloads with a change more, which lasts as long as its scope. */
    ReloadResult reload(Scope scope, UnaryOperator<String> change) {
        reloads.lock();
        try {
            List<Edit> more = new ArrayList<>(edits);
            more.add(new Edit(scope, change));
            return reload(more);
        } finally {
            reloads.unlock();
        }
    }

    /** Undoes the changes of a scope; those of its class, and of tests that run at the same time, stay. */
    void undoReloads(Scope scope) {
        reloads.lock();
        try {
            reload(edits.stream().filter(edit -> edit.scope() != scope).toList());
        } finally {
            reloads.unlock();
        }
    }

    private ReloadResult reload(List<Edit> wanted) {
        settings.edit(text -> Edit.all(wanted, text));
        try {
            ReloadResult result = threads.call(server::reload);
            edits = List.copyOf(wanted);
            return result;
        } catch (RuntimeException | Error e) {
            List<Edit> before = edits;
            settings.edit(text -> Edit.all(before, text));
            throw e;
        }
    }

    /** A change of the text of the configuration. */
    private record Edit(Scope scope, UnaryOperator<String> change) {
        static String all(List<Edit> edits, String text) {
            String edited = text;
            for (Edit edit : edits) {
                edited = edit.change().apply(edited);
            }
            return edited;
        }
    }

    /** Closes the proxy and checks that it has given everything back. */
    void close(List<Throwable> failures) {
        Scope.attempt(failures, () -> threads.call(() -> {
            server.close();
            return true;
        }));
        Scope.attempt(failures, this::assertGone);
    }

    private void assertGone() {
        ServerStats stats = server.stats();
        List<String> left = new ArrayList<>();
        threads.awaitEnd(patience).forEach(thread -> left.add("thread " + OwnThreads.words(thread)));
        if (stats.connectionsActive() + stats.buffersBorrowed() + stats.stashBytes() + stats.pipesBorrowed()
                + stats.memoryBytes() != 0) {
            left.add("memory or connections: " + stats);
        }
        if (!left.isEmpty()) {
            throw new AssertionError("the proxy of " + testClass.getSimpleName() + " has left something behind:"
                    + left.stream().map(line -> "\n- " + line).collect(Collectors.joining()));
        }
    }
}
