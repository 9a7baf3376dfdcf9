package dev.sluice.runtime.health;

/**
 * The verdict of a check on its endpoint, which changes after several results in a row that differ from it. Pure; one thread at a time.
 *
 * <pre>
 *   UNCHECKED  one success              ─► PASSED
 *   UNCHECKED  fall failures in a row   ─► FAILED
 *   PASSED     fall failures in a row   ─► FAILED
 *   FAILED     rise successes in a row  ─► PASSED
 * </pre>
 *
 * <p>The first verdict takes one success, not {@code rise}: a success is evidence enough that an endpoint serves, and clients wait for it. It
 * takes {@code fall} failures: nothing is won by less, since unchecked endpoints get connections only until one of their tier has passed.
 */
final class CheckVerdict {
    /** The verdicts. */
    enum Standing {
        /** There is no verdict yet. */
        UNCHECKED,
        /** The endpoint serves. */
        PASSED,
        /** The endpoint does not serve. */
        FAILED
    }

    private final int rise;
    private final int fall;
    private Standing standing = Standing.UNCHECKED;
    /** Results in a row that differ from the verdict. */
    private int differing;

    CheckVerdict(int rise, int fall) {
        this.rise = rise;
        this.fall = fall;
    }

    Standing standing() {
        return standing;
    }

    /** Whether there is a verdict, and the last result agrees with it. If not, the next check is urgent. */
    boolean isSettled() {
        return standing != Standing.UNCHECKED && differing == 0;
    }

    /** Counts a success. @return whether the verdict has changed */
    boolean success() {
        return count(Standing.PASSED, standing == Standing.UNCHECKED ? 1 : rise);
    }

    /** Counts a failure. @return whether the verdict has changed */
    boolean failure() {
        return count(Standing.FAILED, fall);
    }

    private boolean count(Standing result, int needed) {
        if (standing == result) {
            differing = 0;
            return false;
        }
        differing++;
        if (differing < needed) {
            return false;
        }
        differing = 0;
        standing = result;
        return true;
    }
}
