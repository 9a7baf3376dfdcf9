package dev.sluice.runtime.health;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.sluice.runtime.transport.AddressText;

/**
 * An HTTP/1.1 request, whose answer is judged by its status alone.
 *
 * @param path of the request, with a query if need be
 * @param host for the header of that name; empty = the address
 * @param port to be connected to in place of the endpoint's
 * @param method of the request
 * @param expectedStatus the ranges of a good status; not empty
 */
public record HttpProbe(String path, Optional<String> host, OptionalInt port, String method,
        List<StatusRange> expectedStatus) implements Probe {
    private static final Pattern TARGET = Pattern.compile("/[\\x21-\\x7e]*");
    private static final Pattern HOST = Pattern.compile("[\\x21-\\x7e]+");
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
    private static final int MAX_PORT = 65535;

    public HttpProbe {
        // A line break in one of them would make further headers of it.
        require("path", path, TARGET, "begins with / and has no spaces, as in a request line");
        host.ifPresent(name -> require("host", name, HOST, "is a name without spaces"));
        require("method", method, TOKEN, "is a word, such as GET");
        port.ifPresent(number -> {
            if (number < 1 || number > MAX_PORT) {
                throw new IllegalArgumentException("port is " + number + "; allowed are 1 to " + MAX_PORT);
            }
        });
        expectedStatus = List.copyOf(expectedStatus);
        if (expectedStatus.isEmpty()) {
            throw new IllegalArgumentException("expectedStatus is empty; needed is a range such as 200-399");
        }
    }

    private static void require(String name, String value, Pattern pattern, String rule) {
        if (!pattern.matcher(value).matches()) {
            throw new IllegalArgumentException(name + " is " + Bytes.of(value) + "; a " + name + " " + rule);
        }
    }

    /** Whether a status is a good one. */
    boolean expects(int status) {
        return expectedStatus.stream().anyMatch(range -> range.contains(status));
    }

    /** The ranges as configuration writes them: {@code 200-399, 401}. */
    String expectedText() {
        return expectedStatus.stream().map(StatusRange::toString).collect(Collectors.joining(", "));
    }

    /** The request to a server at an address: a request line and three headers. */
    Bytes request(SocketAddress address) {
        String name = host
                .orElseGet(() -> address instanceof InetSocketAddress ? AddressText.of(address) : "localhost");
        return Bytes.of(method + " " + path + " HTTP/1.1\r\nHost: " + name
                + "\r\nUser-Agent: sluice-health\r\nConnection: close\r\n\r\n");
    }
}
