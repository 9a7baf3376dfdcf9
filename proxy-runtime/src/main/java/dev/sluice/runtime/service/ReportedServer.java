package dev.sluice.runtime.service;

import java.time.Duration;

/** A server as its service manager sees it. Any thread. */
public interface ReportedServer {
    /** Its state in a few words, such as {@code serving generation 8}. */
    String status();

    /** The number of its open connections. */
    int connections();

    /**
     * Asks every event loop for a sign of life, and waits for the answers.
     *
     * @param patience for all answers together
     * @return whether all of them have answered: bytes move
     */
    boolean allLoopsAnswer(Duration patience);
}
