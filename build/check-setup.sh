# Sourced by ./check: brings in what the tests need and a machine may not have.

tools=${XDG_CACHE_HOME:-$HOME/.cache}/slipway/tools
readonly go_version=1.26.8
# MinIO's releases are no versions of a Go module: this is the commit of the last one.
readonly minio_version=0.0.0-20260212201848-7aac2a2c5b7c

# The schemas of Kubernetes' objects, with a program that compares.
readonly kubernetes_validate_version=1.37.0

# Command and the Debian package that has it.
readonly packages=(mvn:maven ip:iproute2 dockerd:docker.io docker:docker.io docker-compose:docker-compose
  ctr:containerd podman:podman buildah:buildah skopeo:skopeo strace:strace curl:curl wget:wget
  openssl:openssl busybox:busybox-static git:git setpriv:util-linux
  pg_ctlcluster:postgresql haproxy:haproxy)

missing_packages() {
  local pair
  for pair in "${packages[@]}"; do
    command -v "${pair%%:*}" >/dev/null || PATH=$PATH:/usr/sbin:/sbin command -v "${pair%%:*}" \
      >/dev/null || echo "${pair#*:}"
  done | sort -u
}

install() {
  command -v apt-get >/dev/null || {
    say "tried to install $* but this is no Debian: install them by hand"
    return 1
  }
  [ "$(id -u)" = 0 ] || {
    say "tried to install $* but only root may: run 'apt-get install $*'"
    return 1
  }
  say "installing $*"
  # A service that starts on its own would outlive this run.
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
    apt-get install -y -qq --no-install-recommends "$@"; } >"$work/apt.log" 2>&1 </dev/null || {
    tail -n 20 "$work/apt.log"
    return 1
  }
}

set_up_packages() {
  export PATH=$PATH:/usr/sbin:/sbin
  local missing
  mapfile -t missing < <(missing_packages)
  ((${#missing[@]} == 0)) || install "${missing[@]}" || return 1
  mapfile -t missing < <(missing_packages)
  ((${#missing[@]} == 0)) || {
    say "still missing: ${missing[*]}"
    return 1
  }
}

set_up_jdk() {
  local jdk
  jdk=$(find_jdk) || {
    install "openjdk-$java_release-jdk-headless" && jdk=$(find_jdk)
  } || {
    say "no JDK $java_release or newer was found: install one and set JAVA_HOME to its folder"
    return 1
  }
  say "JDK: $jdk"
  # Where Maven's toolchains plugin looks for it.
  export "JAVA${java_release}_HOME=$jdk"
  # A JDK that Maven itself cannot run on would be found here, not in the middle of a stage.
  mvn -v >/dev/null 2>&1 || export JAVA_HOME=$jdk
}

# Go of a release that is new enough: the machine's, or one that the machine's fetches as a module.
go_command() {
  local found
  command -v go >/dev/null || install golang-go || return 1
  if found=$(go env GOVERSION) && [ "$(printf '%s\n' "go$go_version" "$found" | sort -V | head -n 1)" = "go$go_version" ]; then
    command -v go
    return
  fi
  local module
  module=golang.org/toolchain@v0.0.1-go$go_version.$(go env GOOS)-$(go env GOARCH)
  (cd "$work" && GO111MODULE=on GONOSUMDB=golang.org/toolchain go mod download "$module") >&2 || return 1
  local sdk
  sdk=$(go env GOMODCACHE)/$module
  chmod -R u+w "$sdk" && chmod +x "$sdk"/bin/* "$sdk"/pkg/tool/*/* && echo "$sdk/bin/go"
}

# go_tool NAME VERSION PACKAGE: builds into a folder of its own, which appears only when it is done;
# the tests find the program by SLIPWAY_NAME. Without inlining and without what a debugger needs it
# takes a quarter less time to compile.
go_tool() {
  local folder=$tools/$1-$2 go begin=$SECONDS
  export "SLIPWAY_${1^^}=$folder/$1"
  [ ! -x "$folder/$1" ] || return 0
  go=$(go_command) || {
    say "tried to build $1 but found no Go"
    return 1
  }
  say "building $1 $2"
  mkdir -p "$tools" && rm -rf "$folder.new" && mkdir "$folder.new" &&
    GOBIN=$folder.new GOFLAGS= CGO_ENABLED=0 "$go" install -trimpath -ldflags '-s -w' \
      -gcflags 'all=-l -dwarf=false' "$3@v$2" >"$work/go.log" 2>&1 </dev/null || {
    tail -n 20 "$work/go.log"
    rm -rf "$folder.new"
    return 1
  }
  # Go names a program after its package.
  [ -x "$folder.new/$1" ] || mv "$folder.new/${3##*/}" "$folder.new/$1" || return 1
  mv "$folder.new" "$folder" && say "$1 took $((SECONDS - begin)) s"
}

# python_tool NAME VERSION: a package of PyPI with what it needs, in a folder of its own, which the
# tests find by SLIPWAY_NAME.
python_tool() {
  local folder=$tools/$1-$2 variable=${1^^}
  export "SLIPWAY_${variable//-/_}=$folder"
  [ ! -d "$folder" ] || return 0
  python3 -m pip --version >/dev/null 2>&1 || install python3-pip || return 1
  say "fetching $1 $2"
  mkdir -p "$tools" && rm -rf "$folder.new" &&
    python3 -m pip install --quiet --root-user-action ignore --target "$folder.new" "$1==$2" \
      >"$work/pip.log" 2>&1 </dev/null || {
    tail -n 20 "$work/pip.log"
    rm -rf "$folder.new"
    return 1
  }
  mv "$folder.new" "$folder"
}

# One after the other: they compile with every core, and much of what they are made of is the same.
set_up_tools() {
  go_tool crane 0.22.1 github.com/google/go-containerregistry/cmd/crane &&
    go_tool regctl 0.11.7 github.com/regclient/regclient/cmd/regctl &&
    go_tool helm 4.3.1 helm.sh/helm/v4/cmd/helm &&
    go_tool cosign 2.6.5 github.com/sigstore/cosign/v2/cmd/cosign &&
    go_tool minio "$minio_version" github.com/minio/minio &&
    go_tool toxiproxy 2.12.0 github.com/Shopify/toxiproxy/v2/cmd/server &&
    python_tool kubernetes-validate "$kubernetes_validate_version"
}
