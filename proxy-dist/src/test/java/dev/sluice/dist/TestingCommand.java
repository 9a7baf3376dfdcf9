package dev.sluice.dist;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Commands to a running daemon, run in the process of the test. */
final class TestingCommand {
    private TestingCommand() {}

    /** The end of a command. */
    record Outcome(int code, String out, String err) {}

    /** Runs a command. */
    static Outcome run(Map<String, String> environment, String... arguments) {
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(outBytes, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(errBytes, true, StandardCharsets.UTF_8);
        CommandSpec sluice = CommandSpec.create().name("sluice");
        ClientCommands.addTo(sluice);
        CommandLine line = new CommandLine(sluice).registerConverter(Path.class, Path::of)
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
                .setExecutionStrategy(
                        parsed -> new ClientCommands(out, new Messages(err, LogFormat.TEXT), environment)
                                .run(parsed.subcommand()));
        int code = line.execute(arguments);
        return new Outcome(code, outBytes.toString(StandardCharsets.UTF_8), errBytes.toString(StandardCharsets.UTF_8));
    }

    /** Runs a command that is told where the daemon is. */
    static Outcome run(TestingAdmin admin, String command, String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(command, "--admin", admin.address()));
        arguments.addAll(List.of(options));
        return run(Map.of(), arguments.toArray(String[]::new));
    }
}
