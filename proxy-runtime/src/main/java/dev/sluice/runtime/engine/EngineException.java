package dev.sluice.runtime.engine;

/**
 * The machine's refusal of something that a valid configuration needs, such as an address or descriptors. Nothing is
 * left open.
 */
public final class EngineException extends RuntimeException {
    private static final long serialVersionUID = 1;

    EngineException(String message) {
        super(message);
    }

    public EngineException(String message, Throwable cause) {
        super(message, cause);
    }
}
