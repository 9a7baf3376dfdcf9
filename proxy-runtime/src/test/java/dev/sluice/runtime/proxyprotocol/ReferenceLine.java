package dev.sluice.runtime.proxyprotocol;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/** The grammar of version 1 as regular expressions, to compare the reader with. Slow and obvious. */
final class ReferenceLine {
    private static final int MOST = 107;
    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    private static final String IPV4 = "(?:" + OCTET + "\\." + OCTET + "\\." + OCTET + "\\." + OCTET + ")";
    private static final String GROUP = "[0-9A-Fa-f]{1,4}";
    private static final String PORT = "(?:6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}"
            + "|[1-9][0-9]{0,3}|0)";
    private static final Pattern IPV4_WORD = Pattern.compile(IPV4);
    private static final Pattern IPV6_WORD = Pattern.compile(ipv6());
    private static final Pattern PORT_WORD = Pattern.compile(PORT);
    private static final Pattern LAST_WORD = Pattern.compile(PORT + "\r\n");
    private static final Pattern UNKNOWN = Pattern.compile("PROXY UNKNOWN(?: [^\r\n]*)?\r\n");

    /** Rests of lines, the shortest first: each beginning of a line that has a rest at all has its shortest one here. */
    private static final List<String> RESTS = rests();

    /** Answers for the beginnings that many lines share. */
    private static final Map<String, Integer> KNOWN = new ConcurrentHashMap<>();

    private ReferenceLine() {}

    /** Each way to write 128 bits: all groups, or a gap between so many and so many; with and without an IPv4 tail. */
    private static String ipv6() {
        List<String> forms = new ArrayList<>();
        forms.add("(?:" + GROUP + ":){7}" + GROUP);
        forms.add("(?:" + GROUP + ":){6}" + IPV4);
        for (int before = 0; before <= 7; before++) {
            String start = before == 0 ? "::" : "(?:" + GROUP + ":){" + (before - 1) + "}" + GROUP + "::";
            forms.add(start);
            for (int after = 1; before + after <= 7; after++) {
                forms.add(start + "(?:" + GROUP + ":){" + (after - 1) + "}" + GROUP);
            }
            for (int after = 0; before + after + 2 <= 7; after++) {
                forms.add(start + "(?:" + GROUP + ":){" + after + "}" + IPV4);
            }
        }
        return "(?:" + String.join("|", forms) + ")";
    }

    private static List<String> rests() {
        TreeSet<String> rests = new TreeSet<>(
                Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));
        for (String line : List.of("PROXY UNKNOWN\r\n", "PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n",
                "PROXY TCP6 :: :: 0 0\r\n", "0 :: 0 0\r\n", "0.0.0.0 :: 0 0\r\n")) {
            for (int from = 0; from <= line.length(); from++) {
                rests.add(line.substring(from));
            }
        }
        return List.copyOf(rests);
    }

    /** The length of the shortest rest that makes a line of these bytes; −1 if none does. */
    static int missing(String start) {
        if (KNOWN.size() > 10_000) {
            KNOWN.clear();
        }
        return KNOWN.computeIfAbsent(start, ReferenceLine::find);
    }

    private static int find(String start) {
        if (!canBegin(start)) {
            return -1;
        }
        for (String rest : RESTS) {
            if (start.length() + rest.length() <= MOST && isLine(start + rest)) {
                return rest.length();
            }
        }
        return -1;
    }

    private static boolean isLine(String text) {
        return UNKNOWN.matcher(text).matches() || isTcp(text, true);
    }

    /** Whether it is worth while to look for the rest of a line, which its length may forbid. */
    @SuppressWarnings("JdkObsolete") // hitEnd says exactly this: more bytes may complete a match.
    private static boolean canBegin(String start) {
        Matcher unknown = UNKNOWN.matcher(start);
        return unknown.matches() || unknown.hitEnd() || "PROXY TCP4 ".startsWith(start)
                || "PROXY TCP6 ".startsWith(start) || isTcp(start, false);
    }

    /** Whether each word is right, the last one only as far as it goes unless the line has to be whole. */
    @SuppressWarnings("JdkObsolete") // As above.
    private static boolean isTcp(String text, boolean whole) {
        String[] words = text.split(" ", -1);
        boolean ipv4 = text.startsWith("PROXY TCP4 ");
        if (words.length > 6 || (whole && words.length < 6) || (!ipv4 && !text.startsWith("PROXY TCP6 "))) {
            return false;
        }
        // The cheap ones first.
        for (int i = words.length - 1; i >= 2; i--) {
            Pattern pattern = i == 5 ? LAST_WORD : i == 4 ? PORT_WORD : ipv4 ? IPV4_WORD : IPV6_WORD;
            Matcher word = pattern.matcher(words[i]);
            boolean goodSoFar = word.matches() || (!whole && i == words.length - 1 && word.hitEnd());
            if (!goodSoFar) {
                return false;
            }
        }
        return true;
    }

    /** The header at the beginning of the bytes, as {@link ReadHeader#describe} has it; null if there is none. */
    static @Nullable String header(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        String line = text.substring(0, text.indexOf("\r\n") + 2);
        if (line.length() > MOST || !isLine(line)) {
            return null;
        }
        if (line.startsWith("PROXY UNKNOWN")) {
            return "1 PROXY unknown";
        }
        String[] words = line.strip().split(" ", -1);
        return "1 PROXY " + address(words[2]) + " " + words[4] + " " + address(words[3]) + " " + words[5] + " []";
    }

    private static IpAddress address(String text) {
        return IpAddress.of(InetAddress.ofLiteral(text));
    }
}
