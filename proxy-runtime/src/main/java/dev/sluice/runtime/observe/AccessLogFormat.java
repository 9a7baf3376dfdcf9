package dev.sluice.runtime.observe;

/**
 * How one connection becomes one line of the access log. Implementations are immutable: any thread.
 *
 * @see AccessLogTemplate
 */
public interface AccessLogFormat {
    /** One JSON object with all fields, in the order of the documentation; a field without a value is null. */
    static AccessLogFormat json() {
        return new JsonAccessLogFormat();
    }

    /** Appends the line, without a line end. Whatever the strings of the entry contain, the result has no control character. */
    void append(AccessEntry entry, StringBuilder out);
}
