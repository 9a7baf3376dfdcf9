package dev.sluice.runtime.shape;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The syntax of a component of the proxy's own records, where the type alone does not determine it. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Syntax {
    /** The syntax. */
    Kind value();

    /** Kinds of text with a meaning of their own in a configuration. */
    enum Kind {
        /** Text that is not blank. */
        TEXT,
        /** Text of one line. */
        LINE,
        /** The name of a listener, a cluster or a filter. */
        NAME,
        /** A filter type. */
        FILTER_TYPE,
        /** The path of a file. */
        PATH,
        /** The target of a log: standard output, standard error or a file. */
        LOG_TARGET,
        /** A duration, or {@code off}, which is zero. */
        DURATION_OR_OFF,
        /** A duration of whole seconds. */
        SECONDS,
        /** An address to listen on. */
        LISTEN_ADDRESS,
        /** An address to connect to. */
        ENDPOINT_ADDRESS,
        /** The name of a protocol, as filters detect it. */
        PROTOCOL,
        /** A server name of TLS, or a pattern of such names. */
        SERVER_NAME,
        /** The same, of clients that are passed through. */
        PASSED_SERVER_NAME,
        /** A name in the certificate of a client, or a pattern of such names. */
        CLIENT_NAME,
        /** The name of a protocol in TLS (ALPN). */
        ALPN,
        /** Text that is not empty, but may be white space alone: bytes that a server is sent, or expected to send. */
        BYTES
    }
}
