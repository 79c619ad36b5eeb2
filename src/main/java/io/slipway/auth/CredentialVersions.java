package io.slipway.auth;

import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;

/**
 * Names what somebody signed in with, for tokens: the name of a password or key that was changed or
 * revoked is not current any more. Thread-safe.
 *
 * <p>The text tells nothing about a password: {@code a:7} for an account, {@code a:7:KEY} for a key
 * of it, {@code f:HASH} for a line of an htpasswd file.
 */
public final class CredentialVersions {
  private static final String OF_ACCOUNT = "a:";
  private static final String OF_FILE = "f:";
  private static final int HEX = 32;

  private final Optional<Htpasswd> htpasswd;
  private final Clock clock;

  /** Takes the users of a file, if there is one. */
  public CredentialVersions(Optional<Htpasswd> htpasswd, Clock clock) {
    this.htpasswd = htpasswd;
    this.clock = clock;
  }

  /**
   * Returns the version of credentials that were found right just now; empty when they are not
   * right any more.
   */
  public Optional<String> of(Credentials.Basic right, AccessRules rules) {
    Optional<String> key = AccessKeys.id(right.password()).map(id -> ":" + id);
    return account(right.name(), rules)
        .map(version -> version + key.orElse(""))
        .or(() -> file(right.name(), rules));
  }

  /** Tells whether they are still what they were when {@link #of} named them. */
  public boolean isCurrent(String name, String version, AccessRules rules) {
    if (version.startsWith(OF_FILE)) {
      return file(name, rules).filter(version::equals).isPresent();
    }
    Optional<String> account = account(name, rules);
    if (account.isEmpty() || !version.startsWith(account.get())) {
      return false;
    }
    String rest = version.substring(account.get().length());
    return rest.isEmpty() || (rest.startsWith(":") && isKey(name, rest.substring(1), rules));
  }

  private boolean isKey(String name, String id, AccessRules rules) {
    return rules
        .key(id)
        .filter(key -> key.account().equals(name) && key.isValidAt(clock.instant()))
        .isPresent();
  }

  private Optional<String> account(String name, AccessRules rules) {
    return rules
        .account(name)
        .filter(account -> account.isValidAt(clock.instant()))
        // A password of the file may stand for an account that has none.
        .map(account -> OF_ACCOUNT + account.version() + (isOfFile(account) ? fileHash(name) : ""));
  }

  private static boolean isOfFile(Account account) {
    return account.password().isEmpty();
  }

  private String fileHash(String name) {
    return htpasswd
        .flatMap(file -> file.hash(name))
        .map(hash -> "." + hex(hash.reveal()))
        .orElse("");
  }

  private Optional<String> file(String name, AccessRules rules) {
    return rules.account(name).isPresent()
        ? Optional.empty()
        : htpasswd.flatMap(file -> file.hash(name)).map(hash -> OF_FILE + hex(hash.reveal()));
  }

  private static String hex(String text) {
    return Digest.of(DigestAlgorithm.SHA256, text.getBytes(StandardCharsets.UTF_8))
        .hex()
        .substring(0, HEX);
  }
}
