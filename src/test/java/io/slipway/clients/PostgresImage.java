package io.slipway.clients;

import java.nio.file.Path;

/** An image of the PostgreSQL that Debian's packages put on this machine; nothing is downloaded. */
final class PostgresImage {
  static final String NAME = "postgres:debian";

  /** The server, what it is linked with, and a shell that makes its data at the first start. */
  private static final String IMAGE =
      """
      mkdir -p pg/bin pg/tmp pg/etc pg/usr/share/zoneinfo pg/usr/lib/locale
      chmod 1777 pg/tmp
      home=$(ls -d /usr/lib/postgresql/*/ | sort -V | tail -n 1)
      home=${home%/}
      share=/usr/share/postgresql/${home##*/}
      mkdir -p "pg$home/bin"
      cp "$home"/bin/{postgres,initdb} "pg$home/bin"
      cp -r --parents "$home/lib" "$share" pg
      # Its just-in-time compiler is ten times as large as everything else.
      rm -rf "pg$home"/lib/{llvmjit.so,bitcode}
      cp -r /usr/lib/locale/C.utf8 pg/usr/lib/locale
      cp -r /usr/share/zoneinfo/{Etc,UTC,GMT} pg/usr/share/zoneinfo
      programs=$(for name in dash mkdir chown setpriv; do command -v "$name"; done)
      cp $programs pg/bin
      ln -s dash pg/bin/sh
      ldd $programs "$home"/bin/{postgres,initdb} "pg$home"/lib/*.so |
        sed -n 's/.*[ \\t]\\(\\/[^ ]*\\) (.*/\\1/p' | sort -u | while read -r library; do
          [ -e "pg$library" ] || cp --parents "$library" pg
        done
      echo 'root:x:0:0::/:/bin/sh' > pg/etc/passwd
      echo 'postgres:x:70:70::/data:/bin/sh' >> pg/etc/passwd
      cat > pg/start <<END
      #!/bin/sh -e
      run="setpriv --reuid 70 --regid 70 --clear-groups"
      if [ ! -e /data/PG_VERSION ]; then
        mkdir -p /data && chown 70:70 /data
        \\$run $home/bin/initdb -D /data -U postgres --auth=trust -E UTF8 --locale=C.UTF-8
        echo 'host all all all trust' >> /data/pg_hba.conf
      fi
      exec \\$run $home/bin/postgres -D /data -c listen_addresses='*' -c unix_socket_directories=
      END
      chmod +x pg/start
      tar -C pg -c . | docker import --change 'CMD ["/start"]' --change 'EXPOSE 5432' - "$NAME"
      rm -rf pg
      """;

  private PostgresImage() {}

  /** Makes the image; the folder is for what lies around meanwhile. */
  static void build(Path folder) throws Exception {
    Program.bash()
        .in(folder)
        .with("NAME", NAME)
        .with("DOCKER_HOST", ContainerImage.engine())
        .print(IMAGE);
  }
}
