#!/bin/sh
# Checks an unpacked evidence pack with none of Plumbline's code: sh, sha256sum, openssl (3.0 or later), xxd and coreutils; tpm2_checkquote of
# tpm2-tools where it is there. Needs no network and writes nothing but a temporary folder.
#
#   cd the unpacked folder;  sh check.sh 'VERIFIER KEY'
#
# The verifier key is one line, name+hex+base64 (https://c2sp.org/signed-note). Get it from whoever runs the ledger, over another channel than
# this pack. Without it the key in the pack is used, which proves nothing about who made the pack.
#
# Whoever changes a pack can change this script, too: use the one that came with Plumbline, or read it first.
set -u
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")" || exit 2

dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT
bad=0
wrong() {
  echo "WRONG: $*"
  bad=1
}
skipped=
not_checked() { skipped="$skipped
  - $*"; }
for tool in sha256sum openssl xxd base64 find sort sed cut tr; do
  command -v "$tool" >/dev/null || { echo "$tool is not there; install it." >&2; exit 2; }
done
unhex() { xxd -r -p; }
hex() { xxd -p | tr -d '\n'; }
sha() { sha256sum | cut -c1-64; }
decode() { printf '%s' "$1" | base64 -d 2>/dev/null | hex; }
line() { sed -n "$1p" "$2"; }
is_number() { case $1 in '' | *[!0-9]* | 0?*) return 1 ;; esac; [ ${#1} -le 15 ]; }

# 1. Every file, both ways. Names are made of these characters only, and lead nowhere.
if grep -qvE '^[0-9a-f]{64}  [A-Za-z0-9][A-Za-z0-9./-]*$' SHA256SUMS || grep -q '\.\.' SHA256SUMS; then
  echo 'WRONG: SHA256SUMS is not a list of digests and plain names. Nothing else was checked.'
  exit 1
fi
sha256sum -c --strict --quiet SHA256SUMS 2>&1 || wrong 'a file is not what SHA256SUMS says'
cut -c67- SHA256SUMS | sort >"$dir/listed"
find . ! -type d | sed 's,^\./,,' | grep -v '^SHA256SUMS$' | sort >"$dir/there"
[ -z "$(find . ! -type d ! -type f)" ] || wrong 'there is something in the folder that is no file'
cmp -s "$dir/listed" "$dir/there" || wrong 'the files in this folder are not those that SHA256SUMS lists'
echo "Files: $(wc -l <"$dir/listed" | tr -d ' ') held against SHA256SUMS."

# 2. The key and the checkpoint.
root=
size=0
key_and_checkpoint() {
  [ -r ledger/checkpoint.txt ] || { wrong 'nothing of the ledger is signed in this pack'; return; }
  if [ $# -gt 0 ] && [ -n "$1" ]; then vkey=$1; else
    vkey=$(cat ledger/key.txt)
    not_checked 'who made this pack: no key was given, and the key that is in the pack is the word of whoever made it'
  fi
  name=${vkey%%+*}
  rest=${vkey#*+}
  keyid=${rest%%+*}
  key=$(decode "${rest#*+}")
  [ ${#key} -eq 66 ] || { wrong 'the verifier key holds no Ed25519 key'; return; }
  case $key in 01*) ;; *) wrong 'the verifier key is not one of a ledger'; return ;; esac
  [ "$({ printf '%s\n' "$name"; printf '%s' "$key" | unhex; } | sha | cut -c1-8)" = "$keyid" ] || { wrong 'the verifier key does not fit its own id'; return; }
  printf '302a300506032b6570032100%s' "${key#01}" | unhex >"$dir/key.der"
  split=$(grep -n '^$' ledger/checkpoint.txt | tail -n 1 | cut -d: -f1)
  [ -n "$split" ] || { wrong 'the checkpoint is not signed'; return; }
  head -n "$((split - 1))" ledger/checkpoint.txt >"$dir/text"
  tail -n "+$((split + 1))" ledger/checkpoint.txt >"$dir/signatures"
  signature=
  while IFS= read -r one; do
    case $one in "— $name "*) ;; *) continue ;; esac
    bytes=$(decode "${one##* }")
    if [ "$(printf '%s' "$bytes" | cut -c1-8)" = "$keyid" ]; then signature=$(printf '%s' "$bytes" | cut -c9-); fi
  done <"$dir/signatures"
  [ ${#signature} -eq 128 ] || { wrong 'the checkpoint is not signed by this key'; return; }
  printf '%s' "$signature" | unhex >"$dir/signature"
  openssl pkeyutl -verify -pubin -keyform DER -inkey "$dir/key.der" -rawin -in "$dir/text" -sigfile "$dir/signature" >/dev/null 2>&1 ||
    { wrong 'the signature of the checkpoint does not fit'; return; }
  size=$(line 2 "$dir/text")
  is_number "$size" || { wrong 'the checkpoint has no size'; size=0; return; }
  root=$(decode "$(line 3 "$dir/text")")
  [ ${#root} -eq 64 ] || { wrong 'the checkpoint has no root'; root=; return; }
  echo "Checkpoint: $size entries of $(line 1 "$dir/text"), signed by $name+$keyid."
}
key_and_checkpoint "${1-}"

# 3. Each entry: RFC 9162, 2.1.3.2, from the leaf up to the root.
node() { printf '01%s%s' "$1" "$2" | unhex | sha; }
# entry-file index proof-in-base64-words; 0 where it is proven
is_proven() {
  r=$({ printf '\000'; cat "$1"; } | sha)
  fn=$2
  sn=$((size - 1))
  [ "$fn" -lt "$size" ] || return 1
  for one in $3; do
    p=$(decode "$one")
    [ ${#p} -eq 64 ] || return 1
    [ "$sn" -ne 0 ] || return 1
    if [ $((fn % 2)) -eq 1 ] || [ "$fn" -eq "$sn" ]; then
      r=$(node "$p" "$r")
      while [ $((fn % 2)) -eq 0 ] && [ "$fn" -ne 0 ]; do fn=$((fn / 2)) sn=$((sn / 2)); done
    else
      r=$(node "$r" "$p")
    fi
    fn=$((fn / 2)) sn=$((sn / 2))
  done
  [ "$sn" -eq 0 ] && [ "$r" = "$root" ]
}
entries=0
: >"$dir/digests"
if [ -n "$root" ]; then
  [ "$(wc -l <ledger/entries.jsonl)" -eq "$(wc -l <ledger/proofs.jsonl)" ] || wrong 'there are not as many proofs as entries'
  exec 3<ledger/proofs.jsonl
  while IFS= read -r entry; do
    IFS= read -r proof <&3 || proof=
    printf '%s' "$entry" >"$dir/entry"
    index=$(printf '%s\n' "$proof" | sed -n 's/^{"index":\([0-9]*\),"proof":\[[^]]*\]}$/\1/p')
    words=$(printf '%s\n' "$proof" | sed 's/^[^[]*\[//; s/\]}$//' | tr -d '"' | tr ',' ' ')
    case $words in *[!A-Za-z0-9+/=\ ]*) words=none ;; esac
    if is_number "$index" && is_proven "$dir/entry" "$index" "$words"; then
      entries=$((entries + 1))
      # Quotation marks inside of a text are escaped in JSON, so that no text of a host can look like a member.
      printf '%s %s\n' "$index" "$entry" >>"$dir/proven"
      printf '%s' "$entry" | grep -oE '"(ekCertificate|eventLog|ima|quote|runtimeReference)":"[0-9a-f]{64}"' | grep -oE '[0-9a-f]{64}' >>"$dir/digests"
    else
      wrong "entry ${index:-that cannot be read} is not the one that was signed at its place"
    fi
  done <ledger/entries.jsonl
  exec 3<&-
  echo "Entries: $entries proven to be in the signed ledger."
else
  not_checked 'the entries, as there is no signed checkpoint to hold them against'
fi

# 4. The evidence: each quote that was entered is one that a proven entry vouches for, and tpm2_checkquote confirms it.
quotes=0
vouched=0
has_tpm2=1
by_openssl=0
# tpm2_checkquote of some versions refuses every RSASSA-PSS signature. Of such a quote openssl checks the signature, and this the nonce and the
# registers: TPMS_ATTEST (TPM 2.0 Part 2, 10.12.12) holds the nonce behind the signer, and ends in SHA-256 of the values of the registers.
pss_holds() {
  [ "$(head -c 2 "$1/quote.sig" | hex)" = 0016 ] && [ "$(cat "$1/quote.alg")" = sha256 ] || return 1
  tail -c +7 "$1/quote.sig" >"$dir/pss"
  openssl dgst -sha256 -verify "$1/ak.pem" -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:auto -signature "$dir/pss" "$1/quote.msg" >/dev/null 2>&1 || return 1
  m=$(hex <"$1/quote.msg")
  part() { printf '%s' "$m" | cut -c"$1-$2"; }
  [ "$(part 1 12)" = ff5443478018 ] || return 1
  at=$((17 + 2 * 0x$(part 13 16)))
  long=$((2 * 0x$(part "$at" $((at + 3)))))
  [ "$(part $((at + 4)) $((at + 3 + long)))" = "$(cat "$1/nonce.hex")" ] || return 1
  values=
  lists=$(tail -c +137 "$1/pcrs.bin" | hex)
  while [ -n "$lists" ]; do
    many=$((0x$(printf '%s' "$lists" | cut -c1-2)))
    place=0
    while [ "$place" -lt "$many" ]; do
      begin=$((9 + 132 * place))
      long=$((2 * 0x$(printf '%s' "$lists" | cut -c"$begin-$((begin + 1))")))
      values=$values$(printf '%s' "$lists" | cut -c"$((begin + 4))-$((begin + 3 + long))")
      place=$((place + 1))
    done
    lists=$(printf '%s' "$lists" | cut -c1065-)
  done
  [ "0020$(printf '%s' "$values" | unhex | sha)" = "$(printf '%s' "$m" | tail -c 68)" ]
}
command -v tpm2_checkquote >/dev/null || has_tpm2=0
for folder in hosts/*/entered hosts/*/newest; do
  [ -r "$folder/quote.json" ] || continue
  case $folder in */entered)
    if grep -qx "$(sha <"$folder/quote.json")" "$dir/digests"; then vouched=$((vouched + 1)); else wrong "$folder/quote.json: no proven entry vouches for it"; fi ;;
  esac
  # What tpm2_checkquote takes is in the quote as it was received.
  json=$folder/quote.json
  field() { grep -oE "\"$1\":\"[A-Za-z0-9+/=]*\"" "$json" | head -n 1 | cut -d'"' -f4; }
  if [ ! -r "$folder/quote.msg" ]; then not_checked "$folder: its quote cannot be given to tpm2_checkquote"; continue; fi
  [ "$(field attest)" = "$(base64 <"$folder/quote.msg" | tr -d '\n')" ] || wrong "$folder/quote.msg is not that of quote.json"
  [ "$(field signature)" = "$(base64 <"$folder/quote.sig" | tr -d '\n')" ] || wrong "$folder/quote.sig is not that of quote.json"
  [ "$(field nonce)" = "$(cat "$folder/nonce.hex")" ] || wrong "$folder/nonce.hex is not that of quote.json"
  [ "$has_tpm2" -eq 1 ] || continue
  alg=$(cat "$folder/quote.alg") nonce=$(cat "$folder/nonce.hex")
  case $alg in sha1 | sha256 | sha384 | sha512) ;; *) wrong "$folder/quote.alg names no hash"; continue ;; esac
  case $nonce in '' | *[!0-9a-f]*) wrong "$folder/nonce.hex is no nonce"; continue ;; esac
  if tpm2_checkquote -u "$folder/ak.pem" -m "$folder/quote.msg" -s "$folder/quote.sig" -g "$alg" -f "$folder/pcrs.bin" -q "$nonce" >/dev/null 2>"$dir/said"; then
    quotes=$((quotes + 1))
  elif pss_holds "$folder"; then
    by_openssl=$((by_openssl + 1))
  else
    case $folder in
      */entered) said=$(grep -F "\"quote\":\"$(sha <"$json")\"" "$dir/proven" 2>/dev/null) ;;
      *) said=$(cat "${folder%/newest}/host.json" | tr -d ' \n') ;;
    esac
    case $said in *'"verified":"trusted"'*) wrong "$folder: the host is recorded as trusted, and tpm2_checkquote refuses its quote" ;; esac
    echo "NOT CONFIRMED: $folder: tpm2_checkquote refuses the quote: $(tr -cd ' -~' <"$dir/said" | cut -c1-160)"
    refused=1
  fi
done
echo "Evidence: $vouched quotes are those that proven entries vouch for; $quotes of all quotes were confirmed by tpm2_checkquote, $by_openssl (RSASSA-PSS) by openssl."
if [ -n "${refused-}" ]; then
  echo 'A quote that is not confirmed is no fault of the pack where the host was recorded as failed: compare with "verified" in its host.json.'
fi
contents=0
entered=0
for file in evidence/*; do
  [ -e "$file" ] || continue
  contents=$((contents + 1))
  if grep -qx "$(basename "${file%.*}")" "$dir/digests"; then entered=$((entered + 1)); fi
  name=${file#evidence/}
  [ "${name%%.*}" = "$(sha <"$file")" ] || wrong "$file is not what its name says"
done
echo "Evidence: $entered of $contents logs, lists and expected programs are those that proven entries vouch for; the others are of newest quotes."

# 5. Endorsement certificates: named by their digest, and followed to the roots in the pack.
pems() { for one in "$1"/*.der; do [ ! -e "$one" ] || openssl x509 -inform DER -in "$one" 2>/dev/null; done; }
certificates=0
entered=0
chained=0
if [ -d certificates ]; then
  pems certificates/roots >"$dir/roots.pem"
  pems certificates/issuers >"$dir/issuers.pem"
  for file in certificates/*.der certificates/roots/*.der certificates/issuers/*.der; do
    [ -e "$file" ] || continue
    digest=$(basename "$file" .der)
    [ "$digest" = "$(sha <"$file")" ] || wrong "$file is not what its name says"
    case $file in certificates/roots/* | certificates/issuers/*) continue ;; esac
    certificates=$((certificates + 1))
    if grep -qx "$digest" "$dir/digests"; then entered=$((entered + 1)); fi
    openssl x509 -inform DER -in "$file" -out "$dir/one.pem" 2>/dev/null || continue
    # An empty file of issuers is an error to openssl.
    set -- -no_check_time -partial_chain -CAfile "$dir/roots.pem"
    if [ -s "$dir/issuers.pem" ]; then set -- "$@" -untrusted "$dir/issuers.pem"; fi
    if [ -s "$dir/roots.pem" ] && openssl verify "$@" "$dir/one.pem" >"$dir/said" 2>&1; then
      chained=$((chained + 1))
    fi
  done
  echo "Certificates: $certificates of endorsement keys, $entered of them named by proven entries; $chained lead to a root that is in this pack."
  [ "$certificates" -eq 0 ] || not_checked 'that the roots in certificates/roots are those of makers of TPMs, and whether a certificate has expired or was revoked'
fi

[ "$has_tpm2" -eq 1 ] || not_checked 'signatures of quotes: tpm2_checkquote is not there (Debian: apt-get install tpm2-tools)'
not_checked 'that index.json, hosts.csv and reports say the same as the entries (plumbline audit verify does)'
not_checked 'event logs and lists of programs against the registers (tpm2_eventlog replays a log; plumbline audit verify does both)'
not_checked 'logs and lists against reference values, and policy'
not_checked 'that each attestation key belongs to the host that it is shown for, and is in the TPM of its certificate'
echo "NOT CHECKED:$skipped"
if [ "$bad" -ne 0 ]; then
  echo 'THIS PACK DOES NOT HOLD.'
  exit 1
fi
echo 'What was checked holds.'
