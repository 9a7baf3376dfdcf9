package dev.sluice.dist;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.module.ModuleDescriptor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import ch.qos.logback.classic.Level;
import dev.sluice.runtime.ConfigurationException;
import dev.sluice.runtime.ConfigurationProblem;
import dev.sluice.runtime.PluginList;
import dev.sluice.runtime.ProxyConfig;
import dev.sluice.runtime.ProxyServer;
import dev.sluice.runtime.RefusedPlugin;
import dev.sluice.runtime.StartException;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/**
 * The commands, their options and their help. Declared with picocli's model, not with its annotations: these would have to be found by
 * reflection at every start, and the package opened for it.
 */
final class CommandLineInterface {
    private static final String CONFIG = "--config";
    private static final String JSON = "--json";
    private static final String LOG_FORMAT = "--log-format";
    private static final String LOG_LEVEL = "--log-level";

    private final PrintStream out;
    private final PrintStream err;
    private final CommandLine commandLine;

    CommandLineInterface(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
        CommandSpec sluice = CommandSpec.create().name("sluice").addOption(helpOption())
                .addOption(OptionSpec.builder("-V", "--version").versionHelp(true)
                        .description("Print version information and exit.").build())
                // Asked only when it is wanted: it looks for a transport, which sets up logging.
                .versionProvider(CommandLineInterface::version)
                .addSubcommand("run", run())
                .addSubcommand("check", check())
                .addSubcommand("plugins", plugins())
                .addSubcommand("schema", schema())
                .addSubcommand("version", versionCommand());
        sluice.usageMessage().description("A TCP proxy whose connections own a buffer only while bytes are moving.")
                .footerHeading("%nExit codes:%n")
                .footer("   0  clean: done; or drained, and nothing was cut",
                        "   1  fatal: could not start, or a defect",
                        "   2  wrong usage",
                        "   3  stopped with connections cut, at the drain deadline or by a second signal",
                        "  78  the configuration was refused");
        commandLine = new CommandLine(sluice)
                .setOut(writer(out))
                .setErr(writer(err))
                .setExpandAtFiles(false)
                .setExecutionStrategy(this::dispatch)
                // Its own converter calls Path.of by reflection.
                .registerConverter(Path.class, Path::of)
                .registerConverter(LogFormat.class, CommandLineInterface::logFormat)
                .registerConverter(Level.class, CommandLineInterface::level);
    }

