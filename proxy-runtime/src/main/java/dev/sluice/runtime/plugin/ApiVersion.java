package dev.sluice.runtime.plugin;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.sluice.api.FilterProvider;
import org.jspecify.annotations.Nullable;

/**
 * A version of {@code dev.sluice.api}, as far as compatibility depends on it (semver.org, version 2.0.0). Patch
 * versions add nothing to an API, and a pre-release counts as its release, so neither is compared.
 *
 * @param text as it was written
 */
record ApiVersion(int major, int minor, String text) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,6})\\.(\\d{1,6})([.\\-+].*)?");

    /** The version in a text; null if there is none. */
    static @Nullable ApiVersion parse(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches()
                ? new ApiVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)), text)
                : null;
    }

    /**
     * The version of this process; null when the API runs from a directory of classes or was repackaged, so that it has
     * no descriptor with a version.
     */
    static @Nullable ApiVersion running() {
        return ModuleVersion.of(FilterProvider.class).map(ApiVersion::parse).orElse(null);
    }

    /** The reason why a plugin compiled against this version cannot run with {@code running}; null if it can. */
    @Nullable
    String misfit(ApiVersion running) {
        boolean sameLine = major == running.major && (major > 0 || minor == running.minor);
        if (sameLine && minor <= running.minor) {
            return null;
        }
        if (major > running.major || (major == running.major && minor > running.minor)) {
            return "needs Sluice API " + text + ", this is " + running.text
                    + ": upgrade Sluice or install an older plugin";
        }
        return "was made for Sluice API " + text + ", this is " + running.text
                + ", which is not compatible: install a newer plugin";
    }
}
