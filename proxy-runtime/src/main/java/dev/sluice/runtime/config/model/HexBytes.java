package dev.sluice.runtime.config.model;

import java.util.HexFormat;

import dev.sluice.api.config.ConfigException;

/**
 * Bytes written as hexadecimal digits, two for each, with or without spaces between them: {@code 00 00 00 08 04 d2 16 2f}.
 *
 * @param digits without spaces, in lower case
 */
public record HexBytes(String digits) {
    /** The most bytes. */
    public static final int MOST = 4096;

    /**
     * Parses bytes.
     *
     * @throws ConfigException if the text is not made of pairs of hexadecimal digits
     */
    public static HexBytes parse(String text) {
        String digits = text.replace(" ", "").toLowerCase(java.util.Locale.ROOT);
        String allowed = "1 to " + MOST + " bytes as pairs of hexadecimal digits, as in \"00 00 00 08\"";
        if (digits.isEmpty() || digits.length() % 2 != 0 || digits.length() > 2 * MOST
                || !digits.chars().allMatch(HexFormat::isHexDigit)) {
            throw new ConfigException(null, "this is not a sequence of bytes", allowed,
                    digits.startsWith("0x") && digits.length() > 2 ? digits.substring(2) : null);
        }
        return new HexBytes(digits);
    }

    /** The bytes, in an array of the caller's own. */
    public byte[] bytes() {
        return HexFormat.of().parseHex(digits);
    }
}
