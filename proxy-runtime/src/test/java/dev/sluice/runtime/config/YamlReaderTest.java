package dev.sluice.runtime.config;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import javax.management.ObjectName;

import dev.sluice.runtime.yaml.Node;
import dev.sluice.runtime.yaml.SourceText;
import dev.sluice.runtime.yaml.YamlReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class YamlReaderTest {
    static Stream<Arguments> syntax() {
        return Stream.of(
                arguments("a: 1\n\tb: 2\n",
                        "c.yaml:2:1: a tab indents this line; allowed: spaces"),
                arguments("a: b: c\n",
                        "c.yaml:1:5: a ':' is not allowed here; allowed: one key on a line, as far right as the keys beside it;"
                                + " text with ': ' in it in quotes"),
                arguments("listeners:\n  - name: a\n   listen: x\n",
                        "c.yaml:3:4: this does not continue the list that starts in line 2; allowed: keys and list items of one level in"
                                + " the same column; addresses in quotes, as in \"[::1]:80\""),
                arguments("runtime\nmemory: {}\n",
                        "c.yaml:2:7: a ':' is not allowed here; allowed: one key on a line, as far right as the keys beside it;"
                                + " text with ': ' in it in quotes"),
                arguments("memory: {}\nruntime\nlimits: {}\n",
                        "c.yaml:3:1: the key before this has no ':'; allowed: key: value"),
                arguments("admin:\n  listen: [::1]:9901\n",
                        "c.yaml:2:12: a value cannot start here; allowed: a value; addresses in quotes, as in \"[::1]:80\""),
                arguments("limits: { maxConnections: ${MAX} }\n",
                        "c.yaml:1:28: this does not continue the mapping in { } that starts in line 1; allowed: ',' or the closing"
                                + " bracket; text with { } [ ] or , in it, such as \"${NAME}\", in quotes"),
                arguments("a: @b\n",
                        "c.yaml:1:4: a value cannot start with this character; allowed: text that starts with % @ ` | or > in quotes"),
                arguments("  a: 1\nb: 2\n",
                        "c.yaml:2:1: this does not continue the text before it; allowed: at the top level one mapping, each of its keys in"
                                + " the first column"),
                arguments("a: \"open\nb: 1\n",
                        "c.yaml:1:4: the file ends inside the text in quotes that starts here"),
                arguments("a: { b: 1\n",
                        "c.yaml:1:4: the file ends inside the mapping in { } that starts here"),
                arguments("a: [ 1, 2\n  \n",
                        "c.yaml:1:4: the file ends inside the list in [ ] that starts here"),
                arguments("a: \"\\q\"\n",
                        "c.yaml:1:6: this is not YAML: found unknown escape character q(113) (in the text in quotes that starts in"
                                + " line 1)"),
                arguments("a: 1\n---\nb: 2\n",
                        "c.yaml:3:1: a second YAML document starts here; allowed: one document in a file"),
                arguments("? [a, b]\n: 1\n",
                        "c.yaml:1:3: a list, a mapping or an alias cannot be a key; allowed: a plain word as the key"),
                arguments("a: !!binary x\n",
                        "c.yaml:1:4 a: the YAML tag 'tag:yaml.org,2002:binary' is not supported; allowed: values without tags"),
                arguments("a: !ruby/object {}\n",
                        "c.yaml:1:4 a: the YAML tag '!ruby/object' is not supported; allowed: values without tags"),
                arguments("a: x\0y\n",
                        "c.yaml:1:5: the character U+0000 is not allowed in YAML; allowed: printable characters; in a text in double quotes it"
                                + " is written \\u0000"),
                arguments("a: *b\n",
                        "c.yaml:1:4 a: the alias '*b' has no anchor before it"),
                arguments("a: &b [ *b ]\n",
                        "c.yaml:1:9 a[0]: the alias '*b' is inside its own anchor"),
                arguments("x".repeat(70_000) + ": 1\n",
                        "c.yaml:1:1: this value has 70000 characters; allowed: at most 65536"),
                arguments("a: " + "x".repeat(70_000) + "\n",
                        "c.yaml:1:4 a: this value has 70000 characters; allowed: at most 65536"),
                arguments("[".repeat(33) + "\n",
                        "c.yaml:1:33 " + "[0]".repeat(32)
                                + ": this is nested too deeply; allowed: at most 32 levels, aliases written out"),
                arguments(
                        "a: &a " + "[".repeat(20) + "]".repeat(20) + "\nb: " + "[".repeat(13) + "*a" + "]".repeat(13)
                                + "\n",
                        "c.yaml:2:17 b" + "[0]".repeat(13)
                                + ": this is nested too deeply; allowed: at most 32 levels, aliases written out"));
    }

    @ParameterizedTest
    @MethodSource("syntax")
    void saysWhereAndWhy(String yaml, String expected) {
        assertEquals(List.of(expected), TestingConfig.problems(yaml));
    }

    @Test
    void readingGoesOnAfterADuplicateKey() {
        assertEquals(List.of(
                "c.yaml:2:11 limits.maxConnections: duplicate key 'maxConnections', first in line 1",
                "c.yaml:3:1 limits: duplicate key 'limits', first in line 1",
                "c.yaml:4:12 listeners: there is no listener; allowed: at least one, as in"
                        + " - { name: edge, listen: \"0.0.0.0:443\", cluster: web }"),
                TestingConfig.problems(
                        "limits: { maxConnections: 1,\n          maxConnections: 2 }\nlimits: {}\nlisteners: []\n"));
    }

    private static Node.Mapping read(String yaml) {
        Problems problems = new Problems();
        Node root = YamlReader.read(new SourceText("s.yaml", 0, yaml), problems, new YamlReader.Budget());
        assertEquals(List.of(), problems.errors());
        return root instanceof Node.Mapping mapping
                ? mapping
                : new Node.Mapping(new SourceText("", 0, "").start(), Map.of(), 0, 0);
    }

    private static Node.Entry entry(Node.Mapping mapping, String key) {
        return Objects.requireNonNull(mapping.entries().get(key), key);
    }

    private static String kind(Node.Mapping mapping, String key) {
        return entry(mapping, key).value() instanceof Node.Scalar scalar ? scalar.kind() + " " + scalar.text() : "?";
    }

    @Test
    void scalarsAreWhatYaml12SaysTheyAre() {
        Node.Mapping root = read("""
                int: 12
                zeros: 010
                float: 1.5
                quoted: "12"
                bool: true
                yes: yes
                nothing:
                word: null
                tilde: ~
                text: a b
                literal: |
                  12
                """);
        assertEquals("NUMBER 12", kind(root, "int"));
        assertEquals("TEXT 010", kind(root, "zeros"));
        assertEquals("NUMBER 1.5", kind(root, "float"));
        assertEquals("TEXT 12", kind(root, "quoted"));
        assertEquals("BOOLEAN true", kind(root, "bool"));
        assertEquals("TEXT yes", kind(root, "yes"));
        assertEquals("NOTHING ", kind(root, "nothing"));
        assertEquals("NOTHING null", kind(root, "word"));
        assertEquals("TEXT ~", kind(root, "tilde"));
        assertEquals("TEXT a b", kind(root, "text"));
        assertEquals("TEXT 12\n", kind(root, "literal"));
    }

    @Test
    void anchorsOfScalarsAndCollections() {
        Node.Mapping root = read("a: &t 5s\nb: *t\nc: &m { x: 1 }\nd: *m\n");
        assertEquals("TEXT 5s", kind(root, "b"));
        assertEquals(entry(root, "c").value(), entry(root, "d").value());
        assertEquals(7, root.size());
    }

    @Test
    void placesAreCountedFromOne() {
        Node.Mapping root = read("a: 1\nbb:\n  - x\n  - { k: 'v' }\n");
        Node.Sequence list = (Node.Sequence) entry(root, "bb").value();
        Node.Mapping item = (Node.Mapping) list.items().get(1);
        assertEquals("s.yaml:2:1", entry(root, "bb").keyAt().toString());
        assertEquals("s.yaml:4:5", item.at().toString());
        assertEquals("s.yaml:4:10", entry(item, "k").value().at().toString());
    }

    static Stream<Arguments> bombs() {
        StringBuilder laughs = new StringBuilder("a: &a [x,x,x,x,x,x,x,x,x]\n");
        for (char c = 'b'; c <= 'i'; c++) {
            laughs.append(c).append(": &").append(c).append(" [").append(("*" + (char) (c - 1) + ",").repeat(9))
                    .append("]\n");
        }
        return Stream.of(
                arguments("aliases", laughs.toString(), "6:11 f[1]: the configuration has too many values"),
                arguments("lists", "[".repeat(4_000_000), "1:33 " + "[0]".repeat(32) + ": this is nested too deeply"),
                arguments("mappings", "{a: ".repeat(1_000_000),
                        "1:129 a" + ".a".repeat(31) + ": this is nested too deeply"),
                arguments("block lists", "- ".repeat(2_000_000),
                        "1:65 " + "[0]".repeat(32) + ": this is nested too deeply"),
                arguments("duplicates", "a: 1\n".repeat(800_000), "2:1 a: duplicate key 'a', first in line 1"));
    }

    /** Fault 52. In processor time of this thread and as the best of some runs, because other programs share the machine. */
    @ParameterizedTest
    @MethodSource("bombs")
    void bombsAreDefused(String name, String yaml, String expected, @TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("bomb.yaml"), yaml, StandardCharsets.UTF_8);
        assertTrue(refusedCheaply(file).getFirst().startsWith(file + ":" + expected), name);
    }

    @Test
    void aHugeScalarIsNotEvenRead(@TempDir Path directory) throws Exception {
        Path file = Files.write(directory.resolve("huge.yaml"),
                ("a: " + "x".repeat(100_000_000)).getBytes(StandardCharsets.US_ASCII));
        assertEquals(List.of(file
                + ": the file is larger than a configuration can be; allowed: at most 4MiB in a file and 16MiB in all"),
                refusedCheaply(file));
    }

    /** Asked of the MBean because the module that declares the interface is not one that the proxy needs. */
    private static long allocatedByThisThread() throws Exception {
        return (Long) ManagementFactory.getPlatformMBeanServer()
                .getAttribute(new ObjectName(ManagementFactory.THREAD_MXBEAN_NAME), "CurrentThreadAllocatedBytes");
    }

    private static long processorTime() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static List<String> refusedCheaply(Path file) throws Exception {
        ConfigLoader loader = new ConfigLoader(Map.of());
        long nanos = Long.MAX_VALUE;
        long bytes = Long.MAX_VALUE;
        List<String> problems = List.of();
        for (int run = 0; run < 10; run++) {
            long bytesBefore = allocatedByThisThread();
            long before = processorTime();
            ProblemsException refused = assertThrows(ProblemsException.class,
                    () -> loader.load(file, FilterSource.NONE));
            nanos = Math.min(nanos, processorTime() - before);
            bytes = Math.min(bytes, allocatedByThisThread() - bytesBefore);
            problems = TestingConfig.firstLines(refused.problems());
        }
        assertTrue(nanos < 100_000_000, "ns: " + nanos);
        assertTrue(bytes < 20_000_000, "bytes: " + bytes);
        return problems;
    }
}
