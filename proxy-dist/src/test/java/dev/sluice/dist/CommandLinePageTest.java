package dev.sluice.dist;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import dev.sluice.runtime.testing.Page;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The command line as the page for operators describes it: commands, options, variables, exit codes, signals. */
class CommandLinePageTest {
    private final Page page = Page.of("operations.md").section("The command line");

    private static String help(String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        assertEquals(ExitCode.CLEAN, new CommandLineInterface(out, out).execute(arguments));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void commandsHaveTheirOptions() {
        String help = help("--help");
        Set<String> commands = Page.found("(?m)^  (\\w+)  ", help.substring(help.indexOf("Commands:"),
                help.indexOf("Exit codes:")));
        Set<String> written = new TreeSet<>();
        for (List<String> row : page.table("command").rows()) {
            String command = Page.quoted(row.getFirst()).iterator().next().replace("sluice ", "");
            written.add(command);
            Set<String> options = Page.found("(?m)^  +(?:-\\w, )?(--[a-z-]+)", help(command, "--help"));
            options.addAll(Page.found("(?m)^  +(-\\w), ", help(command, "--help")));
            options.removeAll(Set.of("-h", "--help"));
            Set<String> named = new TreeSet<>(Page.quoted(row.get(2)));
            if (row.get(2).endsWith("and those below")) {
                page.table("option of each command to a daemon").rows()
                        .forEach(shared -> named.addAll(Page.quoted(shared.getFirst())));
            }
            if (row.get(2).contains("those about a client")) {
                page.table("option about a client").rows()
                        .forEach(about -> named.addAll(Page.quoted(about.getFirst())));
            }
            if (row.get(2).contains("those about a capture")) {
                page.table("option about a capture").rows()
                        .forEach(about -> named.addAll(Page.quoted(about.getFirst())));
            }
            assertEquals(options, named, command);
        }
        assertEquals(commands, written);
    }

    @Test
    void variablesAreThoseOfLauncherAndCommands() throws IOException {
        String launcher = Files.readString(Path.of("src/dist/bin/sluice"));
        assertEquals(Page.found("(?m)^# (SLUICE_\\w+) ", launcher), page.table("variable of the environment").words(0));
    }

    @Test
    void exitCodesAreThoseOfTheHelp() {
        String help = help("--help");
        Set<String> codes = Page.found("(?m)^ +(\\d+)  ", help.substring(help.indexOf("Exit codes:")));
        Set<String> written = new TreeSet<>();
        page.table("exit code").rows().forEach(row -> written.add(row.getFirst()));
        assertEquals(codes, written);
    }

    @Test
    void signalsAreThoseOfTheHelp() {
        String help = help("run", "--help");
        assertEquals(Page.found("\\b(TERM|INT|HUP|USR1)\\b", help.substring(help.indexOf("Signals:"))),
                page.table("signal").words(0));
    }
}
