package dev.sluice.runtime.proxyprotocol;

import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/** A PROXY protocol header that was received. Immutable. */
public final class ProxyHeader {
    /** The origin of the connection, as its sender states it. */
    public enum Command {
        /** The connection of a client; {@code UNKNOWN} of version 1 is one whose source is not known. */
        PROXY,
        /** The sender's own connection, such as a health check. */
        LOCAL
    }

    private final int version;
    private final Command command;
    private final @Nullable IpAddress source;
    private final int sourcePort;
    private final @Nullable IpAddress destination;
    private final int destinationPort;
    private final ProxyTlvs tlvs;

    private ProxyHeader(int version, Command command, @Nullable IpAddress source, int sourcePort,
            @Nullable IpAddress destination, int destinationPort, ProxyTlvs tlvs) {
        this.version = version;
        this.command = command;
        this.source = source;
        this.sourcePort = sourcePort;
        this.destination = destination;
        this.destinationPort = destinationPort;
        this.tlvs = tlvs;
    }

    /** A header without addresses. */
    static ProxyHeader unknown(int version, Command command) {
        return new ProxyHeader(version, command, null, 0, null, 0, ProxyTlvs.NONE);
    }

    /** A header of a client's connection. */
    static ProxyHeader of(int version, IpAddress source, int sourcePort, IpAddress destination, int destinationPort,
            ProxyTlvs tlvs) {
        return new ProxyHeader(version, Command.PROXY, source, sourcePort, destination, destinationPort, tlvs);
    }

    /** The version of the protocol: 1 or 2. */
    public int version() {
        return version;
    }

    /** The origin of the connection. */
    public Command command() {
        return command;
    }

    /** Whether there are addresses. Without them (LOCAL, UNKNOWN, unspecified family), those of the socket count. */
    public boolean isSourceKnown() {
        return source != null;
    }

    /** The client's address; null if it is not known. */
    public @Nullable IpAddress source() {
        return source;
    }

    /** The client's port; 0 if it is not known. */
    public int sourcePort() {
        return sourcePort;
    }

    /** The address that the client connected to; null if it is not known. */
    public @Nullable IpAddress destination() {
        return destination;
    }

    /** The port that the client connected to; 0 if it is not known. */
    public int destinationPort() {
        return destinationPort;
    }

    /** The TLVs of version 2; none if the source is not known. */
    public ProxyTlvs tlvs() {
        return tlvs;
    }
}
