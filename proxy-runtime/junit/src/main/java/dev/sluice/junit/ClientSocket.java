package dev.sluice.junit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

    /** There may be thousands of lines, so that a line is taken apart only if it has the address of a listener. */
    private static void read(Path table, Set<Integer> ports, Map<String, ClientSocket> byInode) {
        String text;
        try {
            text = Files.readString(table, StandardCharsets.ISO_8859_1);
        } catch (IOException notHere) {
            // Another system, or /proc is not mounted: the proxy's own connections are checked all the same.
            return;
        }
        for (int port : ports) {
            for (String loopback : LOOPBACK) {
                String address = loopback + ":" + HexFormat.of().withUpperCase().toHexDigits((char) port) + " ";
                for (int at = text.indexOf(address); at >= 0; at = text.indexOf(address, at + 1)) {
                    int end = text.indexOf('\n', at);
                    add(text.substring(text.lastIndexOf('\n', at) + 1, end < 0 ? text.length() : end), port, byInode);
                }
            }
        }
    }

    private static void add(String text, int port, Map<String, ClientSocket> byInode) {
        Matcher line = LINE.matcher(text);
        if (line.lookingAt() && Integer.parseInt(line.group("remotePort"), HEX) == port) {
            String state = STATES.get(line.group("state"));
            if (state != null) {
                byInode.put(line.group("inode"),
                        new ClientSocket(0, Integer.parseInt(line.group("port"), HEX), port, state));
            }
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
