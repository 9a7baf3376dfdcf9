package dev.sluice.runtime.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.runtime.cluster.Cluster;
import dev.sluice.runtime.cluster.ConnectPolicy;
import dev.sluice.runtime.config.Quantities;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.relay.RelaySettings;
import dev.sluice.runtime.transport.SocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * The timeouts of a listener's connections for people: of two that may end the same state, the one that comes first. Pure.
 */
final class TimeoutSentences {
    private TimeoutSentences() {}

    /** The sentences, in the order of a connection's life; those about the endpoint if there is a cluster. */
    static List<String> of(ListenerConfig config, RelaySettings settings, @Nullable Cluster cluster) {
        List<String> sentences = new ArrayList<>();
        config.tls()
                .ifPresent(tls -> sentences.add("TLS: handshake.deadline " + Quantities.show(tls.handshake().deadline())
                        + " from the accept"));
        if (cluster != null) {
            sentences.add(connecting(cluster.policy(), cluster.endpoints().list().size(), cluster.name()));
        }
        sentences.add("no byte in either direction: idle " + show(settings.idleNanos()) + " (listener " + config.name()
                + ")");
        sentences.add("a silent peer: " + vanished(settings));
        sentences.add("while sending: " + sending(settings));
        sentences.add("after one side has finished: halfClosed " + show(settings.halfClosedNanos()));
        if (settings.lifetimeNanos() > 0) {
            sentences.add("in any case: lifetime " + show(settings.lifetimeNanos())
                    + (settings.lifetimeJitterNanos() == 0
                            ? ""
                            : ", up to " + show(settings.lifetimeJitterNanos()) + " earlier"));
        }
        return List.copyOf(sentences);
    }

    /** @param endpoints of the cluster, each of which is tried once; 0 = nobody knows yet */
    private static String connecting(ConnectPolicy policy, int endpoints, String cluster) {
        int attempts = endpoints == 0 ? policy.attempts() : Math.min(endpoints, policy.attempts());
        String each = "connect " + show(policy.attemptNanos()) + " x " + attempts
                + (attempts == 1 ? " endpoint" : " endpoints");
        String all = "connectTotal " + show(policy.totalNanos());
        String order = attempts * policy.attemptNanos() <= policy.totalNanos()
                ? each + " comes before " + all
                : all + " comes before " + each;
        return "connecting: " + order + " (cluster " + cluster + ")";
    }

    /** A peer that has vanished while nothing is owed to it: keepalive probes it, or only the idle timeout ends it. */
    private static String vanished(RelaySettings settings) {
        SocketOptions socket = settings.socket();
        String idle = "idle " + show(settings.idleNanos());
        if (socket.keepAliveIdleSeconds() == 0) {
            return idle + ", because keepAlive is off";
        }
        long first = socket.keepAliveIdleSeconds();
        long interval = socket.keepAliveIntervalSeconds();
        long probes = socket.keepAliveCount();
        String why = "";
        if (socket.userTimeoutMillis() > 0) {
            // Linux counts probes by time then: the first probe that is due after it ends the connection, see tcp(7).
            long due = Math.ceilDiv(socket.userTimeoutMillis(), 1000L) - first;
            probes = Math.max(1, Math.ceilDiv(due, interval));
            why = " (by userTimeout " + show(Duration.ofMillis(socket.userTimeoutMillis()).toNanos())
                    + " instead of count " + socket.keepAliveCount() + ")";
        }
        long seconds = first + interval * probes;
        String keepAlive = "keepAlive " + first + "s + " + probes + " x " + interval + "s = "
                + show(Duration.ofSeconds(seconds).toNanos()) + why;
        return Duration.ofSeconds(seconds).toNanos() < settings.idleNanos()
                ? keepAlive + " comes before " + idle
                : idle + " comes before " + keepAlive;
    }

    /** A peer that takes nothing of what is sent: the kernel gives up, or the write stall ends it. */
    private static String sending(RelaySettings settings) {
        String stall = "writeStall " + show(settings.writeStallNanos());
        int millis = settings.socket().userTimeoutMillis();
        if (millis == 0) {
            return stall;
        }
        long nanos = Duration.ofMillis(millis).toNanos();
        String user = "userTimeout " + show(nanos) + " (nothing is acknowledged, where the transport can set it)";
        return nanos < settings.writeStallNanos()
                ? user + " comes before " + stall
                : stall + " comes before " + user;
    }

    /** A time as the configuration writes it. */
    static String show(long nanos) {
        return Quantities.show(Duration.ofNanos(nanos));
    }
}
