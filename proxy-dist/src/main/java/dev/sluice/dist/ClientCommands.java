package dev.sluice.dist;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.sluice.runtime.ConfigurationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The commands to a running daemon, their options and their help. A start of the daemon does not make them, nor load a
 * class that only they need.
 */
final class ClientCommands {
    private static final String RELOAD = "reload";
    private static final String CONNECTIONS = "conns";
    private static final String DRAIN = "drain";
    private static final String ENDPOINT = "endpoint";
    private static final String EXPLAIN = "explain";
    private static final String CAPTURE = "capture";
    private static final String TOP = "top";

    private static final String CONFIG = "--config";
    private static final String DRY_RUN = "--dry-run";
    private static final String GENERATION = "--generation";
    private static final String JSON = "--json";
    private static final String LIMIT = "--limit";
    private static final String OVER = "--over";
    private static final String PLAN = "--plan";
    private static final String SORT = "--sort";
    private static final String TIMEOUT = "--timeout";
    private static final String WHERE = "--where";
    private static final int DEFAULT_LIMIT = 100;
    private static final Pattern TIME = Pattern.compile("([1-9][0-9]{0,5})(s|m)");

    private final PrintStream out;
    private final Messages messages;
    private final Map<String, String> environment;

    /**
     * @param out for results
     * @param messages for what failed
     * @param environment the variables of the environment
     */
    ClientCommands(PrintStream out, Messages messages, Map<String, String> environment) {
        this.out = out;
        this.messages = messages;
        this.environment = environment;
    }

    /** Adds the commands to the command line. */
    static void addTo(CommandSpec sluice) {
        sluice.addSubcommand(RELOAD, reload()).addSubcommand(CONNECTIONS, connections()).addSubcommand(DRAIN, drain())
                .addSubcommand(ENDPOINT, endpoint()).addSubcommand(EXPLAIN, explain()).addSubcommand(TOP, top())
                .addSubcommand(CAPTURE, capture());
    }

    private static CommandSpec command(String description) {
        return command(description, "The configuration file of the daemon; only its section admin is read.");
    }

    private static CommandSpec command(String description, String aboutTheFile) {
        CommandSpec command = CommandSpec.create().addOption(CommandLineInterface.helpOption())
                .addOption(OptionSpec.builder(AdminTarget.ADDRESS_OPTION).type(String.class).paramLabel("ADDRESS")
                        .description("The admin interface of the daemon: HOST:PORT, [IPv6]:PORT or unix:/path. Default:"
                                + " environment variable " + AdminTarget.ADDRESS_VARIABLE
                                + ", or admin.listen of the configuration file, or 127.0.0.1:9901.")
                        .build())
                .addOption(OptionSpec.builder("-c", CONFIG).type(Path.class).paramLabel("FILE")
                        .description(aboutTheFile).build())
                .addOption(OptionSpec.builder(AdminTarget.TOKEN_OPTION).type(Path.class).paramLabel("FILE")
                        .description("The file of the token that the admin interface asks for. Default: environment"
                                + " variable " + AdminTarget.TOKEN_VARIABLE
                                + ", or admin.tokenFile of the configuration file.")
                        .build());
        command.usageMessage().description(description);
        return command;
    }

    private static OptionSpec json(String description) {
        return OptionSpec.builder(JSON).description(description).build();
    }

    private static OptionSpec generation(String description) {
        return OptionSpec.builder(GENERATION).type(Long.class).paramLabel("N").description(description).build();
    }

    private static CommandSpec reload() {
        CommandSpec reload = command("Lets the daemon read its configuration again and apply it, whole or not at"
                + " all, without touching connections. The result is printed; problems go to standard error.")
                .addOption(OptionSpec.builder(PLAN).description("Change nothing; print what a reload would change.")
                        .build())
                .addOption(json("Print the answer of the daemon as one line of JSON."))
                .addOption(OptionSpec.builder(TIMEOUT).type(String.class).paramLabel("TIME")
                        .description("The time to wait for the result, such as 90s or 5m. Default: 60s.").build());
        reload.usageMessage().footerHeading("%nExit codes:%n").footer(
                "   0  applied, or nothing has changed; with --plan: it would be applied",
                "   1  no answer, or no result in time",
                "   2  wrong usage",
                "  78  refused: the daemon keeps what it has");
        return reload;
    }

    private static CommandSpec connections() {
        return command(
                "Lists the open connections of the daemon, oldest first; or closes those that " + WHERE + " names.")
                .addPositional(PositionalParamSpec.builder().index("0").arity("0..1").type(String.class)
                        .paramLabel("[" + ConnectionsCommand.CLOSE + "]")
                        .description("Reset the connections instead of listing them.").build())
                .addOption(OptionSpec.builder(WHERE).type(String.class).paramLabel("CONDITION")
                        .description("Only those that meet it, such as 'listener=edge and client in 10.0.0.0/8 and"
                                + " idle>1h'.")
                        .build())
                .addOption(OptionSpec.builder(SORT).type(String.class).paramLabel("FIELD")
                        .description("The greatest first: by age, idle, bytes, bytes_up, bytes_down or bytes_owned.")
                        .build())
                .addOption(OptionSpec.builder(DRY_RUN)
                        .description("With " + ConnectionsCommand.CLOSE + ": only count them.").build())
                .addOption(OptionSpec.builder(LIMIT).type(Integer.class).paramLabel("N")
                        .description("The most connections to list. Default: " + DEFAULT_LIMIT + ".").build())
                .addOption(generation("Only those whose newest configuration is this generation."))
                .addOption(json("Print one line of JSON for each connection."));
    }

