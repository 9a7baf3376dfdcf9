package dev.sluice.dist;

import java.util.List;

/** Entry point of {@code bin/sluice}. */
public final class Main {
    private Main() {}

    /** Runs one command and ends the process with its code (see {@code --help}). */
    public static void main(String[] args) {
        if (List.of(args).contains("run")) {
            HeadStart.libraries();
        }
        LogProvider.install();
        int code;
        try {
            code = new CommandLineInterface(System.out, System.err).execute(args);
        } catch (Throwable t) {
            // Also errors, such as no memory for the first thread: without this the JVM would wait for the loops that did start.
            t.printStackTrace();
            code = ExitCode.FATAL;
        }
        LogSetup.flush();
        System.exit(code);
    }
}
