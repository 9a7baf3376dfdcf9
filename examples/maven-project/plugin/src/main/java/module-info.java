/** A plugin with one filter type. The proxy finds it by {@code provides}. */
module com.example.firstbyte {
    requires dev.sluice.api;

    provides dev.sluice.api.FilterProvider with com.example.firstbyte.FirstByte;
}
