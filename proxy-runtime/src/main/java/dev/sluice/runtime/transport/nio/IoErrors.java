package dev.sluice.runtime.transport.nio;

import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.util.Objects;

import dev.sluice.runtime.transport.TransportException;
import dev.sluice.runtime.transport.TransportException.Kind;
import org.jspecify.annotations.Nullable;

/** The JDK tells most errors apart only by the system's message, in the language of the C library's "C" locale. */
final class IoErrors {
    private IoErrors() {}

    static TransportException of(IOException e) {
        String message = Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
        return new TransportException(kind(e, message), message);
    }

    /** The machine, or the JVM by java.net.preferIPv4Stack, has no IPv6. */
    static TransportException noSuchFamily(UnsupportedOperationException e) {
        return new TransportException(Kind.UNREACHABLE,
                "this machine does not support the address family (" + e.getMessage() + ")");
    }

    private static Kind kind(IOException e, String message) {
        if (message.contains("Too many open files")) {
            return Kind.DESCRIPTORS;
        }
        if (message.contains("Cannot assign requested address")) {
            return Kind.LOCAL_PORTS;
        }
        if (e instanceof NoRouteToHostException || message.contains("unreachable")
                || message.contains("No such file or directory")) {
            return Kind.UNREACHABLE;
        }
        if (e instanceof ConnectException && message.contains("refused")) {
            return Kind.REFUSED;
        }
        return Kind.OTHER;
    }

    static void closeQuietly(@Nullable Closeable channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // The descriptor is gone whatever close says, and there is nobody left to tell.
            }
        }
    }
}
