package dev.sluice.dist;

import java.util.List;

/** The entry point of {@code bin/sluice}. */
public final class Main {
    private Main() {}

    /**
     * Runs one command and ends the process with its exit code (see {@code --help}).
     *
     * @param args the command with its options
     */
    public static void main(String[] args) {
        if (List.of(args).contains("run")) {
            HeadStart.keepIdleConnections();
            HeadStart.libraries();
        }
        LogProvider.install();
        int code;
        try {
            code = new CommandLineInterface(System.out, System.err).execute(args);
        } catch (Throwable t) {
            // Errors too, such as no memory for the first thread: otherwise the JVM would wait for the loops that did
            // start.
            t.printStackTrace();
            code = ExitCode.FATAL;
        }
        LogSetup.flush();
        System.exit(code);
    }
}
