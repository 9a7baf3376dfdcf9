package dev.sluice.runtime;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The rules of the house (CONTRIBUTING.md), on the class files. There are no accepted violations: what breaks a rule moves, or the rule
 * changes here with its reason.
 */
class ArchitectureTest {
    private static final String RUNTIME = "dev.sluice.runtime";
    private static final String ROOT = "(root)";

    /** From top to bottom: a package uses those of the levels below its own, none above, and no other one of its own level. */
    private static final List<Set<String>> LEVELS = List.of(
            Set.of(ROOT),
            Set.of("engine"),
            Set.of("wiring"),
            Set.of("admin", "config", "discovery", "health", "plugin", "relay"),
            Set.of("chain", "cluster", "shape", "yaml"),
            Set.of("capture", "observe", "service"),
            Set.of("limit", "loop", "proxyprotocol", "tls"),
            Set.of("transport"),
            Set.of("memory", "json", "selection", "selfdial", "text"));

    /** The one class of its package that makes what outlives generations. */
    private static final String RUNNING = RUNTIME + ".wiring.Running";

    private static final String[] HOT = {RUNTIME + ".limit..", RUNTIME + ".loop..", RUNTIME + ".memory..",
        RUNTIME + ".transport..",
        RUNTIME + ".capture..", RUNTIME + ".chain..", RUNTIME + ".proxyprotocol..", RUNTIME + ".tls",
        RUNTIME + ".relay.."};

    /**
     * A library that only one package may use.
     *
     * @param home that package
     * @param types prefixes of the full names of its types
     */
    private record Library(String home, List<String> types) {
        boolean has(JavaClass type) {
            return types.stream().anyMatch(type.getBaseComponentType().getFullName()::startsWith);
        }
    }

    private static final List<Library> LIBRARIES = List.of(
            new Library("yaml", List.of("tools.jackson.", "org.snakeyaml.")),
            new Library("wiring", List.of("com.google.", "jakarta.inject.")),
            new Library("discovery", List.of("org.xbill.DNS.")),
            new Library("memory", List.of("io.netty.buffer.", "io.netty.util.")),
            new Library("tls.boring", List.of("io.netty.internal.")),
            new Library("admin", List.of("com.sun.net.httpserver.")),
            new Library("observe", List.of("io.prometheus.", "jdk.jfr.")),
            new Library("plugin", List.of("java.lang.ModuleLayer", "java.lang.module.")),
            new Library("transport.epoll", List.of("java.lang.foreign.")),
            new Library("transport.nio", List.of("java.nio.channels.", "jdk.net.")),
            new Library("engine", List.of("java.lang.management.", "com.sun.management.")));

    /** Types of a library that packages or classes outside of its home may use, with the reason. */
    private static final Map<String, Set<String>> GUESTS = Map.of(
            // The bridge before the HTTP server ("Decisions" in the package-info of admin). Its threads are its own, none is a loop's.
            "admin",
            Set.of("jdk.net.ExtendedSocketOptions", "java.nio.channels.ServerSocketChannel",
                    "java.nio.channels.SocketChannel",
                    "java.nio.channels.Selector", "java.nio.channels.SelectionKey",
                    "java.nio.channels.ClosedChannelException"),
            // The sockets of health checks, on threads of their own: no byte of a client waits for them.
            "health", Set.of("java.nio.channels.SocketChannel", "java.nio.channels.Selector",
                    "java.nio.channels.SelectionKey"),
            // Lines of JSON for people; the rest of Jackson reads YAML.
            "json", Set.of("tools.jackson.core.JsonGenerator", "tools.jackson.core.ObjectWriteContext$Base",
                    "tools.jackson.core.ObjectWriteContext", "tools.jackson.core.PrettyPrinter",
                    "tools.jackson.core.json.JsonFactory", "tools.jackson.core.util.DefaultIndenter",
                    "tools.jackson.core.util.DefaultPrettyPrinter",
                    "tools.jackson.core.util.DefaultPrettyPrinter$Indenter"),
            // The version of the classes of a library.
            "tls.boring", Set.of("java.lang.module.ModuleDescriptor"),
            // The file of the access log, which only the log's own thread writes.
            "observe", Set.of("java.nio.channels.FileChannel", "java.nio.channels.ClosedChannelException"));

    /** Classes that may use blocking sockets, with the reason. */
    private static final Map<String, String> BLOCKING_SOCKETS = Map.of(
            RUNTIME + ".discovery.DnsTransport", "queries wait on virtual threads, no byte of a client among them",
            RUNTIME + ".tls.jdk.EngineKeys", "parameters of the JDK's interface; no socket is ever passed",
            RUNTIME + ".tls.jdk.EngineTrust", "as EngineKeys", RUNTIME + ".tls.jdk.TrustAll", "as EngineKeys");

