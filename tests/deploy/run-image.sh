#!/bin/sh
# Becomes a program in the files of an image, which are read-only to it. Needs root, and a mount namespace of its own (unshare --mount).
# Usage: run-image.sh <the image's files> <user:group> <working directory> [NAME=value...] <program> [argument...]
set -e
files=$1 user=$2 directory=$3
shift 3
mount --bind "$files" "$files"
mount -o remount,bind,ro "$files"
mount -t proc proc "$files/proc"
exec chroot --userspec="$user" "$files" sh -c 'cd "$0" && exec env -i "$@"' "$directory" "$@"