    private static CommandSpec drain() {
        return command("Lets the daemon accept nothing new, at once or after its runtime.drainDelay, and stop"
                + " when its connections have ended. With "
                + GENERATION + ": closes the connections of an old configuration, and nothing else.")
                .addOption(generation("The old generation; GET /generations of the admin interface lists them."))
                .addOption(OptionSpec.builder(OVER).type(String.class).paramLabel("TIME")
                        .description("Close them evenly over this time, such as 30m. Default: at once.").build());
    }

    private static CommandSpec endpoint() {
        CommandSpec endpoint = command("Keeps new connections from an endpoint (drain), or ends that (up). Lasts over"
                + " reloads, until the endpoint leaves the configuration or the daemon ends.")
                .addPositional(positional(0, "CLUSTER", "The name of the cluster."))
                .addPositional(positional(1, "ADDRESS", "The address of the endpoint, as the configuration writes it."))
                .addPositional(positional(2, EndpointCommand.DRAIN + "|" + EndpointCommand.UP,
                        "Send it no new connections, or send it some again."))
                .addOption(OptionSpec.builder(OVER).type(String.class).paramLabel("TIME")
                        .description(
                                "Also reset its open connections, evenly over this time, such as 10m, busy ones up to 10s"
                                        + " later; 0s: at once. Default: they stay.")
                        .build());
        endpoint.usageMessage().footerHeading("%nExit codes:%n").footer(
                "   0  done, or nothing to do",
                "   1  no answer, or no such endpoint",
                "   2  wrong usage");
        return endpoint;
    }

    private static CommandSpec explain() {
        return ExplainCommand.addTo(command(
                "Says what a client would get, without a connection: what the filters would do, the"
                        + " route, the cluster, the endpoint, and the timeouts with the one that comes first. Asking changes"
                        + " nothing.",
                "The configuration file of the daemon; only its section admin is read, but with "
                        + ExplainCommand.OFFLINE
                        + " all of it."));
    }

    private static CommandSpec top() {
        return TopOptions.addTo(command("Shows the daemon and its connections, and looks again each second. Without a"
                + " terminal it prints one frame."));
    }

    private static CommandSpec capture() {
        return CaptureOptions.addTo(
                command("Writes what chosen connections say into a file that Wireshark opens: addresses, lengths and"
                        + " times, and with --payload the bytes, on either side of TLS."));
    }

    private static PositionalParamSpec positional(int index, String label, String description) {
        return PositionalParamSpec.builder().index(Integer.toString(index)).type(String.class).required(true)
                .paramLabel(label).description(description).build();
    }

    /** Runs a command and returns its exit code. */
    int run(ParseResult command) {
        Path file = command.matchedOptionValue(CONFIG, null);
        try {
            if (command.hasMatchedOption(ExplainCommand.OFFLINE)) {
                return new ExplainCommand(out, messages).offline(offlineFile(command, file), command);
            }
            AdminTarget target = target(command, file);
            AdminClient client = new AdminClient(target);
            return switch (command.commandSpec().name()) {
                case RELOAD -> new ReloadCommand(client, out, messages)
                        .run(command.hasMatchedOption(PLAN), command.hasMatchedOption(JSON), timeout(command));
                case CONNECTIONS -> connections(command, new ConnectionsCommand(client, out, messages));
                case EXPLAIN -> new ExplainCommand(out, messages).ask(client, command);
                case ENDPOINT -> endpoint(command, new EndpointCommand(client, out, messages));
                case CAPTURE -> new CaptureCommand(client, out, messages).run(CaptureOptions.order(command),
                        CaptureOptions.target(command, TopCommand.hasTerminal(environment)));
                case TOP -> new TopCommand(client, target.name(), out, messages, TopOptions.of(command))
                        .run(TopCommand.hasTerminal(environment));
                default -> drain(command, new DrainCommand(client, out, messages));
            };
        } catch (ConfigurationException e) {
            messages.refusal(String.valueOf(file), e.problems());
            return ExitCode.CONFIGURATION;
        } catch (NoAnswerException e) {
            messages.error("sluice: " + e.getMessage());
            return ExitCode.FATAL;
        }
    }

