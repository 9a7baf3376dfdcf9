package dev.sluice.filters.sniff;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.sluice.api.AttributeKey;
import dev.sluice.api.Attributes;
import org.jspecify.annotations.Nullable;

/** A second reading of the head of an HTTP/1 request, by patterns on text. */
final class RequestReference {
    private static final int MAX_LINES = 128;
    private static final int MAX_HOST = 255;
    private static final Pattern LINE = Pattern
            .compile("(?s)(?:\\r\\n)?([A-Z_-]{1,32}) ([\\x21-\\x7e\\x80-\\xff]+) HTTP/1\\.[0-9]\\r?\\n(.*)");
    private static final Pattern ABSOLUTE = Pattern.compile("(?is)https?://([^/?#]*).*");
    private static final Pattern HOST_HEADER = Pattern.compile("(?is)host:(.*)");
    private static final Pattern HOST = Pattern
            .compile("[ \\t]*([A-Za-z0-9_.-]+|\\[[0-9A-Fa-f:.]*\\])(?::[0-9]*)?[ \\t]*");

    private RequestReference() {}

    /** {@return the attributes of the bytes, behind which nothing comes; they begin with a request line} */
    static Map<AttributeKey<?>, Object> read(byte[] flight) {
        Matcher line = LINE.matcher(
                new String(flight, 0, Math.min(flight.length, RequestLine.WINDOW), StandardCharsets.ISO_8859_1));
        if (!line.matches()) {
            throw new IllegalArgumentException("no request line");
        }
        Map<AttributeKey<?>, Object> attributes = new HashMap<>();
        attributes.put(Attributes.PROTOCOL, "http1");
        attributes.put(Attributes.HTTP_METHOD, line.group(1));
        Matcher absolute = ABSOLUTE.matcher(line.group(2));
        String host = absolute.matches() ? host(absolute.group(1)) : hostHeader(line.group(3));
        if (host != null) {
            attributes.put(Attributes.HTTP_HOST, host);
        }
        return attributes;
    }

    private static @Nullable String hostHeader(String rest) {
        List<String> hosts = new ArrayList<>();
        // The last piece is a line that has not ended.
        String[] lines = rest.split("\n", -1);
        for (int i = 0; i < Math.min(lines.length - 1, MAX_LINES); i++) {
            String header = lines[i].endsWith("\r") ? lines[i].substring(0, lines[i].length() - 1) : lines[i];
            if (header.isEmpty()) {
                break;
            }
            Matcher host = HOST_HEADER.matcher(header);
            if (host.matches()) {
                hosts.add(host.group(1));
            }
        }
        return hosts.size() == 1 ? host(hosts.getFirst()) : null;
    }

    private static @Nullable String host(String value) {
        Matcher host = HOST.matcher(value);
        if (!host.matches() || host.group(1).length() > MAX_HOST) {
            return null;
        }
        String name = host.group(1).toLowerCase(Locale.ROOT);
        name = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        return name.isEmpty() ? null : name;
    }
}
