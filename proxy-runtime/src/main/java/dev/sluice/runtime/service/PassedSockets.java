package dev.sluice.runtime.service;

import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.sluice.runtime.transport.AddressText;
import dev.sluice.runtime.transport.TransportException;
import dev.sluice.runtime.transport.epoll.PassedSocket;

/** The listening sockets that a service manager has passed to the process: sd_listen_fds(3). */
public final class PassedSockets {
    /** The variable with the number of sockets. */
    public static final String LISTEN_FDS = "LISTEN_FDS";

    private static final String LISTEN_PID = "LISTEN_PID";
    private static final String LISTEN_FDNAMES = "LISTEN_FDNAMES";
    private static final int FIRST_DESCRIPTOR = 3;
    private static final String UNNAMED = "unknown";

    private PassedSockets() {}

    /**
     * Looks at the sockets.
     *
     * @param environment of the process
     * @param pid of the process: what is meant for another one is left alone
     * @return the sockets, with different addresses; none if none was passed
     * @throws IllegalArgumentException if the variables cannot be understood, or what was passed is no listening socket
     */
    public static List<PassedSocket> of(Map<String, String> environment, long pid) {
        return of(environment, pid, FIRST_DESCRIPTOR);
    }

    /** @param first the descriptor of the first socket */
    static List<PassedSocket> of(Map<String, String> environment, long pid, int first) {
        if (!environment.containsKey(LISTEN_FDS) || !environment.containsKey(LISTEN_PID)
                || ServiceEnvironment.number(environment, LISTEN_PID, 1, Long.MAX_VALUE) != pid) {
            return List.of();
        }
        int count = (int) ServiceEnvironment.number(environment, LISTEN_FDS, 0, Integer.MAX_VALUE - first);
        // Trailing empty names belong to sockets too.
        String[] names = environment.getOrDefault(LISTEN_FDNAMES, "").split(":", -1);
        List<PassedSocket> sockets = new ArrayList<>();
        Map<SocketAddress, Integer> known = new HashMap<>();
        for (int i = 0; i < count; i++) {
            int descriptor = first + i;
            String name = i < names.length && !names[i].isEmpty() ? names[i] : UNNAMED;
            try {
                PassedSocket socket = PassedSocket.of(descriptor, name);
                Integer other = known.put(socket.address(), descriptor);
                if (other != null) {
                    throw new IllegalArgumentException("the sockets passed as descriptors " + other + " and "
                            + descriptor + " both listen on " + AddressText.of(socket.address())
                            + "; allowed: one for each address, without ReusePort=");
                }
                sockets.add(socket);
            } catch (TransportException e) {
                throw new IllegalArgumentException("the service manager says that it passes " + count
                        + " sockets (LISTEN_FDS), but descriptor " + descriptor + " (" + name + ") cannot be used: "
                        + e.getMessage() + "; allowed: sockets of ListenStream=, with Accept=no", e);
            }
        }
        return List.copyOf(sockets);
    }
}
