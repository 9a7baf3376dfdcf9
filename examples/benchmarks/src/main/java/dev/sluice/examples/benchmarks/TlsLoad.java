package dev.sluice.examples.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Clients and upstream that speak TLS, in a process of their own: {@code load/tlsload.go}, whose handshakes leave a core to the proxy. */
final class TlsLoad implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    private TlsLoad(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** A program that was built of it; a test has another one. */
    record Program(List<String> command) {
        Program {
            command = List.copyOf(command);
        }

        Program(Path built) {
            this(List.of(built.resolve("tlsload").toString()));
        }

        /** Starts it in one of its modes. */
        TlsLoad start(String mode, Object... arguments) throws IOException {
            List<String> line = new ArrayList<>(command);
            line.add(mode);
            Arrays.stream(arguments).map(String::valueOf).forEach(line::add);
            return new TlsLoad(new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT).start());
        }

        /** Runs it to its end. @return the numbers that it printed */
        List<Long> run(String mode, Object... arguments) throws IOException {
            try (TlsLoad load = start(mode, arguments)) {
                return load.numbers();
            }
        }
    }

    /** The next line. */
    String line() throws IOException {
        String line = output.readLine();
        if (line == null) {
            throw new IOException("tlsload has ended without an answer; its output is above");
        }
        return line;
    }

    /** The numbers of the next line. */
    List<Long> numbers() throws IOException {
        return Arrays.stream(line().split(" ", -1)).map(Long::valueOf).toList();
    }

    @Override
    public void close() throws IOException {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
