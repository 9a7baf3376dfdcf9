package dev.sluice.api.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Ways to cut a stream into reads. Immutable. The same seed gives the same cuts.
 */
public final class Segmentations {
    /** Most pieces of a random cut: more would be like {@link #dribble}. */
    private static final int MAX_PIECES = 16;
    private static final long SEED = 42;
    private static final int ROUNDS = 32;

    /** Told each way. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * One way to cut.
         *
         * @param ends where each piece ends, ascending, the last one at the length of the stream; used again for the next way
         * @param count how many of them there are
         */
        void pieces(int[] ends, int count);
    }

    private interface Ways {
        void visit(int length, int[] ends, Visitor visitor);
    }

    private final List<Ways> ways;

    private Segmentations(List<Ways> ways) {
        this.ways = ways;
    }

    private static Segmentations of(Ways ways) {
        return new Segmentations(List.of(ways));
    }

    /** The whole, every cut in two, one byte at a time, and {@value #ROUNDS} random cuts: as many as there are bytes, and a few. */
    public static Segmentations every() {
        return whole().and(twoWay()).and(dribble()).and(random(SEED, ROUNDS));
    }

    /** In one piece. */
    public static Segmentations whole() {
        return of((length, ends, visitor) -> {
            ends[0] = length;
            visitor.pieces(ends, length == 0 ? 0 : 1);
        });
    }

    /** One byte at a time. */
    public static Segmentations dribble() {
        return of((length, ends, visitor) -> {
            for (int i = 0; i < length; i++) {
                ends[i] = i + 1;
            }
            visitor.pieces(ends, length);
        });
    }

    /** In two pieces, everywhere. */
    public static Segmentations twoWay() {
        return of((length, ends, visitor) -> {
            for (int cut = 1; cut < length; cut++) {
                ends[0] = cut;
                ends[1] = length;
                visitor.pieces(ends, 2);
            }
        });
    }

    /** In two to {@value #MAX_PIECES} pieces, at random places, so many times. */
    public static Segmentations random(long seed, int rounds) {
        return of((length, ends, visitor) -> {
            SplittableRandom random = new SplittableRandom(seed);
            for (int round = 0; round < rounds && length > 1; round++) {
                int cuts = random.nextInt(1, Math.min(length, MAX_PIECES));
                for (int i = 0; i < cuts; i++) {
                    ends[i] = random.nextInt(1, length);
                }
                ends[cuts] = length;
                visitor.pieces(ends, distinct(ends, cuts + 1));
            }
        });
    }

    /** At these places only: how a failure is reproduced. Places beyond a stream are left out. */
    public static Segmentations cutAt(int... places) {
        int[] cuts = places.clone();
        return of((length, ends, visitor) -> {
            int count = 0;
            for (int cut : cuts) {
                if (cut > 0 && cut < length) {
                    ends[count++] = cut;
                }
            }
            ends[count++] = length;
            visitor.pieces(ends, length == 0 ? 0 : distinct(ends, count));
        });
    }

    private static int distinct(int[] ends, int count) {
        Arrays.sort(ends, 0, count);
        int kept = 1;
        for (int i = 1; i < count; i++) {
            if (ends[i] != ends[i - 1]) {
                ends[kept++] = ends[i];
            }
        }
        return kept;
    }

    /** These, and then others. */
    public Segmentations and(Segmentations others) {
        List<Ways> all = new ArrayList<>(ways);
        all.addAll(others.ways);
        return new Segmentations(List.copyOf(all));
    }

    /** Goes through all ways to cut a stream of so many bytes. */
    public void visit(int length, Visitor visitor) {
        int[] ends = new int[length + MAX_PIECES];
        for (Ways each : ways) {
            each.visit(length, ends, visitor);
        }
    }

    /** All ways to cut a stream, as lists of its pieces. */
    public List<List<byte[]>> of(byte[] stream) {
        List<List<byte[]>> all = new ArrayList<>();
        visit(stream.length, (ends, count) -> {
            List<byte[]> pieces = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                pieces.add(Arrays.copyOfRange(stream, i == 0 ? 0 : ends[i - 1], ends[i]));
            }
            all.add(pieces);
        });
        return all;
    }

    /** How a way is told in a message. */
    static String describe(int[] ends, int count) {
        if (count <= 1) {
            return "in one piece";
        }
        if (count == ends[count - 1]) {
            return "one byte at a time";
        }
        StringBuilder text = new StringBuilder("cut at ");
        for (int i = 0; i < count - 1; i++) {
            text.append(i == 0 ? "" : ", ").append(ends[i]);
        }
        return text.toString();
    }
}
