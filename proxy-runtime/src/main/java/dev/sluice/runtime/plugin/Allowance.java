package dev.sluice.runtime.plugin;

/** The heap budget for the contents of plugins: a bound for each plugin, and one for all together. One thread. */
final class Allowance {
    private static final long EACH = 256L << 20;
    private static final int SHARE_OF_THE_HEAP = 4;

    private final long each;
    private final long together;
    private long taken;
    private long takenBefore;

    Allowance(long each, long together) {
        this.each = each;
        this.together = together;
    }

    /** The budget of this process: 256 MiB for each plugin, and a quarter of the heap for all. */
    static Allowance ofThisProcess() {
        return new Allowance(EACH, Runtime.getRuntime().maxMemory() / SHARE_OF_THE_HEAP);
    }

    /** Starts the next plugin: bytes taken from here on are its own. */
    void next() {
        takenBefore = taken;
    }

    /** Returns the bytes of the current plugin, which is not kept. */
    void giveBack() {
        taken = takenBefore;
    }

    /** The number of bytes that may be taken now. */
    long left() {
        return Math.min(each - (taken - takenBefore), together - taken);
    }

    /**
     * Takes bytes, at most {@link #left}.
     * @throws RefusedException if they are more
     */
    void take(long bytes) throws RefusedException {
        if (bytes > left()) {
            throw each <= together - takenBefore
                    ? new RefusedException("is too large: its JARs, uncompressed, may hold " + mebibytes(each))
                    : new RefusedException("does not fit into the heap: all plugins together may hold "
                            + mebibytes(together) + ", uncompressed; give the JVM more (-Xmx)");
        }
        taken += bytes;
    }

    private static String mebibytes(long bytes) {
        return (bytes >> 20) + " MiB";
    }
}
