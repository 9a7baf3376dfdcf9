package dev.sluice.runtime.yaml;

import org.jspecify.annotations.Nullable;

/** The receiver of the problems of a text. */
public interface ProblemSink {
    /**
     * Takes a problem.
     *
     * @param path the path of the node that has the problem
     * @param what the defect
     * @param allowed the values allowed there; null if {@code what} has them
     * @param didYouMean the text that was probably meant; null = none
     */
    void add(Location at, NodePath path, String what, @Nullable String allowed, @Nullable String didYouMean);

    /** Whether the sink is full, so that further problems would not be reported. */
    boolean full();
}
