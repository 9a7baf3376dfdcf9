import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * Writes manual pages, one for each command, and the completion for shells, from the command line that the program has:
 * {@code share/man/man1} and {@code share/bash-completion/completions} of a directory. picocli's own generator of manual pages
 * writes AsciiDoc, which takes a Ruby program to become a page.
 *
 * <p>Arguments: the directory, the version, the date (ISO 8601). On the class path: the program and picocli.
 */
public final class ManPages {
    private final Path directory;
    private final String version;
    private final String date;

    private ManPages(Path directory, String version, String date) {
        this.directory = directory;
        this.version = version;
        this.date = date;
    }

    public static void main(String[] args) throws Exception {
        Path share = Path.of(args[0], "share");
        CommandLine sluice = commandLine();
        new ManPages(Files.createDirectories(share.resolve("man/man1")), args[1], LocalDate.parse(args[2].substring(0, 10)).toString())
                .write(sluice, "sluice");
        Path completions = Files.createDirectories(share.resolve("bash-completion/completions"));
        Files.writeString(completions.resolve("sluice"), AutoComplete.bash("sluice", sluice));
    }

    /** The command line of the program, which no other class may ask for. */
    private static CommandLine commandLine() throws ReflectiveOperationException {
        Class<?> type = Class.forName("dev.sluice.dist.CommandLineInterface");
        Constructor<?> constructor = type.getDeclaredConstructor(PrintStream.class, PrintStream.class);
        constructor.setAccessible(true);
        Method method = type.getDeclaredMethod("commandLine", boolean.class);
        method.setAccessible(true);
        return (CommandLine) method.invoke(constructor.newInstance(System.out, System.err), true);
    }

    private void write(CommandLine command, String name) throws IOException {
        CommandSpec spec = command.getCommandSpec();
        UsageMessageSpec usage = spec.usageMessage();
        List<String> page = new ArrayList<>();
        page.add(".TH \"" + name.toUpperCase(Locale.ROOT) + "\" 1 \"" + date + "\" \"Sluice " + text(version)
                + "\" \"User Commands\"");
        // Not hyphenated and not stretched: what is written here is typed.
        page.add(".nh");
        page.add(".ad l");
        page.add(".SH NAME");
        page.add(text(name) + " \\- " + text(firstSentence(usage)));
        page.add(".SH SYNOPSIS");
        verbatim(page, command.getHelp().synopsis(0).strip());
        page.add(".SH DESCRIPTION");
        paragraphs(page, usage.description());
        if (!spec.positionalParameters().isEmpty()) {
            page.add(".SH ARGUMENTS");
            for (PositionalParamSpec parameter : spec.positionalParameters()) {
                entry(page, "\\fI" + text(parameter.paramLabel()) + "\\fR", parameter);
            }
        }
        page.add(".SH OPTIONS");
        for (OptionSpec option : spec.options()) {
            List<String> names = new ArrayList<>();
            for (String each : option.names()) {
                names.add("\\fB" + text(each) + "\\fR");
            }
            String label = option.arity().max() == 0 ? "" : "=\\fI" + text(option.paramLabel()) + "\\fR";
            entry(page, String.join(", ", names) + label, option);
        }
        if (!command.getSubcommands().isEmpty()) {
            page.add(".SH COMMANDS");
            for (Map.Entry<String, CommandLine> each : command.getSubcommands().entrySet()) {
                page.add(".TP");
                page.add("\\fB" + text(name + "-" + each.getKey()) + "\\fR(1)");
                paragraphs(page, each.getValue().getCommandSpec().usageMessage().description());
            }
        }
        String heading = usage.footerHeading() == null ? "" : String.format(usage.footerHeading());
        String footer = (heading + String.join("\n", usage.footer())).strip();
        if (!footer.isEmpty()) {
            page.add(".SH NOTES");
            verbatim(page, footer);
        }
        page.add(".SH SEE ALSO");
        page.add(name.equals("sluice") ? "The pages of the directory docs." : "\\fBsluice\\fR(1)");
        Files.writeString(directory.resolve(name + ".1"), String.join("\n", page) + "\n");
        for (Map.Entry<String, CommandLine> each : command.getSubcommands().entrySet()) {
            write(each.getValue(), name + "-" + each.getKey());
        }
    }

    private static String firstSentence(UsageMessageSpec usage) {
        String all = String.join(" ", plain(usage.description()));
        int end = all.indexOf(". ");
        return (end < 0 ? all : all.substring(0, end)).replaceFirst("\\.$", "");
    }

    private static void entry(List<String> page, String term, ArgSpec argument) {
        page.add(".TP");
        page.add(term);
        paragraphs(page, argument.description());
    }

    private static void paragraphs(List<String> page, String[] lines) {
        for (String line : plain(lines)) {
            page.add(text(line));
        }
    }

    /** Without the markup and the format of picocli. */
    private static List<String> plain(String[] lines) {
        List<String> plain = new ArrayList<>();
        for (String line : lines) {
            plain.addAll(Ansi.OFF.string(String.format(line)).lines().toList());
        }
        return plain;
    }

    private static void verbatim(List<String> page, String text) {
        page.add(".nf");
        text.lines().map(ManPages::text).forEach(page::add);
        page.add(".fi");
    }

    /** Text as roff has it: a hyphen is typed as it is, and no line begins a request. */
    private static String text(String plain) {
        String escaped = plain.replace("\\", "\\e").replace("-", "\\-");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }
}
