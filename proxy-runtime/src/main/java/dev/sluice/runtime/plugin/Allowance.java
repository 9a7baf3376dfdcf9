package dev.sluice.runtime.plugin;

/** How much of the heap the contents of plugins may take: so much each, and so much together. One thread. */
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

    /** 256 MiB each, and a quarter of the heap together. */
    static Allowance ofThisProcess() {
        return new Allowance(EACH, Runtime.getRuntime().maxMemory() / SHARE_OF_THE_HEAP);
    }

    /** What is taken from here on is another plugin's. */
    void next() {
        takenBefore = taken;
    }

    /** That plugin is not kept. */
    void giveBack() {
        taken = takenBefore;
    }

    /** The most that may be taken now. */
    long left() {
        return Math.min(each - (taken - takenBefore), together - taken);
    }

    /** Takes so many bytes, which must not be more than are {@link #left}. */
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
