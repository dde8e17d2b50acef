#!/bin/sh
# Checks that an audit entry is in a ledger, with none of Plumbline's code: sh, openssl, and sha256sum, base64, xxd, tail, head, cut, tr.
#
#   sh check-a-proof.sh FILE.tlog-proof 'VERIFIER KEY'
#
# FILE is a proof as of https://c2sp.org/tlog-proof with the entry in its "extra" line. The verifier key is one line, name+hex+base64
# (https://c2sp.org/signed-note); get it from whoever runs the ledger, over another channel than the file.
# Prints the entry and exits 0 when it is proven; says what is wrong and exits 1 otherwise. Needs OpenSSL 3.0 or later for Ed25519.
#
# It shows that the holder of the key signed a ledger with exactly this entry at this place. It does not show that what the entry says
# is true, nor that the ledger shows everybody the same: compare checkpoints for that.
set -eu
LC_ALL=C
export LC_ALL

refuse() {
  echo "NOT PROVEN: $*" >&2
  exit 1
}
[ $# -eq 2 ] || { echo "usage: sh check-a-proof.sh FILE.tlog-proof 'VERIFIER KEY'" >&2; exit 2; }
file=$1
vkey=$2
[ -r "$file" ] || refuse "the file $file cannot be read"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
unhex() { xxd -r -p; }
hex() { xxd -p | tr -d '\n'; }
sha() { sha256sum | cut -c1-64; }
decode() { printf '%s' "$1" | base64 -d 2>/dev/null | hex; }
number() { case $1 in '' | *[!0-9]* | 0?*) refuse "$2 is no number" ;; esac; [ ${#1} -le 15 ] || refuse "$2 is too large"; }

# 1. The file: header lines, an empty line, and the checkpoint.
line() { sed -n "$1p" "$2"; }
split=$(grep -n '^$' "$file" | head -n 1 | cut -d: -f1)
[ -n "$split" ] || refuse 'the file has no empty line'
head -n "$((split - 1))" "$file" >"$dir/head"
tail -n "+$((split + 1))" "$file" >"$dir/note"
[ "$(line 1 "$dir/head")" = 'c2sp.org/tlog-proof@v1' ] || refuse 'the file is no proof of version 1'
case $(line 2 "$dir/head") in 'extra '*) ;; *) refuse 'the file does not hold the entry' ;; esac
case $(line 3 "$dir/head") in 'index '*) ;; *) refuse 'the file does not say the place of the entry' ;; esac
line 2 "$dir/head" | cut -c7- | base64 -d >"$dir/entry" 2>/dev/null || refuse 'the entry is not base64'
index=$(line 3 "$dir/head" | cut -c7-)
number "$index" 'the place of the entry'

# 2. The checkpoint: text, the last empty line, and signatures.
split=$(grep -n '^$' "$dir/note" | tail -n 1 | cut -d: -f1)
[ -n "$split" ] || refuse 'the checkpoint is not signed'
head -n "$((split - 1))" "$dir/note" >"$dir/text"
tail -n "+$((split + 1))" "$dir/note" >"$dir/signatures"
size=$(line 2 "$dir/text")
number "$size" 'the size of the ledger'
root=$(decode "$(line 3 "$dir/text")")
[ ${#root} -eq 64 ] || refuse 'the checkpoint has no root'
[ "$index" -lt "$size" ] || refuse 'the checkpoint does not reach as far as the entry'

# 3. The key: its id is the beginning of SHA-256(name, newline, 0x01, key).
name=${vkey%%+*}
rest=${vkey#*+}
keyid=${rest%%+*}
key=$(decode "${rest#*+}")
[ ${#key} -eq 66 ] || refuse 'the verifier key holds no Ed25519 key'
case $key in 01*) ;; *) refuse 'the verifier key is not one of a ledger' ;; esac
expected=$({ printf '%s\n' "$name"; printf '%s' "$key" | unhex; } | sha | cut -c1-8)
[ "$expected" = "$keyid" ] || refuse 'the verifier key does not fit its own id'

# 4. The signature: Ed25519 over the text, by OpenSSL.
signature=
while IFS= read -r one; do
  case $one in "— $name "*) ;; *) continue ;; esac
  bytes=$(decode "${one##* }")
  if [ "$(printf '%s' "$bytes" | cut -c1-8)" = "$keyid" ]; then signature=$(printf '%s' "$bytes" | cut -c9-); fi
done <"$dir/signatures"
[ ${#signature} -eq 128 ] || refuse 'the checkpoint is not signed by this key'
printf '%s' "$signature" | unhex >"$dir/signature"
# The fixed beginning of a SubjectPublicKeyInfo for Ed25519 (RFC 8410), and the key without its type.
printf '302a300506032b6570032100%s' "${key#01}" | unhex >"$dir/key.der"
openssl pkeyutl -verify -pubin -keyform DER -inkey "$dir/key.der" -rawin -in "$dir/text" -sigfile "$dir/signature" >/dev/null 2>&1 ||
  refuse 'the signature of the checkpoint does not fit'

# 5. The entry: RFC 9162, 2.1.3.2, from the leaf up to the root.
r=$({ printf '\000'; cat "$dir/entry"; } | sha)
node() { printf '01%s%s' "$1" "$2" | unhex | sha; }
fn=$index
sn=$((size - 1))
tail -n +4 "$dir/head" >"$dir/proof"
while IFS= read -r one; do
  p=$(decode "$one")
  [ ${#p} -eq 64 ] || refuse 'a line of the proof is no hash'
  [ "$sn" -ne 0 ] || refuse 'the proof is too long'
  if [ $((fn % 2)) -eq 1 ] || [ "$fn" -eq "$sn" ]; then
    r=$(node "$p" "$r")
    while [ $((fn % 2)) -eq 0 ] && [ "$fn" -ne 0 ]; do
      fn=$((fn / 2))
      sn=$((sn / 2))
    done
  else
    r=$(node "$r" "$p")
  fi
  fn=$((fn / 2))
  sn=$((sn / 2))
done <"$dir/proof"
[ "$sn" -eq 0 ] || refuse 'the proof is too short'
[ "$r" = "$root" ] || refuse 'the entry is not the one that was signed at this place'

echo "PROVEN: entry $index of $size in $(line 1 "$dir/text"), signed by $name+$keyid" >&2
cat "$dir/entry"
echo
