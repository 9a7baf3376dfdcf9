package dev.sluice.runtime;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong, or doubtful, in a configuration.
 *
 * @param source the file, or how the text was called
 * @param line from 1
 * @param column from 1
 * @param path of the value, like {@code listeners[0].timeouts.idle}; empty for the document as a whole
 * @param what is wrong
 * @param allowed what could stand there instead
 * @param didYouMean the likely intention
 * @param text all of it in the form in which it is reported: {@code source:line:column path: what; allowed; did you mean}, and the
 *     offending line with a caret
 */
public record ConfigurationProblem(String source, int line, int column, String path, String what,
        @Nullable String allowed,
        @Nullable String didYouMean, String text) {
    @Override
    public String toString() {
        return text;
    }
}
