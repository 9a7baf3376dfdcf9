package dev.sluice.runtime.config;

/** A plugin is wrong, not what the user wrote: its record cannot be read into. The message says which record and what about it. */
final class RecordDefect extends Exception {
    private static final long serialVersionUID = 1L;

    RecordDefect(String message) {
        super(message);
    }

    String what() {
        return String.valueOf(getMessage());
    }
}
