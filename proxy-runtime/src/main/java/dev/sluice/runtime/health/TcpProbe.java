package dev.sluice.runtime.health;

/**
 * A connect, and perhaps an exchange of bytes.
 *
 * @param send sent at once; may be empty
 * @param expect bytes that have to appear in the first {@value Answer#LIMIT} of the answer; empty = no answer is awaited
 */
public record TcpProbe(Bytes send, Bytes expect) implements Probe {
    /** A probe that an accepted connect passes. */
    public static final TcpProbe CONNECT = new TcpProbe(Bytes.NONE, Bytes.NONE);

    public TcpProbe {
        if (expect.length() > Answer.LIMIT) {
            throw new IllegalArgumentException("expect has " + expect.length() + " bytes; allowed are at most "
                    + Answer.LIMIT + ", the part of an answer that is looked at");
        }
    }
}
