package dev.sluice.runtime.relay;

import dev.sluice.runtime.observe.ConnectFailure;
import dev.sluice.runtime.transport.TransportException;

/** The translation of transport failures into those that are counted for a cluster. */
final class ConnectFailures {
    private ConnectFailures() {}

    static ConnectFailure of(TransportException.Kind kind) {
        return switch (kind) {
            case REFUSED -> ConnectFailure.REFUSED;
            case BUSY -> ConnectFailure.TIMEOUT;
            case UNREACHABLE -> ConnectFailure.UNREACHABLE;
            case DESCRIPTORS, LOCAL_PORTS -> ConnectFailure.RESOURCES;
            case ADDRESS_IN_USE, ADDRESS_NOT_AVAILABLE, NOT_A_SOCKET, NO_DIRECTORY, NOT_PERMITTED, UNSUPPORTED, OTHER ->
                ConnectFailure.OTHER;
        };
    }
}
