package dev.sluice.runtime.config;

import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

import dev.sluice.runtime.config.ScalarParser.Bad;
import dev.sluice.runtime.config.ScalarParser.Good;
import dev.sluice.runtime.config.ScalarParser.Result;
import dev.sluice.runtime.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * A parser of server names and patterns for TLS (SNI): a host name (RFC 6066 section 3: no address, no final dot), or
 * one whose first label is {@code *} for exactly one label, as in certificates (RFC 6125 section 6.4.3). Underscores
 * are allowed, because internal names have them.
 */
final class ServerName {
    private static final ScalarSyntax SYNTAX = new ScalarSyntax.Text("(\\*\\.)?[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*",
            true);
    static final ScalarParser<String> PARSER = ScalarParser.of(SYNTAX, ServerName::parse);

    /** For names of clients that are passed on as they are: without the key, none is. */
    static final ScalarParser<String> PASSED_THROUGH = ScalarParser.of(SYNTAX, ServerName::passedThrough);

    private static final String ALLOWED = "a host name, such as api.example.com, or *.example.com for exactly one more label";
    private static final Pattern LABEL = Pattern.compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?");
    private static final Pattern NUMBER = Pattern.compile("[0-9]+|0x[0-9a-f]*");
    private static final Pattern PORT = Pattern.compile("(.*[^:]):[0-9]{1,5}");
    private static final Pattern URI_OR_MAIL = Pattern.compile("[!-+.-~-]{1,2048}");
    private static final int LONGEST = 253;
    /** Characters that IDNA 2003, which the JDK implements, and IDNA 2008 encode differently (RFC 5894 section 7.2). */
    private static final Pattern DEVIATIONS = Pattern.compile("[\u00df\u03c2\u200c\u200d]");

    private ServerName() {}

    /** Parses a name; the result is in lower case. */
    static Result<String> parse(ScalarParser.Input input) {
        String name = input.text().toLowerCase(Locale.ROOT);
        String wrong = wrong(name);
        return wrong == null
                ? new Good<>(name)
                : new Bad<>(input.quoted() + wrong, ALLOWED, meantBy(name));
    }

    private static Result<String> passedThrough(ScalarParser.Input input) {
        return input.text().equals("*")
                ? new Bad<>(input.quoted() + " is not a name; to pass everybody on, use a listener without tls",
                        ALLOWED,
                        null)
                : parse(input);
    }

    /** Parses a name in the certificate of a client: a server name or pattern, a URI, or an address of mail. */
    static Result<String> ofClient(ScalarParser.Input input) {
        boolean other = input.text().indexOf(':') > 0 || input.text().indexOf('@') > 0;
        if (!other) {
            return parse(input);
        }
        return URI_OR_MAIL.matcher(input.text()).matches()
                ? new Good<>(input.text())
                : new Bad<>(input.quoted() + " is no name in a certificate",
                        ALLOWED + "; a URI, such as spiffe://example/billing, or an address of mail; a comma as %2C",
                        null);
    }

    /** The wildcard pattern that matches a name; the name itself if it has one label only. */
    static String wildcardOf(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? name : "*" + name.substring(dot);
    }

    private static @Nullable String wrong(String name) {
        if (!StandardCharsets.US_ASCII.newEncoder().canEncode(name)) {
            return ": international names are written in punycode (xn--…), as TLS carries them";
        }
        if (name.isEmpty() || name.equals("*")) {
            return " is not a name; remove the key to match every name, and clients without one";
        }
        String labels = name.startsWith("*.") ? name.substring(2) : name;
        if (labels.indexOf('*') >= 0) {
            return ": a * can only be the whole first label";
        }
        if (name.endsWith(".")) {
            return ": server names in TLS have no final dot";
        }
        if (PORT.matcher(name).matches()) {
            return ": server names in TLS have no port";
        }
        if (name.length() > LONGEST) {
            return " is longer than a name can be";
        }
        String last = "";
        for (String label : labels.split("\\.", -1)) {
            if (!LABEL.matcher(label).matches()) {
                return label.isEmpty() ? " has an empty label" : ": " + Printable.quote(label) + " is not a label";
            }
            last = label;
        }
        return NUMBER.matcher(last).matches()
                ? " is an address, which TLS never has as a server name: use the listener's address instead"
                : null;
    }

    private static @Nullable String meantBy(String name) {
        String meant = name.strip().replaceFirst("^[a-z]+://", "").replaceFirst("/.*$", "");
        meant = PORT.matcher(meant).replaceFirst("$1");
        meant = meant.endsWith(".") ? meant.substring(0, meant.length() - 1) : meant;
        meant = meant.startsWith(".") ? "*" + meant : meant;
        if (!DEVIATIONS.matcher(meant).find()) {
            meant = punycode(meant);
        }
        return wrong(meant) == null ? meant : null;
    }

    private static String punycode(String name) {
        String wildcard = name.startsWith("*.") ? "*." : "";
        try {
            return wildcard + IDN.toASCII(name.substring(wildcard.length())).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return name;
        }
    }
}
