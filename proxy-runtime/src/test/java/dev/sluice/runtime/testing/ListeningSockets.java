package dev.sluice.runtime.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The TCP sockets that this process listens on, as Linux shows them: one that is bound anew has another inode, whatever
 * its address.
 */
public final class ListeningSockets {
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
    private static final String LISTEN = "0A";
    private static final int LOCAL = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    private ListeningSockets() {}

    /** Whether this system shows them. */
    public static boolean areShown() {
        return Files.isReadable(TABLES.getFirst()) && Files.isReadable(Path.of("/proc/self/fd"));
    }

    /** The ports of all of them by their inodes. */
    public static SortedMap<Long, Integer> ofThisProcess() {
        Set<String> own = own();
        SortedMap<Long, Integer> ports = new TreeMap<>();
        for (Path table : TABLES) {
            try {
                for (String line : Files.exists(table) ? Files.readAllLines(table) : List.<String>of()) {
                    String[] columns = line.strip().split("\\s+", -1);
                    if (columns[STATE].equals(LISTEN) && own.contains("socket:[" + columns[INODE] + "]")) {
                        String local = columns[LOCAL];
                        ports.put(Long.valueOf(columns[INODE]),
                                Integer.valueOf(local.substring(local.indexOf(':') + 1), 16));
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return ports;
    }

    /** The inodes of those at the port of an address. */
    public static Set<Long> at(SocketAddress address) {
        int port = ((InetSocketAddress) address).getPort();
        Set<Long> inodes = new TreeSet<>();
        ofThisProcess().forEach((inode, bound) -> {
            if (bound == port) {
                inodes.add(inode);
            }
        });
        return inodes;
    }

    private static Set<String> own() {
        Set<String> targets = new TreeSet<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            descriptors.forEach(descriptor -> {
                try {
                    targets.add(Files.readSymbolicLink(descriptor).toString());
                } catch (IOException closedMeanwhile) {
                    // Then it is none of those that stay.
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return targets;
    }
}
