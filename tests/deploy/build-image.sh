#!/usr/bin/env bash
# Builds deploy/Dockerfile without Docker, on a stand-in for its base image (Debian, Node.js, npm), and writes the image's files to
# <directory>/image and its configuration to <directory>/image.json. Needs root, buildah and mmdebstrap.
# Usage: build-image.sh <empty directory>
set -euo pipefail
directory=$1
repository=$(cd "$(dirname "$0")/../.." && pwd)
export BUILDAH_ISOLATION=chroot
buildah() { command buildah --root "$directory/storage" --runroot "$directory/run" --storage-driver vfs "$@"; }

base=$directory/base
mmdebstrap --quiet --variant=essential --include=libstdc++6,ca-certificates \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' bookworm "$base"
npm install --silent --prefix "$directory/node" node@24
cp "$directory/node/node_modules/node/bin/node" "$base/usr/local/bin/"
npm install --silent --global --prefix "$base/usr/local" npm@11

# The build uses the registry and the certificates that npm uses here.
certificates=$(npm config get cafile)
{
  echo "registry=$(npm config get registry)"
  if [ "$certificates" != null ]; then
    cp "$certificates" "$base/etc/ssl/certs/npm.crt"
    echo 'cafile=/etc/ssl/certs/npm.crt'
  fi
} >"$directory/npmrc"

container=$(buildah from scratch)
buildah add --quiet "$container" "$base" / >/dev/null
buildah config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
buildah commit --quiet --rm "$container" localhost/base >/dev/null
# Docker's format: OCI's has no HEALTHCHECK.
buildah build --quiet --format docker --build-arg NODE_IMAGE=localhost/base \
  --secret "id=npmrc,src=$directory/npmrc" --ignorefile "$repository/.dockerignore" \
  --file "$repository/deploy/Dockerfile" --tag localhost/tributary "$repository" >&2
buildah inspect --type image localhost/tributary >"$directory/image.json"
container=$(buildah from localhost/tributary)
cp --archive "$(buildah mount "$container")" "$directory/image"
