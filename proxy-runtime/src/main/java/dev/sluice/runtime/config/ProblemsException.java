package dev.sluice.runtime.config;

import java.util.List;
import java.util.stream.Collectors;

/** The refusal of a configuration. The message is the whole report, one problem after the other. */
public final class ProblemsException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /** @param problems at least one */
    public ProblemsException(List<Problem> problems) {
        super(problems.stream().map(Problem::render).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** All problems, at least one, in the order of files and lines. */
    public List<Problem> problems() {
        return problems;
    }
}
