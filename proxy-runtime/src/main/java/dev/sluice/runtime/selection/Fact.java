package dev.sluice.runtime.selection;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/** A fact about a connection that an expression can name. */
public enum Fact {
    /** Its number. */
    ID("id", Kind.NUMBER),
    /** The name of the listener that accepted it. */
    LISTENER("listener", Kind.TEXT),
    /** The name of the cluster that was chosen. */
    CLUSTER("cluster", Kind.TEXT),
    /** The address of the endpoint, as configuration writes it. */
    ENDPOINT("endpoint", Kind.TEXT),
    /** The IP address of the client. */
    CLIENT("client", Kind.ADDRESS),
    /** The IP address of the other end of its socket. */
    PEER("peer", Kind.ADDRESS),
    /** A word for its state. */
    STATE("state", Kind.TEXT),
    /** The number of the newest configuration with its settings. */
    GENERATION("generation", Kind.NUMBER),
    /** Time since it was accepted. */
    AGE("age", Kind.TIME),
    /** Time since the last byte moved. */
    IDLE("idle", Kind.TIME),
    /** Bytes read from both sides. */
    BYTES("bytes", Kind.SIZE),
    /** Bytes read from the client. */
    BYTES_UP("bytes_up", Kind.SIZE),
    /** Bytes read from the endpoint. */
    BYTES_DOWN("bytes_down", Kind.SIZE),
    /** Size of the buffers and pipes that it owns. */
    BYTES_OWNED("bytes_owned", Kind.SIZE),
    /** The protocol that a filter has found out. */
    PROTOCOL("protocol", Kind.TEXT),
    /** The server name that a TLS client asked for. */
    SNI("sni", Kind.TEXT),
    /** The route that was taken. */
    ROUTE("route", Kind.TEXT);

    /** The form of a fact, and so of what it is compared with. */
    enum Kind {
        NUMBER,
        TEXT,
        ADDRESS,
        TIME,
        SIZE
    }

    private static final List<String> STATES = List.of("proxy-header", "tls-handshake", "filtering", "tarpit", "queued",
            "connecting",
            "upstream-tls-handshake", "open", "half-closed", "lingering", "resetting");

    private final String label;
    private final Kind kind;

    Fact(String label, Kind kind) {
        this.label = label;
        this.kind = kind;
    }

    /** The name in expressions. */
    public String label() {
        return label;
    }

    Kind kind() {
        return kind;
    }

    /** The words that it may be; empty = any. */
    public List<String> words() {
        return this == STATE ? STATES : List.of();
    }

    /** Whether connections can be sorted by it. */
    public boolean isRank() {
        return kind == Kind.TIME || kind == Kind.SIZE;
    }

    /** Whether it is a time, which grows by itself. */
    public boolean isTime() {
        return kind == Kind.TIME;
    }

    /** The fact of this name; null = there is none. */
    public static @Nullable Fact of(String name) {
        return Arrays.stream(values()).filter(fact -> fact.label.equals(name)).findFirst().orElse(null);
    }

    /** The names of all facts, for messages. */
    public static String names() {
        return Arrays.stream(values()).map(Fact::label).collect(Collectors.joining(", "));
    }

    /** The names of those that connections can be sorted by, for messages. */
    public static String ranks() {
        return Arrays.stream(values()).filter(Fact::isRank).map(Fact::label).collect(Collectors.joining(", "));
    }
}
