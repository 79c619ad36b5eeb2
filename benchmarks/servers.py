"""The servers that a comparison starts, and where it gets their programs from."""

import copy
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

from processes import Server, free_port

HOME = pathlib.Path(__file__).resolve().parent.parent
DISTRIBUTION = "3.1.2"
DISTRIBUTION_CONFIG = """
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {cache: {blobdescriptor: inmemory}, filesystem: {rootdirectory: FOLDER}}
http: {addr: "127.0.0.1:PORT", secret: comparison}
"""
DISTRIBUTION_ON_S3 = """
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage:
  cache: {blobdescriptor: inmemory}
  redirect: {disable: true}
  s3: {regionendpoint: URL, region: us-east-1, bucket: BUCKET, accesskey: KEY, secretkey: SECRET, secure: false, forcepathstyle: true}
http: {addr: "127.0.0.1:PORT", secret: comparison}
"""
TOXIPROXY = "2.12.0"
# MinIO's releases are no versions of a Go module: this is the commit of the last one.
MINIO = "0.0.0-20260212201848-7aac2a2c5b7c"
NGINX_CONFIG = """
daemon off; master_process off; pid FOLDER/nginx.pid; error_log FOLDER/nginx.error.log;
events { worker_connections 1024; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;
  client_body_temp_path FOLDER/nginx.1; proxy_temp_path FOLDER/nginx.2; fastcgi_temp_path FOLDER/nginx.3;
  uwsgi_temp_path FOLDER/nginx.4; scgi_temp_path FOLDER/nginx.5;
  server { listen 127.0.0.1:PORT; location = /v2/ { return 200; } location / { root FOLDER/files; } }
}
"""


class Own:
    """What this run starts, in a folder that goes with it."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="slipway-compare.")
        self.servers = []
        self.began = time.monotonic()

    def slipway(self, name, environment):
        port = free_port()
        command = [HOME / "registry", "serve", "--port", str(port), "--data", f"{self.folder}/{name}"]
        return self.start(name, command, port, environment)

    def distribution(self):
        return self.distribution_by(DISTRIBUTION_CONFIG.replace("FOLDER", f"{self.folder}/distribution"))

    def distribution_on(self, minio, bucket):
        """Without redirects, as its peers are: the bytes pass through it."""
        text = DISTRIBUTION_ON_S3.replace("URL", minio.url).replace("BUCKET", bucket)
        return self.distribution_by(text.replace("KEY", minio.key).replace("SECRET", minio.secret))

    def distribution_by(self, text):
        port = free_port()
        config = pathlib.Path(self.folder, "distribution.yml")
        config.write_text(text.replace("PORT", str(port)))
        program = go_program("distribution", "github.com/distribution/distribution/v3/cmd/registry", f"v{DISTRIBUTION}")
        return self.start("Distribution", [program, "serve", config], port, {"OTEL_TRACES_EXPORTER": "none"})

    def minio(self, buckets):
        """An S3 server with empty buckets."""
        port = free_port()
        for bucket in buckets:
            os.makedirs(f"{self.folder}/minio/{bucket}")
        program = go_program("minio-comparison", "github.com/minio/minio", f"v{MINIO}")
        settings = {
            "MINIO_ROOT_USER": "registry",
            "MINIO_ROOT_PASSWORD": "registry-secret",
            "MINIO_BROWSER": "off",
            "MINIO_UPDATE": "off",
        }
        command = [program, "server", "--quiet", "--address", f"127.0.0.1:{port}", f"{self.folder}/minio"]
        server = self.start("minio", command, port, settings)
        server.key, server.secret = settings["MINIO_ROOT_USER"], settings["MINIO_ROOT_PASSWORD"]
        server.wait(path="/minio/health/ready")
        return server

    def far(self, server, megabytes, milliseconds):
        """The same server, as far away: a connection takes so many megabytes a second, so long later."""
        port, control = free_port(), free_port()
        program = go_program("toxiproxy-comparison", "github.com/Shopify/toxiproxy/v2/cmd/server", f"v{TOXIPROXY}")
        proxy = self.start("toxiproxy", [program, "-host", "127.0.0.1", "-port", str(control)], control, {})
        proxy.wait(path="/version")
        listens = {"name": "far", "listen": f"127.0.0.1:{port}", "upstream": server.url.removeprefix("http://"), "enabled": True}
        ask(f"{proxy.url}/proxies", listens)
        for stream in ("upstream", "downstream"):
            for toxic, attributes in (("latency", {"latency": milliseconds}), ("bandwidth", {"rate": megabytes * 1000})):
                name = f"{toxic}-{stream}"
                ask(f"{proxy.url}/proxies/far/toxics", {"name": name, "type": toxic, "stream": stream, "attributes": attributes})
        far = copy.copy(server)
        far.url = f"http://127.0.0.1:{port}"
        return far

    def nginx(self):
        """Files as fast as they can be served, by one process as the registries are."""
        port = free_port()
        config = pathlib.Path(self.folder, "nginx.conf")
        config.write_text(NGINX_CONFIG.replace("FOLDER", self.folder).replace("PORT", str(port)))
        os.mkdir(f"{self.folder}/files")
        path = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
        if not path:
            raise SystemExit("compare: found no nginx: install it, for example with 'apt-get install nginx-light'")
        return self.start("nginx", [path, "-c", config, "-p", self.folder], port, {})

    def floor(self):
        """What a push costs at least."""
        port = free_port()
        program = pathlib.Path(__file__).resolve().parent / "floor.py"
        return self.start("floor", [sys.executable, program, str(port), f"{self.folder}/floor"], port, {})

    def start(self, name, command, port, environment):
        server = Server(command, port, f"{self.folder}/{name}.log", environment)
        self.servers.append(server)
        return server

    def end(self):
        for server in self.servers:
            server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def ask(url, body):
    """Says something to a server; throws when it refuses."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=10).close()


def minio_settings(minio, bucket):
    """What makes a Slipway keep its blobs there."""
    return {
        "REGISTRY_STORAGE_BACKEND": "s3",
        "REGISTRY_STORAGE_S3_BUCKET": bucket,
        "REGISTRY_STORAGE_S3_ENDPOINT": minio.url,
        "REGISTRY_STORAGE_S3_PATH_STYLE": "true",
        "REGISTRY_STORAGE_S3_ACCESS_KEY": minio.key,
        "REGISTRY_STORAGE_S3_SECRET_KEY": minio.secret,
        "REGISTRY_HTTP_ACCESS_LOG": "false",
    }


def go_program(name, package, version):
    """Builds a program, once, as its authors would."""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    folder = cache / "slipway" / "tools" / f"{name}-{version.removeprefix('v')}"
    program = folder / package.rpartition("/")[2]
    if not program.exists():
        say(f"building {name} {version} ...")
        subprocess.run(["go", "install", f"{package}@{version}"], check=True, env={**os.environ, "GOBIN": str(folder)})
    return program


def say(text):
    print(text, file=sys.stderr, flush=True)
