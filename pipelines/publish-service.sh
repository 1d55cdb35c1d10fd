#!/usr/bin/env bash
# Publishes a package to a Flex Consumption app and waits until the app has all of its functions: a package with none
# in it is published without complaint.
# Usage: publish-service.sh <resource group> <app> <folder with package.zip and functions.txt>
# PUBLISH_DEADLINE: for how many seconds to wait; 300 where nothing is said.
set -euo pipefail
group=$1 app=$2 folder=$3

az functionapp deployment source config-zip --resource-group "$group" --name "$app" --src "$folder/package.zip"

expected=$(sort "$folder/functions.txt")
deadline=$((SECONDS + ${PUBLISH_DEADLINE:-300}))
until [[ "$(az functionapp function list --resource-group "$group" --name "$app" --query '[].name' --output tsv |
  sed 's|.*/||' | sort)" == "$expected" ]]; do
  if ((SECONDS >= deadline)); then
    echo "##vso[task.logissue type=error]$app does not have the functions of its package: ${expected//$'\n'/, }"
    exit 1
  fi
  sleep 10
done
echo "$app has ${expected//$'\n'/, }"
