package io.slipway.event;

/**
 * Who asked for a change, and from where.
 *
 * @param name of a user or robot, {@code anonymous} of somebody who gave no credentials, or the
 *     name of a job of the registry
 * @param address the numeric address the request came from; empty when it did not come by a
 *     connection, or nobody knows any more
 */
public record Actor(String name, String address) {
  /** The name of everybody who gives no credentials. */
  public static final String ANONYMOUS = "anonymous";

  /** Names somebody who is not at the other end of a connection. */
  public static Actor named(String name) {
    return new Actor(name, "");
  }
}
