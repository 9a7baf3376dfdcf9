package dev.sluice.dist;

import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The manual pages and the completion of the tarball, against the help of the program. */
class ManPagesIT {
    private static final Path SHARE = TestingInstallation.get().home().resolve("share");

    private static String help(String... command) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.add("--help");
        try (TestingDaemon help = TestingDaemon.sluice(arguments.toArray(String[]::new)).start()) {
            assertEquals(0, help.exitCode());
            return String.join("\n", help.out());
        }
    }

    private static Set<String> found(String pattern, String text) {
        Set<String> found = new TreeSet<>();
        for (Matcher matcher = Pattern.compile(pattern).matcher(text); matcher.find();) {
            found.add(matcher.group(1));
        }
        return found;
    }

    private static Set<String> commands() throws Exception {
        return found("(?m)^  ([a-z]+)  ",
                help().replaceFirst("(?s).*\nCommands:\n", "").replaceFirst("(?s)\n\n?Exit codes.*", ""));
    }

    @Test
    void eachCommandHasAPageWithItsOptions() throws Exception {
        Set<String> commands = commands();
        assertTrue(commands.containsAll(List.of("run", "reload", "conns")), commands::toString);
        Set<String> pages = new TreeSet<>(List.of("sluice.1"));
        commands.forEach(command -> pages.add("sluice-" + command + ".1"));
        try (Stream<Path> files = Files.list(SHARE.resolve("man/man1"))) {
            assertEquals(pages, new TreeSet<>(files.map(file -> file.getFileName().toString()).toList()));
        }
        for (String command : List.of("run", "reload")) {
            String page = Files.readString(SHARE.resolve("man/man1/sluice-" + command + ".1"));
            assertEquals(found("(?m)^ *(?:-., )?(--[a-z-]+)", help(command)),
                    found("(?m)fB(--[a-z-]+)", page.replace("\\-", "-")), command);
        }
    }

    @Test
    void aPageIsTextThatRoffUnderstands() throws Exception {
        String page = Files.readString(SHARE.resolve("man/man1/sluice-run.1"));
        assertTrue(page.startsWith(".TH \"SLUICE-RUN\" 1 \""), page);
        assertFalse(page.contains("%n"), page);
        // No request but these: text that begins with a dot would be lost.
        assertEquals(List.of(), page.lines().filter(line -> line.startsWith("."))
                .filter(line -> !line.matches("\\.(TH|SH|TP|nf|fi|nh|ad)( .*)?")).toList());
        assertTrue(page.contains("drain, then exit"), page);
    }

    @Test
    void bashCompletesCommandsAndOptions() throws Exception {
        Path script = SHARE.resolve("bash-completion/completions/sluice");
        String complete = """
                . %s
                COMP_WORDS=(sluice re); COMP_CWORD=1; COMP_LINE="sluice re"; _complete_sluice; echo "${COMPREPLY[@]}"
                COMP_WORDS=(sluice reload --pl); COMP_CWORD=2; _complete_sluice; echo "${COMPREPLY[@]}"
                """.formatted(script);
        Process bash = new ProcessBuilder("bash", "-c", complete).redirectError(Redirect.DISCARD).start();
        List<String> lines = bash.inputReader().lines().map(String::strip).toList();
        assertTrue(bash.waitFor(TestingDaemon.LIMIT.toSeconds(), TimeUnit.SECONDS));
        assertEquals(List.of("reload", "--plan"), lines);
    }
}
