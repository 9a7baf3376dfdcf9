package dev.sluice.runtime;

import dev.sluice.runtime.engine.EngineException;

/**
 * The operating system's refusal of something that a valid configuration needs: an address, descriptors, a transport.
 * Nothing has been started.
 */
public final class StartException extends RuntimeException {
    private static final long serialVersionUID = 1;

    StartException(EngineException refused) {
        super(refused.getMessage(), refused.getCause());
    }

    StartException(String message) {
        super(message);
    }

    StartException(String message, Throwable cause) {
        super(message, cause);
    }
}
