package dev.sluice.runtime.admin;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * File descriptors kept for the moment when the process has no others: an operator who asks why nothing works any more must get an answer.
 *
 * <p>They are not taken back while a connection is new, for then the HTTP server may be about to accept it, and cannot say when it has.
 * Any thread.
 */
final class SpareDescriptors implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpareDescriptors.class);

    private final int wanted;
    private final Deque<SocketChannel> held = new ArrayDeque<>();
    private int newConnections;
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

    /** A connection is about to be made. {@link #settled} follows exactly once. */
    synchronized void connecting() {
        newConnections++;
    }

    /** That connection is not new any more: it works, is over, or has had its time. */
    synchronized void settled() {
        newConnections--;
    }

    /** Takes as many as are missing, or as there are; none while a connection is new. @return whether none is missing any more */
    synchronized boolean refill() {
        while (!closed && newConnections == 0 && held.size() < wanted) {
            try {
                held.addLast(SocketChannel.open());
            } catch (IOException e) {
                return false;
            }
        }
        return held.size() >= wanted;
    }

    @Override
    public synchronized void close() {
        closed = true;
        release();
    }
}
