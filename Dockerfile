# The image of Slipway, of what `mvn package` built. Any base with a Java 25, a shell and setpriv will do:
#   docker build --build-arg BASE_IMAGE=… -t slipway .
ARG BASE_IMAGE=eclipse-temurin:25-jre
FROM ${BASE_IMAGE}

COPY target/lib /opt/slipway/lib
COPY target/registry.jar build/jvm-flags.sh /opt/slipway/
COPY build/image/registry /usr/local/bin/registry
COPY build/image/registry.yaml /etc/slipway/registry.yaml
COPY build/image/train /tmp/train

RUN echo 'registry:x:10001:10001::/var/lib/registry:/sbin/nologin' >>/etc/passwd \
 && echo 'registry:x:10001:' >>/etc/group \
 && mkdir -p /var/lib/registry \
 && chown 10001:10001 /var/lib/registry \
 && /tmp/train \
 && rm /tmp/train

VOLUME /var/lib/registry
EXPOSE 5000
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s --retries=3 CMD ["registry", "health"]
ENTRYPOINT ["registry"]
CMD ["serve"]
