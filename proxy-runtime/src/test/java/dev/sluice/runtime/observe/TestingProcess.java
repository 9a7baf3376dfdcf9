package dev.sluice.runtime.observe;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a main class of the tests in a JVM of its own, where it may exhaust what belongs to the process. */
public final class TestingProcess {
    private TestingProcess() {}

    /**
     * Starts it.
     *
     * @param limit a shell command to run before, such as {@code ulimit -n 256}
     */
    public static Process start(String limit, Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(
                        "sh",
                        "-c",
                        limit + " && exec \"$@\"",
                        "sh",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-UsePerfData",
                        "-cp",
                        classPath(),
                        main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).start();
    }

    private static String classPath() {
        // Surefire hides the class path in the manifest of a jar and keeps the original in a property.
        String original = System.getProperty("surefire.test.class.path");
        return original != null ? original : System.getProperty("java.class.path");
    }
}
