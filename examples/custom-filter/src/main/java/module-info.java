/** A plugin for Sluice. {@code provides} is how the proxy finds it. */
module com.example.redisdeny {
    requires dev.sluice.api;
    requires static org.jspecify;

    provides dev.sluice.api.FilterProvider with com.example.redisdeny.RedisDenyProvider;
}
