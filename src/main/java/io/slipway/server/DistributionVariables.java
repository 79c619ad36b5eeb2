package io.slipway.server;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads environment variables as CNCF Distribution means them, where that is not a second name for
 * the same value: who changes only the image of a service keeps the variables of the old one.
 *
 * <p>What Slipway cannot do yet but leaving out would open or lose something – other drivers of
 * storage, for example – becomes a value that is refused; everything else that it does not know is
 * a warning.
 */
final class DistributionVariables {
  private static final Pattern ADDRESS = Pattern.compile("(.*):([0-9]{1,5})");
  private static final String TOKEN = "REGISTRY_AUTH_TOKEN_";
  private static final Set<String> OF_OTHER_SERVER = Set.of("REALM", "ROOTCERTBUNDLE", "JWKS");
  private static final Set<String> WORSE_THAN_ERROR = Set.of("fatal", "panic");

  private final Map<String, String> environment;

  private DistributionVariables(Map<String, String> environment) {
    this.environment = new HashMap<>(environment);
  }

  /** Returns an environment in Slipway's own words; what those say already stays as it is. */
  static Map<String, String> translated(Map<String, String> environment) {
    DistributionVariables variables = new DistributionVariables(environment);
    variables.external();
    variables.address();
    variables.tls();
    variables.log();
    variables.storage();
    variables.auth();
    return variables.environment;
  }

  /** There {@code http.host} is the address by which clients reach the registry. */
  private void external() {
    String host = get("REGISTRY_HTTP_HOST");
    if (host.contains("://")) {
      environment.remove("REGISTRY_HTTP_HOST");
      say("REGISTRY_HTTP_EXTERNAL_URL", host);
    }
  }

  private void address() {
    Matcher address = ADDRESS.matcher(get("REGISTRY_HTTP_ADDR"));
    if (address.matches()) {
      environment.remove("REGISTRY_HTTP_ADDR");
      String host = address.group(1).replaceAll("[\\[\\]]", "");
      say("REGISTRY_HTTP_HOST", host.isEmpty() ? "0.0.0.0" : host);
      if (get("PORT").isEmpty()) {
        say("REGISTRY_HTTP_PORT", address.group(2));
      }
    }
  }

  /** There the authorities of clients are a list, and a client that shows nothing is refused. */
  private void tls() {
    String list = take("REGISTRY_HTTP_TLS_CLIENTCAS").replaceAll("[\\[\\]\"']", "").strip();
    String first = take("REGISTRY_HTTP_TLS_CLIENTCAS_0");
    if (!(list + first).isEmpty()) {
      say("REGISTRY_HTTP_TLS_CLIENT_CA", list.isEmpty() ? first : list);
      say("REGISTRY_HTTP_TLS_CLIENT_AUTH", "required");
    }
    if (take("REGISTRY_HTTP_TLS_MINIMUMTLS").equals("tls1.3")) {
      say("REGISTRY_HTTP_TLS_MIN_VERSION", "1.3");
    }
  }

  private void log() {
    if (WORSE_THAN_ERROR.contains(get("REGISTRY_LOG_LEVEL"))) {
      environment.put("REGISTRY_LOG_LEVEL", "error");
    }
    String formatter = take("REGISTRY_LOG_FORMATTER");
    if (!formatter.isEmpty()) {
      say("REGISTRY_LOG_FORMAT", formatter.equals("text") ? "text" : "json");
    }
  }

  private void storage() {
    String driver = take("REGISTRY_STORAGE");
    if (!driver.isEmpty()) {
      say("REGISTRY_STORAGE_BACKEND", driver);
    }
  }

  /** There, everybody who has signed in by a file may do everything. */
  private void auth() {
    String method = take("REGISTRY_AUTH").toLowerCase(Locale.ROOT);
    if (has(TOKEN)) {
      tokenServer();
      say("REGISTRY_AUTH_MODE", "token");
    } else if (has("REGISTRY_AUTH_HTPASSWD_") || method.equals("htpasswd")) {
      say("REGISTRY_AUTH_MODE", "basic");
      say("REGISTRY_AUTH_SIGNED_IN", "pull,push,delete");
    } else if (!method.isEmpty()) {
      say("REGISTRY_AUTH_MODE", method);
    }
  }

  /**
   * There, tokens always come from another server. Some of its names are Slipway's too, for its own
   * server: those without a realm, certificates or keys are. What is missing is refused later.
   */
  private void tokenServer() {
    if (OF_OTHER_SERVER.stream().allMatch(name -> get(TOKEN + name).isEmpty())) {
      return;
    }
    move("REALM", "REALM");
    move("SERVICE", "SERVICE");
    move("ISSUER", "ISSUER");
    move("JWKS", "JWKS");
    move("ROOTCERTBUNDLE", "CERTIFICATE");
  }

  private void move(String theirs, String ours) {
    String value = take(TOKEN + theirs);
    if (!value.isEmpty()) {
      say(TOKEN + "EXTERNAL_" + ours, value);
    }
  }

  private boolean has(String prefix) {
    return environment.keySet().stream()
        .anyMatch(name -> name.startsWith(prefix) && !get(name).isEmpty());
  }

  private String get(String name) {
    return environment.getOrDefault(name, "").strip();
  }

  private String take(String name) {
    String value = get(name);
    environment.remove(name);
    return value;
  }

  private void say(String name, String value) {
    if (get(name).isEmpty()) {
      environment.put(name, value);
    }
  }
}
