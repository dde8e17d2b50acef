import { readdirSync } from 'node:fs';
import path from 'node:path';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { type Result, fail, ok } from '../../shared/model/result.ts';
import {
  createImaKeyring,
  createRevocationLists,
  createTrustAnchors,
  MAX_LIST_BYTES,
  type RevocationLists,
  type TrustAnchors,
} from '../evidence/index.ts';
import type { EndorsementTrust, ImaKeyring } from '../evidence/types.ts';
import type { IssuerFiles } from '../pack/issuers.ts';
import { fileProblem, readBoundedFile } from './bounded-file.ts';

export const MAX_CERTIFICATE_FILES = 2048;
export const MAX_KEY_FILES = 256;
export const MAX_LIST_FILES = 256;
export const MAX_FOLDER_FILE_BYTES = 64 * 1024;

/** Files of a folder, and those that were left out, each with why. Nobody is misled by a silent gap: the caller names what was left out. */
type Folder = { readonly files: readonly { readonly name: string; readonly bytes: Buffer }[]; readonly leftOut: readonly string[] };

/** Regular files of one folder with these endings, not of folders in it, in the order of their names. Fails with `folder`. */
const readFolder = (folder: string, endings: RegExp, maxFiles: number, maxBytes = MAX_FOLDER_FILE_BYTES): Result<Folder> => {
  const shown = visibleText(folder, 200);
  let names: readonly string[];
  try {
    names = readdirSync(folder)
      .filter((file) => endings.test(file))
      .sort();
  } catch {
    return fail('folder', `${shown}: this folder cannot be read`, 'Check the path.');
  }
  if (names.length === 0 || names.length > maxFiles)
    return fail('folder', `${shown}: holds ${names.length} fitting files; 1 to ${maxFiles} are read`, 'Check the folder.');
  const files: { name: string; bytes: Buffer }[] = [];
  const leftOut: string[] = [];
  for (const name of names) {
    const file = path.join(folder, name);
    try {
      files.push({ name, bytes: readBoundedFile(file, maxBytes) });
    } catch (error) {
      leftOut.push(fileProblem(file, error).problem.message);
    }
  }
  return ok({ files, leftOut });
};

const CERTIFICATES = /\.(?:pem|crt|cer|der)$/iu;

export type Anchors = { readonly anchors: TrustAnchors; readonly leftOut: readonly string[]; readonly issuers: IssuerFiles };

/** Roots that an endorsement certificate must lead to, and issuers that may lie between but are not trusted by themselves. */
export const readAnchors = (roots: string, intermediates: string | undefined): Result<Anchors> => {
  const trusted = readFolder(roots, CERTIFICATES, MAX_CERTIFICATE_FILES);
  if (!trusted.ok) return trusted;
  const between = intermediates === undefined ? null : readFolder(intermediates, CERTIFICATES, MAX_CERTIFICATE_FILES);
  if (between !== null && !between.ok) return between;
  const all = [...trusted.value.files, ...(between?.value.files ?? [])];
  const anchors = createTrustAnchors(
    trusted.value.files.map((file) => file.bytes),
    (between?.value.files ?? []).map((file) => file.bytes),
  );
  const unreadable = anchors.unreadable.map(
    ({ index, message }) => `${visibleText(all[index]?.name ?? '', 200)}: no certificate can be read: ${message}`,
  );
  const issuers = {
    roots: trusted.value.files.map(({ bytes }) => bytes),
    issuers: (between?.value.files ?? []).map(({ bytes }) => bytes),
  };
  return ok({ anchors, issuers, leftOut: [...trusted.value.leftOut, ...(between?.value.leftOut ?? []), ...unreadable] });
};

export type Lists = { readonly lists: RevocationLists; readonly leftOut: readonly string[] };

/** Revocation lists of the makers and their issuers. */
export const readRevocationLists = (folder: string): Result<Lists> => {
  const read = readFolder(folder, /\.(?:crl|pem|der)$/iu, MAX_LIST_FILES, MAX_LIST_BYTES);
  if (!read.ok) return read;
  const { files, leftOut } = read.value;
  const lists = createRevocationLists(files.map((file) => file.bytes));
  const unreadable = lists.unreadable.map(
    ({ index, message }) => `${visibleText(files[index]?.name ?? '', 200)}: no revocation list can be read: ${message}`,
  );
  return ok({ lists, leftOut: [...leftOut, ...unreadable] });
};

export type Keys = { readonly keyring: ImaKeyring; readonly leftOut: readonly string[] };

/** Keys whose signatures on measured files are accepted. */
export const readImaKeys = (folder: string): Result<Keys> => {
  const read = readFolder(folder, /\.(?:pem|crt|cer|der|x509|pub)$/iu, MAX_KEY_FILES);
  if (!read.ok) return read;
  const { keyring, unreadable } = createImaKeyring(read.value.files);
  return ok({ keyring, leftOut: [...read.value.leftOut, ...unreadable.map((file) => `${file.name}: no key can be read`)] });
};

/** Where a person keeps what endorsement certificates are judged by; absolute paths. */
export type EndorsementFolders = {
  readonly roots: string;
  readonly intermediates: string | null;
  readonly revocationLists: string | null;
  readonly expired: NonNullable<EndorsementTrust['expired']>;
};

export type ReadEndorsement = {
  readonly trust: Omit<EndorsementTrust, 'atMs'>;
  readonly leftOut: readonly string[];
  /** The files of certificates, for whoever is to follow them without us. */
  readonly issuers: IssuerFiles;
};

/** Reads all of it. Files that cannot be read are named and left out; a folder that cannot be read is a problem. */
export const readEndorsement = ({ roots, intermediates, revocationLists, expired }: EndorsementFolders): Result<ReadEndorsement> => {
  const found = readAnchors(roots, intermediates ?? undefined);
  if (!found.ok) return found;
  const { anchors, leftOut, issuers } = found.value;
  if (revocationLists === null) return ok({ trust: { anchors, expired }, leftOut, issuers });
  const lists = readRevocationLists(revocationLists);
  if (!lists.ok) return lists;
  return ok({ trust: { anchors, expired, revocation: lists.value.lists }, issuers, leftOut: [...leftOut, ...lists.value.leftOut] });
};
