package dev.sluice.runtime;

import org.jspecify.annotations.Nullable;

/**
 * A value in a configuration that is wrong or doubtful.
 *
 * @param source the file, or the name given to the text
 * @param line from 1
 * @param column from 1
 * @param path the path of the value, such as {@code listeners[0].timeouts.idle}; empty for the document as a whole
 * @param what the problem
 * @param allowed the values that are allowed; null if {@code what} names them
 * @param didYouMean the value that was probably meant; null if none can be guessed
 * @param text the whole problem as it is reported: {@code source:line:column path: what; allowed; did you mean}, and
 *     the line with a caret
 */
public record ConfigurationProblem(String source, int line, int column, String path, String what,
        @Nullable String allowed,
        @Nullable String didYouMean, String text) {
    @Override
    public String toString() {
        return text;
    }
}
