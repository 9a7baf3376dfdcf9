package dev.sluice.runtime.admin;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * File descriptors kept for the moment when the process has no others: an operator who asks why nothing works any more must get an answer.
 * Any thread.
 */
final class SpareDescriptors implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpareDescriptors.class);

    private final int wanted;
    private final Deque<SocketChannel> held = new ArrayDeque<>();
    private boolean closed;

    SpareDescriptors(int wanted) {
        this.wanted = wanted;
        refill();
    }

    /** Gives all of them back to the process. False if there were none. */
    synchronized boolean release() {
        boolean any = !held.isEmpty();
        while (!held.isEmpty()) {
            try {
                held.removeLast().close();
            } catch (IOException e) {
                LOG.debug("closing a spare descriptor", e);
            }
        }
        return any;
    }

    /** Takes as many as are missing, or as there are. */
    synchronized void refill() {
        while (!closed && held.size() < wanted) {
            try {
                held.addLast(SocketChannel.open());
            } catch (IOException e) {
                return;
            }
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        release();
    }
}
