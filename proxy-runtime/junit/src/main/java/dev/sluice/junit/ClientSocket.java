package dev.sluice.junit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An open socket of this process whose other end is a listener of the proxy, as Linux lists it; other systems list none.
 *
 * @param descriptor its number
 * @param localPort its own port
 * @param port the listener's
 * @param state in the words of TCP
 */
record ClientSocket(int descriptor, int localPort, int port, String state) {
    private static final List<Path> TABLES = List.of(Path.of("/proc/self/net/tcp"), Path.of("/proc/self/net/tcp6"));
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final Map<String, String> STATES = Map.of("01", "ESTABLISHED", "02", "SYN_SENT", "04", "FIN_WAIT1",
            "05", "FIN_WAIT2", "08", "CLOSE_WAIT", "09", "LAST_ACK", "0B", "CLOSING");
    private static final List<String> LOOPBACK = List.of("0100007F", "0000000000000000FFFF00000100007F");
    private static final int HEX = 16;
    /** sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode, as in proc(5). */
    private static final Pattern LINE = Pattern.compile(" *[0-9]+: [0-9A-F]+:(?<port>[0-9A-F]{4})"
            + " (?<remote>[0-9A-F]+):(?<remotePort>[0-9A-F]{4}) (?<state>[0-9A-F]{2}) [^ ]+ [^ ]+ +[^ ]+ +[0-9]+ +[0-9]+"
            + " (?<inode>[1-9][0-9]*) ");

    boolean isHalfClosed() {
        return state.equals("CLOSE_WAIT");
    }

    /** The sockets to some ports of the loopback interface. */
    static List<ClientSocket> of(Set<Integer> ports) {
        Map<String, ClientSocket> byInode = new HashMap<>();
        for (Path table : TABLES) {
            read(table, ports, byInode);
        }
        return byInode.isEmpty() ? List.of() : ofThisProcess(byInode);
    }

    private static void read(Path table, Set<Integer> ports, Map<String, ClientSocket> byInode) {
        try (Stream<String> lines = Files.lines(table)) {
            lines.map(LINE::matcher).filter(Matcher::lookingAt).forEach(line -> {
                int remotePort = Integer.parseInt(line.group("remotePort"), HEX);
                String state = STATES.get(line.group("state"));
                if (state != null && LOOPBACK.contains(line.group("remote")) && ports.contains(remotePort)) {
                    byInode.put(line.group("inode"),
                            new ClientSocket(0, Integer.parseInt(line.group("port"), HEX), remotePort, state));
                }
            });
        } catch (IOException | UncheckedIOException notHere) {
            // Another system, or /proc is not mounted: the proxy's own connections are checked all the same.
        }
    }

    private static List<ClientSocket> ofThisProcess(Map<String, ClientSocket> byInode) {
        List<ClientSocket> found = new ArrayList<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path descriptor : descriptors) {
                ClientSocket socket = byInode.get(inode(descriptor));
                if (socket != null) {
                    found.add(new ClientSocket(Integer.parseInt(descriptor.getFileName().toString()),
                            socket.localPort, socket.port, socket.state));
                }
            }
        } catch (IOException notHere) {
            return List.of();
        }
        return found;
    }

    private static String inode(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().replaceAll("socket:\\[|\\]", "");
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    @Override
    public String toString() {
        return "descriptor " + descriptor + ", a socket with port " + localPort + ", " + state;
    }
}
