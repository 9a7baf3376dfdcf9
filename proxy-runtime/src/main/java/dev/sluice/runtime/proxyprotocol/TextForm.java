package dev.sluice.runtime.proxyprotocol;

import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * The form of version 1: one line of text, of at most {@value #MOST_BYTES} bytes.
 *
 * <pre>
 *   WORDS ──"PROXY TCP4 ", "PROXY TCP6 "──► SOURCE ─► DESTINATION ─► SOURCE_PORT ─► DESTINATION_PORT ──CR──► LINE_FEED ──LF──► END
 *     └──"PROXY UNKNOWN"──► IGNORED ──CR──────────────────────────────────────────────────────────────────────┘
 * </pre>
 */
final class TextForm implements HeaderForm {
    static final int FIRST_BYTE = 'P';
    static final int MOST_BYTES = 107;

    private static final String START = "PROXY ";
    private static final String TCP = "PROXY TCP";
    private static final String TCP4 = "PROXY TCP4 ";
    private static final String TCP6 = "PROXY TCP6 ";
    private static final String UNKNOWN = "PROXY UNKNOWN";
    /** The lengths of the shortest lines: without more words, with {@code 0.0.0.0}, and with {@code ::} as addresses, and 0 as ports. */
    private static final int SHORTEST_UNKNOWN = 15;
    private static final int SHORTEST_IPV4 = 32;
    private static final int SHORTEST_IPV6 = 22;
    private static final int SHORTEST_PORTS = " 0 0\r\n".length();
    private static final int MOST_PORT = 65535;

    private enum Place {
        WORDS,
        SOURCE,
        DESTINATION,
        SOURCE_PORT,
        DESTINATION_PORT,
        IGNORED,
        LINE_FEED,
        END
    }

    private Place place = Place.WORDS;
    private String words = START;
    private int shortest = SHORTEST_UNKNOWN;
    private int received;
    /** The reader of addresses; null as long as it is not known, or if there are none. */
    private @Nullable Ipv4Scanner ipv4;
    private @Nullable Ipv6Scanner ipv6;
    private @Nullable IpAddress source;
    private @Nullable IpAddress destination;
    private int sourcePort;
    private int number;
    private int digits;

    @Override
    public @Nullable String accept(int value) {
        String wrong = switch (place) {
            case WORDS -> word(value);
            case SOURCE, DESTINATION -> address(value);
            case SOURCE_PORT, DESTINATION_PORT -> port(value);
            case IGNORED -> ignored(value);
            case LINE_FEED -> lineFeed(value);
            case END -> throw new IllegalStateException("the header is complete");
        };
        received++;
        if (wrong == null && received + missing() > MOST_BYTES) {
            return Escaped.quote(value) + " makes the line longer than the " + MOST_BYTES
                    + " bytes that a header of version 1 may have";
        }
        return wrong;
    }

    private @Nullable String word(int value) {
        if (received == START.length()) {
            choose(value == 'U' ? UNKNOWN : TCP, value == 'U' ? SHORTEST_UNKNOWN : SHORTEST_IPV6);
        } else if (received == TCP.length() && words.equals(TCP)) {
            choose(value == '4' ? TCP4 : TCP6, value == '4' ? SHORTEST_IPV4 : SHORTEST_IPV6);
        }
        if (value != words.charAt(received)) {
            return Escaped.quote(value) + " behind '" + words.substring(0, received)
                    + "', but a header of version 1 begins with '" + TCP4 + "', '" + TCP6 + "' or '" + UNKNOWN + "'";
        }
        if (received + 1 == words.length() && !words.equals(START) && !words.equals(TCP)) {
            place = words.equals(UNKNOWN) ? Place.IGNORED : Place.SOURCE;
            ipv4 = words.equals(TCP4) ? new Ipv4Scanner() : null;
            ipv6 = words.equals(TCP6) ? new Ipv6Scanner() : null;
        }
        return null;
    }

    private void choose(String newWords, int newShortest) {
        words = newWords;
        shortest = newShortest;
    }

    private @Nullable String address(int value) {
        boolean first = place == Place.SOURCE;
        if (value != ' ' || !(ipv4 != null ? ipv4.canEnd() : ipv6().canEnd())) {
            String wrong = ipv4 != null ? ipv4.accept(value) : ipv6().accept(value);
            return wrong == null ? null : wrong + " (" + (first ? "source" : "destination") + ")";
        }
        IpAddress address = ipv4 != null ? IpAddress.ofIpv4(ipv4.bits()) : ipv6().address();
        if (first) {
            source = address;
            place = Place.DESTINATION;
            if (ipv4 != null) {
                ipv4.begin();
            } else {
                ipv6().begin();
            }
        } else {
            destination = address;
            place = Place.SOURCE_PORT;
        }
        return null;
    }

    private Ipv6Scanner ipv6() {
        if (ipv6 == null) {
            throw new IllegalStateException("no addresses are expected");
        }
        return ipv6;
    }

    private @Nullable String port(int value) {
        boolean first = place == Place.SOURCE_PORT;
        if (digits > 0 && value == (first ? ' ' : '\r')) {
            if (first) {
                sourcePort = number;
                number = 0;
                digits = 0;
            }
            place = first ? Place.DESTINATION_PORT : Place.LINE_FEED;
            return null;
        }
        String name = first ? "source port" : "destination port";
        if (value < '0' || value > '9') {
            String end = first ? " or a space" : " or CR LF (\\x0d\\x0a)";
            return Escaped.quote(value) + ", but the " + name + " goes on with a digit" + (digits == 0 ? "" : end);
        }
        if (digits > 0 && number == 0) {
            return Escaped.quote(value) + " behind a leading zero, which the " + name + " may not have";
        }
        int larger = 10 * number + value - '0';
        if (larger > MOST_PORT) {
            return Escaped.quote(value) + " makes the " + name + " " + larger + ", the most is " + MOST_PORT;
        }
        number = larger;
        digits++;
        return null;
    }

    private @Nullable String ignored(int value) {
        if (value == '\r') {
            place = Place.LINE_FEED;
            return null;
        }
        if (received == UNKNOWN.length() && value != ' ') {
            return Escaped.quote(value) + " behind '" + UNKNOWN + "', but a space or CR LF (\\x0d\\x0a) follows";
        }
        return value == '\n' ? "'\\x0a' without '\\x0d' before it, but a line ends with both" : null;
    }

    private @Nullable String lineFeed(int value) {
        if (value != '\n') {
            return Escaped.quote(value) + " behind '\\x0d', but the line ends with '\\x0a'";
        }
        place = Place.END;
        return null;
    }

    @Override
    public int missing() {
        int ofAddress = ipv4 != null ? ipv4.missing() : ipv6 != null ? ipv6.missing() : 0;
        int ofPort = digits == 0 ? 1 : 0;
        return switch (place) {
            case WORDS -> shortest - received;
            case SOURCE -> ofAddress + " ".length() + (ipv4 != null ? "0.0.0.0" : "::").length() + SHORTEST_PORTS;
            case DESTINATION -> ofAddress + SHORTEST_PORTS;
            case SOURCE_PORT -> ofPort + " 0\r\n".length();
            case DESTINATION_PORT -> ofPort + "\r\n".length();
            case IGNORED -> "\r\n".length();
            case LINE_FEED -> "\n".length();
            case END -> 0;
        };
    }

    @Override
    public ProxyHeader header() {
        return source == null || destination == null
                ? ProxyHeader.unknown(1, ProxyHeader.Command.PROXY)
                : ProxyHeader.of(1, source, sourcePort, destination, number, ProxyTlvs.NONE);
    }
}
