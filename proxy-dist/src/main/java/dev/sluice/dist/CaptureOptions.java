package dev.sluice.dist;

import java.util.LinkedHashMap;
import java.util.Map;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The options of {@code sluice capture}. */
final class CaptureOptions {
    private static final String WHERE = "--where";
    private static final String OUTPUT = "--output";
    private static final String PAYLOAD = "--payload";
    private static final String LAYER = "--layer";
    private static final String BYTES = "--bytes";
    private static final String PER_CONNECTION = "--per-connection";
    private static final String FOR = "--for";

    private CaptureOptions() {}

    static CommandSpec addTo(CommandSpec command) {
        command.addOption(text(WHERE, "CONDITION",
                "The connections to capture, such as 'client in 10.1.0.0/16 and sni=pg7.example': open"
                        + " ones that meet it, and later ones that meet it when they are accepted or their endpoint is connected. Default: all."))
                .addOption(OptionSpec.builder("-o", OUTPUT).type(String.class).paramLabel("FILE")
                        .description(
                                "The file to write, which must not exist; - is standard output, for a pipe to Wireshark or tshark.")
                        .required(true).build())
                .addOption(OptionSpec.builder(PAYLOAD)
                        .description(
                                "Capture the bytes, and not only their number. The configuration has to permit it, with"
                                        + " admin.capture: payload.")
                        .build())
                .addOption(text(LAYER, "plain|wire",
                        "The side of TLS: plain, what is in its records, or wire, what is on the sockets."
                                + " Default: plain."))
                .addOption(text(BYTES, "SIZE",
                        "The size of the file at which the capture ends. Default: 10MiB; at most 1GiB."))
                .addOption(text(PER_CONNECTION, "SIZE",
                        "The bytes of each connection and direction that are captured; what comes behind"
                                + " them is left out. Default: all."))
                .addOption(text(FOR, "TIME",
                        "The time after which the capture ends, such as 30s or 10m. Default: 1m; at most 1h."));
        command.usageMessage().footerHeading("%nExit codes:%n").footer(
                "   0  the file is complete, whatever has ended the capture",
                "   1  no answer, or the file could not be written",
                "   2  wrong usage, or the configuration does not permit it");
        return command;
    }

    private static OptionSpec text(String name, String label, String description) {
        return OptionSpec.builder(name).type(String.class).paramLabel(label).description(description).build();
    }

    /** The parameters of the request. */
    static Map<String, String> order(ParseResult command) {
        Map<String, String> order = new LinkedHashMap<>();
        for (String option : new String[]{WHERE, LAYER, BYTES, PER_CONNECTION, FOR}) {
            String value = command.matchedOptionValue(option, null);
            if (value != null) {
                order.put(option.substring(2), value);
            }
        }
        if (command.hasMatchedOption(PAYLOAD)) {
            order.put("payload", "true");
        }
        return order;
    }

    /**
     * The file.
     *
     * @param terminal whether standard output is one
     */
    static String target(ParseResult command, boolean terminal) {
        String target = command.matchedOptionValue(OUTPUT, "");
        if (terminal && target.equals(CaptureCommand.STANDARD_OUTPUT)) {
            throw new ParameterException(command.commandSpec().commandLine(),
                    "-o - writes pcapng to standard output, which is a terminal; pipe it to a program such as wireshark -k -i -");
        }
        if (target.isBlank()) {
            throw new ParameterException(command.commandSpec().commandLine(), OUTPUT + " has no name of a file");
        }
        return target;
    }
}
