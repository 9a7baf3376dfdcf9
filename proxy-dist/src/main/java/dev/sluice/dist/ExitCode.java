package dev.sluice.dist;

/** The exit codes of {@code bin/sluice}; service managers and scripts rely on them. */
final class ExitCode {
    /** The command succeeded; a daemon drained and cut no connection. */
    static final int CLEAN = 0;
    /** The daemon could not start, or ended by a defect. Standard error has the reason. */
    static final int FATAL = 1;
    /** The command line was wrong. */
    static final int USAGE = 2;
    /** The daemon stopped with connections open: at the drain deadline, or at a second signal. */
    static final int CUT = 3;
    /** The configuration was refused ({@code EX_CONFIG} of {@code sysexits.h}). */
    static final int CONFIGURATION = 78;

    private ExitCode() {}
}
