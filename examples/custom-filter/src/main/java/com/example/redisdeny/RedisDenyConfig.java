package com.example.redisdeny;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigException;

/**
 * The configuration.
 *
 * @param commands names, in lower case once this is made
 * @param inline whether lines without RESP pass
 */
public record RedisDenyConfig(
        @ConfigDescription("Commands that close a connection, in upper or lower case.") @ConfigDefault("[flushall, flushdb, shutdown, config, debug]") List<String> commands,
        @ConfigDescription("Whether commands may also be plain lines, such as the PING of a health check.") @ConfigDefault("true") boolean inline) {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_.-]*");

    public RedisDenyConfig {
        commands = commands.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
        if (commands.isEmpty()) {
            throw new ConfigException("commands", "an empty list denies nothing", "at least one command", null);
        }
        for (int i = 0; i < commands.size(); i++) {
            String name = commands.get(i);
            if (!NAME.matcher(name).matches()) {
                String first = name.strip().split("\\s", 2)[0];
                throw new ConfigException("commands[" + i + "]", "'" + name + "' is not the name of a command",
                        "one word, such as flushall", NAME.matcher(first).matches() ? first : null);
            }
        }
    }
}