    /** Calls that may put their thread to sleep until time, another thread or the network wakes it. */
    private static final Map<Class<?>, Set<String>> WAITING = Map.ofEntries(
            Map.entry(Object.class, Set.of("wait")),
            Map.entry(Thread.class, Set.of("sleep", "join")),
            Map.entry(LockSupport.class, Set.of("park", "parkNanos", "parkUntil")),
            Map.entry(Lock.class, Set.of("lock", "lockInterruptibly", "tryLock")),
            Map.entry(Condition.class, Set.of("await", "awaitNanos", "awaitUninterruptibly", "awaitUntil")),
            Map.entry(CountDownLatch.class, Set.of("await")),
            Map.entry(CyclicBarrier.class, Set.of("await")),
            Map.entry(Semaphore.class, Set.of("acquire", "acquireUninterruptibly", "tryAcquire")),
            Map.entry(BlockingQueue.class, Set.of("put", "take", "offer", "poll")),
            Map.entry(Future.class, Set.of("get")),
            Map.entry(CompletableFuture.class, Set.of("get", "join")),
            Map.entry(ExecutorService.class, Set.of("awaitTermination", "invokeAll", "invokeAny", "close")),
            Map.entry(Selector.class, Set.of("select")));

    /** Methods of the hot packages that may wait, with the reason why that keeps no byte waiting. */
    private static final Map<String, String> MAY_WAIT = Map.of(
            "transport.nio.NioPoller.poll", "the one place where a loop sleeps",
            "loop.Watchdog.pause", "the watchdog's own thread",
            "loop.Watchdog.doze", "the watchdog's own thread",
            "loop.Threads.join", "runs on the thread that closes the server",
            "loop.Threads.start", "runs on the thread of a loop that has died, where the system has no other",
            "limit.ConnectionLimit.awaitIdle", "runs on the thread that drains the server",
            "relay.DescriptorReserve.exhaust", "locks when the process has run out of descriptors",
            "relay.DescriptorReserve.recover", "as exhaust; a few sockets are opened under the lock",
            "relay.DescriptorReserve.close", "runs on the thread that closes the server");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("dev.sluice");

