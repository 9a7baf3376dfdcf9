package dev.sluice.filters.sniff;

import java.security.SecureRandom;

import dev.sluice.api.FilterEnvironment;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterProvider;

/** {@code type: sniff}: recognises the protocol of a connection by the first bytes of its client. */
public final class SniffProvider implements FilterProvider<SniffConfig> {
    /** For {@link java.util.ServiceLoader}, and for embedders. */
    public SniffProvider() {}

    @Override
    public String type() {
        return "sniff";
    }

    @Override
    public Class<SniffConfig> configType() {
        return SniffConfig.class;
    }

    @Override
    public String description() {
        return "Recognises the protocol by the client's first bytes, with server name and ALPN of TLS and the host of HTTP/1.";
    }

    @Override
    public FilterFactory create(SniffConfig config, FilterEnvironment environment) {
        return new SniffFactory(config, new SharedStrings(new SecureRandom().nextLong()));
    }
}
