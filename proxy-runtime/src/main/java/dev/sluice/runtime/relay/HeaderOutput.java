package dev.sluice.runtime.relay;

import dev.sluice.api.Attributes;
import dev.sluice.api.CloseReason;
import dev.sluice.api.net.IpAddress;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.LoopMemory;
import dev.sluice.runtime.proxyprotocol.ProxyHeader;
import dev.sluice.runtime.proxyprotocol.ProxyHeaderWriter;
import dev.sluice.runtime.proxyprotocol.ProxyTlvs;
import dev.sluice.runtime.proxyprotocol.SentHeader;
import dev.sluice.runtime.proxyprotocol.SentSsl;
import dev.sluice.runtime.proxyprotocol.SentTlvs;
import dev.sluice.runtime.tls.Peer;
import dev.sluice.runtime.tls.Session;
import org.jspecify.annotations.Nullable;

/**
 * The output of the PROXY header that an endpoint gets before any other byte. Where the client's first bytes are there
 * already they go with it, in one segment: a segment of its own would cost more than all the rest of the header.
 */
final class HeaderOutput {
    // Types of TLVs, which are passed on byte for byte if they were received.
    private static final int ALPN = 0x01;
    private static final int AUTHORITY = 0x02;
    private static final int UNIQUE_ID = 0x05;
    private static final int SSL = 0x20;

    private HeaderOutput() {}

    /** Writes the header of a connection into an empty buffer. */
    static void write(Connection connection, SentHeader header, Buffer target) {
        ProxyHeaderWriter.Version version = header.version();
        if (version == null) {
            return;
        }
        ProxyHeader received = connection.proxyHeader();
        IpAddress source = ClientAddress.source(connection);
        IpAddress destination = source == null ? null : ClientAddress.destination(connection);
        if (source == null || destination == null || (received != null && !received.isSourceKnown())) {
            // A load balancer's own connection stays one, and a client that is not known stays unknown.
            ProxyHeaderWriter.writeLocal(target, version);
            return;
        }
        ProxyHeaderWriter.write(target, version, source, ClientAddress.sourcePort(connection), destination,
                ClientAddress.destinationPort(connection),
                // A configuration with TLVs and smaller buffers is refused; those of a program that embeds this are not asked.
                target.room() < ProxyHeaderWriter.MAX_BYTES ? SentTlvs.NONE : tlvs(connection, header, received));
    }

    private static SentTlvs tlvs(Connection connection, SentHeader header, @Nullable ProxyHeader received) {
        if (!header.authority() && !header.alpn() && !header.uniqueId() && !header.ssl() && !header.crc32c()) {
            return SentTlvs.NONE;
        }
        ProxyTlvs before = received == null ? ProxyTlvs.NONE : received.tlvs();
        byte[] authority = null;
        byte[] alpn = null;
        byte[] uniqueId = null;
        if (header.authority()) {
            String name = connection.attribute(Attributes.SNI);
            authority = name == null ? before.value(AUTHORITY) : SentTlvs.bytes(name);
        }
        if (header.alpn()) {
            String offered = connection.attribute(Attributes.ALPN);
            alpn = offered == null ? before.value(ALPN) : SentTlvs.bytes(first(offered));
        }
        if (header.uniqueId()) {
            byte[] known = before.value(UNIQUE_ID);
            uniqueId = known == null ? SentTlvs.bytes(connection.uniqueId()) : known;
        }
        return new SentTlvs(authority, alpn, uniqueId, header.ssl() ? ssl(connection, before) : null, header.crc32c());
    }

    /** The client's TLS: that which has ended here, or what a load balancer has said of it. */
    private static byte @Nullable [] ssl(Connection connection, ProxyTlvs before) {
        Session session = connection.client().session();
        if (session == null) {
            return before.value(SSL);
        }
        Peer peer = session.peer();
        return SentSsl.value(session.version(), session.suiteOfOpenSsl(), peer != null,
                peer == null ? null : peer.commonName());
    }

    private static String first(String offered) {
        int comma = offered.indexOf(',');
        return comma < 0 ? offered : offered.substring(0, comma);
    }

    /**
     * Sends the header, with the client's bytes that filters have let pass or, where none see them, those that have
     * arrived.
     *
     * @param header a borrowed buffer with the header, which the caller gives up
     */
    static void send(Connection connection, Buffer header) {
        LoopMemory memory = connection.loop().memory();
        Side client = connection.client();
        Side upstream = connection.upstream();
        Buffer kept = upstream.takePending();
        int end = 0;
        if (kept != null && kept.content() <= header.room()) {
            header.append(kept, 0, kept.content());
            // The bytes that filters hold are the last ones, as before.
            header.hold(kept.held());
            memory.giveBack(kept);
            kept = null;
        } else if (kept == null && connection.filters(client) == null && client.wantsRead()) {
            end = readInto(connection, client, header);
            if (connection.state() != RelayState.OPEN) {
                // A gate has failed.
                memory.giveBack(header);
                return;
            }
        }
        int sent = upstream.write(header);
        if (sent < 0) {
            giveBack(memory, header, kept);
            upstream.broke(sent);
        } else if (kept != null && header.remaining() > 0) {
            // An endpoint that has just accepted has room for a header.
            giveBack(memory, header, kept);
            connection.close(CloseReason.CONNECT_FAILED);
        } else {
            finish(memory, upstream, header, kept);
        }
        if (end < 0 && !connection.closed()) {
            client.onEnd(end);
        }
    }

    /** Reads what has arrived behind the header. @return negative = the end of the stream */
    private static int readInto(Connection connection, Side client, Buffer header) {
        int permitted = connection.permitted(client);
        if (permitted <= 0) {
            return 0;
        }
        header.readAtMost(permitted);
        return header.readLimit() == 0 ? 0 : client.read(header);
    }

    private static void finish(LoopMemory memory, Side upstream, Buffer header, @Nullable Buffer kept) {
        if (kept != null) {
            memory.giveBack(header);
            upstream.owe(kept);
            upstream.startSending();
        } else if (header.content() == 0) {
            memory.giveBack(header);
            upstream.startSending();
        } else {
            upstream.owe(memory.keep(header));
        }
    }

    private static void giveBack(LoopMemory memory, Buffer header, @Nullable Buffer kept) {
        memory.giveBack(header);
        if (kept != null) {
            memory.giveBack(kept);
        }
    }
}
