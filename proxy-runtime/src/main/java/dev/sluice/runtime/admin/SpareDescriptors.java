package dev.sluice.runtime.admin;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * File descriptors held in reserve for EMFILE, so that an operator who looks for the reason gets a response.
 *
 * <p>They are not taken back while a connection is new, because the HTTP server may be about to accept it, and cannot
 * report when it has. Any thread.
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

    /** Releases all of them to the process. @return whether there were any */
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

    /** Notes that a connection is about to be opened. {@link #settled} follows exactly once. */
    synchronized void connecting() {
        newConnections++;
    }

    /** Notes that this connection is no longer new: it works, is over, or has had its time. */
    synchronized void settled() {
        newConnections--;
    }

    /**
     * Opens the missing descriptors, as far as possible; none while a connection is new. @return whether all are there
     */
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
