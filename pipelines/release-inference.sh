#!/usr/bin/env bash
# Drops a release of the inference code into the container `releases`: the deployer takes it from there.
# Usage: release-inference.sh <data account> <zip> <its SHA-256>
set -euo pipefail
account=$1 release=$2 name=inference/$3.zip

at=(--auth-mode login --account-name "$account" --container-name releases --name "$name")
# What is there already is the same, and announcing it again would mean nothing.
if [[ "$(az storage blob exists "${at[@]}" --query exists --output tsv)" == true ]]; then
  echo "$name is there already"
else
  az storage blob upload "${at[@]}" --file "$release" --output none
  echo "$name is dropped"
fi
