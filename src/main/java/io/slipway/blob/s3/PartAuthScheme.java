package io.slipway.blob.s3;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.http.auth.aws.scheme.AwsV4AuthScheme;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignRequest;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignedRequest;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignRequest;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.http.auth.spi.signer.SignerProperty;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.IdentityProviders;

/**
 * Signs requests as the SDK does, but reads a body of ours where it is: without TLS a signature
 * covers the body too, and the SDK's asynchronous signer copies every part to the heap for that.
 */
final class PartAuthScheme implements AwsV4AuthScheme {
  private static final List<SignerProperty<?>> PROPERTIES =
      List.of(
          AwsV4HttpSigner.REGION_NAME,
          HttpSigner.SIGNING_CLOCK,
          AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME,
          AwsV4FamilyHttpSigner.DOUBLE_URL_ENCODE,
          AwsV4FamilyHttpSigner.NORMALIZE_PATH,
          AwsV4FamilyHttpSigner.AUTH_LOCATION,
          AwsV4FamilyHttpSigner.EXPIRATION_DURATION,
          AwsV4FamilyHttpSigner.PAYLOAD_SIGNING_ENABLED,
          AwsV4FamilyHttpSigner.CHUNK_ENCODING_ENABLED,
          AwsV4FamilyHttpSigner.CHECKSUM_ALGORITHM);

  private final AwsV4AuthScheme scheme = AwsV4AuthScheme.create();
  private final AwsV4HttpSigner signer = new Signer(scheme.signer());

  @Override
  public String schemeId() {
    return scheme.schemeId();
  }

  @Override
  public IdentityProvider<AwsCredentialsIdentity> identityProvider(IdentityProviders providers) {
    return scheme.identityProvider(providers);
  }

  @Override
  public AwsV4HttpSigner signer() {
    return signer;
  }

  /** Signs. */
  private record Signer(AwsV4HttpSigner sdk) implements AwsV4HttpSigner {
    @Override
    public SignedRequest sign(SignRequest<? extends AwsCredentialsIdentity> request) {
      return sdk.sign(request);
    }

    @Override
    public CompletableFuture<AsyncSignedRequest> signAsync(
        AsyncSignRequest<? extends AwsCredentialsIdentity> request) {
      return request.payload().orElse(null) instanceof PartBody body
          ? CompletableFuture.completedFuture(sign(request, body))
          : sdk.signAsync(request);
    }

    private AsyncSignedRequest sign(
        AsyncSignRequest<? extends AwsCredentialsIdentity> request, PartBody body) {
      SignRequest.Builder<AwsCredentialsIdentity> same =
          SignRequest.<AwsCredentialsIdentity>builder(request.identity())
              .request(request.request())
              .payload(body::open);
      PROPERTIES.forEach(property -> copy(request, property, same));
      return AsyncSignedRequest.builder()
          .request(sdk.sign(same.build()).request())
          .payload(body)
          .build();
    }

    private static <T> void copy(
        AsyncSignRequest<?> from, SignerProperty<T> property, SignRequest.Builder<?> to) {
      if (from.hasProperty(property)) {
        to.putProperty(property, from.property(property));
      }
    }
  }
}
