package dev.sluice.runtime.observe;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.sluice.api.config.ConfigException;
import dev.sluice.api.net.IpAddress;
import dev.sluice.runtime.text.Printable;
import org.jspecify.annotations.Nullable;

/** A parser of questions about clients, from texts by name. Pure. */
public final class ClientQuestions {
    private static final String LISTENER = "listener";
    private static final String CLIENT = "client";
    private static final String SNI = "sni";
    private static final String ALPN = "alpn";
    private static final String PROTOCOL = "protocol";
    private static final String CLIENT_SAN = "clientSan";
    /** The names of the texts. */
    public static final List<String> NAMES = List.of(LISTENER, CLIENT, SNI, ALPN, PROTOCOL, CLIENT_SAN);

    private static final int LONGEST_NAME = 253;
    private static final Pattern HOST_NAME = Pattern.compile("[a-z0-9_-]{1,63}(\\.[a-z0-9_-]{1,63})*");
    private static final Pattern ADDRESS = Pattern.compile("[0-9]+(\\.[0-9]+){3}");
    private static final Pattern PROTOCOL_NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");
    private static final Pattern VISIBLE = Pattern.compile("[!-~]{1,2048}");
    private static final String HOST_NAMES = "a host name, such as api.example.com: labels of 1 to 63 letters, digits,"
            + " hyphens and underscores, " + LONGEST_NAME + " characters at most, and no address";

    private ClientQuestions() {}

    /**
     * Makes a question of its texts.
     *
     * @param texts by {@link #NAMES}; those that are missing or empty are not known, but for the address of the client
     * @throws IllegalArgumentException if one is wrong; the message says what is allowed
     */
    public static ClientQuestion of(Map<String, String> texts) {
        return new ClientQuestion(texts.getOrDefault(LISTENER, ""), address(texts.getOrDefault(CLIENT, "")),
                serverName(text(texts, SNI)),
                matching(VISIBLE, ALPN, text(texts, ALPN),
                        "protocols of TLS, the preferred first, such as h2,http/1.1"),
                matching(PROTOCOL_NAME, PROTOCOL, text(texts, PROTOCOL),
                        "a name in lower case, such as tls, http1, http2 or ssh"),
                names(matching(VISIBLE, CLIENT_SAN, text(texts, CLIENT_SAN),
                        "names in the certificate of the client, joined by commas")));
    }

    /** The message about a listener that does not exist. */
    public static String noListener(String name, List<String> all) {
        return message(LISTENER, name, String.join(", ", all));
    }

    private static @Nullable String text(Map<String, String> texts, String name) {
        String text = texts.getOrDefault(name, "");
        return text.isEmpty() ? null : text;
    }

    /** As a listener has it: in lower case, and without a final dot. */
    private static @Nullable String serverName(@Nullable String text) {
        if (text == null) {
            return null;
        }
        String lower = text.toLowerCase(Locale.ROOT);
        String name = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
        if (name.length() > LONGEST_NAME || ADDRESS.matcher(name).matches() || !HOST_NAME.matcher(name).matches()) {
            throw wrong(SNI, text, HOST_NAMES);
        }
        return name;
    }

    /** As a listener has them: names of hosts in lower case. */
    private static @Nullable String names(@Nullable String text) {
        return text == null
                ? null
                : Arrays.stream(text.split(",", -1))
                        .map(name -> name.indexOf(':') < 0 && name.indexOf('@') < 0
                                ? name.toLowerCase(Locale.ROOT)
                                : name)
                        .collect(Collectors.joining(","));
    }

    private static @Nullable String matching(Pattern allowed, String name, @Nullable String text, String hint) {
        if (text != null && !allowed.matcher(text).matches()) {
            throw wrong(name, text, hint);
        }
        return text;
    }

    private static IllegalArgumentException wrong(String name, String text, String allowed) {
        return new IllegalArgumentException(message(name, text, allowed));
    }

    private static String message(String name, String text, String allowed) {
        return name + " is \"" + Printable.sentence(text) + "\"; allowed: " + allowed;
    }

    /** The address of the client; null = it has none. */
    private static @Nullable IpAddress address(String text) {
        if (text.equals("unix")) {
            return null;
        }
        try {
            return IpAddress.parse(text);
        } catch (ConfigException e) {
            throw wrong(CLIENT, text, "an IP address, such as 192.0.2.7 or 2001:db8::7; unix for a client of a Unix"
                    + " socket");
        }
    }
}
