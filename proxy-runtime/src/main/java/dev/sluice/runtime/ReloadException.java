package dev.sluice.runtime;

import java.util.List;

import dev.sluice.runtime.engine.EngineException;

/**
 * The refusal of a reload although the configuration is valid: by the operating system, because of a key that cannot
 * change while the process runs, or because the server is ending. Nothing has changed. The message says what to do.
 */
public final class ReloadException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<ConfigurationProblem> problems;

    ReloadException(EngineException refused) {
        super(refused.getMessage(), refused);
        problems = ProxyConfig.problems(refused.problems());
    }

    /**
     * {@return the keys of the configuration that were refused, with their places} None if the reason is not one key,
     * such as the end of the server.
     */
    public List<ConfigurationProblem> problems() {
        return problems;
    }
}
