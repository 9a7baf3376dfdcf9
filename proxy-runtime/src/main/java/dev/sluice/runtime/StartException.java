package dev.sluice.runtime;

import dev.sluice.runtime.engine.EngineException;

/**
 * The system's refusal of something that a valid configuration needs, such as an address or descriptors. Nothing has
 * been started.
 */
public final class StartException extends RuntimeException {
    private static final long serialVersionUID = 1;

    StartException(EngineException refused) {
        super(refused.getMessage(), refused.getCause());
    }

    StartException(String message, Throwable cause) {
        super(message, cause);
    }
}
