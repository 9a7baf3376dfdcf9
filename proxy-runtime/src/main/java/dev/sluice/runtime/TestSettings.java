package dev.sluice.runtime;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

import dev.sluice.runtime.config.TestChanges;

/**
 * Settings with which a configuration is read in a test, so that the file of production can be used as it is, and nothing
 * that the test does leaves the machine:
 *
 * <ul>
 * <li>Each listener has a free port of {@code 127.0.0.1}, whatever its address is.
 * <li>A listener without a filter of type {@code fault} gets one, as its first, so that {@link ProxyServer#faults} works.
 * <li>A cluster has the endpoints of {@link #endpoints}. Without them it keeps those that are written with an address of
 * this machine ({@code 127.…}, {@code [::1]}, {@code unix:}); others become one that refuses connections.
 * <li>There is no admin interface and no access log.
 * <li>Without {@code runtime.eventLoops} there are at most two event loops.
 * </ul>
 *
 * <p>A change counts from the next time that a configuration is read: at the start, or at a reload. Any thread.
 */
public final class TestSettings {
    private final Map<String, List<String>> endpoints = new ConcurrentHashMap<>();
    private final Set<String> perhaps = ConcurrentHashMap.newKeySet();
    private final Set<String> kept = ConcurrentHashMap.newKeySet();
    private volatile UnaryOperator<String> edit = UnaryOperator.identity();

    /** Settings without endpoints. */
    public TestSettings() {}

    /**
     * Replaces the endpoints of a cluster. The first of them keeps what is written for the first one beside its address,
     * such as its weight, and so on.
     *
     * @param cluster its name
     * @param addresses at least one
     * @return this
     */
    public TestSettings endpoints(String cluster, List<? extends SocketAddress> addresses) {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("no endpoint for cluster '" + cluster + "'; allowed: at least one");
        }
        endpoints.put(cluster, addresses.stream().map(TestSettings::text).toList());
        return this;
    }

    /**
     * Replaces the endpoints of a cluster as {@link #endpoints} does, if the configuration has such a cluster.
     *
     * @param cluster its name
     * @param addresses at least one
     * @return this
     */
    public TestSettings endpointsIfThere(String cluster, List<? extends SocketAddress> addresses) {
        perhaps.add(cluster);
        return endpoints(cluster, addresses);
    }

    /**
     * Leaves a cluster the endpoints that are written, wherever they are.
     *
     * @param cluster its name
     * @return this
     */
    public TestSettings keepEndpoints(String cluster) {
        kept.add(cluster);
        return this;
    }

    /**
     * Changes the text of the configuration before it is read: of a file, not of those that it includes.
     *
     * @param change from what is written to what is read; replaces an earlier one
     * @return this
     */
    public TestSettings edit(UnaryOperator<String> change) {
        edit = change;
        return this;
    }

    /**
     * Writes an address as configurations do.
     *
     * @param address a socket's; every address of the machine becomes one of its loopback interface
     * @return the text, such as {@code 127.0.0.1:5432}
     */
    public static String text(SocketAddress address) {
        if (address instanceof UnixDomainSocketAddress unix) {
            return "unix:" + unix.getPath().toAbsolutePath();
        }
        if (!(address instanceof InetSocketAddress inet) || inet.isUnresolved()) {
            throw new IllegalArgumentException(
                    "the address " + address + " cannot be an endpoint; allowed: an IP address and a port, or a Unix"
                            + " domain socket");
        }
        String host = inet.getAddress().isAnyLocalAddress() ? "127.0.0.1" : inet.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host.replaceFirst("%.*", "") + "]" : host) + ":" + inet.getPort();
    }

    TestChanges changes() {
        return new TestChanges(new HashMap<>(endpoints), kept, edit);
    }

    /** Refuses clusters that are not there. */
    void check(List<String> clusters) {
        Set<String> replaced = new TreeSet<>(endpoints.keySet());
        replaced.removeAll(perhaps);
        check("endpoints", replaced, clusters);
        check("keepEndpoints", kept, clusters);
    }

    private static void check(String what, Set<String> named, List<String> clusters) {
        named.stream().filter(name -> !clusters.contains(name)).sorted().findFirst().ifPresent(unknown -> {
            throw new IllegalArgumentException(what + ": there is no cluster '" + unknown + "'; there are: "
                    + String.join(", ", clusters));
        });
    }
}
