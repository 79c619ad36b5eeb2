package io.slipway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.auth.Requirement;
import io.slipway.auth.Role;
import io.slipway.http.GuardedRoutes.Declared;
import io.slipway.testing.OneProfile;
import io.slipway.testing.SqliteExtension;
import io.slipway.testing.TestRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each route beside the Distribution API needs: one that is not for admins is listed here. */
@OneProfile("routes are the same on all stores")
class RouteTableIT {
  private static final Requirement ADMIN = new Requirement.AtLeast(Role.ADMIN);

  private static final Map<Requirement, Set<String>> OTHERS =
      Map.of(
          Requirement.Plain.NOTHING,
          Set.of(
              "GET /",
              "HEAD /",
              "GET /livez",
              "GET /readyz",
              "GET /api/v1/registry/health",
              "GET /token",
              "POST /token",
              "GET /token/jwks",
              "GET /.well-known/jwks.json"),
          Requirement.Plain.SIGNED_IN,
          Set.of("GET /api/v1/access/me", "PUT /api/v1/access/me/password"),
          new Requirement.AtLeast(Role.VIEWER),
          Set.of("GET /_stats"));

  @TempDir private static Path data;
  private static RegistryServer server;

  @BeforeAll
  static void start() {
    server =
        SqliteExtension.get(
            RegistryServer.start(
                TestRegistry.config(
                    data,
                    "auth.mode",
                    "token",
                    "auth.admin.password",
                    "open sesame",
                    "auth.bcrypt_cost",
                    "4"),
                cause -> {}));
  }

  @AfterAll
  static void stop() {
    SqliteExtension.get(server.stop());
  }

  private static String words(Declared route) {
    return route.method() + " " + route.path();
  }

  @Test
  void isForAdminsUnlessItIsListed() {
    Map<Requirement, Set<String>> others =
        server.routes().stream()
            .filter(route -> !route.requirement().equals(ADMIN))
            .collect(
                Collectors.groupingBy(
                    Declared::requirement,
                    Collectors.mapping(RouteTableIT::words, Collectors.toSet())));
    assertThat(others).isEqualTo(OTHERS);
    assertThat(server.routes()).as("and some are").hasSizeGreaterThan(40);
  }

  /** A declaration is obeyed: who does not say who they are gets nothing but what is for all. */
  @Test
  void asksEverybodyWhoTheyAreWhereSomethingIsNeeded() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (Declared route : server.routes()) {
        HttpRequest request =
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path(route)))
                .method(route.method().name(), BodyPublishers.noBody())
                .build();
        int status = client.send(request, BodyHandlers.discarding()).statusCode();
        boolean needsNothing = route.requirement().equals(Requirement.Plain.NOTHING);
        assertThat(status == 401).as(words(route) + ": " + status).isNotEqualTo(needsNothing);
      }
    }
  }

  private static String path(Declared route) {
    return route.path().replaceAll(":[a-zA-Z]+", "x");
  }
}
