package dev.sluice.runtime.capture;

import java.util.List;

import org.jspecify.annotations.Nullable;

/** The captures of a server. Any thread but an event loop's; only {@link #start} waits, for a second at most. */
public interface CaptureControl {
    /** A capture that may not begin. */
    final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;

        private final boolean forbidden;

        /**
         * A refusal.
         *
         * @param message what is wrong, and what can be done
         * @param forbidden whether the configuration forbids it; otherwise others are in the way
         */
        public RefusedException(String message, boolean forbidden) {
            super(message);
            this.forbidden = forbidden;
        }

        /** Whether the configuration forbids it. */
        public boolean isForbidden() {
            return forbidden;
        }
    }

    /** Begins a capture. Clients that connect after its return are seen, unless a loop hangs. */
    CaptureView start(CaptureRequest request) throws RefusedException;

    /** The captures that run, and those that have not been read to their end. */
    List<CaptureView> list();

    /** Ends a capture. @return null if there is none with this id */
    @Nullable
    CaptureView stop(long id);

    /**
     * Reads a part of the file of a capture.
     *
     * @param offset 0, then {@link CaptureBlock#next} of the part before
     * @return null if there is no capture with this id, or it is not at that offset
     */
    @Nullable
    CaptureBlock read(long id, long offset);
}
