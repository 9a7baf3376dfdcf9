/** A plugin for Sluice with three filter types. The proxy finds them by {@code provides}. */
module com.example.redisdeny {
    requires dev.sluice.api;
    requires static org.jspecify;

    provides dev.sluice.api.FilterProvider with
            com.example.gatekeeper.Gatekeeper,
            com.example.redisdeny.RedisDenyProvider,
            com.example.replacetext.ReplaceText;
}