    @Test
    void dependenciesPointDownwards() {
        classes().that().resideInAPackage(RUNTIME + "..").should(useOnlyLowerLevels()).check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.sluice.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void theLoopAndWhatItStandsOnKnowNoProxyConcept() {
        noClasses().that().resideInAnyPackage(RUNTIME + ".loop..", RUNTIME + ".memory..", RUNTIME + ".transport..")
                .should().dependOnClassesThat().resideInAPackage("dev.sluice.api..").check(CLASSES);
    }

    @Test
    void theApiNeedsNothingButJava() {
        classes().that().resideInAPackage("dev.sluice.api..").should().onlyDependOnClassesThat()
                .resideInAnyPackage("dev.sluice.api..", "java..", "org.jspecify.annotations..").check(CLASSES);
    }

    @Test
    void eachLibraryHasOnePackage() {
        classes().that().resideInAPackage(RUNTIME + "..").should(useLibrariesOnlyAtHome()).check(CLASSES);
    }

    @Test
    void eachLibraryIsUsedAtItsHome() {
        for (Library library : LIBRARIES) {
            assertTrue(CLASSES.stream().filter(origin -> nameOf(origin.getPackage()).equals(library.home()))
                    .flatMap(origin -> origin.getDirectDependenciesFromSelf().stream())
                    .anyMatch(dependency -> library.has(dependency.getTargetClass())),
                    () -> "a rule about nothing: " + library.home() + " uses none of "
                            + library.types());
        }
    }

    @Test
    void nobodyUsesWhatNoPackageOwns() {
        noClasses().should().dependOnClassesThat(resideInAnyPackage("java.util.logging..", "sun..",
                "jdk.internal.."))
                .check(CLASSES);
    }

    @Test
    void blockingSocketsAreUsedOnlyWhereItIsAllowed() {
        noClasses().that(DescribedPredicate.describe("may not block",
                origin -> !BLOCKING_SOCKETS.containsKey(origin.getFullName().replaceFirst("\\$.*", ""))))
                .should().dependOnClassesThat(type(java.net.Socket.class))
                .orShould().dependOnClassesThat(type(java.net.ServerSocket.class))
                .orShould().dependOnClassesThat(type(java.net.DatagramSocket.class)).check(CLASSES);
        assertEquals(Set.of(), BLOCKING_SOCKETS.keySet().stream()
                .filter(name -> CLASSES.get(name).getDirectDependenciesFromSelf().stream().noneMatch(
                        dependency -> dependency.getTargetClass().getPackageName().equals("java.net")
                                && dependency.getTargetClass().getSimpleName().endsWith("Socket")))
                .collect(Collectors.toSet()), "exceptions that nothing needs");
    }

    @Test
    void nobodyAsksTheResolver() {
        noClasses().should().callConstructor(InetSocketAddress.class, String.class, int.class)
                .orShould().callMethod(InetSocketAddress.class, "getHostName")
                .orShould().callMethod(InetAddress.class, "getHostName")
                .orShould().callMethod(InetAddress.class, "getCanonicalHostName")
                .orShould().callMethod(InetAddress.class, "getByName", String.class)
                .orShould().callMethod(InetAddress.class, "getAllByName", String.class)
                .orShould().callMethod(InetAddress.class, "getLocalHost")
                .check(CLASSES);
    }

    @Test
    void nobodyPrints() {
        NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(CLASSES);
    }

    @Test
    void hotPackagesHaveNoStreamsAndFormatNothing() {
        noClasses().that().resideInAnyPackage(HOT).should()
                .dependOnClassesThat(resideInAnyPackage("java.util.stream..", "java.util.regex..", "java.text.."))
                .orShould().dependOnClassesThat(type(java.util.Formatter.class))
                .orShould().callMethodWhere(calls(String.class, Set.of("format", "formatted")))
                .check(CLASSES);
    }

    @Test
    void hotPackagesHaveNoWallClock() {
        noClasses().that().resideInAnyPackage(HOT).should()
                .callMethodWhere(calls(System.class, Set.of("currentTimeMillis")))
                .orShould().dependOnClassesThat(type(java.util.Date.class))
                .orShould().dependOnClassesThat(resideInAnyPackage("java.time..")
                        .and(DescribedPredicate.not(type(java.time.Duration.class))))
                .check(CLASSES);
    }

    @Test
    void hotPackagesDoNotWait() {
        classes().that().resideInAnyPackage(HOT).should(waitOnlyWhereItIsAllowed()).check(CLASSES);
    }

    @Test
    void thoseWhoMayWaitDo() {
        Set<String> waiting = CLASSES.stream().flatMap(origin -> origin.getMethodCallsFromSelf().stream())
                .filter(ArchitectureTest::waits).map(call -> nameOf(call.getOrigin())).collect(Collectors.toSet());
        assertEquals(Set.of(), MAY_WAIT.keySet().stream().filter(name -> !waiting.contains(name))
                .collect(Collectors.toSet()), "exceptions that nothing needs");
    }

    @Test
    void everyPackageIsNullMarked() {
        List<String> unmarked = CLASSES.getPackage("dev.sluice").getSubpackagesInTree().stream()
                .filter(p -> !p.getClasses().isEmpty() && !p.isAnnotatedWith(NullMarked.class))
                .map(JavaPackage::getName).toList();
        assertEquals(List.of(), unmarked, "packages without a @NullMarked package-info.java");
    }

    /** A generation that made its own limits, counters or beliefs would forget those of the connections that are open. */
    @Test
    void whatOutlivesAGenerationIsAskedForAndNotMade() {
        classes().that().resideInAPackage(RUNTIME + ".wiring..").and().doNotHaveFullyQualifiedName(RUNNING)
                .should(constructNoRunningState()).check(CLASSES);
        assertTrue(CLASSES.get(RUNNING).getConstructorCallsFromSelf().stream().anyMatch(ArchitectureTest::makesState),
                "a rule about nothing");
    }

    private static ArchCondition<JavaClass> constructNoRunningState() {
        return new ArchCondition<>("construct no limit, counter or state") {
            @Override
            public void check(JavaClass origin, ConditionEvents events) {
                origin.getConstructorCallsFromSelf().stream().filter(ArchitectureTest::makesState).forEach(
                        call -> events.add(SimpleConditionEvent.violated(call, call.getDescription())));
                origin.getConstructorReferencesFromSelf().stream().filter(ArchitectureTest::makesState).forEach(
                        call -> events.add(SimpleConditionEvent.violated(call, call.getDescription())));
            }
        };
    }

    private static boolean makesState(JavaAccess<?> constructing) {
        return constructing.getTargetOwner().getSimpleName().matches(".*(State|Counters|Limit|Quarantine)");
    }

    private static ArchCondition<JavaClass> useOnlyLowerLevels() {
        return new ArchCondition<>("use only packages of lower levels: " + LEVELS) {
            @Override
            public void check(JavaClass origin, ConditionEvents events) {
                if (level(origin) < 0) {
                    events.add(SimpleConditionEvent.violated(origin, origin.getFullName()
                            + " is in a package that has no level: give it one, here and in CONTRIBUTING.md"));
                    return;
                }
                for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
                    JavaClass target = dependency.getTargetClass().getBaseComponentType();
                    if (target.getPackageName().startsWith(RUNTIME) && !roomOf(target).equals(roomOf(origin))
                            && level(target) <= level(origin)) {
                        events.add(SimpleConditionEvent.violated(dependency,
                                roomOf(origin) + " may not use " + roomOf(target) + ": "
                                        + dependency.getDescription()));
                    }
                }
            }
        };
    }

