package dev.sluice.runtime.config.model;

import org.jspecify.annotations.Nullable;

/**
 * One line per connection.
 *
 * @param path {@value #STDOUT}, or the path of a file
 * @param template the layout of a line, as it was written; only with {@link AccessLogFormat#TEXT}, and absent = the standard one
 */
public record AccessLogConfig(String path, AccessLogFormat format, @Nullable String template) {
    /** The path that stands for standard output. */
    public static final String STDOUT = "stdout";
}
