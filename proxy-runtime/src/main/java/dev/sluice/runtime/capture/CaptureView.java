package dev.sluice.runtime.capture;

/**
 * The state of a capture at one moment.
 *
 * @param id distinct in the life of the server
 * @param where the condition as it was written
 * @param state a word: {@code running}, or the reason for its end: {@code stopped}, {@code full}, {@code time}, {@code unread},
 *     {@code forbidden}
 * @param connections that have been captured so far
 * @param events captured so far: bytes in one direction, ends
 * @param dropped events that were lost because they were not read fast enough
 * @param written size of the file so far
 */
public record CaptureView(long id, String where, CaptureLayer layer, boolean payload, String state, long connections,
        long events,
        long dropped, long written) {
    /** Whether it still captures. */
    public boolean isRunning() {
        return state.equals(Capture.RUNNING);
    }
}
