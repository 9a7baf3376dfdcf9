package dev.sluice.dist;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.module.ModuleDescriptor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

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
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/**
 * The commands, their options and their help. Declared with picocli's model, not with its annotations: these would have
 * to be found by reflection at every start, and the package opened for it.
 */
final class CommandLineInterface {
    private static final String CONFIG = "--config";
    private static final String JSON = "--json";
    private static final String LOG_FORMAT = "--log-format";
    private static final String LOG_FORMAT_VARIABLE = "SLUICE_LOG_FORMAT";
    private static final String LOG_LEVEL = "--log-level";
    private static final String KEY_LOG = "--tls-key-log";
    private static final String LOG_LEVEL_VARIABLE = "SLUICE_LOG_LEVEL";

    private final PrintStream out;
    private final PrintStream err;

    CommandLineInterface(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** @param all whether the commands to a running daemon are needed too: they cost time, of which a start has none */
    private CommandLine commandLine(boolean all) {
        CommandSpec sluice = CommandSpec.create().name("sluice").addOption(helpOption())
                .addOption(OptionSpec.builder("-V", "--version").versionHelp(true)
                        .description("Print version information and exit.").build())
                // Made only for --version: it looks for a transport, which sets up logging.
                .versionProvider(CommandLineInterface::version)
                .addSubcommand("run", run())
                .addSubcommand("check", check())
                .addSubcommand("plugins", plugins())
                .addSubcommand("schema", schema())
                .addSubcommand("version", versionCommand());
        if (all) {
            ClientCommands.addTo(sluice);
        }
        sluice.usageMessage().description("A TCP proxy whose connections own a buffer only while bytes are moving.")
                .footerHeading("%nExit codes:%n")
                .footer("   0  success; of a daemon: drained, no connection was cut",
                        "   1  fatal error: could not start, or a defect; no answer from a running daemon",
                        "   2  wrong usage",
                        "   3  stopped with connections cut: at the drain deadline, or by a second signal",
                        "  78  the configuration was refused");
        return new CommandLine(sluice)
                .setOut(writer(out))
                .setErr(writer(err))
                .setExpandAtFiles(false)
                .setExecutionStrategy(this::dispatch)
                // Its own converter calls Path.of by reflection.
                .registerConverter(Path.class, Path::of)
                .registerConverter(LogFormat.class, CommandLineInterface::logFormat)
                .registerConverter(Level.class, CommandLineInterface::level);
    }

    /** Runs one command and returns its exit code; {@code run} returns when the daemon has ended. */
    int execute(String... args) {
        return commandLine(args.length == 0 || !args[0].equals("run")).execute(args);
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    private static CommandSpec run() {
        CommandSpec run = CommandSpec.create().addOption(helpOption()).addOption(configOption(true))
                .addOption(OptionSpec.builder(LOG_FORMAT).type(LogFormat.class).paramLabel("text|json")
                        .description("Format of the log on standard error. Default: environment variable "
                                + LOG_FORMAT_VARIABLE
                                + ", or text.")
                        .build())
                .addOption(OptionSpec.builder(LOG_LEVEL).type(Level.class).paramLabel("LEVEL")
                        .description(
                                "error, warn, info, debug or trace. Default: environment variable " + LOG_LEVEL_VARIABLE
                                        + ", or info.")
                        .build())
                .addOption(OptionSpec.builder(KEY_LOG).type(Path.class).paramLabel("FILE")
                        .description("Appends the keys of TLS sessions with clients to a file of mode 600, with which"
                                + " Wireshark reads recorded traffic. For debugging only.")
                        .build());
        run.usageMessage()
                .description("Runs the proxy in the foreground until a signal or the admin interface stops it.")
                .footerHeading(
                        "%nPrints \"sluice ready NAME=ADDRESS ... [admin=ADDRESS]\" to standard output when it serves.%n%nSignals:%n")
                .footer("  TERM, INT  drain, then exit; a second one: exit now",
                        "  HUP        reload the configuration",
                        "  USR1       reopen log files");
        return run;
    }

    /**
     * The value of an option, or of a variable of the environment; an empty variable counts as one that is not set. The
     * variable is not the option's default for picocli, whose message about a wrong value would name the option.
     */
    private static <T> T choice(ParseResult command, String option, String variable, Function<String, T> reader,
            T otherwise) {
        if (command.hasMatchedOption(option)) {
            return command.matchedOption(option).getValue();
        }
        String text = System.getenv(variable);
        if (text == null || text.isEmpty()) {
            return otherwise;
        }
        try {
            return reader.apply(text);
        } catch (TypeConversionException e) {
            throw new ParameterException(command.commandSpec().commandLine(), "Invalid value for environment variable "
                    + variable + ": " + e.getMessage(), e);
        }
    }

    private static CommandSpec check() {
        CommandSpec check = CommandSpec.create().addOption(helpOption()).addOption(configOption(true));
        check.usageMessage()
                .description("Reads a configuration and reports every problem in it; starts nothing.");
        return check;
    }

    private static CommandSpec plugins() {
        CommandSpec plugins = CommandSpec.create().addOption(helpOption()).addOption(configOption(false))
                .addOption(OptionSpec.builder(JSON).description("Print one line of JSON.").build());
        plugins.usageMessage()
                .description("Lists the filter types that a configuration can name: version, origin, and the keys of"
                        + " their configuration. Plugins that cannot be used are reported on standard error.")
                .footerHeading(
                        "%nWithout a configuration, plugins are those in the directory plugins/ of the installation.%n");
        return plugins;
    }

    private static CommandSpec schema() {
        CommandSpec schema = CommandSpec.create().addOption(helpOption()).addOption(configOption(false));
        schema.usageMessage()
                .description(
                        "Prints the JSON Schema of a configuration, with its filter types, for editors. Plugins that"
                                + " cannot be used are reported on standard error.")
                .footerHeading("%nThe first line of a configuration tells an editor where the schema is:%n")
                .footer("  # yaml-language-server: $schema=sluice.schema.json");
        return schema;
    }

    private static CommandSpec versionCommand() {
        CommandSpec version = CommandSpec.create().addOption(helpOption());
        version.usageMessage().description("Prints the versions of the proxy and of its Java, and the transport.");
        return version;
    }

    /** picocli's own "standard help options" are declared with annotations, and cost 30 ms of the start. */
    static OptionSpec helpOption() {
        return OptionSpec.builder("-h", "--help").usageHelp(true).description("Show this help message and exit.")
                .build();
    }

    private static OptionSpec configOption(boolean required) {
        return OptionSpec.builder("-c", CONFIG).type(Path.class).paramLabel("FILE").required(required)
                .description("The configuration file.").build();
    }

    private int dispatch(ParseResult parsed) {
        Integer help = CommandLine.executeHelpRequest(parsed);
        if (help != null) {
            return help;
        }
        if (!parsed.hasSubcommand()) {
            parsed.commandSpec().commandLine().usage(err);
            return ExitCode.USAGE;
        }
        ParseResult command = parsed.subcommand();
        return switch (command.commandSpec().name()) {
            case "run" -> run(command);
            case "check" -> check(command.matchedOption(CONFIG).getValue());
            case "plugins" -> plugins(command);
            case "schema" -> schema(command.matchedOptionValue(CONFIG, null));
            case "version" -> {
                out.println(String.join(System.lineSeparator(), version()));
                yield ExitCode.CLEAN;
            }
            default -> new ClientCommands(out, new Messages(err, LogFormat.TEXT), System.getenv()).run(command);
        };
    }

    private int run(ParseResult command) {
        LogFormat format = choice(command, LOG_FORMAT, LOG_FORMAT_VARIABLE, CommandLineInterface::logFormat,
                LogFormat.TEXT);
        LogSetup.choose(format,
                choice(command, LOG_LEVEL, LOG_LEVEL_VARIABLE, CommandLineInterface::level, Level.INFO));
        // By this thread, before another can: a second thread, while slf4j is set up, gets loggers that only remember.
        LoggerFactory.getILoggerFactory();
        HeadStart.transport();
        Messages messages = new Messages(err, format);
        Path file = command.matchedOption(CONFIG).getValue();
        try {
            return new Daemon(out, messages).run(file, command.matchedOptionValue(KEY_LOG, null));
        } catch (ConfigurationException e) {
            messages.refusal(file.toString(), e.problems());
            return ExitCode.CONFIGURATION;
        } catch (StartException e) {
            messages.error("sluice: " + e.getMessage());
            return ExitCode.FATAL;
        } catch (InterruptedException e) {
            throw new IllegalStateException("the main thread is never interrupted", e);
        }
    }

    private int check(Path file) {
        Messages messages = new Messages(err, LogFormat.TEXT);
        try {
            ProxyConfig config = Installation.loader().load(file);
            messages.warnings(config.warnings());
            List<ConfigurationProblem> found = config.verify();
            messages.warnings(found);
            out.println("OK " + file + ": " + Messages.count(config.listenerNames().size(), "listener") + ", "
                    + Messages.count(config.clusterNames().size(), "cluster") + ", "
                    + Messages.count(config.warnings().size() + found.size(), "warning"));
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
        // A configuration that cannot be read names no plugins directory: then even the built-in filters are not
        // listed.
        boolean listed = !list.filters().isEmpty() || list.configurationProblems().isEmpty();
        if (command.hasMatchedOption(JSON)) {
            out.println(list.toJson());
        } else if (listed) {
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
                throw new TypeConversionException("'" + text + "' is not one of error, warn, info, debug, trace");
        };
    }
}
