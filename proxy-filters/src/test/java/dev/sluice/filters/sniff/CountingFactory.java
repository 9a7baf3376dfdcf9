package dev.sluice.filters.sniff;

import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.HoldExpiry;
import org.jspecify.annotations.Nullable;

/** The filters of another factory, with a count of how often one is called and how many bytes it reads. */
final class CountingFactory implements FilterFactory {
    private final FilterFactory counted;
    private @Nullable ConnectionFilter filter;
    private int calls;
    private long reads;

    CountingFactory(FilterFactory counted) {
        this.counted = counted;
    }

    /** The last one. */
    @Nullable
    ConnectionFilter filter() {
        return filter;
    }

    int calls() {
        return calls;
    }

    long reads() {
        return reads;
    }

    @Override
    public FilterTraits traits() {
        return counted.traits();
    }

    @Override
    public ConnectionFilter newFilter(ConnectionInfo connection) {
        ConnectionFilter made = counted.newFilter(connection);
        filter = made;
        return new ConnectionFilter() {
            @Override
            public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                calls++;
                return made.onData(direction, new CountingBytes(bytes), context);
            }

            @Override
            public DataAction onHoldExpired(Direction direction, HoldExpiry cause, BorrowedBytes bytes,
                    ConnectionContext context) {
                calls++;
                return made.onHoldExpired(direction, cause, new CountingBytes(bytes), context);
            }
        };
    }

    @Override
    public void close() {
        counted.close();
    }

    private final class CountingBytes implements BorrowedBytes {
        private final BorrowedBytes bytes;

        CountingBytes(BorrowedBytes bytes) {
            this.bytes = bytes;
        }

        @Override
        public int length() {
            return bytes.length();
        }

        @Override
        public byte get(int index) {
            reads++;
            return bytes.get(index);
        }

        @Override
        public int getUnsignedShort(int index) {
            reads += Short.BYTES;
            return bytes.getUnsignedShort(index);
        }

        @Override
        public int getInt(int index) {
            reads += Integer.BYTES;
            return bytes.getInt(index);
        }

        @Override
        public long getLong(int index) {
            reads += Long.BYTES;
            return bytes.getLong(index);
        }

        @Override
        public int indexOf(byte value, int from, int to) {
            int index = bytes.indexOf(value, from, to);
            reads += (index < 0 ? to : index + 1) - from;
            return index;
        }

        @Override
        public boolean startsWith(byte[] prefix) {
            reads += prefix.length;
            return bytes.startsWith(prefix);
        }

        @Override
        public void copyTo(int from, byte[] target, int offset, int length) {
            reads += length;
            bytes.copyTo(from, target, offset, length);
        }

        @Override
        public boolean endOfStream() {
            return bytes.endOfStream();
        }

        @Override
        public int forwarded() {
            return bytes.forwarded();
        }

        @Override
        public void forward(int count) {
            bytes.forward(count);
        }

        @Override
        public void needAtLeast(int total) {
            bytes.needAtLeast(total);
        }
    }
}
