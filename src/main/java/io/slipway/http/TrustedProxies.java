package io.slipway.http;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tells which peers are proxies whose {@code Forwarded} and {@code X-Forwarded-*} headers are
 * believed. Thread-safe.
 */
public final class TrustedProxies {
  private final List<Network> networks;

  private TrustedProxies(List<Network> networks) {
    this.networks = List.copyOf(networks);
  }

  /** Reads addresses ({@code ::1}) and networks ({@code 10.0.0.0/8}); empty when one is neither. */
  public static Optional<TrustedProxies> find(List<String> texts) {
    try {
      List<Network> networks = new ArrayList<>();
      for (String text : texts) {
        networks.add(Network.parse(text));
      }
      return Optional.of(new TrustedProxies(networks));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Tells whether a peer's numeric address is trusted; a name never is. */
  public boolean contains(String address) {
    if (networks.isEmpty()) {
      return false;
    }
    try {
      byte[] bytes = InetAddress.ofLiteral(address).getAddress();
      return networks.stream().anyMatch(network -> network.contains(bytes));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The addresses of a length in bytes whose first bits, read as a number, are the prefix. */
  private record Network(int length, BigInteger prefix, int shift) {
    static Network parse(String text) {
      int slash = text.indexOf('/');
      byte[] address =
          InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash)).getAddress();
      int most = address.length * 8;
      int bits = slash < 0 ? most : Integer.parseInt(text.substring(slash + 1));
      if (bits < 0 || bits > most) {
        throw new IllegalArgumentException(text);
      }
      int shift = most - bits;
      return new Network(address.length, new BigInteger(1, address).shiftRight(shift), shift);
    }

    boolean contains(byte[] address) {
      return address.length == length
          && new BigInteger(1, address).shiftRight(shift).equals(prefix);
    }
  }
}
