#!/usr/bin/env bash
# Makes, in the folder named, what the examples need to be tried on one machine: a key for tokens, an authority, and
# certificates of a server and a client on localhost. For trying only: your own come from where your secrets come from.
set -euo pipefail
umask 077
mkdir -p "${1:?usage: credentials.sh FOLDER}"
cd "$1"

openssl rand -base64 32 > ids
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj "/CN=frostglass examples" \
    -keyout ca.key -out ca.crt 2>/dev/null
for name in server client; do
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$name" \
        -keyout "$name.key" -out "$name.csr" 2>/dev/null
    openssl x509 -req -days 30 -in "$name.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -out "$name.crt" \
        -extfile <(echo "subjectAltName=DNS:localhost,IP:127.0.0.1") 2>/dev/null
    rm "$name.csr"
done
rm ca.key ca.srl
