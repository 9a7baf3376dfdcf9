package dev.sluice.runtime.wiring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.sluice.api.config.ConfigException;
import dev.sluice.runtime.config.FileStamp;
import dev.sluice.runtime.config.Problem;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.TerminatedTls;
import dev.sluice.runtime.config.model.TicketConfig;
import dev.sluice.runtime.text.FileErrors;
import dev.sluice.runtime.tls.TicketKey;
import dev.sluice.runtime.tls.TicketRules;

/** The translation of the keys {@code tls.tickets} of listeners, which reads the files with keys. */
final class TicketFiles {
    private static final String ALLOWED = "80 or 48 random bytes, as of: openssl rand 80 > FILE";

    private TicketFiles() {}

    /**
     * The rules by the names of the listeners that terminate TLS.
     *
     * @param problems gets those that show only now
     * @param files gets the files that were read, with their state before
     */
    static Map<String, TicketRules> of(Configuration configuration, List<Problem> problems,
            Map<Path, FileStamp> files) {
        Map<String, TicketRules> all = new LinkedHashMap<>();
        for (ListenerConfig listener : configuration.listeners()) {
            TicketConfig config = listener.tls().map(TerminatedTls::tickets).orElse(null);
            if (config == null) {
                continue;
            }
            config.keys().forEach(file -> files.put(file, FileStamp.of(file)));
            try {
                all.put(listener.name(),
                        new TicketRules(config.isOn(), keys(config), config.lifetime(), config.rotate()));
            } catch (ConfigException e) {
                problems.add(Problem.at(config.place(), e));
            }
        }
        return all;
    }

    private static List<TicketKey> keys(TicketConfig config) {
        List<TicketKey> keys = new ArrayList<>();
        for (Path file : config.keys()) {
            TicketKey key;
            byte[] content;
            try {
                content = Files.readAllBytes(file);
                key = TicketKey.of(content);
            } catch (IOException e) {
                throw new ConfigException("keys", file + " cannot be read: " + FileErrors.reason(e), ALLOWED, null);
            }
            if (key == null) {
                throw new ConfigException("keys", file + " has " + content.length + " bytes", ALLOWED, null);
            } else if (keys.contains(key)) {
                throw new ConfigException("keys", file + " has the same key as a file before it",
                        "another key in each file", null);
            }
            keys.add(key);
        }
        return keys;
    }
}
