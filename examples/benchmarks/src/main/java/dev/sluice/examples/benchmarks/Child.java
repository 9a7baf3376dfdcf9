package dev.sluice.examples.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A class of this package in a JVM of its own, which ends when its standard input does. */
final class Child implements AutoCloseable {
    private final String name;
    private final Process process;
    private final BufferedReader output;

    Child(String name, String... args) throws IOException {
        this.name = name;
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java", "-Xmx256m",
                "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
                Child.class.getPackageName() + "." + name));
        command.addAll(List.of(args));
        process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        output = process.inputReader(StandardCharsets.UTF_8);
    }

    String readLine() throws IOException {
        String line = output.readLine();
        if (line == null) {
            throw new IOException(name + " has ended; its output is above");
        }
        return line;
    }

    /** The rest of a line that starts like this. */
    String expect(String start) throws IOException {
        String line = readLine();
        if (!line.startsWith(start)) {
            throw new IOException(name + " printed '" + line + "' instead of '" + start + "'");
        }
        return line.substring(start.length());
    }

    void writeLine(String line) throws IOException {
        OutputStream input = process.getOutputStream();
        input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        input.flush();
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
