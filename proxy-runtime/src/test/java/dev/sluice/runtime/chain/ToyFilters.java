package dev.sluice.runtime.chain;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Random;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import dev.sluice.api.Answer;
import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.ConnectDecision;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.HoldExpiry;
import dev.sluice.api.Suspension;
import dev.sluice.api.TransformBytes;
import dev.sluice.api.TransformFilter;

/** Filters whose effect on a whole stream is a plain function. */
final class ToyFilters {
    static final Direction UP = Direction.CLIENT_TO_UPSTREAM;
    private static final Duration LONG = Duration.ofMinutes(1);

    private ToyFilters() {}

    /** @param effect on a complete stream */
    record Toy(String name, FilterFactory factory, UnaryOperator<byte[]> effect) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** A factory of filters without shared state. */
    static FilterFactory factory(FilterTraits traits, java.util.function.Supplier<ConnectionFilter> filters) {
        return new FilterFactory() {
            @Override
            public FilterTraits traits() {
                return traits;
            }

            @Override
            public ConnectionFilter newFilter(ConnectionInfo connection) {
                return filters.get();
            }
        };
    }

    /** One that does the same in {@code onData} and at the end of a hold. */
    static FilterFactory onData(FilterTraits traits, Function<BorrowedBytes, DataAction> action) {
        return factory(traits, () -> new ConnectionFilter() {
            @Override
            public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                return action.apply(bytes);
            }

            @Override
            public DataAction onHoldExpired(Direction direction, HoldExpiry cause, BorrowedBytes bytes,
                    ConnectionContext context) {
                context.explain(cause + " " + bytes.length() + " " + bytes.endOfStream());
                return DataAction.REJECT;
            }
        });
    }

    /** One that only decides. */
    static FilterFactory onConnect(Function<ConnectionContext, ConnectDecision> decision) {
        return factory(FilterTraits.connectionOnly(), () -> new ConnectionFilter() {
            @Override
            public ConnectDecision onConnect(ConnectionContext context) {
                return decision.apply(context);
            }
        });
    }

    static Toy random(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> passes();
            case 1 -> blocks(1 + random.nextInt(40));
            case 2 -> detachesAfter(random.nextInt(100));
            case 3 -> drops((byte) random.nextInt(4));
            case 4 -> repeats(1 + random.nextInt(5));
            case 5 -> reversesLines(2 + random.nextInt(30));
            case 6 -> appends();
            default -> suspendsEvery(1 + random.nextInt(60));
        };
    }

    static Toy passes() {
        return new Toy("passes", factory(FilterTraits.inspects(UP), () -> new ConnectionFilter() {
            @Override
            public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                bytes.forwardAll();
                return DataAction.CONTINUE;
            }
        }), stream -> stream);
    }

    /** Forwards whole blocks only, and the rest at the end. */
    static Toy blocks(int size) {
        return new Toy("blocks" + size,
                factory(FilterTraits.inspects(UP).holds(2 * size, LONG), () -> new ConnectionFilter() {
                    @Override
                    public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                        bytes.forward(bytes.length() - bytes.length() % size);
                        bytes.needAtLeast(size);
                        return DataAction.CONTINUE;
                    }

                    @Override
                    public DataAction onHoldExpired(Direction direction, HoldExpiry cause, BorrowedBytes bytes,
                            ConnectionContext context) {
                        bytes.forwardAll();
                        return DataAction.CONTINUE;
                    }
                }), stream -> stream);
    }

    static Toy detachesAfter(int count) {
        return new Toy("detachesAfter" + count, factory(FilterTraits.inspects(UP), () -> new ConnectionFilter() {
            private int seen;

            @Override
            public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                seen += bytes.length();
                bytes.forwardAll();
                return seen >= count ? DataAction.DETACH : DataAction.CONTINUE;
            }
        }), stream -> stream);
    }

    static Toy drops(byte unwanted) {
        return new Toy("drops" + unwanted, factory(FilterTraits.transforms(UP), () -> new TransformFilter() {
            @Override
            public DataAction onData(Direction direction, TransformBytes bytes, ConnectionContext context) {
                for (int i = 0; i < bytes.length(); i++) {
                    if (bytes.get(i) == unwanted) {
                        bytes.drop(1);
                    } else {
                        bytes.forward(1);
                    }
                }
                return DataAction.CONTINUE;
            }
        }), stream -> {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (byte each : stream) {
                if (each != unwanted) {
                    out.write(each);
                }
            }
            return out.toByteArray();
        });
    }

    /** Emits each byte several times, as far as there is room. */
    static Toy repeats(int times) {
        return new Toy("repeats" + times,
                factory(FilterTraits.transforms(UP).holds(1 << 20, LONG), () -> new TransformFilter() {
                    @Override
                    public DataAction onData(Direction direction, TransformBytes bytes, ConnectionContext context) {
                        byte[] one = new byte[times];
                        for (int i = 0; i < bytes.length() && bytes.emitCapacity() >= times; i++) {
                            java.util.Arrays.fill(one, bytes.get(i));
                            bytes.emit(one, 0, times);
                            bytes.drop(1);
                        }
                        return DataAction.CONTINUE;
                    }

                    @Override
                    public DataAction onHoldExpired(Direction direction, HoldExpiry cause, TransformBytes bytes,
                            ConnectionContext context) {
                        return onData(direction, bytes, context);
                    }
                }), stream -> {
                    ByteArrayOutputStream out = new ByteArrayOutputStream();
                    for (byte each : stream) {
                        for (int i = 0; i < times; i++) {
                            out.write(each);
                        }
                    }
                    return out.toByteArray();
                });
    }

    /** Holds until there is a whole line (or as much as a line may be), which it emits in reverse. */
    static Toy reversesLines(int longest) {
        return new Toy("reversesLines" + longest,
                factory(FilterTraits.transforms(UP).holds(longest, LONG), () -> new TransformFilter() {
                    @Override
                    public DataAction onData(Direction direction, TransformBytes bytes, ConnectionContext context) {
                        int start = 0;
                        int end = bytes.indexOf((byte) 0, 0, bytes.length());
                        while (end >= 0 && bytes.emitCapacity() >= end - start + 1) {
                            emitReversed(bytes, start, end + 1);
                            start = end + 1;
                            end = bytes.indexOf((byte) 0, start, bytes.length());
                        }
                        return DataAction.CONTINUE;
                    }

                    @Override
                    public DataAction onHoldExpired(Direction direction, HoldExpiry cause, TransformBytes bytes,
                            ConnectionContext context) {
                        if (bytes.emitCapacity() >= bytes.length()) {
                            emitReversed(bytes, 0, bytes.length());
                        }
                        return DataAction.CONTINUE;
                    }
                }), stream -> {
                    ByteArrayOutputStream out = new ByteArrayOutputStream();
                    int start = 0;
                    for (int i = 0; i < stream.length; i++) {
                        boolean end = stream[i] == 0 || i - start + 1 == longest || i == stream.length - 1;
                        if (end) {
                            for (int j = i; j >= start; j--) {
                                out.write(stream[j]);
                            }
                            start = i + 1;
                        }
                    }
                    return out.toByteArray();
                });
    }

    private static void emitReversed(TransformBytes bytes, int start, int end) {
        byte[] reversed = new byte[end - start];
        for (int i = start; i < end; i++) {
            reversed[end - 1 - i] = bytes.get(i);
        }
        bytes.drop(end - start);
        bytes.emit(reversed, 0, reversed.length);
    }

    /** Puts a byte behind the last one. */
    static Toy appends() {
        return new Toy("appends", factory(FilterTraits.transforms(UP), () -> new TransformFilter() {
            @Override
            public DataAction onData(Direction direction, TransformBytes bytes, ConnectionContext context) {
                bytes.forwardAll();
                if (bytes.endOfStream()) {
                    bytes.emit(new byte[]{9}, 0, 1);
                }
                return DataAction.CONTINUE;
            }
        }), stream -> {
            byte[] longer = java.util.Arrays.copyOf(stream, stream.length + 1);
            longer[stream.length] = 9;
            return longer;
        });
    }

    /** Refuses the connection at a byte, and lets pass what came before it. */
    static Toy rejectsAt(byte unwanted) {
        return new Toy("rejectsAt" + unwanted, factory(FilterTraits.inspects(UP), () -> new ConnectionFilter() {
            @Override
            public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                int at = bytes.indexOf(unwanted, 0, bytes.length());
                bytes.forward(at < 0 ? bytes.length() : at);
                return at < 0 ? DataAction.CONTINUE : DataAction.REJECT;
            }
        }), stream -> {
            for (int i = 0; i < stream.length; i++) {
                if (stream[i] == unwanted) {
                    return java.util.Arrays.copyOf(stream, i);
                }
            }
            return stream;
        });
    }

    /** Waits for an answer, which comes at once, after every so many bytes. */
    static Toy suspendsEvery(int count) {
        return new Toy("suspendsEvery" + count,
                factory(FilterTraits.inspects(UP).holds(1 << 20, LONG), () -> new ConnectionFilter() {
                    @Override
                    public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                        bytes.forward(Math.min(count, bytes.length()));
                        Suspension suspension = context.suspend(Duration.ofMinutes(1), Answer.reject("late"));
                        suspension.complete(Answer.accept());
                        return DataAction.SUSPEND;
                    }

                    @Override
                    public DataAction onHoldExpired(Direction direction, HoldExpiry cause, BorrowedBytes bytes,
                            ConnectionContext context) {
                        bytes.forwardAll();
                        return DataAction.CONTINUE;
                    }
                }), stream -> stream);
    }
}
