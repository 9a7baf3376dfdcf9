package dev.sluice.api.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Ways to cut a stream into reads. Immutable. The same seed gives the same cuts.
 */
public final class Segmentations {
    /** The most pieces of a random cut: more would be like {@link #dribble}. */
    private static final int MAX_PIECES = 16;
    private static final long SEED = 42;
    private static final int ROUNDS = 32;

    /** A receiver of cuts, called once for each. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * Receives one cut.
         *
         * @param ends the end of each piece, ascending, the last one at the length of the stream; the array is used
         *     again for the next cut
         * @param count the number of pieces
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

    /**
     * {@return the whole stream, every cut in two, one byte at a time, and {@value #ROUNDS} random cuts: a few more
     * than the stream has bytes}
     */
    public static Segmentations every() {
        return whole().and(twoWay()).and(dribble()).and(random(SEED, ROUNDS));
    }

    /** {@return the stream in one piece} */
    public static Segmentations whole() {
        return of((length, ends, visitor) -> {
            ends[0] = length;
            visitor.pieces(ends, length == 0 ? 0 : 1);
        });
    }

    /** {@return the stream one byte at a time} */
    public static Segmentations dribble() {
        return of((length, ends, visitor) -> {
            for (int i = 0; i < length; i++) {
                ends[i] = i + 1;
            }
            visitor.pieces(ends, length);
        });
    }

    /** {@return every cut into two pieces} */
    public static Segmentations twoWay() {
        return of((length, ends, visitor) -> {
            for (int cut = 1; cut < length; cut++) {
                ends[0] = cut;
                ends[1] = length;
                visitor.pieces(ends, 2);
            }
        });
    }

    /**
     * Cuts streams at random places into two to {@value #MAX_PIECES} pieces.
     *
     * @param seed the same seed gives the same cuts
     * @param rounds the number of cuts of each stream
     * @return the cuts
     */
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

    /**
     * Cuts streams at given places, to reproduce a failure.
     *
     * @param places offsets in the stream; those beyond its end are ignored
     * @return the cut
     */
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

    /**
     * Joins two sets of cuts.
     *
     * @param others the cuts to come after these
     * @return both
     */
    public Segmentations and(Segmentations others) {
        List<Ways> all = new ArrayList<>(ways);
        all.addAll(others.ways);
        return new Segmentations(List.copyOf(all));
    }

    /**
     * Passes every cut of a stream to a visitor.
     *
     * @param length the number of bytes of the stream
     * @param visitor called once for each cut
     */
    public void visit(int length, Visitor visitor) {
        int[] ends = new int[length + MAX_PIECES];
        for (Ways each : ways) {
            each.visit(length, ends, visitor);
        }
    }

    /**
     * Returns every cut of a stream as a list of its pieces. Needs memory for all of them: {@link #visit} does not.
     *
     * @param stream the bytes
     * @return for each cut, copies of the pieces
     */
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

    /** {@return a cut in words, for messages} */
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
