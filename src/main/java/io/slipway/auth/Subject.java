package io.slipway.auth;

import io.slipway.event.Actor;
import io.slipway.oci.NamePattern;
import java.util.Set;

/** Whom a policy is about. */
public sealed interface Subject {
  /** How the name of a group begins in the text of a policy. */
  String GROUP = "group:";

  /** Returns the text that {@link #parse} reads. */
  String text();

  /** Tells whether somebody who signed in is meant. */
  boolean covers(String name, Set<String> groups);

  /** Everybody who gives no credentials. */
  record Anonymous() implements Subject {
    @Override
    public String text() {
      return Actor.ANONYMOUS;
    }

    @Override
    public boolean covers(String name, Set<String> groups) {
      return false;
    }
  }

  /** Users and robots by their names; {@code *} is everybody who signed in. */
  record Named(NamePattern pattern) implements Subject {
    @Override
    public String text() {
      return pattern.text();
    }

    @Override
    public boolean covers(String name, Set<String> groups) {
      return pattern.matches(name);
    }
  }

  /** The members of a group. */
  record Members(String group) implements Subject {
    @Override
    public String text() {
      return GROUP + group;
    }

    @Override
    public boolean covers(String name, Set<String> groups) {
      return groups.contains(group);
    }
  }

  /**
   * Reads a name, a pattern of names, {@code group:NAME} or {@code anonymous}.
   *
   * @throws io.slipway.oci.RegistryException {@code BAD_REQUEST} when it is none of them
   */
  static Subject parse(String text) {
    if (text.equals(Actor.ANONYMOUS)) {
      return new Anonymous();
    }
    return text.startsWith(GROUP)
        ? new Members(text.substring(GROUP.length()))
        : new Named(NamePattern.parse(text));
  }
}
