package dev.sluice.junit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import dev.sluice.runtime.OpenConnection;
import dev.sluice.runtime.ServerStats;
import org.jspecify.annotations.Nullable;

/** The things that a test may leave behind: those that are there at its end, and were not at its beginning. Any thread. */
final class Leftovers {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

    private final RunningProxy proxy;
    private final Set<Long> before;
    private final Set<ClientSocket> socketsBefore;

    /** The begin of a test. */
    Leftovers(RunningProxy proxy) {
        this.proxy = proxy;
        ServerStats stats = proxy.server().stats();
        this.before = stats.connectionsActive() == 0
                ? Set.of()
                : proxy.server().connections().stream().map(OpenConnection::id).collect(Collectors.toSet());
        this.socketsBefore = Set.copyOf(sockets(stats));
    }

    /** The description of what is left, after a little patience; null = nothing is. */
    @Nullable
    String find() {
        long deadline = System.nanoTime() + proxy.patience().toNanos();
        String left = look();
        while (left != null && System.nanoTime() < deadline && !Thread.currentThread().isInterrupted()) {
            proxy.pause(LOOK_AGAIN);
            left = look();
        }
        return left;
    }

    private @Nullable String look() {
        ServerStats stats = proxy.server().stats();
        List<String> left = new ArrayList<>();
        open().forEach(connection -> left.add(words(connection)));
        if (stats.connectionsActive() == 0) {
            count(left, stats.buffersBorrowed(), "read buffers that are lent");
            count(left, stats.stashBytes(), "bytes in the stash");
            count(left, stats.pipesBorrowed(), "pipes that are lent");
        }
        for (ClientSocket socket : sockets(stats)) {
            if (!socketsBefore.contains(socket)) {
                left.add(socket + ", to listener " + proxy.listenerOf(socket.port())
                        + (socket.isHalfClosed() ? ": the proxy has closed it, and its owner has not" : ""));
            }
        }
        if (left.isEmpty() && !proxy.hasAllEvents(stats)) {
            left.add("events that have not been delivered");
        }
        return left.isEmpty() ? null : left.stream().map(line -> "\n- " + line).collect(Collectors.joining());
    }

    /** The sockets to the proxy; on a machine with many sockets it takes a while to find them. */
    private List<ClientSocket> sockets(ServerStats stats) {
        return stats.connectionsTotal() == 0 ? List.of() : ClientSocket.of(proxy.ports());
    }

    private List<OpenConnection> open() {
        return proxy.server().stats().connectionsActive() == 0
                ? List.of()
                : proxy.server().connections().stream().filter(each -> !before.contains(each.id())).toList();
    }

    /** Resets the connections that are left. */
    void cut() {
        open().forEach(each -> proxy.server().closeConnection(each.id()));
        long deadline = System.nanoTime() + proxy.patience().toNanos();
        while (!open().isEmpty() && System.nanoTime() < deadline && !Thread.currentThread().isInterrupted()) {
            proxy.pause(LOOK_AGAIN);
        }
    }

    private String words(OpenConnection connection) {
        String opened = proxy.opened(connection.id());
        return "connection " + connection.id() + ", " + connection.state() + ": client " + connection.client()
                + ", listener " + connection.listener()
                + (connection.endpoint() == null
                        ? ""
                        : ", endpoint " + connection.endpoint() + " of cluster " + connection.cluster())
                + ", open for " + connection.age().toMillis() + " ms, idle for " + connection.idle().toMillis()
                + " ms, "
                + connection.bytesUp() + " bytes up, " + connection.bytesDown() + " down"
                + (opened == null ? "" : "; opened in " + opened);
    }

    private static void count(List<String> left, long count, String what) {
        if (count != 0) {
            left.add(count + " " + what);
        }
    }
}
