package dev.sluice.runtime.yaml;

import org.jspecify.annotations.Nullable;

/** The receiver of the problems of a text. */
public interface ProblemSink {
    /**
     * Takes a problem.
     *
     * @param path of the node that has it
     * @param what is wrong
     * @param allowed what could stand there; null if {@code what} says so
     * @param didYouMean the text that was probably meant; null if there is none to guess
     */
    void add(Location at, NodePath path, String what, @Nullable String allowed, @Nullable String didYouMean);

    /** Whether it takes no more, so that looking for more is useless. */
    boolean full();
}
