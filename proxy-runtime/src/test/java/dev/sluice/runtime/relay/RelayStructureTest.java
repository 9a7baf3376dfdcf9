package dev.sluice.runtime.relay;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.KernelPipe;
import dev.sluice.runtime.transport.StreamSocket;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The dependencies between the classes of this package: those that move bytes do not know the life of a connection. */
class RelayStructureTest {
    /** A side is two classes, and knows the connection that it is a side of. */
    private static final int LARGEST_GROUP = 3;

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(RelayStructureTest.class.getPackageName());

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(RelayStructureTest::outermost).orElse(type);
    }

    /** For each class, those of this package that it uses; nested classes count as the class around them. */
    private static Map<String, Set<String>> uses() {
        Map<String, Set<String>> uses = new TreeMap<>();
        for (JavaClass type : CLASSES) {
            String from = outermost(type).getSimpleName();
            Set<String> to = uses.computeIfAbsent(from, name -> new TreeSet<>());
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                JavaClass target = outermost(dependency.getTargetClass().getBaseComponentType());
                if (CLASSES.contain(target.getFullName()) && !target.getSimpleName().equals(from)) {
                    to.add(target.getSimpleName());
                }
            }
        }
        return uses;
    }

    private static Set<String> reachable(Map<String, Set<String>> uses, String start) {
        Set<String> seen = new TreeSet<>();
        Deque<String> open = new ArrayDeque<>(List.of(start));
        while (!open.isEmpty()) {
            for (String next : uses.getOrDefault(open.pop(), Set.of())) {
                if (seen.add(next)) {
                    open.push(next);
                }
            }
        }
        return seen;
    }

    @Test
    void noMoreThanThreeClassesKnowEachOther() {
        Map<String, Set<String>> uses = uses();
        assertTrue(uses.size() > 10, () -> "these are not all: " + uses.keySet());
        Map<String, Set<String>> reachable = new HashMap<>();
        uses.keySet().forEach(name -> reachable.put(name, reachable(uses, name)));
        List<Set<String>> tooLarge = new ArrayList<>();
        for (String name : uses.keySet()) {
            Set<String> group = new TreeSet<>(reachable.getOrDefault(name, Set.of()));
            group.removeIf(other -> !reachable.getOrDefault(other, Set.of()).contains(name));
            if (group.size() > LARGEST_GROUP && !tooLarge.contains(group)) {
                tooLarge.add(group);
            }
        }
        assertEquals(List.of(), tooLarge, "each of these can be reached from each other");
    }

    /** Sides are the only socket I/O, so that a record layer between socket and relay is one more field of a side. */
    @Test
    void bytesEnterAndLeaveBySidesAlone() {
        noClasses().that().doNotBelongToAnyOf(Side.class, SideOutput.class)
                .should().callMethod(StreamSocket.class, "read", Buffer.class)
                .orShould().callMethod(StreamSocket.class, "write", Buffer.class)
                .orShould().callMethod(StreamSocket.class, "spliceTo", KernelPipe.class, int.class)
                .orShould().callMethod(StreamSocket.class, "spliceFrom", KernelPipe.class)
                .check(CLASSES);
        assertTrue(CLASSES.get(Side.class).getMethodCallsFromSelf().stream()
                .anyMatch(call -> call.getTarget().getName().equals("read")),
                "the rule above looks at calls that exist");
    }
}
