const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]*-----END CERTIFICATE-----/g;
const BEGINNING = /-----BEGIN CERTIFICATE-----/g;

/** The certificates of a PEM file, each with its frame; null where there is none, or one that has no end. What lies between them is ignored (RFC 7468 §2). */
export const certificateBlocks = (pem: string): readonly string[] | null => {
  const blocks = pem.match(CERTIFICATE) ?? [];
  return blocks.length > 0 && blocks.length === (pem.match(BEGINNING) ?? []).length ? blocks : null;
};
