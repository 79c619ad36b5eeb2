package io.slipway.auth;

import static io.slipway.oci.ErrorCode.TOOMANYREQUESTS;
import static io.slipway.oci.ErrorCode.UNAUTHORIZED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.slipway.auth.sql.SqlAccess;
import io.slipway.database.Migrations;
import io.slipway.event.Actor;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.NamePattern;
import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.RepositoryPattern;
import io.slipway.runtime.Secret;
import io.slipway.testing.Eventually;
import io.slipway.testing.SqliteExtension;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class AuthenticatorTest {
  private static final String HERE = "192.0.2.1";
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Actor ACTOR = Actor.named("test");

  @RegisterExtension final SqliteExtension sqlite = new SqliteExtension();
  @TempDir private Path folder;

  private final Vertx vertx = Vertx.vertx();
  private final Passwords passwords = new Passwords(vertx, 4);
  private AccessStore store;
  private AccessControl control;
  private Authenticator authenticator;

  @BeforeEach
  void start() {
    get(Migrations.bundled().apply(sqlite.database()));
    store = new SqlAccess(sqlite.database());
    control = new AccessControl(vertx, store, List.of());
    add("ann", "sun", Optional.empty());
    add("old", "sun", Optional.of(NOW));
    authenticator = authenticator(Optional.empty());
  }

  @AfterEach
  void stop() {
    get(vertx.close());
  }

  private static <T> T get(Future<T> future) {
    return SqliteExtension.get(future);
  }

  private Authenticator authenticator(Optional<Htpasswd> file) {
    return new Authenticator(
        control,
        passwords,
        file,
        TokenVerifier.NONE,
        Optional.of(Secret.of("the owner's")),
        Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private void add(String name, String password, Optional<Instant> expires) {
    Account account =
        new Account(
            name,
            Account.Kind.USER,
            Role.VIEWER,
            Optional.of(get(passwords.hash(Secret.of(password)))),
            0,
            "",
            NOW,
            expires);
    assertThat(get(store.accounts().create(account, ACTOR))).isTrue();
    get(control.reload());
  }

  private Caller signIn(String name, String password) {
    return get(authenticator.identify(new Credentials.Basic(name, Secret.of(password)), HERE));
  }

  private RegistryException refused(String name, String password) {
    return catchThrowableOfType(RegistryException.class, () -> signIn(name, password));
  }

  @Test
  void findsWhoHasThePassword() {
    Caller caller = signIn("ann", "sun");
    assertThat(caller.name()).isEqualTo("ann");
    assertThat(caller.role()).contains(Role.VIEWER);
    assertThat(caller.actor()).isEqualTo(new Actor("ann", HERE));
  }

  @Test
  void answersAllWhoMayNotTheSame() {
    String wrong = refused("ann", "rain").getMessage();
    assertThat(refused("nobody", "sun").getMessage()).isEqualTo(wrong);
    assertThat(refused("old", "sun").getMessage()).isEqualTo(wrong);
    assertThat(refused("ann", "").code()).isEqualTo(UNAUTHORIZED);
  }

  @Test
  void comparesOncePerAttemptWhetherTheNameIsKnownOrNot() {
    refused("ann", "rain");
    assertThat(passwords.evaluations()).isEqualTo(1);
    refused("nobody", "rain");
    assertThat(passwords.evaluations()).isEqualTo(2);
    refused("old", "sun");
    assertThat(passwords.evaluations()).isEqualTo(3);
  }

  @Test
  void comparesARightPasswordOnce() {
    for (int i = 0; i < 20; i++) {
      signIn("ann", "sun");
    }
    assertThat(passwords.evaluations()).isEqualTo(1);
    assertThat(
            authenticator
                .identify(new Credentials.Basic("ann", Secret.of("sun")), HERE)
                .isComplete())
        .isTrue();
  }

  private Future<Caller> attempt(String name, String password, String address) {
    return authenticator.identify(new Credentials.Basic(name, Secret.of(password)), address);
  }

  @Test
  void comparesARightPasswordOnceForAllWhoSendItTogether() {
    List<Future<Caller>> all =
        IntStream.range(0, 200).mapToObj(i -> attempt("ann", "sun", "192.0.2." + i % 3)).toList();
    assertThat(all).allSatisfy(caller -> assertThat(get(caller).name()).isEqualTo("ann"));
    assertThat(passwords.evaluations()).isEqualTo(1);
  }

  @Test
  void countsAWrongPasswordOnceForAllWhoSendItTogether() {
    CountDownLatch end = busy();
    List<Future<Caller>> all =
        IntStream.range(0, 200).mapToObj(i -> attempt("ann", "rain", HERE)).toList();
    end.countDown();
    assertThat(all).allSatisfy(caller -> assertThat(code(caller)).isEqualTo(UNAUTHORIZED));
    assertThat(passwords.evaluations()).isEqualTo(1);
    for (int i = 0; i < 5; i++) {
      assertThat(refused("ann", "wrong" + i).code()).isEqualTo(UNAUTHORIZED);
    }
    assertThat(refused("ann", "wrong").code()).isEqualTo(TOOMANYREQUESTS);
  }

  private static ErrorCode code(Future<Caller> refused) {
    return catchThrowableOfType(RegistryException.class, () -> get(refused)).code();
  }

  /** Keeps both threads busy until it is counted down. */
  private CountDownLatch busy() {
    CountDownLatch end = new CountDownLatch(1);
    WorkerExecutor threads = vertx.createSharedWorkerExecutor("slipway-passwords");
    for (int i = 0; i < 2; i++) {
      threads.executeBlocking(() -> end.await(30, TimeUnit.SECONDS), false);
    }
    return end;
  }

  private List<Future<Caller>> guesses(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> attempt("name" + i, "wrong", "192.0.2.66"))
        .toList();
  }

  @Test
  void letsNobodyTakeAllPlacesFromOthers() {
    CountDownLatch end = busy();
    List<Future<Caller>> guesses = guesses(100);
    assertThat(guesses).filteredOn(Future::failed).as("refused at once").hasSize(34);
    Future<Caller> ann = attempt("ann", "sun", HERE);
    end.countDown();
    assertThat(get(ann).name()).isEqualTo("ann");
    assertThat(guesses).filteredOn(guess -> code(guess) == TOOMANYREQUESTS).hasSize(35);
  }

  @Test
  void refusesNobodyWhoSentTheSameFromElsewhere() {
    CountDownLatch end = busy();
    List<Future<Caller>> guesses = guesses(65);
    Future<Caller> there = attempt("ann", "sun", "192.0.2.66");
    Future<Caller> here = attempt("ann", "sun", HERE);
    Future<Caller> other = attempt("bob", "sun", "192.0.2.2");
    assertThat(code(there)).as("its network has most").isEqualTo(TOOMANYREQUESTS);
    end.countDown();
    assertThat(get(here).name()).isEqualTo("ann");
    assertThat(code(other)).isEqualTo(UNAUTHORIZED);
    assertThat(guesses).filteredOn(guess -> code(guess) == TOOMANYREQUESTS).hasSize(1);
  }

  @Test
  void forgetsAPasswordThatWasChanged() {
    signIn("ann", "sun");
    Secret hash = get(passwords.hash(Secret.of("star")));
    AccountChange changed = AccountChange.password("ann", hash, OptionalLong.empty());
    get(store.accounts().update(changed, ACTOR));
    get(control.reload());
    assertThat(refused("ann", "sun")).isNotNull();
    assertThat(signIn("ann", "star").name()).isEqualTo("ann");
  }

  @Test
  void forgetsAnAccountThatWasDeleted() {
    signIn("ann", "sun");
    get(store.accounts().delete(Account.Kind.USER, "ann", ACTOR));
    get(control.reload());
    assertThat(refused("ann", "sun").code()).isEqualTo(UNAUTHORIZED);
  }

  @Test
  void takesAKeyUntilItIsRevoked() {
    AccessKeys.Fresh fresh = AccessKeys.make("ann", "ci", NOW, Optional.empty());
    get(store.accounts().addKey(Account.Kind.USER, fresh.key(), ACTOR));
    get(control.reload());
    assertThat(signIn("ann", fresh.secret().reveal()).name()).isEqualTo("ann");
    assertThat(refused("bob", fresh.secret().reveal())).isNotNull();
    assertThat(refused("ann", fresh.secret().reveal() + "x")).isNotNull();
    assertThat(get(store.accounts().revokeKey("ann", fresh.key().id(), ACTOR))).isTrue();
    get(control.reload());
    assertThat(refused("ann", fresh.secret().reveal())).isNotNull();
    assertThat(passwords.evaluations()).isZero();
  }

  @Test
  void takesNoKeyThatHasExpired() {
    AccessKeys.Fresh fresh = AccessKeys.make("ann", "ci", NOW, Optional.of(NOW));
    get(store.accounts().addKey(Account.Kind.USER, fresh.key(), ACTOR));
    get(control.reload());
    assertThat(refused("ann", fresh.secret().reveal())).isNotNull();
  }

  @Test
  void slowsDownWhoGuesses() {
    for (int i = 0; i < 6; i++) {
      assertThat(refused("ann", "wrong" + i).code()).isEqualTo(UNAUTHORIZED);
    }
    assertThat(refused("ann", "wrong").code()).isEqualTo(TOOMANYREQUESTS);
    assertThat(refused("ann", "sun").code()).isEqualTo(TOOMANYREQUESTS);
    assertThat(
            get(authenticator.identify(new Credentials.Basic("ann", Secret.of("sun")), "192.0.2.2"))
                .name())
        .isEqualTo("ann");
    assertThat(passwords.evaluations()).isEqualTo(7);
  }

  @Test
  void knowsWhoeverCanReadTheDataFolder() {
    Caller owner =
        get(authenticator.identify(new Credentials.Bearer(Secret.of("the owner's")), HERE));
    assertThat(owner.has(Role.ADMIN)).isTrue();
    assertThat(
            catchThrowableOfType(
                    RegistryException.class,
                    () ->
                        get(
                            authenticator.identify(
                                new Credentials.Bearer(Secret.of("the owner'")), HERE)))
                .code())
        .isEqualTo(UNAUTHORIZED);
  }

  @Test
  void readsAFileOfUsersAgainWhenItChanges() throws IOException {
    Path file = folder.resolve("htpasswd");
    String sun = get(passwords.hash(Secret.of("sun"))).reveal().replace("$2a$", "$2y$");
    String moon = get(passwords.hash(Secret.of("moon"))).reveal();
    Files.writeString(file, "# users\nzoe:" + sun + "\nbad:{SHA}x\n\nann:" + moon + "\n");
    Htpasswd users = new Htpasswd(vertx, file);
    get(users.start());
    authenticator = authenticator(Optional.of(users));

    assertThat(signIn("zoe", "sun").role()).contains(Role.VIEWER);
    assertThat(refused("bad", "x")).isNotNull();
    // Who has a password in the database does not get in by another one.
    assertThat(signIn("ann", "sun")).isNotNull();
    assertThat(refused("ann", "moon")).isNotNull();

    Files.writeString(file, "zoe:" + moon + "\n");
    Eventually.happens(
        "the file is read again", () -> users.hash("zoe").equals(Optional.of(Secret.of(moon))));
    assertThat(refused("zoe", "sun")).isNotNull();
    assertThat(signIn("zoe", "moon").name()).isEqualTo("zoe");
    get(users.stop());
  }

  /** Its keys are what is revoked. */
  @Test
  void letsNobodySignInAsARobotByAFile() throws IOException {
    String sun = get(passwords.hash(Secret.of("sun"))).reveal();
    Htpasswd users =
        new Htpasswd(vertx, Files.writeString(folder.resolve("htpasswd"), "ci:" + sun + "\n"));
    get(users.start());
    authenticator = authenticator(Optional.of(users));
    assertThat(signIn("ci", "sun").name()).as("while no robot is called so").isEqualTo("ci");
    Account robot =
        new Account(
            "ci", Account.Kind.ROBOT, Role.ADMIN, Optional.empty(), 0, "", NOW, Optional.empty());
    assertThat(get(store.accounts().create(robot, ACTOR))).isTrue();
    get(control.reload());
    assertThat(refused("ci", "sun").code()).isEqualTo(UNAUTHORIZED);
    get(users.stop());
  }

  @Test
  void givesRightsAsThePoliciesAreNow() {
    RepositoryName app = new RepositoryName("app");
    assertThat(signIn("ann", "sun").rights().allow(Permission.PULL, app)).isFalse();
    get(
        store
            .policies()
            .put(
                new Policy(
                    RepositoryPattern.parse("app"),
                    new Subject.Named(NamePattern.parse("ann")),
                    Set.of(Permission.PULL),
                    NOW),
                false,
                ACTOR));
    get(control.reload());
    assertThat(signIn("ann", "sun").rights().allow(Permission.PULL, app)).isTrue();
  }
}
