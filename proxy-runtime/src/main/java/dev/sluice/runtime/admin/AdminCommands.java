package dev.sluice.runtime.admin;

/** The commands that an operator can give through the admin interface. */
public interface AdminCommands {
    /** Starts to drain and returns at once. Further calls change nothing. Any thread. */
    void drain();
}
