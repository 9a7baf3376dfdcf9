package dev.sluice.runtime.discovery;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;

import dev.sluice.runtime.transport.AddressText;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

/**
 * Queries to DNS servers over UDP, and over TCP where an answer is truncated. Each has a socket of its own, so that the system
 * draws a random port for it; a forger of answers has to guess that and the id. Blocks: for threads that may wait, virtual
 * ones; an interrupt ends a query. Stateless.
 */
class DnsTransport {
    /** The size of UDP answers that no network takes apart (DNS flag day 2020). */
    static final int UDP_SIZE = 1232;

    /** The time for an answer: a server that is asked next answers well within the 5 s of a reload. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final int MAX_UDP = 4096;
    private static final int HEADER = 12;
    private static final int MAX_ID = 0x10000;

    private final Duration patience;

    /** @param patience the time for an answer over UDP, and again for one over TCP */
    DnsTransport(Duration patience) {
        this.patience = patience;
    }

    /**
     * The answer of a server; it may be an error.
     *
     * @throws IOException if there is none, with a message for people that names the server
     */
    Message ask(InetSocketAddress server, Message query) throws IOException {
        Message extended = query.clone();
        extended.addRecord(new OPTRecord(UDP_SIZE, 0, 0, 0), Section.ADDITIONAL);
        Message answer = exchange(server, extended);
        // A server that is older than EDNS.
        return answer.getRcode() == Rcode.FORMERR ? exchange(server, query) : answer;
    }

    private Message exchange(InetSocketAddress server, Message query) throws IOException {
        Message answer;
        try {
            answer = udp(server, query);
        } catch (PortUnreachableException e) {
            throw new IOException(name(server) + ": no server listens there", e);
        } catch (SocketTimeoutException e) {
            throw new IOException(e.getMessage(), e);
        } catch (IOException e) {
            throw new IOException(name(server) + ": " + e.getMessage(), e);
        }
        if (!answer.getHeader().getFlag(Flags.TC)) {
            return answer;
        }
        try {
            return tcp(server, query);
        } catch (SocketTimeoutException e) {
            throw new IOException(silent(server, "over TCP, which it asked for", 0), e);
        } catch (IOException e) {
            throw new IOException(name(server) + " over TCP, which it asked for: " + e.getMessage(), e);
        }
    }

    private Message udp(InetSocketAddress server, Message query) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        try (DatagramSocket socket = new DatagramSocket()) {
            // The kernel drops what comes from elsewhere from now on.
            socket.connect(server);
            byte[] wire = query.toWire();
            socket.send(new DatagramPacket(wire, wire.length));
            byte[] buffer = new byte[MAX_UDP];
            for (int strangers = 0;; strangers++) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                try {
                    socket.setSoTimeout(millisUntil(deadline));
                    socket.receive(packet);
                } catch (SocketTimeoutException e) {
                    SocketTimeoutException silent = new SocketTimeoutException(silent(server, "", strangers));
                    silent.initCause(e);
                    throw silent;
                }
                Message answer = parse(query, ByteBuffer.wrap(buffer, 0, packet.getLength()));
                if (answer != null) {
                    return answer;
                }
            }
        }
    }

    private Message tcp(InetSocketAddress server, Message query) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        try (Socket socket = new Socket()) {
            socket.connect(server, millisUntil(deadline));
            byte[] wire = query.toWire(Message.MAXLENGTH);
            socket.setTcpNoDelay(true);
            socket.getOutputStream().write(ByteBuffer.allocate(2 + wire.length).putShort((short) wire.length).put(wire)
                    .array());
            DataInputStream in = new DataInputStream(new Timed(socket, deadline));
            byte[] bytes = new byte[in.readUnsignedShort()];
            in.readFully(bytes);
            Message answer = parse(query, ByteBuffer.wrap(bytes));
            if (answer == null) {
                throw new IOException("the answer is none to this question");
            }
            if (answer.getHeader().getFlag(Flags.TC) && answer.getSection(Section.ANSWER).isEmpty()) {
                // Not the same as no records.
                throw new IOException("the records do not fit into the answer");
            }
            return answer;
        } catch (EOFException e) {
            throw new IOException("the connection ended before the answer", e);
        }
    }

    /** The bytes of a connection until a deadline, however few come at a time. */
    private static final class Timed extends InputStream {
        private final Socket socket;
        private final InputStream in;
        private final long deadline;

        Timed(Socket socket, long deadline) throws IOException {
            this.socket = socket;
            this.in = socket.getInputStream();
            this.deadline = deadline;
        }

        @Override
        public int read() throws IOException {
            socket.setSoTimeout(millisUntil(deadline));
            return in.read();
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            socket.setSoTimeout(millisUntil(deadline));
            return in.read(into, offset, length);
        }
    }

    private static int millisUntil(long deadline) throws SocketTimeoutException {
        long millis = (deadline - System.nanoTime() + 999_999) / 1_000_000;
        if (millis <= 0) {
            // Zero would mean to wait for ever.
            throw new SocketTimeoutException();
        }
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }

    /** The message, if it is the answer to the query; null if it is not, or is none at all. */
    private static @Nullable Message parse(Message query, ByteBuffer bytes) {
        if (bytes.remaining() < HEADER || Math.floorMod(bytes.getShort(bytes.position()), MAX_ID) != query.getHeader()
                .getID()) {
            return null;
        }
        Message answer;
        try {
            answer = new Message(bytes);
        } catch (IOException | RuntimeException malformed) {
            return null;
        }
        if (!answer.getHeader().getFlag(Flags.QR) || answer.getHeader().getOpcode() != Opcode.QUERY) {
            return null;
        }
        boolean error = answer.getRcode() != Rcode.NOERROR && answer.getRcode() != Rcode.NXDOMAIN;
        // Some servers leave the question out when they refuse it.
        return answer.getQuestion() == null
                ? error ? answer : null
                : answer.getQuestion().equals(query.getQuestion()) ? answer : null;
    }

    private String silent(InetSocketAddress server, String how, int strangers) {
        return name(server) + " did not answer within " + patience.toMillis() + " ms"
                + (how.isEmpty() ? "" : " " + how)
                + (strangers == 0 ? "" : "; packets that are no answer to the query: " + strangers);
    }

    static String name(InetSocketAddress server) {
        return "DNS server " + AddressText.of(server);
    }
}
