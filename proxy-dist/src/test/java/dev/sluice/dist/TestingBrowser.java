package dev.sluice.dist;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Chromium without a window, driven by its own protocol over a WebSocket of the JDK: one page, its requests, and what it
 * says to the console. {@link #close} ends it.
 *
 * @see <a href="https://chromedevtools.github.io/devtools-protocol/">Chrome DevTools Protocol</a>
 */
final class TestingBrowser implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final List<String> PROGRAMS = List.of("/usr/bin/chromium", "/usr/bin/chromium-browser",
            "/usr/bin/google-chrome");

    private final Process process;
    private final WebSocket socket;
    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> console = new CopyOnWriteArrayList<>();
    private final BlockingQueue<String> loaded = new LinkedBlockingQueue<>();

    private TestingBrowser(Process process, Path profile) throws Exception {
        this.process = process;
        Path portFile = profile.resolve("DevToolsActivePort");
        await("DevToolsActivePort", () -> Files.isRegularFile(portFile) && Files.readAllLines(portFile).size() == 2);
        String host = "http://127.0.0.1:" + Files.readAllLines(portFile).getFirst();
        HttpClient http = HttpClient.newHttpClient();
        JsonNode page = JsonMapper.shared()
                .readTree(http.send(HttpRequest.newBuilder(URI.create(host + "/json/new?about:blank"))
                        .PUT(HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString())
                        .body());
        socket = http.newWebSocketBuilder()
                .buildAsync(URI.create(page.get("webSocketDebuggerUrl").asString()), new Messages())
                .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        for (String part : List.of("Page", "Runtime", "Log", "Network")) {
            call(part + ".enable", Map.of());
        }
    }

    /** The program; null = there is none on this machine. */
    static @Nullable String program() {
        return PROGRAMS.stream().filter(path -> Files.isExecutable(Path.of(path))).findFirst().orElse(null);
    }

    /**
     * Starts the browser.
     *
     * @param profile an empty directory
     */
    static TestingBrowser start(Path profile) throws Exception {
        Process process = new ProcessBuilder(String.valueOf(program()), "--headless", "--no-sandbox", "--disable-gpu",
                "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--hide-scrollbars", "--remote-debugging-port=0", "--user-data-dir=" + profile)
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        try {
            return new TestingBrowser(process, profile);
        } catch (Exception | Error e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** A condition that may fail until it holds. */
    interface Condition {
        boolean holds() throws Exception;
    }

    static void await(String what, Condition condition) throws Exception {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + LIMIT.toSeconds() + " s: " + what);
            }
            Thread.onSpinWait();
        }
    }

    private final class Messages implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                take(JsonMapper.shared().readTree(text.toString()));
                text.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedStage(null);
        }
    }

    private void take(JsonNode message) {
        if (message.has("id")) {
            CompletableFuture<JsonNode> answer = answers.remove(message.get("id").asInt());
            if (answer != null) {
                answer.complete(message);
            }
            return;
        }
        JsonNode parameters = message.get("params");
        switch (message.get("method").asString()) {
            case "Network.requestWillBeSent" -> requests.add(parameters.get("request").get("url").asString());
            case "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded" ->
                console.add(parameters.toString());
            case "Page.loadEventFired" -> loaded.add("");
            default -> {
                // Of no interest here.
            }
        }
    }

    private JsonNode call(String method, Map<String, ?> parameters) throws Exception {
        int id = ids.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.put(id, answer);
        socket.sendText(
                JsonMapper.shared().writeValueAsString(Map.of("id", id, "method", method, "params", parameters)),
                true).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        JsonNode said = answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        if (said.has("error")) {
            throw new AssertionError(method + ": " + said.get("error"));
        }
        return said.get("result");
    }

    /** Loads a page. */
    void open(String url) throws Exception {
        call("Page.navigate", Map.of("url", url));
        if (loaded.poll(LIMIT.toSeconds(), TimeUnit.SECONDS) == null) {
            throw new AssertionError("not loaded: " + url);
        }
    }

    /** The value of an expression of JavaScript, as text. */
    String value(String expression) throws Exception {
        JsonNode result = call("Runtime.evaluate", Map.of("expression", "String(" + expression + ")"));
        if (result.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + result.get("exceptionDetails"));
        }
        return result.get("result").get("value").asString();
    }

    /** Waits until an expression is true. */
    void awaitTrue(String expression) throws Exception {
        await(expression, () -> value(expression).equals("true"));
    }

    /** Presses a key, and lets it go. */
    void press(String key) throws Exception {
        Map<String, Integer> codes = Map.of("Enter", 13, "Escape", 27, "Tab", 9);
        Map<String, Object> down = new java.util.HashMap<>(
                Map.of("type", "keyDown", "key", key, "code", key, "windowsVirtualKeyCode",
                        codes.getOrDefault(key, 0)));
        if (key.equals("Enter")) {
            down.put("text", "\r");
        }
        call("Input.dispatchKeyEvent", down);
        call("Input.dispatchKeyEvent", Map.of("type", "keyUp", "key", key, "code", key));
    }

    /** Sets the size of the window. */
    void size(int width, int height) throws Exception {
        call("Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** Sets what the user wants: {@code light} or {@code dark}. */
    void scheme(String scheme) throws Exception {
        call("Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** Keeps a picture of the page. */
    void picture(Path file) throws Exception {
        Files.createDirectories(file.getParent());
        Files.write(file, Base64.getDecoder()
                .decode(call("Page.captureScreenshot", Map.of("format", "png")).get("data").asString()));
    }

    /** The addresses that the page has asked for. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    /** The messages of page and browser on the console. */
    List<String> console() {
        return List.copyOf(console);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        socket.abort();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
    }
}
