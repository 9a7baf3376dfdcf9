package dev.sluice.runtime.observe;

/**
 * A format of the access log, which turns an entry into a line. Implementations are immutable: any thread.
 *
 * @see AccessLogTemplate
 */
public interface AccessLogFormat {
    /**
     * The JSON format: one object with all fields, in the order of the documentation; a field without a value is null.
     */
    static AccessLogFormat json() {
        return new JsonAccessLogFormat();
    }

    /**
     * Appends the line, without a line end. The result has no control character, whatever the strings of the entry
     * contain.
     */
    void append(AccessEntry entry, StringBuilder out);
}
