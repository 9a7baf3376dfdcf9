package dev.sluice.runtime.observe;

import java.time.Instant;

import dev.sluice.runtime.tls.Session;
import dev.sluice.runtime.transport.AddressText;
import org.jspecify.annotations.Nullable;

/** The fields of an access-log line, in their order. Names and order are part of what users rely on: only append. */
enum AccessField {
    /** The time of the event: UTC, RFC 3339 with milliseconds. */
    TIME("time"),
    EVENT("event"),
    ID("id"),
    LISTENER("listener"),
    /** The client's address: as the PROXY header has it, or that of the socket. */
    CLIENT("client"),
    /** The other end of the client's socket: the client itself, or a load balancer before the proxy. */
    PEER("peer"),
    /** The client's address in a PROXY header. */
    PROXIED_SOURCE("proxied_source"),
    ENDPOINT("endpoint"),
    CLUSTER("cluster"),
    /** The route that was taken, and its pattern that matched. */
    ROUTE("route"),
    /** The protocol that sniffing found. */
    PROTOCOL("protocol"),
    SNI("sni"),
    /** A server name in TLS that is not a DNS name. */
    SNI_INVALID("sni_invalid"),
    ALPN("alpn"),
    BYTES_UP("bytes_up"),
    BYTES_DOWN("bytes_down"),
    DURATION_MS("duration_ms"),
    CONNECT_MS("connect_ms"),
    CLOSE_REASON("close_reason"),
    CLOSED_BY("closed_by"),
    /** The filter that ended the connection. */
    FILTER("filter"),
    /** The reason that a filter gave. */
    DETAIL("detail"),
    /** The number of the configuration that accepted the connection. */
    GENERATION("generation"),
    /** Further facts in a PROXY header. */
    PROXY_TLVS("proxy_tlvs"),
    /** The version of TLS that was agreed on with the client. */
    TLS_VERSION("tls_version"),
    /** The cipher suite that was agreed on with the client. */
    TLS_CIPHER("tls_cipher"),
    /** The subject of the certificate that the client has shown. */
    CLIENT_SUBJECT("client_subject"),
    /** The alternative names in that certificate, joined by commas. */
    CLIENT_SAN("client_san"),
    /** The place at which the client's TLS ends: terminated here, or passthrough. */
    TLS("tls"),
    /** The version of TLS that was agreed on with the endpoint. */
    UPSTREAM_TLS_VERSION("upstream_tls_version"),
    /** The cipher suite that was agreed on with the endpoint. */
    UPSTREAM_TLS_CIPHER("upstream_tls_cipher");

    /** The receiver of a field's value. */
    interface Output {
        /** A string; null if the connection has none. */
        void text(@Nullable String value);

        /** An integer. */
        void integer(long value);

        /** A time in nanoseconds, shown in milliseconds. */
        void millis(long nanos);
    }

    private final String label;

    AccessField(String label) {
        this.label = label;
    }

    /** The name in JSON and in templates. */
    String label() {
        return label;
    }

    /** Writes the value of this field. */
    void write(AccessEntry entry, Output out) {
        switch (this) {
            case TIME -> out.text(WallTime.of(Instant.ofEpochMilli(entry.wallMillis())));
            case EVENT -> out.text(entry.event().label());
            case ID -> out.integer(entry.id());
            case LISTENER -> out.text(entry.listener());
            case CLIENT -> {
                String source = HeaderText.source(entry.header());
                out.text(source == null ? AddressText.of(entry.peer()) : source);
            }
            case PEER -> out.text(AddressText.of(entry.peer()));
            case PROXIED_SOURCE -> out.text(HeaderText.source(entry.header()));
            case ENDPOINT -> out.text(entry.endpoint());
            case CLUSTER -> out.text(entry.cluster());
            case ROUTE -> out.text(entry.findings().route());
            case PROTOCOL -> out.text(entry.findings().protocol());
            case SNI -> out.text(entry.findings().sni());
            case SNI_INVALID -> out.text(entry.findings().sniInvalid());
            case ALPN -> out.text(entry.findings().alpn());
            case BYTES_UP -> out.integer(entry.bytesUp());
            case BYTES_DOWN -> out.integer(entry.bytesDown());
            case DURATION_MS -> out.millis(entry.durationNanos());
            case CONNECT_MS -> {
                if (entry.connectNanos() < 0) {
                    out.text(null);
                } else {
                    out.millis(entry.connectNanos());
                }
            }
            case CLOSE_REASON -> out.text(entry.reason() == null ? null : entry.reason().label());
            case CLOSED_BY -> out.text(entry.reason() == null ? null : entry.reason().closedBy().label());
            case FILTER -> out.text(entry.findings().filter());
            case DETAIL -> out.text(entry.findings().detail());
            case GENERATION -> out.integer(entry.generation());
            case TLS_VERSION -> out.text(version(entry.findings().tls()));
            case TLS_CIPHER -> out.text(suite(entry.findings().tls()));
            case CLIENT_SUBJECT -> out.text(entry.findings().clientSubject());
            case CLIENT_SAN -> out.text(entry.findings().clientNames());
            case TLS -> out.text(entry.findings().tlsMode());
            case UPSTREAM_TLS_VERSION -> out.text(version(entry.findings().upstreamTls()));
            case UPSTREAM_TLS_CIPHER -> out.text(suite(entry.findings().upstreamTls()));
            case PROXY_TLVS -> out.text(HeaderText.tlvs(entry.header()));
        }
    }

    private static @Nullable String version(@Nullable Session tls) {
        return tls == null ? null : tls.version();
    }

    private static @Nullable String suite(@Nullable Session tls) {
        return tls == null ? null : tls.suite();
    }
}
