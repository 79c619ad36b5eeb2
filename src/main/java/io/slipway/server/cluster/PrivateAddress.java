package io.slipway.server.cluster;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds an address to listen on that the internet cannot reach. */
final class PrivateAddress {
  static final String EXPECTED =
      "a private address, because whoever reaches the port is let in: loopback, 10.0.0.0/8,"
          + " 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, 169.254.0.0/16, fc00::/7, fe80::/10, or"
          + " the name of a network interface";

  /** As Linux names them. */
  private static final Pattern INTERFACE = Pattern.compile("[A-Za-z0-9_.-]{1,15}");

  private PrivateAddress() {}

  /** Tells whether this may be listened on, as far as that shows without looking at the machine. */
  static boolean isAllowed(String host) {
    return literal(host)
        .map(PrivateAddress::isPrivate)
        .orElseGet(() -> INTERFACE.matcher(host).matches());
  }

  /** Tells whether only programs on this machine can reach it. */
  static boolean isLoopback(String host) {
    return literal(host).filter(InetAddress::isLoopbackAddress).isPresent();
  }

  /**
   * Returns the address that is meant: this one, or the interface's first that is private, of IPv4
   * if there is one. Blocks for a moment.
   *
   * @throws IOException with a sentence when there is none
   */
  static InetAddress find(String host) throws IOException {
    Optional<InetAddress> literal = literal(host);
    Optional<InetAddress> found =
        (literal.isPresent() ? literal : ofInterface(host)).filter(PrivateAddress::isPrivate);
    return found.orElseThrow(
        () ->
            new IOException(
                "tried to listen for other nodes on " + host + " but expected " + EXPECTED));
  }

  private static Optional<InetAddress> ofInterface(String name) throws IOException {
    NetworkInterface found = NetworkInterface.getByName(name);
    if (found == null) {
      throw new IOException(
          "tried to listen for other nodes on " + name + " but there is no such interface");
    }
    return found
        .inetAddresses()
        .filter(PrivateAddress::isPrivate)
        .min(Comparator.comparingInt(address -> address instanceof Inet4Address ? 0 : 1));
  }

  private static Optional<InetAddress> literal(String host) {
    try {
      return Optional.of(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean isPrivate(InetAddress address) {
    byte[] bytes = address.getAddress();
    boolean carrier = bytes.length == 4 && bytes[0] == 100 && (bytes[1] & 0xc0) == 64;
    boolean unique = bytes.length == 16 && (bytes[0] & 0xfe) == 0xfc;
    return address.isLoopbackAddress()
        || address.isSiteLocalAddress()
        || address.isLinkLocalAddress()
        || carrier
        || unique;
  }
}
