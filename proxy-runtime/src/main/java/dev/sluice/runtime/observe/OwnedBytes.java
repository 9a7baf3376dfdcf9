package dev.sluice.runtime.observe;

import java.util.HashMap;
import java.util.Map;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.LoopMemory;
import org.jspecify.annotations.Nullable;

/** The memory that one connection owns, while it is added up. On the connection's loop. */
public final class OwnedBytes {
    private final LoopMemory memory;
    private long borrowed;
    private long residue;
    private long pipe;
    private long tls;
    private final Map<String, Long> held = new HashMap<>();
    private final Map<String, Long> retained = new HashMap<>();

    /** @param memory that the buffers are of */
    public OwnedBytes(LoopMemory memory) {
        this.memory = memory;
    }

    /** Adds a buffer with bytes that wait for their receiver. */
    public void waiting(Buffer buffer) {
        if (memory.isOfPool(buffer)) {
            borrowed += buffer.capacity();
        } else {
            residue += buffer.capacity();
        }
    }

    /** Adds a buffer with bytes that a filter has not let pass. */
    public void held(String filter, Buffer buffer) {
        held.merge(filter, (long) buffer.capacity(), Long::sum);
    }

    /** Adds a copy that a filter keeps. */
    public void retained(String filter, int bytes) {
        retained.merge(filter, (long) bytes, Long::sum);
    }

    /** Adds a pipe with bytes that wait for their receiver. */
    public void pipe(int capacity) {
        pipe += capacity;
    }

    /** Adds a buffer of TLS; null = there is none. */
    public void tls(@Nullable Buffer buffer) {
        tls += buffer == null ? 0 : buffer.capacity();
    }

    /** The sums so far. */
    public OwnedView view() {
        return borrowed + residue + pipe + tls == 0 && held.isEmpty() && retained.isEmpty()
                ? OwnedView.NOTHING
                : new OwnedView(borrowed, residue, held, retained, pipe, tls);
    }
}
