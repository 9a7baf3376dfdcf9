package dev.sluice.runtime;

import org.jspecify.annotations.Nullable;

/**
 * A problem in a configuration: an error or a warning.
 *
 * @param source the file, or the name of the text
 * @param line from 1
 * @param column from 1
 * @param path of the value, like {@code listeners[0].timeouts.idle}; empty for the document as a whole
 * @param what the defect
 * @param allowed the values allowed there
 * @param didYouMean the likely intention
 * @param text the whole problem as it is reported: {@code source:line:column path: what; allowed; did you mean}, and
 *     the offending line with a caret
 */
public record ConfigurationProblem(String source, int line, int column, String path, String what,
        @Nullable String allowed,
        @Nullable String didYouMean, String text) {
    @Override
    public String toString() {
        return text;
    }
}
