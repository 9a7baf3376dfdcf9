package dev.sluice.dist;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The options of {@code sluice top}.
 *
 * @param interval the time between two looks
 * @param where the condition that shown connections meet; empty = all are shown
 * @param sort the field by which they are sorted
 * @param once whether one frame is printed, on a terminal too
 */
record TopOptions(Duration interval, String where, String sort, boolean once) {
    private static final String INTERVAL = "--interval";
    private static final String ONCE = "--once";
    private static final String SORT = "--sort";
    private static final String WHERE = "--where";
    private static final Pattern TIME = Pattern.compile("([1-9][0-9]{0,5})(ms|s|m)");
    private static final Duration SHORTEST = Duration.ofMillis(200);

    /** Adds the options to a command that has those of all commands to a daemon. */
    static CommandSpec addTo(CommandSpec command) {
        command.addOption(OptionSpec.builder(INTERVAL).type(String.class).paramLabel("TIME")
                .description("The time between two looks, such as 500ms, 2s or 1m. Default: 1s.").build())
                .addOption(OptionSpec.builder(WHERE).type(String.class).paramLabel("CONDITION")
                        .description("Show only the connections that meet it, such as 'listener=edge and idle>1h'.")
                        .build())
                .addOption(OptionSpec.builder(SORT).type(String.class).paramLabel("FIELD")
                        .description("The greatest first: by " + String.join(", ", TopKeys.SORTS)
                                + "; id: the oldest first. Default: " + TopKeys.SORTS.getFirst() + ".")
                        .build())
                .addOption(OptionSpec.builder(ONCE)
                        .description("Print one frame, after one interval. So it is without a terminal.").build());
        command.usageMessage().footerHeading("%nKeys:%n").footer(TopFrame.HELP.toArray(String[]::new));
        return command;
    }

    /** {@return the options as they are given} */
    static TopOptions of(ParseResult command) {
        String sort = command.matchedOptionValue(SORT, TopKeys.SORTS.getFirst());
        if (!TopKeys.SORTS.contains(sort)) {
            throw usage(command, SORT, sort, "a field to sort by; allowed: " + String.join(", ", TopKeys.SORTS));
        }
        return new TopOptions(interval(command), command.matchedOptionValue(WHERE, ""), sort,
                command.hasMatchedOption(ONCE));
    }

    private static Duration interval(ParseResult command) {
        @Nullable
        String text = command.matchedOptionValue(INTERVAL, null);
        if (text == null) {
            return Duration.ofSeconds(1);
        }
        Matcher time = TIME.matcher(text);
        if (time.matches()) {
            long number = Long.parseLong(time.group(1));
            Duration interval = switch (time.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                default -> Duration.ofMinutes(number);
            };
            if (interval.compareTo(SHORTEST) >= 0) {
                return interval;
            }
        }
        throw usage(command, INTERVAL, text, "a time from 200ms, such as 500ms, 2s or 1m");
    }

    private static ParameterException usage(ParseResult command, String option, String value, String allowed) {
        return new ParameterException(command.commandSpec().commandLine(),
                "Invalid value for option '" + option + "': '" + value + "' is not " + allowed);
    }
}