    /** Runs one command. Returns its exit code, for {@code run} only when the daemon has ended. */
    int execute(String... args) {
        return commandLine.execute(args);
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    private static CommandSpec run() {
        CommandSpec run = CommandSpec.create().addOption(helpOption()).addOption(configOption(true))
                .addOption(OptionSpec.builder(LOG_FORMAT).type(LogFormat.class).paramLabel("text|json")
                        .defaultValue(variable("SLUICE_LOG_FORMAT", "text"))
                        .description(
                                "Format of the log on standard error; default: SLUICE_LOG_FORMAT of the environment, or text.")
                        .build())
                .addOption(OptionSpec.builder(LOG_LEVEL).type(Level.class).paramLabel("LEVEL")
                        .defaultValue(variable("SLUICE_LOG_LEVEL", "info"))
                        .description(
                                "error, warn, info, debug or trace; default: SLUICE_LOG_LEVEL of the environment, or info.")
                        .build());
        run.usageMessage().description("Serves in the foreground until it is told to stop.")
                .footerHeading(
                        "%nPrints \"sluice ready NAME=ADDRESS ... [admin=ADDRESS]\" to standard output when it serves.%n%nSignals:%n")
                .footer("  TERM, INT  drain, then exit; a second one: exit now",
                        "  HUP        reload: not yet in this version, ignored",
                        "  USR1       reopen log files");
        return run;
    }

    /** A variable of the environment; one that is empty counts as one that is not set. */
    private static String variable(String name, String otherwise) {
        String value = System.getenv(name);
        return value == null || value.isEmpty() ? otherwise : value;
    }

    private static CommandSpec check() {
        CommandSpec check = CommandSpec.create().addOption(helpOption()).addOption(configOption(true));
        check.usageMessage()
                .description("Reads a configuration and reports all that is wrong with it; starts nothing.");
        return check;
    }

    private static CommandSpec plugins() {
        CommandSpec plugins = CommandSpec.create().addOption(helpOption()).addOption(configOption(false))
                .addOption(OptionSpec.builder(JSON).description("Print one line of JSON.").build());
        plugins.usageMessage()
                .description("Lists the filters that a configuration can name: type, version, origin, and the keys of"
                        + " their configuration. Plugins that cannot be used are reported on standard error.")
                .footerHeading("%nWithout a configuration it looks into plugins/ of the installation.%n");
        return plugins;
    }

    private static CommandSpec schema() {
        CommandSpec schema = CommandSpec.create().addOption(helpOption()).addOption(configOption(false));
        schema.usageMessage()
                .description(
                        "Prints the JSON Schema of a configuration, with the filters that it can name. Plugins that"
                                + " cannot be used are reported on standard error.")
                .footerHeading("%nFor editors, as in the first line of a file:%n")
                .footer("  # yaml-language-server: $schema=sluice.schema.json");
        return schema;
    }

    private static CommandSpec versionCommand() {
        CommandSpec version = CommandSpec.create().addOption(helpOption());
        version.usageMessage().description("Prints the versions of the proxy and of its Java, and the transport.");
        return version;
    }

    /** picocli's own "standard help options" are declared with annotations, and cost 30 ms of the start. */
    private static OptionSpec helpOption() {
        return OptionSpec.builder("-h", "--help").usageHelp(true).description("Show this help message and exit.")
                .build();
    }

    private static OptionSpec configOption(boolean required) {
        return OptionSpec.builder("-c", CONFIG).type(Path.class).paramLabel("FILE").required(required)
                .description("The configuration.").build();
    }

    private int dispatch(ParseResult parsed) {
        Integer help = CommandLine.executeHelpRequest(parsed);
        if (help != null) {
            return help;
        }
        if (!parsed.hasSubcommand()) {
            commandLine.usage(err);
            return ExitCode.USAGE;
        }
        ParseResult command = parsed.subcommand();
        return switch (command.commandSpec().name()) {
            case "run" -> run(command);
            case "check" -> check(command.matchedOption(CONFIG).getValue());
            case "plugins" -> plugins(command);
            case "schema" -> schema(command.matchedOptionValue(CONFIG, null));
            default -> {
                out.println(String.join(System.lineSeparator(), version()));
                yield ExitCode.CLEAN;
            }
        };
    }

    private int run(ParseResult command) {
        LogFormat format = command.commandSpec().findOption(LOG_FORMAT).getValue();
        LogSetup.choose(format, command.commandSpec().findOption(LOG_LEVEL).getValue());
        // By this thread, before another can: who comes second while slf4j is set up gets loggers that only remember.
        LoggerFactory.getILoggerFactory();
        HeadStart.transport();
        Messages messages = new Messages(err, format);
        Path file = command.matchedOption(CONFIG).getValue();
        try {
            return new Daemon(out, messages).run(file);
        } catch (ConfigurationException e) {
            messages.refusal(file.toString(), e.problems());
            return ExitCode.CONFIGURATION;
        } catch (StartException e) {
            messages.error("sluice: " + e.getMessage());
            return ExitCode.FATAL;
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts the main thread", e);
        }
    }

    private int check(Path file) {
        Messages messages = new Messages(err, LogFormat.TEXT);
        try {
            ProxyConfig config = Installation.loader().load(file);
            messages.warnings(config.warnings());
            config.verify();
            out.println("OK " + file + ": " + Messages.count(config.listenerNames().size(), "listener") + ", "
                    + Messages.count(config.clusterNames().size(), "cluster") + ", "
                    + Messages.count(config.warnings().size(), "warning"));
            return ExitCode.CLEAN;
        } catch (ConfigurationException e) {
            messages.refusal(file.toString(), e.problems());
            return ExitCode.CONFIGURATION;
        }
    }

    private int plugins(ParseResult command) {
        Messages messages = new Messages(err, LogFormat.TEXT);
        Path file = command.matchedOptionValue(CONFIG, null);
        PluginList list = file == null ? Installation.loader().plugins() : Installation.loader().plugins(file);
        if (command.hasMatchedOption(JSON)) {
            out.println(list.toJson());
        } else {
            PluginTable.of(list.filters()).forEach(out::println);
        }
        List<ConfigurationProblem> problems = list.configurationProblems();
        list.refused().stream().map(RefusedPlugin::problem)
                .filter(text -> problems.stream().noneMatch(problem -> problem.what().equals(text)))
                .forEach(messages::error);
        if (file == null || problems.isEmpty()) {
            return ExitCode.CLEAN;
        }
        messages.refusal(file.toString(), problems);
        return ExitCode.CONFIGURATION;
    }

    private int schema(@Nullable Path file) {
        Messages messages = new Messages(err, LogFormat.TEXT);
        ProxyConfig.Loader loader = Installation.loader();
        try {
            out.print(file == null ? loader.schema() : loader.schema(file));
            PluginList list = file == null ? loader.plugins() : loader.plugins(file);
            list.refused().stream().map(RefusedPlugin::problem).forEach(messages::error);
            return ExitCode.CLEAN;
        } catch (ConfigurationException e) {
            messages.refusal(String.valueOf(file), e.problems());
            return ExitCode.CONFIGURATION;
        }
    }

    private static String[] version() {
        // Recorded in the module descriptor when the jar is made; absent only when the classes run from a directory.
        Optional<ModuleDescriptor> module = Optional.ofNullable(Main.class.getModule().getDescriptor());
        return new String[]{
            "sluice " + module.flatMap(ModuleDescriptor::rawVersion).orElse("(development)"),
            "java " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")",
            "transport " + ProxyServer.defaultTransport()
        };
    }

    private static LogFormat logFormat(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "text" -> LogFormat.TEXT;
            case "json" -> LogFormat.JSON;
            default -> throw new TypeConversionException("'" + text + "' is neither text nor json");
        };
    }

    private static Level level(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "error" -> Level.ERROR;
            case "warn" -> Level.WARN;
            case "info" -> Level.INFO;
            case "debug" -> Level.DEBUG;
            case "trace" -> Level.TRACE;
            default ->
                throw new TypeConversionException("'" + text + "' is none of error, warn, info, debug and trace");
        };
    }
}