    /** The file of a configuration that no daemon is asked about. */
    private static Path offlineFile(ParseResult command, @Nullable Path file) {
        if (file == null) {
            throw usage(command, ExplainCommand.OFFLINE + " needs -c FILE: the configuration that the answer is about");
        }
        for (String option : new String[]{AdminTarget.ADDRESS_OPTION, AdminTarget.TOKEN_OPTION}) {
            if (command.hasMatchedOption(option)) {
                throw usage(command, option + " is about a daemon, and " + ExplainCommand.OFFLINE + " asks none");
            }
        }
        return file;
    }

    private AdminTarget target(ParseResult command, @Nullable Path file) throws NoAnswerException {
        try {
            return AdminTarget.find(command.matchedOptionValue(AdminTarget.ADDRESS_OPTION, null),
                    command.matchedOptionValue(AdminTarget.TOKEN_OPTION, null), file, environment);
        } catch (IllegalArgumentException e) {
            throw usage(command, String.valueOf(e.getMessage()));
        }
    }

    private int drain(ParseResult command, DrainCommand drain) throws NoAnswerException {
        Long generation = command.matchedOptionValue(GENERATION, null);
        String over = command.matchedOptionValue(OVER, null);
        if (generation == null && over != null) {
            throw usage(command, OVER + " is about the connections of one generation: name it with " + GENERATION
                    + " N; a drain of the daemon takes at most its runtime.drainTimeout");
        }
        return generation == null ? drain.all() : drain.generation(generation, over);
    }

    private static int connections(ParseResult command, ConnectionsCommand connections) throws NoAnswerException {
        String action = command.matchedPositionalValue(0, "");
        String sort = command.matchedOptionValue(SORT, null);
        String where = where(command);
        boolean closes = action.equals(ConnectionsCommand.CLOSE);
        if (!action.isEmpty() && !closes) {
            throw usage(command, "'" + action + "' is no command to connections; allowed: " + ConnectionsCommand.CLOSE);
        }
        if (!closes) {
            if (command.hasMatchedOption(DRY_RUN)) {
                throw usage(command, DRY_RUN + " is about " + ConnectionsCommand.CLOSE);
            }
            int limit = limit(command);
            if (sort != null && limit > ConnectionsCommand.PAGE) {
                throw usage(command, LIMIT + " is " + limit + "; with " + SORT + " at most " + ConnectionsCommand.PAGE);
            }
            return connections.list(limit, where, sort, command.hasMatchedOption(JSON));
        }
        if (where == null) {
            throw usage(command, ConnectionsCommand.CLOSE + " needs " + WHERE + " CONDITION: all connections that meet"
                    + " it are reset");
        }
        for (String listing : new String[]{LIMIT, SORT, JSON}) {
            if (command.hasMatchedOption(listing)) {
                throw usage(command, listing + " is about the list, and " + ConnectionsCommand.CLOSE
                        + " would ignore it: all that meet the condition are reset");
            }
        }
        return connections.close(where, command.hasMatchedOption(DRY_RUN));
    }

    /** The condition of the options; null = there is none. */
    private static @Nullable String where(ParseResult command) {
        String where = command.matchedOptionValue(WHERE, null);
        Long generation = command.matchedOptionValue(GENERATION, null);
        if (generation == null) {
            return where;
        }
        if (where != null) {
            throw usage(command, GENERATION + " beside " + WHERE + ": add 'and generation=" + generation
                    + "' to the condition");
        }
        return "generation=" + generation;
    }

    private static int endpoint(ParseResult command, EndpointCommand endpoint) throws NoAnswerException {
        String over = command.matchedOptionValue(OVER, null);
        String action = command.matchedPositionalValue(2, "");
        if (!action.equals(EndpointCommand.DRAIN) && !action.equals(EndpointCommand.UP)) {
            throw usage(command, "'" + action + "' is no command to an endpoint; allowed: " + EndpointCommand.DRAIN
                    + ", " + EndpointCommand.UP);
        }
        if (over != null && action.equals(EndpointCommand.UP)) {
            throw usage(command, OVER + " is about a " + EndpointCommand.DRAIN);
        }
        return endpoint.run(command.matchedPositionalValue(0, ""), command.matchedPositionalValue(1, ""), action, over);
    }

    private static int limit(ParseResult command) {
        int limit = command.matchedOptionValue(LIMIT, DEFAULT_LIMIT);
        if (limit < 1) {
            throw usage(command, "Invalid value for option '" + LIMIT + "': " + limit + " is not a number from 1");
        }
        return limit;
    }

    private static Duration timeout(ParseResult command) {
        String text = command.matchedOptionValue(TIMEOUT, "60s");
        Matcher time = TIME.matcher(text);
        if (!time.matches()) {
            throw usage(command, "Invalid value for option '" + TIMEOUT + "': '" + text
                    + "' is not a time; allowed: seconds or minutes, such as 90s or 5m");
        }
        long number = Long.parseLong(time.group(1));
        return time.group(2).equals("s") ? Duration.ofSeconds(number) : Duration.ofMinutes(number);
    }

    private static ParameterException usage(ParseResult command, String message) {
        return new ParameterException(command.commandSpec().commandLine(), message);
    }
}
