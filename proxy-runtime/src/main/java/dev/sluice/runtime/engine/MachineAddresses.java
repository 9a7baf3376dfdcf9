package dev.sluice.runtime.engine;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Set;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The IP addresses that a machine has. */
@FunctionalInterface
public interface MachineAddresses {
    /** The addresses of all network interfaces at this moment. */
    Set<InetAddress> now();

    /** The addresses of the machine that this runs on; none if the system does not list them. */
    static Set<InetAddress> ofThisMachine() {
        try {
            return NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses)
                    .collect(Collectors.toUnmodifiableSet());
        } catch (SocketException | UncheckedIOException e) {
            Logger log = LoggerFactory.getLogger(MachineAddresses.class);
            log.warn("The addresses of this machine cannot be listed ({}), so endpoints are not compared with them.",
                    e.getMessage());
            return Set.of();
        }
    }
}
