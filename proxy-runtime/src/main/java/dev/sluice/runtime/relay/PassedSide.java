package dev.sluice.runtime.relay;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.KernelPipe;
import dev.sluice.runtime.observe.OwnedBytes;
import dev.sluice.runtime.tls.ClientHello;
import dev.sluice.runtime.transport.StreamSocket;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Side} of a client whose ClientHello has been read, and whose TLS ends at the endpoint: the first bytes that it reads are those.
 * Afterwards it costs what any other costs, but for a reference to the facts of the hello. On the connection's loop.
 */
final class PassedSide extends Side {
    private final ClientHello hello;
    /** Bytes that were read, and not passed on yet. */
    private @Nullable Buffer unread;
    private boolean pumping;

    /**
     * A side that takes the place of another one.
     *
     * @param first a kept buffer with the bytes of the hello, and those behind it
     */
    PassedSide(Connection connection, StreamSocket socket, ClientHello hello, Buffer first) {
        super(connection, socket);
        this.hello = hello;
        this.unread = first;
    }

    @Override
    ClientHello hello() {
        return hello;
    }

    @Override
    boolean hasSpoken() {
        return true;
    }

    @Override
    int read(Buffer target) {
        Buffer waiting = unread;
        if (waiting == null) {
            return super.read(target);
        }
        int count = Math.min(waiting.content(), target.readLimit());
        target.append(waiting, 0, count);
        if (count < waiting.content()) {
            waiting.discard(count);
        } else {
            unread = null;
            connection.loop().memory().giveBack(waiting);
        }
        return count(count);
    }

    @Override
    int fill(KernelPipe pipe, int most) {
        return unread == null ? super.fill(pipe, most) : StreamSocket.UNSUPPORTED;
    }

    @Override
    void updateInterest() {
        super.updateInterest();
        if (unread != null && !pumping && wantsRead()) {
            // The kernel does not know of these bytes.
            pumping = true;
            connection.loop().execute(this::pumpUnread);
        }
    }

    private void pumpUnread() {
        pumping = false;
        try {
            if (unread != null && !connection.closed() && wantsRead()) {
                connection.pump(this);
            }
        } catch (RuntimeException | Error e) {
            connection.fail(e);
        }
    }

    @Override
    void end(boolean cut) {
        super.end(cut);
        if (unread != null) {
            connection.loop().memory().giveBack(unread);
            unread = null;
        }
    }

    @Override
    int bufferBytes() {
        return super.bufferBytes() + (unread == null ? 0 : unread.capacity());
    }

    @Override
    void addOwned(OwnedBytes sum) {
        super.addOwned(sum);
        sum.tls(unread);
    }
}
