package dev.sluice.runtime;

import java.util.List;
import java.util.stream.Collectors;

/** The refusal of a configuration. The message holds every problem. */
public final class ConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<ConfigurationProblem> problems;

    ConfigurationException(List<ConfigurationProblem> problems) {
        super(problems.stream().map(ConfigurationProblem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** {@return all problems, in the order of the text} */
    public List<ConfigurationProblem> problems() {
        return problems;
    }
}
