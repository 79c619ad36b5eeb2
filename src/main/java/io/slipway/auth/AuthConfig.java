package io.slipway.auth;

import io.slipway.auth.token.TokenConfig;
import io.slipway.oci.NamePattern;
import io.slipway.oci.RepositoryPattern;
import io.slipway.runtime.Checks;
import io.slipway.runtime.Default;
import io.slipway.runtime.Doc;
import io.slipway.runtime.Secret;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Configures who must say who they are. */
public record AuthConfig(
    @Doc(
            "How clients sign in; none lets everybody do everything and must be written out unless http.host is a loopback address. With token clients fetch a token first; a name and a password do with both.")
        @Nullable Mode mode,
    @Doc("The first admin, made when there is no account.") Admin admin,
    @Doc("Users in a file.") HtpasswdFile htpasswd,
    @Doc(
            "What everybody who has signed in may do in every repository, whatever the policies say: pull, push, delete.")
        @Default("")
        List<String> signedIn,
    @Doc("Binary logarithm of the rounds of bcrypt for new passwords.") @Default("10")
        int bcryptCost,
    @Doc(
            "Encrypts in the database what it must not tell: at least 16 random characters, the same on all nodes; without it, a file token.key in storage.path that each node has for itself.")
        @Nullable Secret secret,
    @Doc("Tokens, with mode: token.") TokenConfig token) {
  private static final int LEAST_SECRET = 16;

  /** How clients sign in. */
  public enum Mode {
    NONE,
    BASIC,
    TOKEN
  }

  /** Names the first admin. */
  public record Admin(
      @Doc(
              "Password of the user admin, who is made when there is no account; without it a random one is printed.")
          @Nullable Secret password) {}

  /** Names a file of users. */
  public record HtpasswdFile(
      @Doc("File with users and hashes of bcrypt (htpasswd -B); read again when it changes.")
          @Nullable Path path) {}

  public AuthConfig {
    signedIn = List.copyOf(signedIn);
    new Checks()
        .that(
            signedIn.stream().allMatch(word -> Permission.find(word).isPresent()),
            "signed_in",
            "some of pull, push and delete")
        .range("bcrypt_cost", bcryptCost, 4, 16)
        .that(
            secret == null || secret.reveal().length() >= LEAST_SECRET,
            "secret",
            "at least " + LEAST_SECRET + " characters")
        .that(
            !token.external().isPresent() || mode == Mode.TOKEN,
            "mode",
            "token, because token.external is set")
        .done();
  }

  /** Tells whether anybody is asked who they are. */
  public boolean isOn() {
    return mode != null && mode != Mode.NONE;
  }

  /** Returns the policies that hold besides those of the database. */
  public List<Policy> policies() {
    return signedIn.isEmpty()
        ? List.of()
        : List.of(
            new Policy(
                RepositoryPattern.parse("*"),
                new Subject.Named(NamePattern.parse("*")),
                signedIn.stream()
                    .flatMap(word -> Permission.find(word).stream())
                    .collect(Collectors.toSet()),
                Instant.EPOCH));
  }
}
