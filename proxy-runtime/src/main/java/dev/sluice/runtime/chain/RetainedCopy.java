package dev.sluice.runtime.chain;

import java.util.Arrays;

import dev.sluice.api.RetainedBytes;
import dev.sluice.runtime.observe.OwnedBytes;
import org.jspecify.annotations.Nullable;

/** A copy of bytes that a filter retains of one connection; an element of the list of all copies of that connection. */
final class RetainedCopy implements RetainedBytes {
    private final @Nullable RetainedCopy older;
    private final FilterSlot slot;
    private final FilterCounters counters;
    private final String purpose;
    private final int length;
    private byte @Nullable [] bytes;

    RetainedCopy(@Nullable RetainedCopy older, FilterSlot slot, FilterCounters counters, byte[] bytes, String purpose) {
        this.older = older;
        this.slot = slot;
        this.counters = counters;
        this.bytes = bytes;
        this.length = bytes.length;
        this.purpose = purpose;
        counters.retained(length);
    }

    /** Checks that the filter may retain {@code length} bytes more. @return {@code length} */
    static int checked(@Nullable RetainedCopy list, FilterSlot slot, int length, String purpose) {
        long sum = length;
        for (RetainedCopy each = list; each != null; each = each.older) {
            sum += each.slot == slot && each.bytes != null ? each.length : 0;
        }
        if (sum > slot.traits().maxRetainedBytes()) {
            throw new IllegalStateException("cannot retain " + length + " bytes for '" + purpose + "': with "
                    + (sum - length) + " retained already that is more than maxRetainedBytes = "
                    + slot.traits().maxRetainedBytes());
        }
        return length;
    }

    private byte[] bytes() {
        byte[] current = bytes;
        if (current == null) {
            throw new IllegalStateException("the bytes retained for '" + purpose
                    + "' have been released, by close() or with their connection");
        }
        return current;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public byte get(int index) {
        return bytes()[index];
    }

    @Override
    public void copyTo(int from, byte[] target, int offset, int count) {
        System.arraycopy(bytes(), from, target, offset, count);
    }

    /** Releases this copy; the chain releases all copies at the end of the connection. */
    @Override
    public void close() {
        byte[] current = bytes;
        if (current != null) {
            Arrays.fill(current, (byte) 0);
            bytes = null;
            counters.retained(-length);
        }
    }

    /** Adds the copies of this list that were not released. */
    void addAll(OwnedBytes sum) {
        for (RetainedCopy each = this; each != null; each = each.older) {
            if (each.bytes != null) {
                sum.retained(each.slot.name(), each.length);
            }
        }
    }

    void closeAll() {
        for (RetainedCopy each = this; each != null; each = each.older) {
            each.close();
        }
    }
}