    private static ArchCondition<JavaClass> useLibrariesOnlyAtHome() {
        return new ArchCondition<>("use libraries only at their homes") {
            @Override
            public void check(JavaClass origin, ConditionEvents events) {
                String here = nameOf(origin.getPackage());
                for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
                    JavaClass target = dependency.getTargetClass();
                    for (Library library : LIBRARIES) {
                        if (library.has(target) && !here.equals(library.home()) && !isGuest(here, target)
                                && !isGuest(here + "." + origin.getSimpleName(), target)) {
                            events.add(SimpleConditionEvent.violated(dependency, target.getFullName()
                                    + " belongs to " + library.home() + ": " + dependency.getDescription()));
                        }
                    }
                }
            }
        };
    }

    private static boolean isGuest(String here, JavaClass target) {
        return GUESTS.getOrDefault(here, Set.of()).contains(target.getFullName());
    }

    private static ArchCondition<JavaClass> waitOnlyWhereItIsAllowed() {
        return new ArchCondition<>("wait or lock only in " + MAY_WAIT.keySet()) {
            @Override
            public void check(JavaClass origin, ConditionEvents events) {
                for (JavaAccess<?> access : origin.getAccessesFromSelf()) {
                    if (waits(access) && !MAY_WAIT.containsKey(nameOf(access.getOrigin()))) {
                        events.add(SimpleConditionEvent.violated(access, access.getDescription()));
                    }
                }
                for (JavaCodeUnit unit : origin.getCodeUnits()) {
                    if (unit.getModifiers().contains(JavaModifier.SYNCHRONIZED)) {
                        events.add(SimpleConditionEvent.violated(unit, unit.getFullName() + " is synchronized"));
                    }
                }
            }
        };
    }

    private static boolean waits(JavaAccess<?> access) {
        JavaClass owner = access.getTargetOwner();
        return WAITING.entrySet().stream().anyMatch(waiting -> waiting.getValue().contains(access.getName())
                && (waiting.getKey() == Object.class
                        ? access.getTarget().getFullName().matches(".*\\.wait\\((long(, int)?)?\\)")
                        : owner.isAssignableTo(waiting.getKey())));
    }

    private static DescribedPredicate<JavaAccess<?>> calls(Class<?> owner, Set<String> methods) {
        return DescribedPredicate.describe("the target is " + owner.getSimpleName() + " " + methods,
                access -> access.getTargetOwner().isEquivalentTo(owner) && methods.contains(access.getName()));
    }

    private static int level(JavaClass type) {
        for (int i = 0; i < LEVELS.size(); i++) {
            if (LEVELS.get(i).contains(roomOf(type))) {
                return i;
            }
        }
        return -1;
    }

    /** The package directly below {@link #RUNTIME} in or under which this type is. */
    private static String roomOf(JavaClass type) {
        String name = nameOf(type.getPackage());
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    /** {@code transport.nio} for {@code dev.sluice.runtime.transport.nio}. */
    private static String nameOf(JavaPackage javaPackage) {
        String name = javaPackage.getName();
        return name.equals(RUNTIME) ? ROOT : name.substring(Math.min(name.length(), RUNTIME.length() + 1));
    }

    /** {@code limit.ConnectionLimit.release}; nested types count as their outermost one. */
    private static String nameOf(JavaCodeUnit unit) {
        JavaClass owner = unit.getOwner();
        String type = owner.getFullName().substring(owner.getPackageName().length() + 1).replaceFirst("\\$.*", "");
        return nameOf(owner.getPackage()) + "." + type + "." + unit.getName();
    }
}
