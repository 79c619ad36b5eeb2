package io.slipway.http;

import io.slipway.http.TlsConfig.ClientAuth;
import io.slipway.http.TlsConfig.ClientName;
import io.vertx.core.http.HttpServerRequest;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Tells whose certificate a client showed; the handshake has checked who issued it. Reads it once
 * per connection. Thread-safe.
 */
public final class ClientCertificate {
  private static final String KEY = ClientCertificate.class.getName();

  // The numbers of GeneralName in RFC 5280, section 4.2.1.6.
  private static final int EMAIL = 1;
  private static final int DNS = 2;
  private static final int URI = 6;

  private final boolean asked;
  private final ClientName from;
  private final Clock clock;

  public ClientCertificate(TlsConfig config) {
    this(config, Clock.systemUTC());
  }

  ClientCertificate(TlsConfig config, Clock clock) {
    asked = config.clientAuth() != ClientAuth.NONE;
    from = config.clientName();
    this.clock = clock;
  }

  /** What a connection's certificate says. */
  private record Identity(@Nullable String name, Instant expires) {
    static final Identity NOBODY = new Identity(null, Instant.MAX);
  }

  /**
   * Returns the name in the certificate that the client of a request showed; empty without one,
   * with one that has no such name or more than one CN, and as soon as it has expired, also on a
   * connection that began before.
   */
  public Optional<String> name(HttpServerRequest request) {
    if (!asked || !request.isSSL()) {
      return Optional.empty();
    }
    Identity identity = identity(request.sslSession());
    return identity.name() == null || clock.instant().isAfter(identity.expires())
        ? Optional.empty()
        : Optional.of(identity.name());
  }

  private Identity identity(SSLSession session) {
    if (session.getValue(KEY) instanceof Identity known) {
      return known;
    }
    Identity read = read(session);
    session.putValue(KEY, read);
    return read;
  }

  private Identity read(SSLSession session) {
    try {
      Certificate[] chain = session.getPeerCertificates();
      return chain.length > 0 && chain[0] instanceof X509Certificate own
          ? new Identity(name(own, from), own.getNotAfter().toInstant())
          : Identity.NOBODY;
    } catch (SSLPeerUnverifiedException e) {
      return Identity.NOBODY;
    }
  }

  static @Nullable String name(X509Certificate certificate, ClientName from) {
    try {
      String name =
          switch (from) {
            case CN -> commonName(certificate);
            case SAN_DNS -> alternative(certificate, DNS);
            case SAN_EMAIL -> alternative(certificate, EMAIL);
            case SAN_URI -> alternative(certificate, URI);
          };
      return name == null || name.isBlank() || name.chars().anyMatch(Character::isISOControl)
          ? null
          : name;
    } catch (CertificateParsingException | NamingException e) {
      return null;
    }
  }

  private static @Nullable String commonName(X509Certificate certificate) throws NamingException {
    String found = null;
    for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
      Attribute name = part.toAttributes().get("CN");
      if (name != null) {
        if (found != null || name.size() != 1 || !(name.get() instanceof String text)) {
          throw new InvalidNameException("more than one CN, or one that is no text");
        }
        found = text;
      }
    }
    return found;
  }

  private static @Nullable String alternative(X509Certificate certificate, int kind)
      throws CertificateParsingException {
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    if (names != null) {
      for (List<?> name : names) {
        if (name.get(0).equals(kind) && name.get(1) instanceof String text) {
          return text;
        }
      }
    }
    return null;
  }
}
