package dev.sluice.runtime.capture;

import java.net.SocketAddress;
import java.util.function.LongSupplier;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.KernelPipe;
import dev.sluice.runtime.tls.Records;
import dev.sluice.runtime.transport.ReadyHandler;
import dev.sluice.runtime.transport.SocketQueues;
import dev.sluice.runtime.transport.StreamSocket;
import dev.sluice.runtime.transport.TcpInfo;
import dev.sluice.runtime.transport.TransportException;
import org.jspecify.annotations.Nullable;

/**
 * A socket that passes everything on to another one, and reports what is read and written to a capture. Owned as that other one is, on the
 * loop of the connection. Where several captures see a connection, it has one around the other.
 */
public final class CapturedSocket implements StreamSocket {
    private StreamSocket socket;
    private final CaptureLeg leg;
    private final LongSupplier clock;
    /** Whether the bytes on the socket are those to be captured; otherwise {@link CapturedRecords} reports them. */
    private boolean whole;

    /**
     * A socket in the place of another one.
     *
     * @param clock the time of the loop
     * @param tls whether TLS ends here, so that the socket carries records
     */
    public CapturedSocket(StreamSocket socket, CaptureLeg leg, LongSupplier clock, boolean tls) {
        this.socket = socket;
        this.leg = leg;
        this.clock = clock;
        this.whole = !tls || leg.capture().order().layer() == CaptureLayer.WIRE;
    }

    /** Whether a capture sees this socket. */
    @SuppressWarnings("ReferenceEquality") // the very capture
    public boolean isSeenBy(Capture capture) {
        return leg.capture() == capture || (socket instanceof CapturedSocket inner && inner.isSeenBy(capture));
    }

    /** The socket to go on with when a capture is over. */
    @SuppressWarnings("ReferenceEquality") // the very capture
    public StreamSocket without(Capture capture) {
        if (leg.capture() == capture) {
            return socket;
        }
        if (socket instanceof CapturedSocket inner) {
            socket = inner.without(capture);
        }
        return this;
    }

    /** A new record layer as it is to be used: around it one for each capture of what is in the records. */
    public Records around(Records records) {
        if (records instanceof CapturedRecords) {
            // It has changed into another one, with the captures that see it.
            return records;
        }
        return own(socket instanceof CapturedSocket other ? other.around(records) : records);
    }

    /** As {@link #around}, for this capture alone. */
    public Records own(Records records) {
        return whole ? records : new CapturedRecords(records, leg, clock);
    }

    /** Notes that TLS does not end here after all, with the bytes that have been read so far. */
    public void passThrough(Buffer first) {
        if (socket instanceof CapturedSocket inner) {
            inner.passThrough(first);
        }
        if (!whole) {
            whole = true;
            leg.received(first, 0, first.content(), clock.getAsLong());
        }
    }

    /**
     * Notes why the connection ends.
     *
     * @param reset whether this socket's peer has reset it
     */
    public void noteEnd(String words, boolean reset) {
        if (socket instanceof CapturedSocket inner) {
            inner.noteEnd(words, reset);
        }
        leg.note(words);
        if (reset) {
            leg.reset(true, clock.getAsLong());
        }
    }

    @Override
    public int read(Buffer target) {
        int before = target.content();
        int count = socket.read(target);
        if (count > 0 && whole) {
            leg.received(target, before, count, clock.getAsLong());
        } else if (count < 0) {
            noteBreak(count, true);
        }
        return count;
    }

    @Override
    public int write(Buffer source) {
        byte[] copy = whole ? leg.copy(source) : null;
        int count = socket.write(source);
        if (count > 0 && whole) {
            leg.sent(copy, count, clock.getAsLong());
        } else if (count < 0) {
            noteBreak(count, false);
        }
        return count;
    }

    private void noteBreak(int code, boolean reading) {
        if (code == END_OF_STREAM && reading) {
            leg.finReceived(clock.getAsLong());
        } else if (code == BROKEN || code == BROKEN_AFTER_FIN) {
            leg.reset(true, clock.getAsLong());
        }
    }

    @Override
    public boolean splices() {
        // The bytes have to come through the process to be seen.
        return false;
    }

    @Override
    public int spliceFrom(KernelPipe pipe) {
        // Bytes that were spliced before: their number is all that is known.
        int count = socket.spliceFrom(pipe);
        if (count > 0 && whole) {
            leg.sent(null, count, clock.getAsLong());
        } else if (count < 0) {
            noteBreak(count, false);
        }
        return count;
    }

    @Override
    public void handler(ReadyHandler next) {
        socket.handler(next);
    }

    @Override
    public void interest(boolean read, boolean write) {
        socket.interest(read, write);
    }

    @Override
    public boolean finishConnect() throws TransportException {
        return socket.finishConnect();
    }

    @Override
    public void shutdownOutput() {
        socket.shutdownOutput();
        leg.finSent(clock.getAsLong());
    }

    @Override
    public int unacknowledged() {
        return socket.unacknowledged();
    }

    @Override
    public @Nullable SocketQueues queues() {
        return socket.queues();
    }

    @Override
    public void close() {
        socket.close();
        leg.closed(clock.getAsLong());
    }

    @Override
    public void reset() {
        socket.reset();
        leg.reset(false, clock.getAsLong());
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        return socket.remoteAddress();
    }

    @Override
    public @Nullable SocketAddress localAddress() {
        return socket.localAddress();
    }

    @Override
    public @Nullable TcpInfo tcpInfo() {
        return socket.tcpInfo();
    }
}
