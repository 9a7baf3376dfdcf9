package dev.sluice.runtime.health;

/**
 * An endpoint of a cluster as a health check sees it. All methods are called on the thread {@code sluice-health}, one after the other, and
 * must not block: no other check would go on. An exception is logged and changes nothing.
 *
 * <p>{@link #passed} and {@link #failed} report a verdict: when it has changed, and at once to a target that joins a check which has one
 * already. So the same verdict may come twice. A check whose settings have changed is a new one without a verdict: until it has one,
 * the last one of the old check stands.
 */
public interface CheckTarget {
    /** The endpoint has passed. */
    void passed();

    /**
     * The endpoint has failed.
     *
     * @param reason of the last failure, in words, printable: {@code connection refused}
     */
    void failed(String reason);

    /**
     * One check has ended.
     *
     * @param reason of a failure, in words, printable; empty for a success
     * @param nanos from its start to its result
     */
    void counted(CheckResult result, String reason, long nanos);
}
