package dev.sluice.dist;

import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

import ch.qos.logback.classic.Level;
import dev.sluice.runtime.ExplainResult;
import dev.sluice.runtime.PossibleClient;
import dev.sluice.runtime.ProxyConfig;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The command {@code sluice explain}, to a running daemon or about a configuration alone, and its options. */
final class ExplainCommand {
    static final String OFFLINE = "--offline";
    private static final String CLIENT_SAN = "client-san";
    private static final String JSON = "--json";
    private static final int WRONG = 400;
    private static final Duration REQUEST = Duration.ofSeconds(15);

    private final PrintStream out;
    private final Messages messages;

    ExplainCommand(PrintStream out, Messages messages) {
        this.out = out;
        this.messages = messages;
    }

    /** Adds the options to those that each command to a daemon has. */
    static CommandSpec addTo(CommandSpec explain) {
        explain.addOption(fact("listener", "NAME", true, "The listener that the client connects to."))
                .addOption(fact("client", "ADDRESS", true,
                        "The IP address of the client; unix: a client of a Unix socket."))
                .addOption(fact("sni", "NAME", false, "The server name that it asks for in TLS."))
                .addOption(fact("alpn", "LIST", false, "The protocols that it offers in TLS, such as h2,http/1.1."))
                .addOption(fact("protocol", "NAME", false,
                        "The protocol that it speaks, such as http1. Default: tls if --sni"
                                + " or --alpn is given."))
                .addOption(fact(CLIENT_SAN, "LIST", false, "The names in its certificate, joined by commas."))
                .addOption(OptionSpec.builder(OFFLINE)
                        .description(
                                "Ask no daemon: say what one would do that had just started with the configuration of"
                                        + " -c FILE. Nothing is opened. Endpoints that DNS"
                                        + " has are not known then, and no endpoint is known to be up.")
                        .build())
                .addOption(OptionSpec.builder(JSON).description("Print the answer as one line of JSON.").build());
        explain.usageMessage().footerHeading("%nExit codes:%n").footer(
                "   0  explained, whatever the client would get",
                "   1  no answer",
                "   2  wrong usage, or no such listener",
                "  78  the configuration was refused");
        return explain;
    }

    private static OptionSpec fact(String name, String label, boolean required, String description) {
        return OptionSpec.builder("--" + name).type(String.class).required(required).paramLabel(label)
                .description(description).build();
    }

    /**
     * Asks a daemon what a client would get.
     *
     * @return the exit code
     */
    int ask(AdminClient client, ParseResult command) throws NoAnswerException {
        StringJoiner query = new StringJoiner("&", "/explain?", "");
        // A plus sign in a query would be no blank.
        facts(command).forEach((name, value) -> query
                .add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20")));
        AdminAnswer answer = client.ask("GET", query.toString(), REQUEST);
        if (answer.status() != 200) {
            messages.error("sluice: " + TerminalText.lines(answer.failure()));
            return answer.status() == WRONG ? ExitCode.USAGE : ExitCode.FATAL;
        }
        String text = command.hasMatchedOption(JSON) ? null : answer.text("text");
        out.println(text == null ? TerminalText.line(answer.body().strip()) : TerminalText.lines(text).stripTrailing());
        return ExitCode.CLEAN;
    }

    /** What is known of the client, by the names of the request's parameters. */
    private static Map<String, String> facts(ParseResult command) {
        Map<String, String> facts = new LinkedHashMap<>();
        for (String name : List.of("listener", "client", "sni", "alpn", "protocol", CLIENT_SAN)) {
            String value = command.matchedOptionValue("--" + name, null);
            if (value != null) {
                facts.put(name.equals(CLIENT_SAN) ? "clientSan" : name, value);
            }
        }
        return facts;
    }

    /**
     * Says what a client would get by a configuration.
     *
     * @return the exit code
     * @throws dev.sluice.runtime.ConfigurationException with every problem of the configuration
     */
    int offline(Path file, ParseResult command) {
        Map<String, String> facts = facts(command);
        PossibleClient client = PossibleClient.of(facts.getOrDefault("listener", ""),
                facts.getOrDefault("client", ""));
        for (Map.Entry<String, String> fact : facts.entrySet()) {
            client = switch (fact.getKey()) {
                case "sni" -> client.sni(fact.getValue());
                case "alpn" -> client.alpn(fact.getValue());
                case "protocol" -> client.protocol(fact.getValue());
                case "clientSan" -> client.clientSan(fact.getValue());
                default -> client;
            };
        }
        // A daemon reports which engine of TLS it has; here the answer says so.
        LogSetup.choose(LogFormat.TEXT, Level.WARN);
        ProxyConfig config = Installation.loader().load(file);
        try {
            ExplainResult result = config.explain(client);
            out.println(command.hasMatchedOption(JSON)
                    ? TerminalText.line(result.toJson())
                    : TerminalText.lines(result.text()));
            return ExitCode.CLEAN;
        } catch (IllegalArgumentException e) {
            messages.error("sluice: " + TerminalText.lines(String.valueOf(e.getMessage())));
            return ExitCode.USAGE;
        }
    }
}
