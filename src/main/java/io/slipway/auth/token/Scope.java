package io.slipway.auth.token;

import io.slipway.oci.ErrorCode;
import io.slipway.oci.Quoted;
import io.slipway.oci.RegistryException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One thing that a token is asked for: {@code repository:myorg/app:pull,push} (Distribution's
 * "Docker Registry Token Scope and Access").
 *
 * @param type without its class: {@code repository(plugin)} is a repository
 * @param name of the resource, in which there may be one colon
 */
record Scope(String type, String name, Set<String> actions) {
  /** More makes a token that no header has room for. */
  static final int MAX_SCOPES = 64;

  private static final int MAX_LENGTH = 1024;
  private static final Pattern TYPE = Pattern.compile("[a-z0-9]+(\\([a-z0-9]+\\))?");
  private static final Pattern ACTIONS = Pattern.compile("(\\*|[a-z]*)(,(\\*|[a-z]*))*");

  Scope {
    actions = Set.copyOf(actions);
  }

  /**
   * Reads parameters, each of which holds any number of scopes with spaces between.
   *
   * @throws RegistryException {@code BAD_REQUEST} for what is no scope, and for too many
   */
  static List<Scope> parse(List<String> parameters) {
    List<Scope> scopes = new ArrayList<>();
    for (String parameter : parameters) {
      for (String text : parameter.split(" ", -1)) {
        if (!text.isEmpty()) {
          scopes.add(one(text));
        }
        if (scopes.size() > MAX_SCOPES) {
          throw refused("there are more than " + MAX_SCOPES);
        }
      }
    }
    return List.copyOf(scopes);
  }

  /** The name may have a colon, before a port: the first and the last one separate. */
  private static Scope one(String text) {
    int first = text.indexOf(':');
    int last = text.lastIndexOf(':');
    boolean separated = text.length() <= MAX_LENGTH && first > 0 && last > first + 1;
    String type = separated ? text.substring(0, first) : "";
    String actions = separated ? text.substring(last + 1) : "";
    if (!TYPE.matcher(type).matches() || !ACTIONS.matcher(actions).matches()) {
      throw refused(Quoted.of(text) + " is not type:name:action,action");
    }
    int ofClass = type.indexOf('(');
    Set<String> words = new LinkedHashSet<>(List.of(actions.split(",", -1)));
    words.remove("");
    return new Scope(
        ofClass < 0 ? type : type.substring(0, ofClass), text.substring(first + 1, last), words);
  }

  private static RegistryException refused(String reason) {
    return new RegistryException(
        ErrorCode.BAD_REQUEST, "tried to read what the token is for but " + reason);
  }
}
