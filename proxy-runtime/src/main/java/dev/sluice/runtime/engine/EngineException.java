package dev.sluice.runtime.engine;

import java.util.List;
import java.util.stream.Collectors;

import dev.sluice.runtime.config.Problem;
import dev.sluice.runtime.config.model.ConfigPlace;
import org.jspecify.annotations.Nullable;

/**
 * The machine's refusal of something that a valid configuration needs, such as an address or descriptors, or a refusal
 * of what cannot change while the process runs. Nothing is left open.
 */
public final class EngineException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    EngineException(String message) {
        super(message);
        problems = List.of();
    }

    EngineException(String message, Throwable cause) {
        super(message, cause);
        problems = List.of();
    }

    /**
     * A refusal of what is written at a place.
     *
     * @param key of the record at that place; null = all of it
     */
    public EngineException(ConfigPlace place, @Nullable String key, String what, Throwable cause) {
        this(List.of(Problem.refusal(place, key, what)), cause);
    }

    /** A refusal for several reasons at once. */
    EngineException(List<Problem> problems) {
        this(problems, null);
    }

    private EngineException(List<Problem> problems, @Nullable Throwable cause) {
        super(problems.stream().map(Problem::render).collect(Collectors.joining("\n")), cause);
        this.problems = List.copyOf(problems);
    }

    /** The reasons that have a place in the configuration; none if the message has no place. */
    public List<Problem> problems() {
        return problems;
    }
}
