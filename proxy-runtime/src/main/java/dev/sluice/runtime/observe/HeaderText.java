package dev.sluice.runtime.observe;

import java.net.InetSocketAddress;
import java.util.HexFormat;

import dev.sluice.api.net.IpAddress;
import dev.sluice.runtime.proxyprotocol.ProxyHeader;
import dev.sluice.runtime.proxyprotocol.ProxyTlvs;
import dev.sluice.runtime.transport.AddressText;
import org.jspecify.annotations.Nullable;

/** A PROXY header, in text for logs and admin. Stateless. */
public final class HeaderText {
    private static final int FIRST_OTHER = 0xe0;
    /** The most bytes of the further facts in a line of the access log, whatever is escaped there. */
    private static final int MOST_BYTES = 4096;
    /** The length of an escaped byte, {@code \xNN}: of UTF-8, a backslash, a quote or a blank. */
    private static final int ESCAPED_BYTES = 4;

    private HeaderText() {}

    /** The client's address and port; null if the header does not have them. */
    public static @Nullable String source(@Nullable ProxyHeader header) {
        IpAddress source = header == null ? null : header.source();
        return source == null || header == null
                ? null
                : AddressText.of(new InetSocketAddress(source.toInetAddress(), header.sourcePort()));
    }

    /** The result that a header counts as. */
    public static HeaderResult result(ProxyHeader header) {
        if (header.isSourceKnown()) {
            return HeaderResult.PROXIED;
        }
        return header.command() == ProxyHeader.Command.LOCAL ? HeaderResult.LOCAL : HeaderResult.UNKNOWN;
    }

    /** The further facts, as in {@code authority=www.example.com ssl_version=TLSv1.3}, each type once; null if there are none. */
    static @Nullable String tlvs(@Nullable ProxyHeader header) {
        if (header == null || header.tlvs().isEmpty()) {
            return null;
        }
        ProxyTlvs tlvs = header.tlvs();
        StringBuilder text = new StringBuilder();
        add(text, "authority", tlvs.authority());
        add(text, "alpn", tlvs.alpn());
        add(text, "unique_id", tlvs.uniqueId());
        add(text, "netns", tlvs.netns());
        add(text, "ssl_version", tlvs.sslVersion());
        add(text, "ssl_cipher", tlvs.sslCipher());
        add(text, "ssl_cn", tlvs.sslCommonName());
        Boolean verified = tlvs.sslVerified();
        add(text, "ssl_verified", verified == null ? null : verified.toString());
        tlvs.types().stream().distinct().filter(type -> type >= FIRST_OTHER).forEach(type -> {
            byte[] value = tlvs.value(type);
            if (value != null) {
                add(text, "0x" + HexFormat.of().toHexDigits((byte) (int) type), hex(value));
            }
        });
        return text.isEmpty() ? null : bounded(text.toString());
    }

    private static String hex(byte[] value) {
        return HexFormat.of().formatHex(value, 0, Math.min(value.length, MOST_BYTES));
    }

    /** The beginning of a text, at most as long as a line of a log bears. */
    private static String bounded(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            bytes += bytes(c);
            if (bytes > MOST_BYTES) {
                return text.substring(0, Character.isLowSurrogate(c) ? i - 1 : i);
            }
        }
        return text;
    }

    private static int bytes(char c) {
        if (c < 0x7f) {
            return c == '\\' || c == '"' || c == ' ' ? ESCAPED_BYTES : 1;
        }
        // A pair of surrogates has four bytes in UTF-8.
        return Character.isSurrogate(c) ? 2 * ESCAPED_BYTES : 3 * ESCAPED_BYTES;
    }

    private static void add(StringBuilder text, String name, @Nullable String value) {
        if (value != null) {
            text.append(text.isEmpty() ? "" : " ").append(name).append('=');
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                // A value cannot look like several.
                text.append(c == ' ' ? "\\x20" : c == '=' ? "\\x3d" : String.valueOf(c));
            }
        }
    }
}
