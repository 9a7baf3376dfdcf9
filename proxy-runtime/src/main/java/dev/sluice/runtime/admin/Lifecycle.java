package dev.sluice.runtime.admin;

/** What an operator can order the server to do through the admin interface. */
public interface Lifecycle {
    /** Starts to drain and returns at once. Called again, changes nothing. Any thread. */
    void drain();
}
