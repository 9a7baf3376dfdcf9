package dev.sluice.runtime.config;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import dev.sluice.runtime.config.ScalarParser.Bad;
import dev.sluice.runtime.config.ScalarParser.Good;
import dev.sluice.runtime.config.ScalarParser.Result;

/** Parsers of the names of protocols in the conditions of routes. */
final class ProtocolNames {
    private static final Pattern PROTOCOL_NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");
    /** The name of a protocol as filters detect it. */
    static final ScalarParser<String> PROTOCOL = ScalarParser.of(new ScalarSyntax.Text(PROTOCOL_NAME.pattern(), true),
            ProtocolNames::protocol);
    private static final Map<String, String> MEANT = Map.of("http/1.0", "http1", "http/1.1", "http1", "http/2",
            "http2");
    /** RFC 7301 allows any bytes; these break neither a log line nor a list with commas. */
    private static final Pattern ALPN_NAME = Pattern.compile("[!-+.-~-]{1,255}");
    /** The name of a protocol in TLS (ALPN). */
    static final ScalarParser<String> ALPN = ScalarParser.of(new ScalarSyntax.Text(ALPN_NAME.pattern(), true),
            ProtocolNames::alpn);

    private ProtocolNames() {}

    private static Result<String> protocol(ScalarParser.Input input) {
        if (PROTOCOL_NAME.matcher(input.text()).matches()) {
            return new Good<>(input.text());
        }
        String lower = input.text().strip().toLowerCase(Locale.ROOT);
        String meant = MEANT.getOrDefault(lower, lower);
        return new Bad<>(input.quoted() + " is not the name of a protocol",
                "a name in lower case, such as tls, http1, http2 or ssh",
                PROTOCOL_NAME.matcher(meant).matches() ? meant : null);
    }

    private static Result<String> alpn(ScalarParser.Input input) {
        return ALPN_NAME.matcher(input.text()).matches()
                ? new Good<>(input.text())
                : new Bad<>(input.quoted() + " is not the name of a protocol in TLS",
                        "a name as in IANA's list, such as h2 or http/1.1; several as a list", null);
    }
}
