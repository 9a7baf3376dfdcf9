package dev.sluice.runtime.config;

import dev.sluice.runtime.yaml.Node;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.sluice.runtime.config.TestingConfig.assertRow;
import static dev.sluice.runtime.config.TestingConfig.shortened;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ServerNameTest {
    private static String outcome(String text) {
        return shortened(TestingConfig.outcome(ServerName.PARSER, text, Node.Kind.TEXT),
                "a host name, such as api.example.com, or *.example.com for exactly one more label");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "api.example.com => api.example.com",
        "API.Example.COM => api.example.com",
        "*.example.com => *.example.com",
        "*.localhost => *.localhost",
        "localhost => localhost",
        "my_service.internal => my_service.internal",
        "1.example => 1.example",
        "a--b.example => a--b.example",
        "xn--mller-kva.example => xn--mller-kva.example"})
    void names(String row) {
        assertRow(row, ServerNameTest::outcome);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        " => ! '' is not a name; remove the key to match every name, and clients without one",
        "* => ! '*' is not a name; remove the key to match every name, and clients without one",
        "api.example.com. => ! 'api.example.com.': server names in TLS have no final dot | api.example.com",
        "Api.example.com:443 => ! 'Api.example.com:443': server names in TLS have no port | api.example.com",
        "https://api.example.com/x => ! 'https://api.example.com/x': 'https://api' is not a label | api.example.com",
        ".example.com => ! '.example.com' has an empty label | *.example.com",
        "api..com => ! 'api..com' has an empty label",
        "api.*.com => ! 'api.*.com': a * can only be the whole first label",
        "*.*.com => ! '*.*.com': a * can only be the whole first label",
        "api*.example.com => ! 'api*.example.com': a * can only be the whole first label",
        "*example.com => ! '*example.com': a * can only be the whole first label",
        "-a.example.com => ! '-a.example.com': '-a' is not a label",
        "a-.example.com => ! 'a-.example.com': 'a-' is not a label",
        "a b.example.com => ! 'a b.example.com': 'a b' is not a label",
        "10.0.0.1 => ! '10.0.0.1' is an address, which TLS never has as a server name: use the listener's address instead",
        "example.0x1 => ! 'example.0x1' is an address, which TLS never has as a server name: use the listener's address instead",
        "::1 => ! '::1': '::1' is not a label",
        "müller.example => ! 'müller.example': international names are written in punycode (xn--…), as TLS carries them"
                + " | xn--mller-kva.example",
        "*.Bücher.example => ! '*.Bücher.example': international names are written in punycode (xn--…), as TLS carries them"
                + " | *.xn--bcher-kva.example",
        "straße.example => ! 'straße.example': international names are written in punycode (xn--…), as TLS carries them",
        "a。b => ! 'a。b': international names are written in punycode (xn--…), as TLS carries them | a.b"})
    void refused(String row) {
        assertRow(row, ServerNameTest::outcome);
    }

    @Test
    void lengths() {
        String label = "a".repeat(63);
        assertEquals(label + ".example", outcome(label + ".example"));
        assertTrue(outcome(label + "a.example").endsWith("is not a label"));
        String longest = (label + ".").repeat(3) + "a".repeat(61);
        assertEquals(longest, outcome(longest));
        assertTrue(outcome(longest + "a").endsWith(" is longer than a name can be"));
    }
}
